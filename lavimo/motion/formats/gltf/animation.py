"""What an animation makes of a glTF's nodes: their places and turns in the world at instants.

T instants, N nodes or keys, 3, 4, 44 vectors, quaternions (x, y, z, w) and matrices.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.motion.formats.gltf.document import Document
from lavimo.motion.resample import lerp, slerp

Array = NDArray[np.float64]
Channels = dict[tuple[int, str], tuple[Array, Array, str]]

PATHS = {"translation": 3, "rotation": 4, "scale": 3}
DEEPEST = 1000
EARLY_S = 1e-5
"""Keys' times are written with few digits: so little before a key is at it."""


def channels_of(document: Document, animation: int) -> Channels:
    """By node and path (`translation`, `rotation`, `scale`): times (N), values (N, C), and how they are interpolated.

    Of CUBICSPLINE the values are (3 N, C): before each the tangent that arrives, after it the one that leaves.
    """
    found: Channels = {}
    spec = document.json["animations"][animation]
    for channel in spec["channels"]:
        target = channel["target"]
        if "node" not in target or target["path"] not in PATHS:
            continue
        document.json["nodes"][target["node"]]  # an IndexError tells that it is not there
        sampler = spec["samplers"][channel["sampler"]]
        times_N, values_NC = document.array(sampler["input"])[:, 0], document.array(sampler["output"])
        how = sampler.get("interpolation", "LINEAR")
        if how not in ("LINEAR", "STEP", "CUBICSPLINE"):
            raise ValueError(f"found the interpolation {how!r}, expected LINEAR, STEP or CUBICSPLINE")
        expected = (len(times_N) * (3 if how == "CUBICSPLINE" else 1), PATHS[target["path"]])
        if values_NC.shape != expected:
            raise ValueError(
                f"found values {values_NC.shape} of the {target['path']} of node {target['node']}, expected {expected}"
            )
        if (np.diff(times_N) < 0).any():
            raise ValueError(f"found times of node {target['node']} that go backwards, expected rising ones")
        found[target["node"], target["path"]] = times_N, values_NC, how
    return found


def sampled(times_N: Array, values_NC: Array, how: str, at_T: Array) -> Array:
    """A channel's values (T, C) at instants; before its first key and after its last these hold."""
    at_T = np.clip(at_T, times_N[0], times_N[-1])
    before_T = np.clip(np.searchsorted(times_N, at_T + EARLY_S, side="right") - 1, 0, max(len(times_N) - 2, 0))
    after_T = np.minimum(before_T + 1, len(times_N) - 1)
    gap_T = times_N[after_T] - times_N[before_T]
    share_T = np.clip((at_T - times_N[before_T]) / np.where(gap_T > 0, gap_T, 1), 0, 1)
    if how == "STEP":
        return values_NC[np.where(share_T > 1 - 1e-6, after_T, before_T)]
    if how == "LINEAR":
        first_TC, second_TC = values_NC[before_T], values_NC[after_T]
        if values_NC.shape[1] == 4:
            return slerp(_unit(first_TC)[:, None], _unit(second_TC)[:, None], share_T)[:, 0]
        return lerp(first_TC[:, None], second_TC[:, None], share_T)[:, 0]
    tangents_N3C = values_NC.reshape(len(times_N), 3, -1)
    s_T1, d_T1 = share_T[:, None], gap_T[:, None]
    found_TC = (
        (2 * s_T1**3 - 3 * s_T1**2 + 1) * tangents_N3C[before_T, 1]
        + d_T1 * (s_T1**3 - 2 * s_T1**2 + s_T1) * tangents_N3C[before_T, 2]
        + (3 * s_T1**2 - 2 * s_T1**3) * tangents_N3C[after_T, 1]
        + d_T1 * (s_T1**3 - s_T1**2) * tangents_N3C[after_T, 0]
    )
    return _unit(found_TC) if found_TC.shape[1] == 4 else found_TC


