"""The data source `demo`: procedural motions of one person, with captions. Ours, and free of anybody's licence."""

from lavimo.demo.load import load
from lavimo.demo.plan import catalogue

__all__ = ["catalogue", "load"]
