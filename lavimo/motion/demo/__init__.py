"""The data source `demo`: procedural motions of one person, with captions. Ours, and free of anybody's licence."""

from lavimo.motion.demo.load import load
from lavimo.motion.demo.plan import catalogue

__all__ = ["catalogue", "load"]
