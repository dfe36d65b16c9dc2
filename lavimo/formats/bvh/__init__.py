"""BVH: the file, its numbers, and the motion that it becomes."""
