"""From a tree of nodes and one of its animations to an SMPL motion.

The skeleton is the one that the animation moves, whatever helper nodes, meshes and cameras are about it, with or
without a skin. Where its bind pose (the skin's, else the nodes' own) stands upright with straight legs, rotations away
from it are handed over, so that it does not matter where the joints' axes lie; else only the joints' places count. The
file says itself which axis points upwards: no posture does.

T frames at 20 a second, J joints.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.skeleton import BODY_JOINTS, JOINT, JOINT_NAMES
from lavimo.formats.nodes import Animation, Array, Nodes, Skin, World
from lavimo.formats.rig import joints_of, rests_upright, retargeted, skeleton_of, upright_rest
from lavimo.formats.upwards import stance_of
from lavimo.motion.featurize import joints_of as joints_of_motion
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.plausible import INSIST, check_joints
from lavimo.motion.resample import TooShort
from lavimo.motion.world import TO_Y, axis_name

LONGEST_S = 3600.0
STRAIGHT = np.cos(np.radians(20))
"""A bind pose's thighs and shins hang down as straight as that, or"""
ALIKE = np.cos(np.radians(8))
"""knees are as straight, and both legs spread alike to that; else it is some pose."""
ROOT = "(scene)"


@dataclass(frozen=True)
class Sampled:
    """A `lavimo.formats.rig.Rig`, all frames at hand."""

    names: tuple[str, ...]
    parents_J: NDArray[np.intp]
    offsets_J3: Array
    quaternions_TJ4: Array
    positions_TJ3: Array
    frame_s: float = 1 / FPS

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.positions_TJ3)

    def local(self, frames: NDArray[np.intp]) -> tuple[Array, Array]:
        """See `Rig`."""
        return self.quaternions_TJ4[frames], self.positions_TJ3[frames]


def motion_of_nodes(
    nodes: Nodes,
    animation: Animation,
    start_s: float = 0.0,
    end_s: float | None = None,
    skeletons: Path | None = None,
    plausible: bool = True,
    name: str = "",
) -> Motion:
    """An animation, or a window of it, on the embedded body, 20 frames a second.

    Args:
        plausible: refuse what nobody can do (`lavimo.motion.plausible`). The legs tell the unit, whatever the file
            says: characters of games are of any size.

    Raises:
        ValueError: no map knows the skeleton, it is shorter than two frames, or no person's motion.
    """
    rig = sampled_rig(nodes, animation, skeletons)
    motion = retargeted(rig, start_s, end_s, skeletons, "y", plausible=False, name=name)
    if plausible:
        _check(joints_of_motion(motion).astype(np.float64))
    return motion


def _check(joints_TJ3: Array) -> None:
    """The declared axis is believed, whatever somebody's posture, unless he walks on the floor of another one."""
    if stance_of(joints_TJ3, {name: JOINT[name] for name in JOINT_NAMES[:BODY_JOINTS]}).walks:
        raise ValueError(
            f"stands and walks like one with another axis up, expected y up, as the file says: convert it; {INSIST}"
        )
    check_joints(joints_TJ3, floor_known=False, scaled=True, declared=True)


def sampled_rig(nodes: Nodes, animation: Animation, skeletons: Path | None = None) -> Sampled:
    """The skeleton that an animation moves, at 20 frames a second from its first key to its last.

    Raises:
        ValueError: nothing moves, or no map knows the skeleton.
    """
    if not animation.moved:
        raise ValueError("found an animation that moves nothing, expected a skeleton's")
    length_s = animation.end_s - animation.start_s
    if length_s > LONGEST_S:
        raise ValueError(f"found an animation of {length_s:.0f} s, expected at most {LONGEST_S:.0f}")
    at_T = animation.start_s + np.arange(int(length_s * FPS + 1e-3) + 1) / FPS
    if len(at_T) < 2:
        raise TooShort(f"found an animation of {length_s:.3g} s, expected more than {1 / FPS:g}: remove the clip")
    found = skeleton_in(nodes, animation, at_T, skeletons)
    return _rig(found.names, found.above, found.world, found.rest)


