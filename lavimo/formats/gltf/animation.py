"""What an animation of a glTF makes of its nodes at instants.

T instants, K keys, M nodes, C components; 3, 4, 44 vectors, quaternions (x, y, z, w) and matrices.
"""

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.spatial.transform import Rotation

from lavimo.formats.gltf.document import LARGEST, Document
from lavimo.formats.nodes import Array, Local, Places, rate_of
from lavimo.motion.resample import lerp, slerp

PATHS = {"translation": 3, "rotation": 4, "scale": 3}
EARLY_S = 1e-5
"""Keys' times are written with few digits: so little before a key is at it."""


class Channels(NamedTuple):
    """Channels of one path (`translation`, `rotation`, `scale`) that share their times and how they are interpolated.

    Of CUBICSPLINE the values are (3 K, M, C): before each the tangent that arrives, after it the one that leaves.
    """

    path: str
    how: str
    times_K: Array
    nodes_M: Places
    values_KMC: Array


class Animated:
    """A `lavimo.formats.nodes.Animation`, whose arrays are read when they are asked for."""

    def __init__(self, document: Document, number: int, name: str, places: dict[int, int], rest: Local):
        """Args: number: of the animation. places: of the file's nodes in the tree. rest: of the tree."""
        self.name = name
        self._document, self._spec = document, document.json["animations"][number]
        self._places, self._rest = places, rest

    @property
    def start_s(self) -> float:
        """When its first key is."""
        return min((float(some.times_K[0]) for some in self._channels), default=0.0)

    @property
    def end_s(self) -> float:
        """When its last key is."""
        return max((float(some.times_K[-1]) for some in self._channels), default=0.0)

    @property
    def fps(self) -> float | None:
        """The rate of the track with the most keys."""
        longest = max(self._channels, key=lambda some: len(some.times_K), default=None)
        return rate_of(longest.times_K) if longest else None

    @property
    def moved(self) -> frozenset[int]:
        """The nodes that it moves."""
        return frozenset(int(node) for some in self._channels for node in some.nodes_M)

    def local(self, at_T: Array, nodes_M: Places) -> Local:
        """See `Animation`."""
        found = {path: np.tile(still_1N[:, nodes_M], (len(at_T), 1, 1)) for path, still_1N in zip(PATHS, self._rest)}
        for some in self._channels:
            into, of = np.nonzero(nodes_M[:, None] == some.nodes_M)
            if len(of):
                found[some.path][:, into] = sampled(some.times_K, some.values_KMC[:, of], some.how, at_T)
        return Local(*found.values())

    @cached_property
    def _channels(self) -> list[Channels]:
        """Those that move nodes; a node whose path is moved twice is moved by the last."""
        found: dict[tuple[str, int], tuple[tuple[str, str, bytes], Array, Array]] = {}
        times: dict[int, Array] = {}
        for channel in self._spec["channels"]:
            target = channel["target"]
            if "node" not in target or target["path"] not in PATHS:
                continue
            node = self._places[target["node"]]  # a KeyError tells that it is not there
            sampler = self._spec["samplers"][channel["sampler"]]
            if sampler["input"] not in times:
                times[sampler["input"]] = self._document.array(sampler["input"])[:, 0]
            times_K, values_KC = times[sampler["input"]], self._document.array(sampler["output"])
            how = sampler.get("interpolation", "LINEAR")
            _check(f"node {target['node']}", target["path"], times_K, values_KC, how)
            found[target["path"], node] = (target["path"], how, times_K.tobytes()), times_K, values_KC
        alike: dict[tuple[str, str, bytes], list[tuple[int, Array, Array]]] = {}
        for (_, node), (key, times_K, values_KC) in found.items():
            alike.setdefault(key, []).append((node, times_K, values_KC))
        return [
            Channels(path, how, some[0][1], np.array([one[0] for one in some]), np.stack([one[2] for one in some], 1))
            for (path, how, _), some in alike.items()
        ]


