"""The models of an FBX file as nodes, each after its parent, in a world with y upwards and in metres.

A scene says which axes point to the right, up and to the front, and how many centimetres its unit has. Roots are turned
and scaled by that; a left-handed scene is mirrored, every node of it, so that left stays left.

T instants, N nodes, M some of them, 3, 4, 33, 44 vectors, quaternions and matrices.
"""

import logging
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from lavimo.formats.fbx.document import Document, number, properties_of
from lavimo.formats.fbx.names import MOVED
from lavimo.formats.fbx.transforms import APART, Frames
from lavimo.formats.nodes import Array, Local, Places, in_depth

log = logging.getLogger(__name__)

MIRROR = np.diag([-1.0, 1, 1])
UNIT_CM = 1e-6, 1e9
"""Smallest and greatest unit that anybody has."""


class Scene:
    """The nodes, and the world that they are in.

    Attributes:
        models: the objects, in the order of nodes.
        places: of the objects' numbers among the nodes.
        parents_N: -1 for a root.
        frames: what of the nodes does not move.
        to_world_33: the rotation of the world.
        metres: a unit of the file.
        mirrored: whether the file's axes are left-handed.
    """

    def __init__(self, document: Document):
        """Raises: ValueError: the models are no tree, or a property is no number."""
        models = list(document.all("Model"))
        parents = _parents(document, {model.id: place for place, model in enumerate(models)})
        order = in_depth(parents)
        self.models = [models[place] for place in order]
        self.places = {model.id: node for node, model in enumerate(self.models)}
        moved = {place: node for node, place in enumerate(order)}
        self.parents_N = np.array([moved.get(parents[place], -1) for place in order], np.intp)
        defaults = document.defaults("Model")
        self.frames = Frames.of([{**defaults, **properties_of(model.record)} for model in self.models])
        self.metres = _unit(document.settings)
        axes_33 = _axes(document.settings)
        self.mirrored = bool(np.linalg.det(axes_33) < 0)
        self.to_world_33 = axes_33 @ MIRROR if self.mirrored else axes_33
        self._turn = Rotation.from_matrix(self.to_world_33)

    def local(self, values: list[Array], nodes_M: Places) -> Local:
        """Nodes relative to their parents, of their translations, angles and scales."""
        moves_TM3, angles_TM3, scales_TM3 = values
        places_TM3, turns_TM4, scales_TM3 = self.frames.local(moves_TM3, angles_TM3, scales_TM3, nodes_M)
        scales_TM3 = self._apart(scales_TM3, nodes_M)
        if self.mirrored:
            places_TM3, turns_TM4 = places_TM3 * (-1, 1, 1), turns_TM4 * (1, -1, -1, 1)
        roots = self.parents_N[nodes_M] < 0
        if roots.any():
            frames = len(places_TM3)
            turned = self._turn * Rotation.from_quat(turns_TM4[:, roots].reshape(-1, 4))
            turns_TM4[:, roots] = turned.as_quat().reshape(frames, -1, 4)
            moved = self._turn.apply(self.metres * places_TM3[:, roots].reshape(-1, 3))
            places_TM3[:, roots] = moved.reshape(frames, -1, 3)
            scales_TM3[:, roots] *= self.metres
        return Local(places_TM3, turns_TM4, scales_TM3)

    def rest(self) -> Local:
        """All nodes where nothing moves them, one instant."""
        every = np.arange(len(self.models))
        return self.local([self.frames.fixed[name][None].copy() for name in MOVED], every)

    def in_world(self, matrices_K44: Array) -> Array:
        """Poses (K, 4, 4) of the file's own world."""
        mirror_33 = MIRROR if self.mirrored else np.eye(3)
        to_world_33 = self.metres * self.to_world_33 @ mirror_33
        found_K44 = matrices_K44.copy()
        found_K44[:, :3, :3] = to_world_33 @ matrices_K44[:, :3, :3] @ mirror_33
        found_K44[:, :3, 3] = matrices_K44[:, :3, 3] @ to_world_33.T
        return found_K44

    def _apart(self, scales_TM3: Array, nodes_M: Places) -> Array:
        """Scales without the parent's own, of nodes that do not inherit it."""
        places = {node: place for place, node in enumerate(nodes_M.tolist())}
        found_TM3 = scales_TM3.copy()
        for place, node in enumerate(nodes_M.tolist()):
            above = places.get(int(self.parents_N[node]))
            if above is not None and self.frames.inherits_M[node] == APART:
                found_TM3[:, place] /= np.where(scales_TM3[:, above] == 0, 1, scales_TM3[:, above])
        return found_TM3


def _parents(document: Document, places: dict[int, int]) -> list[int]:
    """Each model's parent, -1 for a root; the first of several."""
    found = [-1] * len(places)
    for parent, place in places.items():
        for link in document.children.get(parent, ()):
            below = places.get(link.child)
            if below is not None and not link.property and found[below] < 0:
                found[below] = place
    return found


def _unit(settings: dict[str, list[Any]]) -> float:
    """The file's unit in metres."""
    unit_cm = number(settings, "UnitScaleFactor", 1.0)
    if not UNIT_CM[0] < unit_cm < UNIT_CM[1]:
        raise ValueError(f"found a unit of {unit_cm:g} cm, expected one of some size: export the file again")
    return unit_cm / 100


def _axes(settings: dict[str, list[Any]]) -> Array:
    """The matrix (3, 3) from the file's axes to ours: x to the right, y up, z to the front."""
    rows_33 = np.zeros((3, 3))
    for row, (name, usual) in enumerate((("CoordAxis", 0), ("UpAxis", 1), ("FrontAxis", 2))):
        axis, sign = number(settings, name, usual), number(settings, f"{name}Sign", 1)
        if axis not in (0, 1, 2) or sign not in (-1, 1):
            raise ValueError(f"found the {name} {axis:g} of the sign {sign:g}, expected 0, 1 or 2, of 1 or -1")
        rows_33[row, int(axis)] = sign
    if abs(np.linalg.det(rows_33)) < 0.5:
        raise ValueError("found axes of which two are the same, expected three: export the file again")
    return rows_33
