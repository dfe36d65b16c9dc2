"""The three encoders, fusion, decoder and losses of LAVIMO."""
