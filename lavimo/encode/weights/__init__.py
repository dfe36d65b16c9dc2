"""Weights that others trained, read from their own files into our modules."""
