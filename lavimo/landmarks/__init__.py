"""The 33 landmarks of people in videos: found by BlazePose, projected from motions, and matched with each other."""
