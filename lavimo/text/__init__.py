"""Captions as sentence embeddings and token features."""
