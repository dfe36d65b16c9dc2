"""What people wear, and how cloth lies."""
