"""An FBX file's tree of nodes, with y upwards and in metres, whatever axes and unit the file has."""

from functools import cached_property
from pathlib import Path

import numpy as np

from lavimo.formats.fbx.curves import TICKS
from lavimo.formats.fbx.document import Document, Object, number, properties_of
from lavimo.formats.fbx.layers import Layer, layer_of
from lavimo.formats.fbx.names import MOVED, layers_of, stacks_of
from lavimo.formats.fbx.records import numbers_of
from lavimo.formats.fbx.scene import Scene
from lavimo.formats.nodes import Array, Local, Nodes, Places, Skin, rate_of

PLAIN = {"LimbNode", "Limb", "Root", "Null", ""}
"""Models that are nothing else: bones and helpers."""
BONES = {"LimbNode", "Limb", "Root"}
NTSC = 1000 / 1001
RATES = {1: 120, 2: 100, 3: 60, 4: 50, 5: 48, 6: 30, 7: 30, 8: 30 * NTSC, 9: 30 * NTSC, 10: 25, 11: 24, 12: 1000,
         13: 24 * NTSC, 15: 96, 16: 72, 17: 60 * NTSC, 18: 120 * NTSC}  # fmt: skip
"""The frames a second of a scene's time modes."""
CUSTOM = 14


class Animated:
    """A `lavimo.formats.nodes.Animation`, whose curves are read when they are asked for."""

    def __init__(self, document: Document, name: str, stack: Object, scene: Scene):
        self.name = name
        self._document, self._stack, self._scene = document, stack, scene

    @property
    def start_s(self) -> float:
        """Where the stack begins, or its first key if that is later."""
        return self._span[0]

    @property
    def end_s(self) -> float:
        """Where the stack ends, or its last key if that is earlier."""
        return self._span[1]

    @property
    def fps(self) -> float | None:
        """What the scene says, else the rate of the curve with the most keys."""
        mode = int(number(self._document.settings, "TimeMode", 0))
        told = number(self._document.settings, "CustomFrameRate", 0) if mode == CUSTOM else RATES.get(mode, 0)
        keys = max(self._keys, key=len, default=None)
        return told if told > 0 else None if keys is None else rate_of(keys)

    @property
    def moved(self) -> frozenset[int]:
        """The nodes that it moves."""
        return frozenset(node for layer in self._layers for _, node in layer.still)

    def local(self, at_T: Array, nodes_M: Places) -> Local:
        """See `Animation`."""
        frames = self._scene.frames
        values = [np.tile(frames.fixed[name][nodes_M], (len(at_T), 1, 1)) for name in MOVED]
        for layer in self._layers:
            layer.over(values, nodes_M, frames.orders_M[nodes_M], at_T)
        return self._scene.local(values, nodes_M)

    @cached_property
    def _layers(self) -> list[Layer]:
        found = []
        for place, layer in enumerate(layers_of(self._document, self._stack)):
            if not number(properties_of(layer.record), "Mute", 0):
                found.append(layer_of(self._document, layer, self._scene.places, base=not place))
        return found

    @cached_property
    def _keys(self) -> list[Array]:
        return [keys.times_K for layer in self._layers for keys in layer.curves.values()]

    @cached_property
    def _span(self) -> tuple[float, float]:
        if not self._keys:
            return 0.0, 0.0
        first, last = min(float(one[0]) for one in self._keys), max(float(one[-1]) for one in self._keys)
        said = properties_of(self._stack.record)
        start, end = (number(said, name, 0) / TICKS for name in ("LocalStart", "LocalStop"))
        both = max(start, first), min(end, last)
        return both if both[1] > both[0] else (first, last)


def read_nodes(path: Path) -> Nodes:
    """The tree; the curves of an animation are read when it is asked for.

    Raises:
        ValueError: it is damaged, or of a version that is not understood.
    """
    document = Document(path)
    scene = Scene(document)
    roles = [model.role for model in scene.models]
    return Nodes(
        tuple(model.name or f"node {node}" for node, model in enumerate(scene.models)),
        scene.parents_N,
        scene.rest(),
        np.array([role in PLAIN for role in roles], bool),
        _skins(document, scene),
        [Animated(document, name, stack, scene) for name, stack in stacks_of(document).items()],
    )


def _skins(document: Document, scene: Scene) -> list[Skin]:
    """The bones, whatever skins there are, with the poses that bind poses and clusters tell."""
    told: dict[int, Array] = {}
    for pose in document.all("Pose"):
        for one in pose.record.all("PoseNode") if pose.role == "BindPose" else ():
            node = one.get("Node")
            if node and node.values[0] in scene.places:
                told[scene.places[node.values[0]]] = numbers_of(one.get("Matrix"))
    bound = set()
    for cluster in document.all("Deformer"):
        for model, _ in document.below(cluster.id, "Model"):
            bound.add(scene.places[model.id])
            told[scene.places[model.id]] = numbers_of(cluster.record.get("TransformLink"))
    told = {node: matrix for node, matrix in told.items() if matrix.size == 16 and np.isfinite(matrix).all()}
    bones = bound | {node for node, model in enumerate(scene.models) if model.role in BONES}
    if not bones:
        return []
    # The file writes a matrix column by column.
    matrices_K44 = scene.in_world(np.array([*told.values()], np.float64).reshape(-1, 4, 4).swapaxes(1, 2))
    sound_K = np.abs(np.linalg.det(matrices_K44)) > 1e-12
    binds = {node: one_44 for node, one_44, sound in zip(told, matrices_K44, sound_K) if sound}
    return [Skin(frozenset(bones), binds)]
