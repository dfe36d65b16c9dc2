"""Forms: a body's measures and shape, loose pieces, what cloth does to a figure."""
