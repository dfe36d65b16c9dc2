"""Facts in plain English."""
