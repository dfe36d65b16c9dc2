"""From a score to joint rotations: every joint solved."""
