"""What passes between the stage and its renderers: a person to draw, and the person drawn.

Shape suffixes: V vertices, N vertices with their copies at the texture's seams, F triangles, H height, W width,
2 texture coordinates, 3 and 4 RGB and RGBA.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Look:
    """A person's surface, the same in every pose.

    Attributes:
        source_N: int32, the vertex of V that each is.
        faces_F3: triangles over N, int32, counter-clockwise seen from outside.
        uv_N2: float32, where each vertex lies in the texture: u right, v down, (0, 0) its top left corner.
        texture_HW3: uint8 RGB as displayed.
    """

    source_N: NDArray[np.int32]
    faces_F3: NDArray[np.int32]
    uv_N2: NDArray[np.float32]
    texture_HW3: NDArray[np.uint8]


@dataclass(frozen=True)
class Layer:
    """A part of a picture with a person in it and nothing behind.

    Attributes:
        left, top: the part's upper left pixel.
        rgba_HW4: uint8; alpha is coverage, colours are multiplied by it.
    """

    left: int
    top: int
    rgba_HW4: NDArray[np.uint8]


EMPTY = Layer(0, 0, np.zeros((0, 0, 4), np.uint8))
