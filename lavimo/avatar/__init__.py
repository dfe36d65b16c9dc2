"""Dressed bodies, and motions set in front of a camera."""
