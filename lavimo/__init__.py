"""Tri-modal motion retrieval: language, video and human motion in one embedding space (LAVIMO, arXiv 2403.00691)."""

__version__ = "0.2.0"