def parents_of(json: dict[str, Any]) -> list[int]:
    """Each node's parent, -1 for a root.

    Raises:
        ValueError: a node has two, or is its own ancestor.
    """
    parents = [-1] * len(json.get("nodes", []))
    for node, spec in enumerate(json.get("nodes", [])):
        for child in spec.get("children", []):
            if parents[child] >= 0 or child == node:
                raise ValueError(f"found node {child} below two nodes, expected a tree: export the file again")
            parents[child] = node
    for node in range(len(parents)):
        steps, at = 0, node
        while at >= 0:
            at, steps = parents[at], steps + 1
            if steps > min(len(parents), DEEPEST):
                raise ValueError(f"found node {node} below itself, or too deep: export the file again")
    return parents


def in_depth(parents: list[int]) -> list[int]:
    """The nodes, each after its parent."""
    children: dict[int, list[int]] = {}
    for node, parent in enumerate(parents):
        children.setdefault(parent, []).append(node)
    order, left = [], [*reversed(children.get(-1, []))]
    while left:
        order.append(node := left.pop())
        left += reversed(children.get(node, []))
    return order


def world_of(
    json: dict[str, Any], parents: list[int], wanted: set[int], channels: Channels, at_T: Array
) -> dict[int, tuple[Array, Array]]:
    """Turns (T, 3, 3), without scale, and places (T, 3) in the world of wanted nodes, whatever scale they inherit."""
    needed = set(wanted)
    for node in wanted:
        while (node := parents[node]) >= 0:
            needed.add(node)
    turns: dict[int, Array] = {}
    affine: dict[int, tuple[Array, Array]] = {}
    for node in in_depth(parents):
        if node not in needed:
            continue
        move_3, turn_4, scale_3 = rest_of(json["nodes"][node])
        values = {
            path: sampled(*channels[node, path], at_T) if (node, path) in channels else np.tile(still, (len(at_T), 1))
            for path, still in (("translation", move_3), ("rotation", turn_4), ("scale", scale_3))
        }
        turn_T33 = Rotation.from_quat(values["rotation"]).as_matrix()
        linear_T33 = turn_T33 * values["scale"][:, None, :]
        place_T3 = values["translation"]
        if parents[node] >= 0:
            above_T33, at_T3 = affine[parents[node]]
            place_T3 = (above_T33 @ place_T3[..., None])[..., 0] + at_T3
            linear_T33 = above_T33 @ linear_T33
            turn_T33 = turns[parents[node]] @ turn_T33
        turns[node], affine[node] = turn_T33, (linear_T33, place_T3)
    return {node: (turns[node], affine[node][1]) for node in wanted}


def rest_of(node: dict[str, Any]) -> tuple[Array, Array, Array]:
    """A node's own translation (3), rotation (4) and scale (3), where nothing moves it."""
    if "matrix" in node:
        matrix_44 = np.array(node["matrix"], np.float64).reshape(4, 4).T
        scale_3 = np.linalg.norm(matrix_44[:3, :3], axis=0)
        if np.linalg.det(matrix_44[:3, :3]) < 0:
            scale_3[0] *= -1
        turn = Rotation.from_matrix(matrix_44[:3, :3] / np.where(scale_3 == 0, 1, scale_3))
        return matrix_44[:3, 3], turn.as_quat(), scale_3
    move_3 = np.array(node.get("translation", (0, 0, 0)), np.float64)
    turn_4 = _unit(np.array(node.get("rotation", (0, 0, 0, 1)), np.float64))
    scale_3 = np.array(node.get("scale", (1, 1, 1)), np.float64)
    if (len(move_3), len(turn_4), len(scale_3)) != (3, 4, 3) or not np.isfinite([*move_3, *turn_4, *scale_3]).all():
        raise ValueError(f"found a node {node.get('name')!r} of odd numbers: export the file again")
    return move_3, turn_4, scale_3


def _unit(values_C: Array) -> Array:
    length_1 = np.linalg.norm(values_C, axis=-1, keepdims=True)
    if (length_1 < 1e-6).any():
        raise ValueError("found a quaternion of no length, expected a rotation: export the file again")
    return values_C / length_1