class Skeleton(NamedTuple):
    """The skeleton of a tree.

    Attributes:
        wanted: its nodes, each after its parent.
        names: theirs, each once, behind the scene's.
        above: each node's parent: its place among `names`.
        joints: SMPL's names to the places among `names`.
        world: of its nodes at instants.
        rest: places and turns of a rest pose that stands along y, if there is one.
    """

    wanted: list[int]
    names: tuple[str, ...]
    above: list[int]
    joints: dict[str, int]
    world: World
    rest: tuple[Array, Array] | None


def skeleton_in(nodes: Nodes, animation: Animation | None, at_T: Array, skeletons: Path | None = None) -> Skeleton:
    """The skeleton that an animation moves, or, without one, that there is.

    Raises:
        ValueError: no map knows it.
    """
    moved = animation.moved if animation else frozenset().union(*(skin.joints for skin in nodes.skins))
    fault: ValueError | None = None
    for wanted, skin in _skeletons(nodes, moved):
        world = nodes.world(animation, at_T, wanted)
        names, above = _named(nodes, wanted), _above(nodes, wanted)
        plain = _rig(names, above, world, None)
        try:
            joints = joints_of(plain, skeleton_of(plain, skeletons))
        except ValueError as error:
            fault = fault or error
            continue
        rests = (rest for rest in (_bind(nodes, skin, wanted), nodes.world(None, np.zeros(1), wanted)) if rest)
        stands = (_upright(rest, above, joints, world.places_TM3) for rest in rests)
        return Skeleton(wanted, names, above, joints, world, next((rest for rest in stands if rest), None))
    raise fault or ValueError("found no nodes, expected a skeleton")


def _skeletons(nodes: Nodes, moved: frozenset[int]) -> Iterator[tuple[list[int], Skin | None]]:
    """The nodes that may be the skeleton, each after its parent: the joints of the skin that is moved most; else all
    that are nothing else."""
    used = max(nodes.skins, key=lambda skin: len(moved & skin.joints), default=None)
    if used and moved & used.joints:
        yield sorted(used.joints), used
    if every := {*np.flatnonzero(nodes.plain_N).tolist(), *moved}:
        yield sorted(every), None


def _named(nodes: Nodes, wanted: Sequence[int]) -> tuple[str, ...]:
    """The nodes' names, each once, behind the scene's."""
    names = {ROOT: -1}
    for node in wanted:
        name = nodes.names[node]
        names[name if name not in names else f"{name} ({node})"] = node
    return tuple(names)


def _above(nodes: Nodes, wanted: Sequence[int]) -> list[int]:
    """The place of each node's nearest ancestor among those that are wanted, behind the scene's."""
    places = {node: place for place, node in enumerate(wanted, 1)}
    found = []
    for node in wanted:
        while (node := int(nodes.parents_N[node])) >= 0 and node not in places:
            pass
        found.append(places.get(node, 0))
    return found


def _bind(nodes: Nodes, skin: Skin | None, wanted: Sequence[int]) -> World | None:
    """The bind pose, if it tells the joints. One of which it tells nothing, as of the ends that Blender gives to bones,
    rests beside its parent."""
    binds = dict(skin.binds) if skin else {}
    for node in wanted:
        if node not in binds and (above := int(nodes.parents_N[node])) in binds:
            move_3, turn_4, scale_3 = (part[0, node] for part in nodes.rest)
            beside_44 = np.eye(4)
            beside_44[:3] = np.column_stack([Rotation.from_quat(turn_4).as_matrix() * scale_3, move_3])
            binds[node] = binds[above] @ beside_44
    if not set(wanted) <= set(binds):
        return None
    matrices_J44 = np.stack([binds[node] for node in wanted])
    left_J33, _, right_J33 = np.linalg.svd(matrices_J44[:, :3, :3])
    if (np.linalg.det(left_J33 @ right_J33) < 0).any():
        return None
    return World(matrices_J44[None, :, :3, 3], (left_J33 @ right_J33)[None])


