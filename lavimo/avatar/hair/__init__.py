"""Hair on the scalp, and hair that hangs."""
