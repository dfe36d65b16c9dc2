"""What is before the camera besides the person, and the camera: light, floor, the choice of the view."""