def _upright(rest: World, above: list[int], joints: dict[str, int], places_TJ3: Array) -> tuple[Array, Array] | None:
    """The rest pose's places and turns, turned so that y points upwards and as large as the animated skeleton; None if
    it does not stand."""
    rest_J3, rest_J33 = rest.places_TM3[0], rest.turns_TM33[0]
    places_J3 = np.concatenate([np.zeros((1, 3)), rest_J3])
    parents_J = np.array([-1, *above])
    offsets_J3 = places_J3 - places_J3[np.maximum(parents_J, 0)]
    if not rests_upright(parents_J, offsets_J3, joints):
        return None
    at, up_3 = upright_rest(parents_J, offsets_J3, joints)
    if not _stands(at, up_3):
        return None
    legs = [(joints[f"{side}_hip"] - 1, joints[f"{side}_ankle"] - 1) for side in ("left", "right")]
    knees = [joints[f"{side}_knee"] - 1 for side in ("left", "right")]

    def length(points_J3: Array) -> float:
        return sum(
            float(np.linalg.norm(points_J3[knee] - points_J3[hip]) + np.linalg.norm(points_J3[ankle] - points_J3[knee]))
            for (hip, ankle), knee in zip(legs, knees)
        )

    to_y_33 = TO_Y[axis_name(up_3)].as_matrix()
    scale = length(places_TJ3[0]) / max(length(rest_J3), 1e-12)
    return scale * rest_J3 @ to_y_33.T, to_y_33 @ rest_J33


def _stands(at: Mapping[str, Array], up_3: Array) -> bool:
    """Whether legs hang straight down, or are spread alike with straight knees, as CMU's are."""
    raw_223 = np.array(
        [
            [at[f"{side}_{start}"] - at[f"{side}_{end}"] for start, end in (("hip", "knee"), ("knee", "ankle"))]
            for side in ("left", "right")
        ]
    )
    bones_223 = raw_223 / np.maximum(np.linalg.norm(raw_223, axis=-1, keepdims=True), 1e-12)
    if (bones_223 @ up_3 > STRAIGHT).all():
        return True
    across_3 = at["left_hip"] - at["right_hip"]
    across_3 = across_3 / max(float(np.linalg.norm(across_3)), 1e-12)
    mirrored_23 = bones_223[1] - 2 * (bones_223[1] @ across_3)[:, None] * across_3
    straight = (bones_223[:, 0] * bones_223[:, 1]).sum(-1) > ALIKE
    return bool(straight.all() and ((bones_223[0] * mirrored_23).sum(-1) > ALIKE).all())


def _rig(names: tuple[str, ...], above: list[int], world: World, rest: tuple[Array, Array] | None) -> Sampled:
    """The skeleton with rotations away from a rest pose; without one its joints have no rotations, only places."""
    frames = len(world.places_TM3)
    parents_J = np.array([-1, *above])
    nearest_J = np.maximum(parents_J, 0)
    places_TJ3 = np.concatenate([np.zeros((frames, 1, 3)), world.places_TM3], 1)
    bones_TJ3 = places_TJ3 - places_TJ3[:, nearest_J]
    if rest is None:
        still_TJ4 = np.broadcast_to([0.0, 0, 0, 1], (frames, len(names), 4))
        return Sampled(names, parents_J, np.zeros((len(names), 3)), still_TJ4, bones_TJ3)
    rest_J3 = np.concatenate([np.zeros((1, 3)), rest[0]])
    away_TJ33 = np.empty((frames, len(names), 3, 3))
    away_TJ33[:, 0] = np.eye(3)
    away_TJ33[:, 1:] = world.turns_TM33 @ rest[1].swapaxes(-1, -2)
    before_TJ33 = away_TJ33[:, nearest_J].swapaxes(-1, -2)
    local_TJ33 = before_TJ33 @ away_TJ33
    positions_TJ3 = (before_TJ33 @ bones_TJ3[..., None])[..., 0]
    quaternions_TJ4 = Rotation.from_matrix(local_TJ33.reshape(-1, 3, 3)).as_quat().reshape(frames, -1, 4)
    return Sampled(names, parents_J, rest_J3 - rest_J3[nearest_J], quaternions_TJ4, positions_TJ3)
