"""Any skeleton that moves, on its way out of the product: what a BVH, a glTF and SMPL's own joints have in common.

T frames, J joints, 3, 4 and 33 vectors, quaternions (x, y, z, w) and matrices. Lengths are in the skeleton's own unit.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.motion.resample import instants, lerp, slerp

Array = NDArray[Any]
Channel = tuple[int, str, str]

STILL = 1e-7
"""A joint whose rotation matrix, or whose place measured by the skeleton's size, changes by less does not move."""


@dataclass(frozen=True)
class Bones:
    """A skeleton.

    Attributes:
        names: of the joints, each after its parent; an end site, which never moves, is `PARENT/end`.
        parents_J: -1 for a root.
        offsets_J3, turns_J4, scales_J3: the rest pose, relative to the parent: first scaled, then turned, then moved.
        joints: SMPL's names to the joints' places.
        up_3: which way is upwards in the world.
        channels: of a BVH file, in its order: joint, axis and kind; none: y is up.
        unit_m: how long a unit of lengths is.
        bound_J33: the joints' orientations in the world in the pose in which a mesh was bound, if it tells them.
        skinned: the joints that deform a mesh.
    """

    names: tuple[str, ...]
    parents_J: NDArray[np.intp]
    offsets_J3: Array
    turns_J4: Array
    scales_J3: Array
    joints: dict[str, int]
    up_3: Array
    channels: tuple[Channel, ...] = ()
    unit_m: float = 1.0
    bound_J33: Array | None = None
    skinned: frozenset[int] = frozenset()

    @classmethod
    def plain(cls, names: tuple[str, ...], parents_J: NDArray[np.intp], offsets_J3: Array, **others: Any) -> "Bones":
        """Bones that are not turned in their rest pose, nor scaled."""
        count = len(names)
        more: dict[str, Any] = {"joints": {}, "up_3": np.array([0.0, 1, 0]), **others}
        return cls(names, parents_J, offsets_J3, np.tile([0.0, 0, 0, 1], (count, 1)), np.ones((count, 3)), **more)

    @cached_property
    def rest(self) -> "World":
        """The rest pose in the world; one frame."""
        still = Moving(self, self.offsets_J3[None], self.turns_J4[None], self.scales_J3[None], 1.0)
        return still.world

    def lineage(self, name: str) -> list[int]:
        """One of SMPL's joints and those that it hangs from."""
        found = [self.joints[name]]
        while (parent := int(self.parents_J[found[-1]])) >= 0:
            found.append(parent)
        return found

    @property
    def size(self) -> float:
        """How large its body is, in the unit of its roots."""
        places_J3 = self.rest.places_TJ3[0, sorted(self.joints.values()) or slice(None)]
        return float(np.ptp(places_J3, axis=0).max()) or 1.0


class World(NamedTuple):
    """Joints in the world: places, orientations, and these with the scale that is inherited (T, J, 3, 3)."""

    places_TJ3: Array
    turns_TJ33: Array
    linear_TJ33: Array


class Above(NamedTuple):
    """What a joint hangs from: its place, its orientation, and this with the scale that is inherited (3, 3)."""

    place_3: Array
    turn_33: Array
    linear_33: Array


