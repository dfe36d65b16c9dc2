"""Square regions of a picture, upright with the person in them: what the landmark network looks at.

P points, 2 coordinates in pixels (x right, y down).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.floating]

MARGIN = 1.25
"""Side of a region over twice the distance from the hips to the end of the person's axis (MediaPipe's graph)."""


@dataclass(frozen=True)
class Region:
    """A square of a picture.

    Attributes:
        x, y: its centre, pixels.
        side: pixels.
        angle: by which it is turned, radians; a person who lies with the head to the right has pi / 2.
    """

    x: float
    y: float
    side: float
    angle: float = 0.0

    @classmethod
    def of_axis(cls, hips_2: Array, end_2: Array) -> "Region":
        """Around a person whose axis runs from the middle of the hips to `end_2`, the edge of a circle around all."""
        (x, y), (end_x, end_y) = hips_2.tolist(), end_2.tolist()
        angle = math.pi / 2 - math.atan2(y - end_y, end_x - x)
        angle -= 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))
        return cls(x, y, max(2 * MARGIN * math.hypot(end_x - x, end_y - y), 1.0), angle)

    def crop(self, picture: Image.Image, size_px: int) -> Image.Image:
        """What is inside, resized to a square; black where the picture ends. Averaged first where it shrinks a lot."""
        factor = int(self.side / size_px / 2)
        x, y, side = self.x, self.y, self.side
        if factor > 1:
            half = side * math.sqrt(0.5) + factor
            left, top = max(int(x - half), 0), max(int(y - half), 0)
            right, bottom = min(math.ceil(x + half), picture.width), min(math.ceil(y + half), picture.height)
            if left < right and top < bottom:
                picture = picture.reduce(factor, (left, top, right, bottom))
                x, y, side = (x - left) / factor, (y - top) / factor, side / factor
        step_x, step_y = side / size_px * math.cos(self.angle), side / size_px * math.sin(self.angle)
        half_px = size_px / 2
        affine = (
            *(step_x, -step_y, x - half_px * step_x + half_px * step_y),
            *(step_y, step_x, y - half_px * step_y - half_px * step_x),
        )
        return picture.transform(
            (size_px, size_px), Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR, fillcolor=0
        )

    def to_picture(self, inside_P2: Array) -> Array:
        """Points of the region, from 0 to 1 along its sides, as pixels of the picture."""
        return np.array([self.x, self.y]) + self.side * turned(inside_P2 - 0.5, self.angle)

    def overlap(self, other: "Region") -> float:
        """Intersection over union of the two squares, as if neither were turned."""
        width, height = (
            max(0.0, (self.side + other.side) / 2 - max(abs(a - b), abs(self.side - other.side) / 2))
            for a, b in ((self.x, other.x), (self.y, other.y))
        )
        common = width * height
        return common / (self.side**2 + other.side**2 - common)


def turned(points_P2: Array, angle: float) -> Array:
    """Points turned by an angle about the origin, clockwise as one sees it where y points down."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return points_P2 @ np.array([[cosine, sine], [-sine, cosine]])
