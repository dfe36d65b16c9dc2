"""How a hand-held camera moves: by how much everything but the people shifts from picture to picture.

T pictures, h w pixels of a small grey copy, 2 coordinates: x right, y up, in the picture's larger side.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lavimo.landmarks.tracks import Track
from lavimo.video.decode import Picture

SIDE_PX = 160
"""Larger side of the copies that are compared."""
MOST = 0.2
"""A shift between two pictures, as a share of the larger side, beyond which it is a cut and no movement."""


class Background:
    """Small grey copies of pictures that pass by on their way to somebody else."""

    def __init__(self) -> None:
        self._greys: dict[float, NDArray[np.float32]] = {}

    def watch(self, pictures: Iterable[Picture]) -> Iterator[Picture]:
        """The pictures, one after another."""
        for picture in pictures:
            scale = SIDE_PX / max(picture.image.size)
            size = [max(round(side * scale), 8) for side in picture.image.size]
            grey = picture.image.convert("L").resize(size, Image.Resampling.BOX)
            self._greys[picture.time_s] = np.asarray(grey, np.float32)
            yield picture

    def drift(self, tracks: list[Track]) -> dict[float, NDArray[np.float64]]:
        """By the pictures' times, how far the background has shifted since the first, (2,)."""
        times = sorted(self._greys)
        seen = [self._without(time_s, tracks) for time_s in times]
        total_2, found = np.zeros(2), {}
        for number, time_s in enumerate(times):
            if number:
                total_2 = total_2 + shift(seen[number - 1], seen[number])
            found[time_s] = total_2
        return found

    def _without(self, time_s: float, tracks: list[Track]) -> NDArray[np.float64]:
        """A copy in which people are as grey as the whole."""
        grey_hw = self._greys[time_s].astype(np.float64)
        background_hw = np.ones(grey_hw.shape, bool)
        for track in tracks:
            if time_s in track.times:
                points_L2 = track.people[track.times.index(time_s)].image_L2 * SIDE_PX / max(track.picture)
                (left, top), (right, bottom) = points_L2.min(0) - 4, points_L2.max(0) + 4
                background_hw[max(int(top), 0) : max(int(bottom), 0), max(int(left), 0) : max(int(right), 0)] = False
        if not background_hw.any():
            return np.zeros(grey_hw.shape)
        flat_hw = np.where(background_hw, grey_hw - grey_hw[background_hw].mean(), 0.0)
        return flat_hw * np.outer(np.hanning(len(grey_hw)), np.hanning(grey_hw.shape[1]))


def shift(before_hw: NDArray[np.float64], after_hw: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much a picture has shifted, (2,), by phase correlation; none where nothing agrees."""
    spectrum = np.fft.rfft2(after_hw) * np.conj(np.fft.rfft2(before_hw))
    agreement_hw = np.fft.irfft2(spectrum / np.maximum(np.abs(spectrum), 1e-9), before_hw.shape)
    y, x = np.unravel_index(int(agreement_hw.argmax()), agreement_hw.shape)
    shape = np.array(before_hw.shape)
    peak_2 = np.array([y, x], float)
    for axis, place in enumerate((y, x)):
        around = [
            agreement_hw[tuple((np.array([y, x]) + step * np.eye(2, dtype=int)[axis]) % shape)] for step in (-1, 1)
        ]
        top = agreement_hw[y, x]
        bend = around[0] - 2 * top + around[1]
        peak_2[axis] = place + (0.5 * (around[0] - around[1]) / bend if bend else 0.0)
    peak_2 = (peak_2 + shape / 2) % shape - shape / 2
    moved_2 = np.array([peak_2[1], -peak_2[0]]) / SIDE_PX
    return moved_2 if float(np.abs(moved_2).max()) <= MOST else np.zeros(2)
