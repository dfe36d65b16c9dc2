"""The tiny data set of `synthetic.py`."""

from synthetic import files, synthetic, tiny_model  # noqa: F401  (fixtures)
