"""What the methods' tests share."""

from library import little  # noqa: F401  (a fixture)
