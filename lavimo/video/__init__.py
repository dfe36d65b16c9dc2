"""Video files, and the frames sampled from them."""
