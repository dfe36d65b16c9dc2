"""The layers of an FBX animation: what each makes of models' properties, and how one is laid over another.

T instants, M models, K some of them; values are (T, M, 3): translations, angles in degrees, scales.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.formats.fbx.curves import Array, Keys, evaluated, keys_of
from lavimo.formats.fbx.document import Document, Object, number, properties_of
from lavimo.formats.fbx.names import MOVED, nodes_of
from lavimo.formats.fbx.transforms import angles_of, turns_of

Places = NDArray[np.intp]

AXES = ("d|X", "d|Y", "d|Z")
ADDITIVE, OVERRIDE = 0, 1
TRANSLATION, ROTATION, SCALE = range(len(MOVED))


@dataclass
class Layer:
    """A layer.

    Attributes:
        still: by property (a place in `MOVED`) and model: the values where no curve is.
        curves: by property, model and axis.
        weight, weights: how much it counts, or a curve that tells it in hundredths.
        additive: it is added to what is below, and does not replace it.
        by_turns, by_factors: angles are rotations, scales factors, and not numbers, when layers are laid over another.
    """

    still: dict[tuple[int, int], Array]
    curves: dict[tuple[int, int, int], Keys]
    weight: float = 1.0
    weights: Keys | None = None
    additive: bool = False
    by_turns: bool = False
    by_factors: bool = False

    def over(self, below: list[Array], models_M: Places, orders_M: Places, at_T: Array) -> None:
        """Lay it over the values of some models, which change."""
        weight_T11 = np.full((len(at_T), 1, 1), self.weight)
        if self.weights:
            weight_T11 = np.clip(evaluated([self.weights], at_T) / 100, 0, 1)[:, None]
        for kind, (into_K, own_TK3) in self._values(models_M, at_T).items():
            before_TK3 = below[kind][:, into_K]
            if kind == SCALE and self.by_factors:
                kept_T11 = 1.0 if self.additive else 1 - weight_T11
                found_TK3 = np.abs(before_TK3) ** kept_T11 * np.abs(own_TK3) ** weight_T11
            elif kind == ROTATION and self.by_turns:
                found_TK3 = self._turned(before_TK3, own_TK3, weight_T11[..., 0], orders_M[into_K])
            else:
                found_TK3 = before_TK3 + weight_T11 * (own_TK3 if self.additive else own_TK3 - before_TK3)
            below[kind][:, into_K] = found_TK3

    def _turned(self, before_TK3: Array, own_TK3: Array, weight_T1: Array, orders_K: Places) -> Array:
        """Angles of rotations that are added or replace others in part."""
        found_TK3 = np.empty_like(before_TK3)
        for place, order in enumerate(orders_K):
            before, own = turns_of(before_TK3[:, place], order), turns_of(own_TK3[:, place], order)
            way = own if self.additive else before.inv() * own
            turned = before * type(way).from_rotvec(way.as_rotvec() * weight_T1)
            found_TK3[:, place] = angles_of(turned, order)
        return found_TK3

    def _values(self, models_M: Places, at_T: Array) -> dict[int, tuple[Places, Array]]:
        """By property: the places among some models that it moves, and the values there (T, K, 3)."""
        places = {model: place for place, model in enumerate(models_M.tolist())}
        found: dict[int, tuple[Places, Array]] = {}
        columns: dict[tuple[int, int], int] = {}
        for kind in range(len(MOVED)):
            moved = [model for own, model in self.still if own == kind and model in places]
            if moved:
                still_K3 = np.stack([self.still[kind, model] for model in moved])
                found[kind] = np.array([places[one] for one in moved]), np.tile(still_K3, (len(at_T), 1, 1))
                columns |= {(kind, model): column for column, model in enumerate(moved)}
        alike: dict[bytes, list[tuple[int, int, int]]] = {}
        for (kind, model, axis), keys in self.curves.items():
            if model in places:
                alike.setdefault(keys.times_K.tobytes(), []).append((kind, model, axis))
        for some in alike.values():
            values_TC = evaluated([self.curves[one] for one in some], at_T)
            for column, (kind, model, axis) in enumerate(some):
                found[kind][1][:, columns[kind, model], axis] = values_TC[:, column]
        return found


def layer_of(document: Document, layer: Object, places: dict[int, int], base: bool) -> Layer:
    """A layer of the file; the base is what others are laid over.

    Raises:
        ValueError: a curve is damaged.
    """
    own = {node.id: node for node in nodes_of(document, layer)}
    found = Layer({}, {})
    for id, model in places.items():
        for node, name in document.below(id, "AnimationCurveNode"):
            if node.id in own and name in MOVED:
                kind = MOVED.index(name)
                some = _curves(document, node)
                if some:
                    values = properties_of(node.record)
                    found.still[kind, model] = np.array([number(values, axis, float(kind == SCALE)) for axis in AXES])
                    found.curves |= {(kind, model, axis): keys for axis, keys in some.items()}
    if base:
        return found
    said = properties_of(layer.record)
    found.weight = float(np.clip(number(said, "Weight", 100) / 100, 0, 1))
    for node, name in document.below(layer.id, "AnimationCurveNode"):
        if name == "Weight":
            found.weights = _curve(document, node, "d|Weight")
    found.additive = number(said, "BlendMode", ADDITIVE) == ADDITIVE
    found.by_turns = number(said, "RotationAccumulationMode", 0) == 0
    found.by_factors = number(said, "ScaleAccumulationMode", 0) == 0
    return found


def _curves(document: Document, node: Object) -> dict[int, Keys]:
    found = {axis: _curve(document, node, name) for axis, name in enumerate(AXES)}
    return {axis: keys for axis, keys in found.items() if keys}


def _curve(document: Document, node: Object, name: str) -> Keys | None:
    """The keys of a node's curve."""
    for curve, which in document.below(node.id, "AnimationCurve"):
        if which == name:
            return keys_of(curve)
    return None
