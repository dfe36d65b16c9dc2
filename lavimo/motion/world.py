"""The world that a file is written in: which axis points upwards, the unit of lengths, and the unit of angles.

Where a file does not say so itself, options do. Which way a turned person faces is not told by the axis that points
upwards: between two axes the turn is the smallest, between opposite ones half a turn about x (y up, y down).

T frames, J joints, 3 and 33 vectors and matrices.
"""

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[Any]
Up = Literal["x", "y", "z", "-x", "-y", "-z"]
Unit = Literal["m", "cm", "mm"]
Angles = Literal["radians", "degrees"]

METRES: dict[Unit, float] = {"m": 1.0, "cm": 0.01, "mm": 0.001}
"""How long each unit is."""
TO_Y: dict[Up, Rotation] = {
    "x": Rotation.from_euler("z", 90, degrees=True),
    "y": Rotation.identity(),
    "z": Rotation.from_euler("x", -90, degrees=True),
    "-x": Rotation.from_euler("z", -90, degrees=True),
    "-y": Rotation.from_euler("x", 180, degrees=True),
    "-z": Rotation.from_euler("x", 90, degrees=True),
}
"""For each axis the rotation that turns it to y."""


def converted(
    rotations_TJ3: Array,
    translation_T3: Array,
    rest_3: Array,
    *,
    up: Up = "y",
    unit: Unit = "m",
    angles: Angles = "radians",
) -> tuple[Array, Array]:
    """SMPL's rotations (axis-angle) and translation with y up, in radians and metres; with the defaults, as they are.

    Degrees must become radians before frames are interpolated; the rest may be done before or after.

    Args:
        rotations_TJ3: the root first, each relative to its parent.
        translation_T3: what is added to the pelvis's rest position.
        rest_3: that position, metres, in the zero pose; zeros if the translation is the pelvis's place.
    """
    if angles == "degrees":
        rotations_TJ3 = np.radians(rotations_TJ3)
    if unit != "m":
        translation_T3 = translation_T3 * METRES[unit]
    if up != "y":
        turn = TO_Y[up]
        rotations_TJ3 = rotations_TJ3.copy()
        rotations_TJ3[:, 0] = (turn * Rotation.from_rotvec(rotations_TJ3[:, 0])).as_rotvec()
        translation_T3 = turn.apply(translation_T3) + (turn.apply(rest_3) - rest_3)
    return rotations_TJ3, translation_T3


def converted_root(rotations_TJ33: Array, positions_TJ3: Array, *, up: Up, rest_up: Up) -> tuple[Array, Array]:
    """A skeleton's movement in a world whose axis that points upwards is its rest pose's, as a BVH's mostly is.

    Args:
        rotations_TJ33: relative to the parent, the root first.
        positions_TJ3: relative to the parent, the root's in the world; any unit.
        up: the axis that points upwards in the world that the root moves in.
        rest_up: the axis that points upwards with all rotations zero.
    """
    if up == rest_up:
        return rotations_TJ33, positions_TJ3
    turn = TO_Y[rest_up].inv() * TO_Y[up]
    rotations_TJ33, positions_TJ3 = rotations_TJ33.copy(), positions_TJ3.copy()
    rotations_TJ33[:, 0] = turn.as_matrix() @ rotations_TJ33[:, 0]
    positions_TJ3[:, 0] = turn.apply(positions_TJ3[:, 0])
    return rotations_TJ33, positions_TJ3


def axis_of(name: str) -> Up:
    """The axis of a name.

    Raises:
        ValueError: there is none.
    """
    found = next((axis for axis in TO_Y if axis == name), None)
    if found is None:
        raise ValueError(f"found up: {name}, expected {', '.join(TO_Y)}")
    return found


def axis_name(vector_3: Array) -> Up:
    """The name of the axis, one way or the other, that a vector is nearest to."""
    largest = int(np.abs(vector_3).argmax())
    name = ("-" if vector_3[largest] < 0 else "") + "xyz"[largest]
    assert name in get_args(Up)
    return name  # type: ignore[return-value]
