"""BlazePose's two networks (Bazarevsky et al. 2020; Apache-2.0): people in a picture, and the landmarks of one.

What stands around the networks follows MediaPipe's published graphs: anchors, the region that a person's axis gives,
refinement by heatmap. The only file that knows LiteRT.

A anchors, P people, 33 landmarks and 2 auxiliary ones, H W pixels.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lavimo.landmarks.models import DETECTOR, landmark_model
from lavimo.landmarks.region import Region, turned

Array = NDArray[np.floating]

DETECTOR_PX, LANDMARKER_PX = 224, 256
LEAST_SCORE = 0.5
"""Of a detection, and of the landmark network's belief that a person is there."""
SAME_PERSON = 0.3
"""Overlap above which the weaker of two detections is dropped."""
HEATMAP_WINDOW = 7
QUICKEST = min(os.cpu_count() or 1, 4)
"""Threads of a network where somebody waits for one video: two take a tenth less time than one."""


@dataclass(frozen=True)
class Person:
    """The landmarks of one person in one picture.

    Attributes:
        world_L3: (33, 3) metres from the middle of the hips: x right, y up, z towards the camera.
        image_L2: (33, 2) pixels, x right and y down.
        visibility_L: (33,) from 0 to 1: in the picture and not behind anything.
        score: how sure the network is that there is a person.
        region: where the next picture's person is looked for.
    """

    world_L3: Array
    image_L2: Array
    visibility_L: Array
    score: float
    region: Region


class BlazePose:
    """The two networks of a folder, for one caller at a time."""

    def __init__(self, folder: Path | None = None, threads: int = 1):
        """Load the models of a folder, or those that the environment's set-up brought.

        Args:
            threads: of a network; any number gives the same bits.

        Raises:
            ValueError: a model is missing, or is another one.
        """
        self._detector = Network(landmark_model(folder, DETECTOR), threads, (2254, 12), (2254, 1))
        self._landmarker = Network(landmark_model(folder), threads, (195,), (1,), (64, 64, 39), (117,))
        self._anchors_A2 = anchors()

    def people(self, picture: Image.Image) -> list[tuple[float, Region]]:
        """The people whom one sees in a picture, the surest first: their scores and regions."""
        scale = max(picture.size) / DETECTOR_PX
        small = picture.resize([max(round(side / scale), 1) for side in picture.size], Image.Resampling.BILINEAR)
        square = Image.new("RGB", (DETECTOR_PX, DETECTOR_PX))
        left, top = (DETECTOR_PX - small.width) // 2, (DETECTOR_PX - small.height) // 2
        square.paste(small, (left, top))
        boxes_AX, logits_A1 = self._detector(np.asarray(square, np.float32) / 127.5 - 1)
        scores_A = sigmoid(logits_A1[:, 0])
        found = []
        for row in np.flatnonzero(scores_A >= LEAST_SCORE):
            # x, y, width, height of the face's box, then four points: the hips' middle and the axis' end first.
            points_42 = boxes_AX[row, 4:].reshape(4, 2) + self._anchors_A2[row] * DETECTOR_PX
            hips_2, end_2 = (points_42[:2] - (left, top)) * scale
            found.append((float(scores_A[row]), Region.of_axis(hips_2, end_2)))
        return without_overlaps(found)

    def landmarks(self, picture: Image.Image, region: Region) -> Person | None:
        """The landmarks of the person in a region, or None if nobody is there."""
        crop_HW3 = np.asarray(region.crop(picture, LANDMARKER_PX), np.float32) / 255
        flat_X, score_1, heatmap_HWL, world_X = self._landmarker(crop_HW3)
        if float(score_1[0]) < LEAST_SCORE:
            return None
        points_L5 = flat_X.reshape(39, 5)
        inside_L2 = refined(points_L5[:, :2] / LANDMARKER_PX, heatmap_HWL)
        image_L2 = region.to_picture(inside_L2)
        world_L3 = world_X.reshape(39, 3)[:33].copy()
        world_L3[:, :2] = turned(world_L3[:, :2], region.angle)
        return Person(
            (world_L3 * np.array([1, -1, -1])).astype(np.float32),
            image_L2[:33].astype(np.float32),
            sigmoid(points_L5[:33, 3]),
            float(score_1[0]),
            Region.of_axis(image_L2[33], image_L2[34]),
        )


