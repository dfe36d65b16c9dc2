"""FBX 7, binary and ASCII: the file's records, its objects, its curves, and the tree of nodes that they make."""
