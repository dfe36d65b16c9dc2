"""From a glTF file's animation to an SMPL motion.

The skeleton is the one that the animation moves, whatever helper nodes, meshes and cameras are about it, with or
without a skin. Where its bind pose (the skin's, else the nodes' own) stands upright with straight legs, rotations away
from it are handed over, so that it does not matter where the joints' axes lie; else only the joints' places count. The
format says itself that y points upwards: no posture does.

T frames at 20 a second, J joints.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.motion.formats.gltf.animation import Channels, channels_of, in_depth, parents_of, world_of
from lavimo.motion.formats.gltf.document import FAULTS, Document
from lavimo.motion.formats.gltf.names import names_of
from lavimo.motion.formats.rig import joints_of, rests_upright, retargeted, skeleton_of, upright_rest
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.resample import TooShort
from lavimo.motion.world import TO_Y, axis_name

Array = NDArray[np.float64]

LONGEST_S = 3600.0
STRAIGHT = np.cos(np.radians(20))
"""A bind pose's thighs and shins hang down as straight as that; else it is some pose."""
ROOT = "(scene)"


@dataclass(frozen=True)
class Sampled:
    """A `lavimo.motion.formats.rig.Rig`, all frames at hand."""

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


def read_motion(
    path: Path, animation: str = "", start_s: float = 0.0, end_s: float | None = None, skeletons: Path | None = None
) -> Motion:
    """An animation of the file, or a window of it, on the embedded body, 20 frames a second.

    Args:
        animation: its name; may be left out where there is one.

    Raises:
        ValueError: the file is damaged, has no such animation, its skeleton is in no map, or it is shorter than two
            frames; the file is named.
    """
    name = f"{path}#{animation}" if animation else str(path)
    try:
        document = Document(path)
        number = _chosen(names_of(document.json), animation, path)
        rig = sampled_rig(document, number, skeletons)
        return retargeted(rig, start_s, end_s, skeletons, "y", plausible=False, name=name)
    except FAULTS as error:
        raise ValueError(f"{name}: damaged ({type(error).__name__}: {error}): export it again") from error
    except ValueError as error:
        raise type(error)(f"{name}: {error}") from error


def _chosen(names: list[str], animation: str, path: Path) -> int:
    if not names:
        raise ValueError("found no animation, expected one")
    if animation in names:
        return names.index(animation)
    if animation or len(names) > 1:
        told = ", ".join(f"{Path(path).name}#{name}" for name in names)
        raise ValueError(f"found the animations {told}; name one of them")
    return 0


def sampled_rig(document: Document, animation: int, skeletons: Path | None = None) -> Sampled:
    """The skeleton that an animation moves, at 20 frames a second from its first key to its last.

    Raises:
        ValueError: nothing moves, or no map knows the skeleton.
    """
    json = document.json
    parents, channels = parents_of(json), channels_of(document, animation)
    keys = [times_N[[0, -1]] for times_N, _, _ in channels.values()]
    if not keys:
        raise ValueError("found an animation that moves nothing, expected a skeleton's")
    start, end = min(key[0] for key in keys), max(key[1] for key in keys)
    if end - start > LONGEST_S:
        raise ValueError(f"found an animation of {end - start:.0f} s, expected at most {LONGEST_S:.0f}")
    at_T = start + np.arange(int((end - start) * FPS + 1e-3) + 1) / FPS
    if len(at_T) < 2:
        raise TooShort(f"found an animation of {end - start:.3g} s, expected more than {1 / FPS:g}: remove the clip")
    fault: ValueError | None = None
    for wanted, binds in _skeletons(document, {node for node, _ in channels}):
        nodes = [node for node in in_depth(parents) if node in wanted]
        world = world_of(json, parents, wanted, channels, at_T)
        places_TJ3 = np.stack([world[node][1] for node in nodes], 1)
        turns_TJ33 = np.stack([world[node][0] for node in nodes], 1)
        names = _named(json, nodes)
        above = [_above(node, parents, nodes) for node in nodes]
        plain = _rig(names, above, places_TJ3, turns_TJ33, None)
        try:
            joints = joints_of(plain, skeleton_of(plain, skeletons))
        except ValueError as error:
            fault = fault or error
            continue
        for rest in (_bind(binds, nodes), _own(json, parents, nodes)):
            if rest and (upright := _upright(rest, above, joints, places_TJ3)):
                return _rig(names, above, places_TJ3, turns_TJ33, upright)
        return plain
    raise fault or ValueError("found no nodes, expected a skeleton")


def _skeletons(document: Document, moved: set[int]) -> Iterator[tuple[set[int], dict[int, Array]]]:
    """The nodes that may be the skeleton, and the bind poses (4, 4) of those that have one: the joints of the skin that
    is moved most; else all."""
    skins, nodes = document.json.get("skins", []), document.json.get("nodes", [])
    used = max(skins, key=lambda skin: len(moved & set(skin["joints"])), default=None)
    if used and moved & set(used["joints"]):
        binds: dict[int, Array] = {}
        if "inverseBindMatrices" in used:
            matrices_J44 = document.array(used["inverseBindMatrices"]).reshape(-1, 4, 4).swapaxes(1, 2)
            if len(matrices_J44) >= len(used["joints"]) and (np.abs(np.linalg.det(matrices_J44)) > 1e-12).all():
                binds = dict(zip(used["joints"], np.linalg.inv(matrices_J44)))
        yield set(used["joints"]), binds
    if every := {node for node, one in enumerate(nodes) if not {"mesh", "camera"} & set(one) or node in moved}:
        yield every, {}


