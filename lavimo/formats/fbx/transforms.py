"""How an FBX model lies in its parent: from its properties to a translation, a rotation and a scale.

Its matrix is T Roff Rp Rpre R Rpost^-1 Rp^-1 Soff Sp S Sp^-1 (help.autodesk.com, FBX SDK, "Computing transformation
matrices"): pivots and offsets move it, rotations before and after turn its axes.

T instants, M models, 3 and 4 vectors and quaternions. Angles in degrees, as the file has them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.formats.fbx.document import number
from lavimo.formats.nodes import Array, Local, Places

ORDERS = ("xyz", "xzy", "yzx", "yxz", "zxy", "zyx", "xyz")
"""Of the angles about the axes, the one that turns first first. The last is called spheric and is xyz."""
LARGEST = 1e7
"""Greater numbers than this are damage."""
STILL: dict[str, tuple[float, float, float]] = {
    "Lcl Translation": (0, 0, 0), "Lcl Rotation": (0, 0, 0), "Lcl Scaling": (1, 1, 1),
    "PreRotation": (0, 0, 0), "PostRotation": (0, 0, 0), "RotationOffset": (0, 0, 0), "RotationPivot": (0, 0, 0),
    "ScalingOffset": (0, 0, 0), "ScalingPivot": (0, 0, 0),
}  # fmt: skip
APART = 2
"""Of a model that inherits: all but its parent's own scale."""


@dataclass(frozen=True)
class Frames:
    """What of models does not move, (M, 3) each by name, and the order of their angles."""

    fixed: dict[str, Array]
    orders_M: NDArray[np.intp]
    inherits_M: NDArray[np.intp]

    @classmethod
    def of(cls, models: list[dict[str, list[Any]]]) -> "Frames":
        """Of models' properties.

        Raises:
            ValueError: they hold what is no number, or an unknown order.
        """
        fixed = {name: np.array([_vector(one, name) for one in models]).reshape(-1, 3) for name in STILL}
        orders_M = np.array([number(one, "RotationOrder", 0) for one in models], np.intp)
        if ((orders_M < 0) | (orders_M >= len(ORDERS))).any():
            raise ValueError(f"found the order of rotation {orders_M.max()}, expected 0 to 6: export the file again")
        return cls(fixed, orders_M, np.array([number(one, "InheritType", 0) for one in models], np.intp))

    def local(self, moves_TM3: Array, angles_TM3: Array, scales_TM3: Array, models_M: Places) -> Local:
        """Some models in their parents, of what moves them."""
        fixed = {name: value[models_M] for name, value in self.fixed.items()}
        quaternions_TM4 = np.empty((*angles_TM3.shape[:2], 4))
        for order in np.unique(self.orders_M[models_M]):
            these = self.orders_M[models_M] == order
            turns = turns_of(angles_TM3[:, these].reshape(-1, 3), order)
            quaternions_TM4[:, these] = turns.as_quat().reshape(len(angles_TM3), -1, 4)
        before, after = (_spread(fixed[name], len(angles_TM3)) for name in ("PreRotation", "PostRotation"))
        turn = before * Rotation.from_quat(quaternions_TM4.reshape(-1, 4)) * after.inv()
        pivot_M3, scaling_M3 = fixed["RotationPivot"], fixed["ScalingPivot"]
        inner_TM3 = fixed["ScalingOffset"] + scaling_M3 - scales_TM3 * scaling_M3 - pivot_M3
        places_TM3 = moves_TM3 + fixed["RotationOffset"] + pivot_M3
        if inner_TM3.any():
            places_TM3 = places_TM3 + turn.apply(inner_TM3.reshape(-1, 3)).reshape(inner_TM3.shape)
        return Local(places_TM3, turn.as_quat().reshape(*angles_TM3.shape[:2], 4), scales_TM3)


def turns_of(angles_K3: Array, order: int) -> Rotation:
    """The rotations of angles about x, y and z."""
    return Rotation.from_euler(ORDERS[order], angles_K3[:, _axes(order)], degrees=True)


def angles_of(turns: Rotation, order: int) -> Array:
    """The angles (K, 3) about x, y and z of rotations."""
    found_K3 = np.empty((len(turns), 3))
    found_K3[:, _axes(order)] = turns.as_euler(ORDERS[order], degrees=True)
    return found_K3


def _axes(order: int) -> list[int]:
    return ["xyz".index(axis) for axis in ORDERS[order]]


def _spread(angles_M3: Array, frames: int) -> Rotation:
    """Rotations that are the same at all instants."""
    quaternions_M4 = Rotation.from_euler("xyz", angles_M3, degrees=True).as_quat()
    return Rotation.from_quat(np.tile(quaternions_M4, (frames, 1)))


def _vector(properties: dict[str, list[Any]], name: str) -> tuple[float, ...]:
    found = tuple(float(one) for one in properties.get(name, STILL[name])[:3])
    if len(found) != 3 or not np.abs(found).max() < LARGEST:
        raise ValueError(f"found the {name} {found}, expected three numbers: export the file again")
    return found
