"""Training a run, and embedding a split with it."""