def _check(where: str, path: str, times_K: Array, values_KC: Array, how: str) -> None:
    if how not in ("LINEAR", "STEP", "CUBICSPLINE"):
        raise ValueError(f"found the interpolation {how!r}, expected LINEAR, STEP or CUBICSPLINE")
    expected = (len(times_K) * (3 if how == "CUBICSPLINE" else 1), PATHS[path])
    if values_KC.shape != expected:
        raise ValueError(f"found values {values_KC.shape} of the {path} of {where}, expected {expected}")
    if (np.diff(times_K) < 0).any():
        raise ValueError(f"found times of {where} that go backwards, expected rising ones")


def sampled(times_K: Array, values_KMC: Array, how: str, at_T: Array) -> Array:
    """Channels' values (T, M, C) at instants; before the first key and after the last these hold."""
    at_T = np.clip(at_T, times_K[0], times_K[-1])
    before_T = np.clip(np.searchsorted(times_K, at_T + EARLY_S, side="right") - 1, 0, max(len(times_K) - 2, 0))
    after_T = np.minimum(before_T + 1, len(times_K) - 1)
    gap_T = times_K[after_T] - times_K[before_T]
    share_T = np.clip((at_T - times_K[before_T]) / np.where(gap_T > 0, gap_T, 1), 0, 1)
    if how == "STEP":
        return values_KMC[np.where(share_T > 1 - 1e-6, after_T, before_T)]
    if how == "LINEAR":
        first_TMC, second_TMC = values_KMC[before_T], values_KMC[after_T]
        if values_KMC.shape[-1] == 4:
            return slerp(_unit(first_TMC), _unit(second_TMC), share_T)
        return lerp(first_TMC, second_TMC, share_T)
    tangents_K3MC = values_KMC.reshape(len(times_K), 3, *values_KMC.shape[1:])
    s_T11, d_T11 = share_T[:, None, None], gap_T[:, None, None]
    found_TMC = (
        (2 * s_T11**3 - 3 * s_T11**2 + 1) * tangents_K3MC[before_T, 1]
        + d_T11 * (s_T11**3 - 2 * s_T11**2 + s_T11) * tangents_K3MC[before_T, 2]
        + (3 * s_T11**2 - 2 * s_T11**3) * tangents_K3MC[after_T, 1]
        + d_T11 * (s_T11**3 - s_T11**2) * tangents_K3MC[after_T, 0]
    )
    return _unit(found_TMC) if found_TMC.shape[-1] == 4 else found_TMC


def rest_of(node: dict[str, Any]) -> tuple[Array, Array, Array]:
    """A node's own translation (3), rotation (4) and scale (3), where nothing moves it."""
    odd = f"found a node {node.get('name')!r} of odd numbers: export the file again"
    if "matrix" in node:
        matrix_44 = np.array(node["matrix"], np.float64).reshape(4, 4).T
        if not np.abs(matrix_44).max() < LARGEST:
            raise ValueError(odd)
        scale_3 = np.linalg.norm(matrix_44[:3, :3], axis=0)
        if np.linalg.det(matrix_44[:3, :3]) < 0:
            scale_3[0] *= -1
        turn = Rotation.from_matrix(matrix_44[:3, :3] / np.where(scale_3 == 0, 1, scale_3))
        return matrix_44[:3, 3], turn.as_quat(), scale_3
    move_3 = np.array(node.get("translation", (0, 0, 0)), np.float64)
    turn_4 = np.array(node.get("rotation", (0, 0, 0, 1)), np.float64)
    scale_3 = np.array(node.get("scale", (1, 1, 1)), np.float64)
    sizes, largest = (len(move_3), len(turn_4), len(scale_3)), np.abs([*move_3, *turn_4, *scale_3]).max()
    if sizes != (3, 4, 3) or not largest < LARGEST:
        raise ValueError(odd)
    return move_3, _unit(turn_4), scale_3


def _unit(values_C: Array) -> Array:
    length_1 = np.linalg.norm(values_C, axis=-1, keepdims=True)
    if (length_1 < 1e-6).any():
        raise ValueError("found a quaternion of no length, expected a rotation: export the file again")
    return values_C / length_1
