"""What geometry says of a motion: facts, and their words."""