class Network:
    """A LiteRT model with one input and known outputs."""

    def __init__(self, path: Path, threads: int, *shapes: tuple[int, ...]):
        """Load it.

        Raises:
            ValueError: it is no model, or one of other outputs.
        """
        from ai_edge_litert.interpreter import Interpreter

        try:
            with silent():
                self._interpreter = Interpreter(str(path), num_threads=threads)
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ValueError(f"{path}: cannot be read as a LiteRT model ({error})") from error
        self._input = self._interpreter.get_input_details()[0]["index"]
        by_shape = {tuple(int(n) for n in out["shape"][1:]): out["index"] for out in self._outputs()}
        if missing := set(shapes) - set(by_shape):
            raise ValueError(f"{path}: found outputs of {sorted(by_shape)}, expected also {sorted(missing)}")
        self._wanted = [by_shape[shape] for shape in shapes]

    def __call__(self, picture_HW3: Array) -> list[Array]:
        """The wanted outputs of one input, copied."""
        self._interpreter.set_tensor(self._input, picture_HW3[None])
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index)[0] for index in self._wanted]

    def _outputs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._interpreter.get_output_details()
        return found


@contextmanager
def silent() -> Iterator[None]:
    """What LiteRT tells the terminal of how it works, past Python, goes nowhere; its errors are exceptions."""
    before = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def anchors() -> Array:
    """The centres (A, 2) of the detector's anchors, from 0 to 1: two a cell at strides 8 and 16, six at 32."""
    made = []
    for stride, each in ((8, 2), (16, 2), (32, 6)):
        cells = DETECTOR_PX // stride
        y_CC, x_CC = np.indices((cells, cells))
        centres_C2 = np.stack([x_CC, y_CC], axis=-1).reshape(-1, 2)
        made.append(np.repeat((centres_C2 + 0.5) / cells, each, axis=0))
    return np.concatenate(made).astype(np.float32)


def without_overlaps(found: list[tuple[float, Region]]) -> list[tuple[float, Region]]:
    """Of those that overlap, the surest."""
    kept: list[tuple[float, Region]] = []
    for score, region in sorted(found, key=lambda one: -one[0]):
        if all(region.overlap(other) < SAME_PERSON for _, other in kept):
            kept.append((score, region))
    return kept


def refined(inside_L2: Array, heatmap_HWL: Array) -> Array:
    """Landmarks (from 0 to 1) moved to the centre of the heatmap's belief in a window around them, where it has any."""
    size = heatmap_HWL.shape[0]
    cell_L2 = np.floor(inside_L2 * size).astype(int)
    reach = np.arange(HEATMAP_WINDOW) - (HEATMAP_WINDOW - 1) // 2
    x_LW, y_LW = cell_L2[:, :1] + reach, cell_L2[:, 1:] + reach
    landmark_L11 = np.arange(len(inside_L2))[:, None, None]
    belief_LWW = sigmoid(
        heatmap_HWL[np.clip(y_LW, 0, size - 1)[:, :, None], np.clip(x_LW, 0, size - 1)[:, None, :], landmark_L11]
    )
    belief_LWW *= ((y_LW >= 0) & (y_LW < size))[:, :, None] & ((x_LW >= 0) & (x_LW < size))[:, None, :]
    total_L = belief_LWW.sum((1, 2))
    centre_L2 = np.stack([(belief_LWW * x_LW[:, None, :]).sum((1, 2)), (belief_LWW * y_LW[:, :, None]).sum((1, 2))], 1)
    believed_L1 = (belief_LWW.max((1, 2)) >= LEAST_SCORE)[:, None] & ((cell_L2 >= 0) & (cell_L2 < size)).all(1)[:, None]
    return np.where(believed_L1, centre_L2 / np.maximum(total_L, 1e-6)[:, None] / size, inside_L2)


def sigmoid(logits: Array) -> Array:
    """1 / (1 + exp(-x)), for logits of any size."""
    return 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