def _named(json: dict[str, Any], nodes: list[int]) -> tuple[str, ...]:
    """The nodes' names, each once, behind the scene's."""
    names = [ROOT]
    for node in nodes:
        name = str(json["nodes"][node].get("name") or f"node {node}")
        names.append(name if name not in names else f"{name} ({node})")
    return tuple(names)


def _above(node: int, parents: list[int], nodes: list[int]) -> int:
    """The place of a node's nearest ancestor among nodes, behind the scene's."""
    places = {one: place for place, one in enumerate(nodes, 1)}
    while (node := parents[node]) >= 0:
        if node in places:
            return places[node]
    return 0


def _bind(binds: dict[int, Array], nodes: list[int]) -> tuple[Array, Array] | None:
    """Places (J, 3) and turns (J, 3, 3) in the skin's bind pose."""
    if not set(nodes) <= set(binds):
        return None
    matrices_J44 = np.stack([binds[node] for node in nodes])
    left_J33, _, right_J33 = np.linalg.svd(matrices_J44[:, :3, :3])
    if (np.linalg.det(left_J33 @ right_J33) < 0).any():
        return None
    return matrices_J44[:, :3, 3], left_J33 @ right_J33


def _own(json: dict[str, Any], parents: list[int], nodes: list[int]) -> tuple[Array, Array]:
    """As `_bind`, of the nodes' own translations and rotations."""
    nothing: Channels = {}
    world = world_of(json, parents, set(nodes), nothing, np.zeros(1))
    return np.stack([world[node][1][0] for node in nodes]), np.stack([world[node][0][0] for node in nodes])


def _upright(
    rest: tuple[Array, Array], above: list[int], joints: dict[str, int], places_TJ3: Array
) -> tuple[Array, Array] | None:
    """The rest pose turned so that y points upwards, as large as the animated skeleton; None if it does not stand."""
    places_J3 = np.concatenate([np.zeros((1, 3)), rest[0]])
    parents_J = np.array([-1, *above])
    offsets_J3 = places_J3 - places_J3[np.maximum(parents_J, 0)]
    if not rests_upright(parents_J, offsets_J3, joints):
        return None
    at, up_3 = upright_rest(parents_J, offsets_J3, joints)
    for side in ("left", "right"):
        for start, end in (("hip", "knee"), ("knee", "ankle")):
            bone_3 = at[f"{side}_{start}"] - at[f"{side}_{end}"]
            if bone_3 @ up_3 < STRAIGHT * np.linalg.norm(bone_3):
                return None
    legs = [(joints[f"{side}_hip"] - 1, joints[f"{side}_ankle"] - 1) for side in ("left", "right")]
    knees = [joints[f"{side}_knee"] - 1 for side in ("left", "right")]

    def length(points_J3: Array) -> float:
        return sum(
            float(np.linalg.norm(points_J3[knee] - points_J3[hip]) + np.linalg.norm(points_J3[ankle] - points_J3[knee]))
            for (hip, ankle), knee in zip(legs, knees)
        )

    to_y_33 = TO_Y[axis_name(up_3)].as_matrix()
    scale = length(places_TJ3[0]) / max(length(rest[0]), 1e-12)
    return scale * rest[0] @ to_y_33.T, to_y_33 @ rest[1]


def _rig(
    names: tuple[str, ...], above: list[int], places_TJ3: Array, turns_TJ33: Array, rest: tuple[Array, Array] | None
) -> Sampled:
    """The skeleton with rotations away from a rest pose; without one its joints have no rotations, only places."""
    frames = len(places_TJ3)
    parents_J = np.array([-1, *above])
    nearest_J = np.maximum(parents_J, 0)
    places_TJ3 = np.concatenate([np.zeros((frames, 1, 3)), places_TJ3], 1)
    turns_TJ33 = np.concatenate([np.tile(np.eye(3), (frames, 1, 1, 1)), turns_TJ33], 1)
    rest_J3, rest_J33 = np.zeros((len(names), 3)), np.tile(np.eye(3), (len(names), 1, 1))
    if rest is None:
        turns_TJ33 = np.broadcast_to(np.eye(3), turns_TJ33.shape)
    else:
        rest_J3[1:], rest_J33[1:] = rest
    away_TJ33 = turns_TJ33 @ rest_J33.swapaxes(-1, -2)
    before_TJ33 = away_TJ33[:, nearest_J].swapaxes(-1, -2)
    local_TJ33 = before_TJ33 @ away_TJ33
    local_TJ33[:, 0] = np.eye(3)
    bones_TJ3 = places_TJ3 - places_TJ3[:, nearest_J]
    positions_TJ3 = (before_TJ33 @ bones_TJ3[..., None])[..., 0]
    quaternions_TJ4 = Rotation.from_matrix(local_TJ33.reshape(-1, 3, 3)).as_quat().reshape(frames, -1, 4)
    return Sampled(names, parents_J, rest_J3 - rest_J3[nearest_J], quaternions_TJ4, positions_TJ3)
