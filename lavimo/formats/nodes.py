"""A tree of nodes that animations move: what a glTF or an FBX file holds, with y upwards and in metres.

T instants, N nodes, M some of them, 3, 4, 33, 44 vectors, quaternions (x, y, z, w) and matrices.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.formats.distinct import SeveralAnimations

Array = NDArray[np.float64]
Places = NDArray[np.intp]

DEEPEST = 1000
LARGEST = 2**23
"""So many nodes times instants at most: an hour of a hundred joints."""


class Local(NamedTuple):
    """Nodes relative to their parents: first scaled, then turned, then moved."""

    translations_TM3: Array
    rotations_TM4: Array
    scales_TM3: Array


class World(NamedTuple):
    """Nodes in the world: where they are, and how they are turned, without the scale that they inherit."""

    places_TM3: Array
    turns_TM33: Array


class Animation(Protocol):
    """What moves the nodes of a tree.

    Attributes:
        name: by which `FILE#NAME` means it.
        start_s, end_s: when its first and its last key are; the file's clock need not begin at 0.
        fps: the frame rate that the file says, or that of most of its keys; None where there are no two.
        moved: the nodes that it moves.
    """

    @property
    def name(self) -> str: ...
    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...
    @property
    def fps(self) -> float | None: ...
    @property
    def moved(self) -> frozenset[int]: ...

    def local(self, at_T: Array, nodes_M: Places) -> Local:
        """Some nodes at instants of the file's clock; before the first key and after the last these hold."""


@dataclass(frozen=True)
class Skin:
    """The nodes that deform a mesh, and the pose (4, 4) in the world that each was bound in, of those that tell."""

    joints: frozenset[int]
    binds: Mapping[int, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Nodes:
    """The tree.

    Attributes:
        names: of the nodes, each after its parent; two may have the same.
        parents_N: -1 for a root.
        rest: the nodes as they are where nothing moves them, one instant.
        plain_N: whether a node is nothing else, as a mesh, a camera or a light is.
        skins: see `Skin`.
        animations: those that move something.
    """

    names: tuple[str, ...]
    parents_N: Places
    rest: Local
    plain_N: NDArray[np.bool_]
    skins: Sequence[Skin] = ()
    animations: Sequence[Animation] = ()

    def animation(self, name: str, path: Path) -> Animation:
        """The one of a name; of a file with only one it may be left out.

        Raises:
            SeveralAnimations: there is none of the name, or several; those that there are are named.
            ValueError: there is none at all.
        """
        if not self.animations:
            raise ValueError("found no animation, expected one")
        for one in self.animations:
            if one.name == name or (not name and len(self.animations) == 1):
                return one
        names = [one.name for one in self.animations]
        told = ", ".join(f"{Path(path).name}#{one}" for one in names)
        raise SeveralAnimations(f"found the animations {told}; name one of them", names)

    def local(self, animation: Animation | None, at_T: Array, nodes: Iterable[int] | None = None) -> Local:
        """Nodes (all, or some) relative to their parents at instants; without an animation at rest."""
        nodes_M = np.arange(len(self.names)) if nodes is None else np.fromiter(nodes, np.intp)
        if len(nodes_M) * len(at_T) > LARGEST:
            raise ValueError(f"found {len(nodes_M)} nodes at {len(at_T)} instants, expected a shorter animation")
        if animation is None:
            return Local(*(np.repeat(part[:, nodes_M], len(at_T), axis=0) for part in self.rest))
        return animation.local(at_T, nodes_M)

    def world(self, animation: Animation | None, at_T: Array, nodes: Iterable[int] | None = None) -> World:
        """Nodes (all, or some) in the world at instants; without an animation at rest."""
        wanted_M = np.arange(len(self.names)) if nodes is None else np.fromiter(nodes, np.intp)
        needed_M = self._with_ancestors(wanted_M)
        places_TM3, rotations_TM4, scales_TM3 = self.local(animation, at_T, needed_M)
        turns_TM33 = (
            Rotation.from_quat(rotations_TM4.reshape(-1, 4)).as_matrix().reshape(*rotations_TM4.shape[:2], 3, 3)
        )
        linear_TM33 = turns_TM33 * scales_TM3[..., None, :]
        parents_M = np.searchsorted(needed_M, self.parents_N[needed_M])
        for level in np.unique(self._depths_N[needed_M])[1:]:
            here = np.flatnonzero(self._depths_N[needed_M] == level)
            above = parents_M[here]
            moved_TM3 = (linear_TM33[:, above] @ places_TM3[:, here, :, None])[..., 0]
            places_TM3[:, here] = moved_TM3 + places_TM3[:, above]
            linear_TM33[:, here] = linear_TM33[:, above] @ linear_TM33[:, here]
            turns_TM33[:, here] = turns_TM33[:, above] @ turns_TM33[:, here]
        found = np.searchsorted(needed_M, wanted_M)
        return World(places_TM3[:, found], turns_TM33[:, found])

    def _with_ancestors(self, wanted_M: Places) -> Places:
        needed = set(wanted_M.tolist())
        for node in wanted_M.tolist():
            while (node := int(self.parents_N[node])) >= 0 and node not in needed:
                needed.add(node)
        return np.array(sorted(needed), np.intp)

    @cached_property
    def _depths_N(self) -> Places:
        depths_N = np.zeros(len(self.names), np.intp)
        for node, parent in enumerate(self.parents_N.tolist()):
            depths_N[node] = depths_N[parent] + 1 if parent >= 0 else 0
        return depths_N


def in_depth(parents: Sequence[int]) -> list[int]:
    """The nodes of a tree, each after its parent.

    Raises:
        ValueError: a node is its own ancestor, or below very many.
    """
    children: dict[int, list[int]] = {}
    for node, parent in enumerate(parents):
        children.setdefault(parent, []).append(node)
    order: list[int] = []
    left = [(root, 0) for root in reversed(children.get(-1, []))]
    while left:
        node, depth = left.pop()
        order.append(node)
        left += [(child, depth + 1) for child in reversed(children.get(node, []))]
        if depth > DEEPEST:
            break
    if len(order) < len(parents):
        raise ValueError("found a node below itself, or too deep: export the file again")
    return order


def rate_of(times_K: Array) -> float | None:
    """The frames a second of keys at these times."""
    gaps_K = np.diff(times_K)
    gaps_K = gaps_K[gaps_K > 1e-4]
    return float(1 / np.median(gaps_K)) if len(gaps_K) else None
