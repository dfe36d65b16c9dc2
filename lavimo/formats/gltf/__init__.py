"""glTF 2.0, binary (GLB) and text: the file, its animations, and the motion that one becomes."""