@dataclass(frozen=True)
class Moving:
    """A skeleton's movement; each joint relative to its parent, as of the rest pose.

    Attributes:
        loops: the last frame is the first again, a round later.
    """

    bones: Bones
    moves_TJ3: Array
    turns_TJ4: Array
    scales_TJ3: Array
    fps: float
    loops: bool = False

    def __len__(self) -> int:
        return len(self.moves_TJ3)

    @cached_property
    def world(self) -> World:
        """All joints in the world."""
        turns_TJ33 = matrices(self.turns_TJ4)
        linear_TJ33 = turns_TJ33 * self.scales_TJ3[..., None, :]
        places_TJ3 = np.array(self.moves_TJ3, np.float64)
        for joint, parent in enumerate(self.bones.parents_J):
            if parent >= 0:
                moved_T3 = (linear_TJ33[:, parent] @ places_TJ3[:, joint, :, None])[..., 0]
                places_TJ3[:, joint] = places_TJ3[:, parent] + moved_T3
                turns_TJ33[:, joint] = turns_TJ33[:, parent] @ turns_TJ33[:, joint]
                linear_TJ33[:, joint] = linear_TJ33[:, parent] @ linear_TJ33[:, joint]
        return World(places_TJ3, turns_TJ33, linear_TJ33)

    @cached_property
    def tops(self) -> list[int]:
        """The joints that move and hang from none that does."""
        turned_J = np.ptp(matrices(self.turns_TJ4), axis=0).max((-1, -2)) > STILL
        moved_J = np.ptp(self.moves_TJ3, axis=0).max(-1) > STILL * self.bones.size
        found, below = [], np.zeros(len(turned_J), bool)
        for joint, parent in enumerate(self.bones.parents_J):
            above = parent >= 0 and below[parent]
            if not above and (turned_J[joint] or moved_J[joint]):
                found.append(joint)
            below[joint] = above or joint in found
        return found

    def hangs(self, joint: int) -> "Above":
        """What a joint hangs from, in the first frame."""
        parent = self.bones.parents_J[joint]
        if parent < 0:
            return Above(np.zeros(3), np.eye(3), np.eye(3))
        return Above(*(part[0, parent] for part in self.world))

    def window(self, begin: int, end: int) -> "Moving":
        """Some of its frames."""
        return self.of(self.moves_TJ3[begin:end], self.turns_TJ4[begin:end], self.scales_TJ3[begin:end])

    def of(self, moves_TJ3: Array, turns_TJ4: Array, scales_TJ3: Array | None = None, **others: Any) -> "Moving":
        """The same skeleton in another movement."""
        scales_TJ3 = self.scales_TJ3 if scales_TJ3 is None else scales_TJ3
        return replace(self, moves_TJ3=moves_TJ3, turns_TJ4=turns_TJ4, scales_TJ3=scales_TJ3, **others)

    def at(self, fps: float) -> "Moving":
        """The same at another frame rate; a loop is stretched by up to half a frame, so that it has whole ones."""
        if abs(fps - self.fps) < 1e-3:
            return self
        frame_s = 1 / self.fps
        if self.loops:
            rounds = max(round((len(self) - 1) * frame_s * fps), 1)
            frame_s = rounds / fps / (len(self) - 1)
        before_T, after_T, share_T = instants(len(self), frame_s, fps)
        return self.of(
            lerp(self.moves_TJ3[before_T], self.moves_TJ3[after_T], share_T),
            slerp(self.turns_TJ4[before_T], self.turns_TJ4[after_T], share_T),
            lerp(self.scales_TJ3[before_T], self.scales_TJ3[after_T], share_T),
            fps=fps,
        )

    def finished(self, in_place: bool, loop: bool, fps: float) -> "Moving":
        """In place, as a loop, at a frame rate: what of it is asked for."""
        found = self.held() if in_place else self
        found = found.closed(travels=not in_place) if loop else found
        return found.at(fps)

    def held(self) -> "Moving":
        """In place: the pelvis stays above the first frame's place, and what moves beside it goes along."""
        pelvis_T3 = self.world.places_TJ3[:, self.bones.joints["pelvis"]]
        away_T3 = level(pelvis_T3 - pelvis_T3[0], self.bones.up_3)
        moves_TJ3 = np.array(self.moves_TJ3)
        for joint in self.tops:
            moves_TJ3[:, joint] -= away_T3 @ np.linalg.inv(self.hangs(joint).linear_33).T
        return self.of(moves_TJ3, self.turns_TJ4)

    def closed(self, travels: bool) -> "Moving":
        """A loop: what the last frame differs from the first by is spread over all of them.

        Args:
            travels: the way over the floor stays, and the turn about the vertical; else they are closed too.
        """
        share_T = np.linspace(0, 1, len(self))
        moves_TJ3, turns_TJ4 = np.array(self.moves_TJ3), np.array(self.turns_TJ4)
        turn_33, way_3 = self._round() if travels else (np.eye(3), np.zeros(3))
        for joint in range(len(self.bones.names)):
            every = Rotation.from_quat(turns_TJ4[:, joint])
            move_3, turn = moves_TJ3[0, joint], every[0]
            if joint in self.tops:
                above = self.hangs(joint)
                turn = Rotation.from_matrix(above.turn_33.T @ turn_33 @ above.turn_33) * turn
                place_3 = self.world.places_TJ3[:, joint]
                wanted_3 = turn_33 @ place_3[0] + way_3
                move_3 = moves_TJ3[-1, joint] + np.linalg.solve(above.linear_33, wanted_3 - place_3[-1])
            missing_3 = (turn * every[-1].inv()).as_rotvec()
            turns_TJ4[:, joint] = (Rotation.from_rotvec(share_T[:, None] * missing_3) * every).as_quat()
            moves_TJ3[:, joint] += share_T[:, None] * (move_3 - moves_TJ3[-1, joint])
        scales_TJ3 = self.scales_TJ3 + share_T[:, None, None] * (self.scales_TJ3[0] - self.scales_TJ3[-1])
        return self.of(moves_TJ3, turns_TJ4, scales_TJ3, loops=True)

    def _round(self) -> tuple[Array, Array]:
        """The turn about the vertical and the way over the floor that the pelvis makes from the first to the last."""
        pelvis, up_3 = self.bones.joints["pelvis"], self.bones.up_3
        turns_TJ33, places_TJ3 = self.world.turns_TJ33, self.world.places_TJ3
        turned_3 = Rotation.from_matrix(turns_TJ33[-1, pelvis] @ turns_TJ33[0, pelvis].T).as_rotvec()
        turn_33 = Rotation.from_rotvec((turned_3 @ up_3) * up_3).as_matrix()
        return turn_33, level(places_TJ3[-1, pelvis] - turn_33 @ places_TJ3[0, pelvis], up_3)


def matrices(turns_TJ4: Array) -> Array:
    """Quaternions (..., 4) as matrices (..., 3, 3)."""
    return Rotation.from_quat(turns_TJ4.reshape(-1, 4)).as_matrix().reshape(*turns_TJ4.shape[:-1], 3, 3)


def quaternions(turns_TJ33: Array) -> Array:
    """Matrices (..., 3, 3) as quaternions (..., 4)."""
    return Rotation.from_matrix(turns_TJ33.reshape(-1, 3, 3)).as_quat().reshape(*turns_TJ33.shape[:-2], 4)


def level(vectors_T3: Array, up_3: Array) -> Array:
    """Without what rises."""
    found: Array = vectors_T3 - (vectors_T3 @ up_3)[..., None] * up_3
    return found
