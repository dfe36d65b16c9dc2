"""A limb or the trunk as a tube: how far its surface is from its middle line, and how cloth falls along it.

Shape suffixes: V vertices, S slices along the tube, A angles around it, 2 coordinates across it, 3 coordinates.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d, map_coordinates

Array = NDArray[np.floating]

STEP_M = 0.015
ANGLES = 24


@dataclass(frozen=True)
class Tube:
    """Radii by slice and angle.

    Attributes:
        start_m: where the first slice is, along the tube.
        middle_S2: the middle line, across the tube.
        radius_SA: metres.
    """

    start_m: float
    middle_S2: Array
    radius_SA: Array

    @classmethod
    def of(cls, along_V: Array, across_V2: Array, start_m: float, end_m: float) -> "Tube":
        """Measure vertices by their place along a tube and across it, between two places along."""
        slices = int(np.ceil((end_m - start_m) / STEP_M)) + 1
        slice_V = np.round((along_V - start_m) / STEP_M).astype(int)
        within_V = (slice_V >= 0) & (slice_V < slices)
        slice_V, across_V2 = slice_V[within_V], across_V2[within_V]
        low_S2, high_S2 = np.full((slices, 2), np.inf), np.full((slices, 2), -np.inf)
        np.minimum.at(low_S2, slice_V, across_V2)
        np.maximum.at(high_S2, slice_V, across_V2)
        known_S = np.isfinite(low_S2[:, 0])
        middle_S2 = np.where(known_S[:, None], low_S2, 0) / 2 + np.where(known_S[:, None], high_S2, 0) / 2
        for axis in range(2):
            middle_S2[:, axis] = np.interp(np.arange(slices), np.flatnonzero(known_S), middle_S2[known_S, axis])
        middle_S2 = gaussian_filter1d(middle_S2, 2.5, axis=0, mode="nearest")
        from_middle_V2 = across_V2 - middle_S2[slice_V]
        angle_V = np.round(np.arctan2(from_middle_V2[:, 1], from_middle_V2[:, 0]) / (2 * np.pi) * ANGLES).astype(int)
        radius_SA = np.zeros((slices, ANGLES))
        np.maximum.at(radius_SA, (slice_V, angle_V % ANGLES), np.hypot(*from_middle_V2.T))
        modes = ("nearest", "wrap")
        found_SA = gaussian_filter((radius_SA > 0).astype(float), 1.2, mode=modes)
        return cls(start_m, middle_S2, gaussian_filter(radius_SA, 1.2, mode=modes) / np.maximum(found_SA, 1e-3))

    def falling(self, narrowing: float) -> "Tube":
        """A cloth over it that hangs from what is above, drawing in by a share of its way down."""
        radius_SA = self.radius_SA.copy()
        for slice_ in range(1, len(radius_SA)):
            radius_SA[slice_] = np.maximum(radius_SA[slice_], radius_SA[slice_ - 1] - narrowing * STEP_M)
        return Tube(self.start_m, self.middle_S2, gaussian_filter(radius_SA, 1.0, mode=("nearest", "wrap")))

    def middle(self, along_V: Array) -> Array:
        """The middle line (V, 2) at places along it."""
        slices = np.arange(len(self.middle_S2)) * STEP_M + self.start_m
        return np.stack([np.interp(along_V, slices, self.middle_S2[:, axis]) for axis in range(2)], axis=-1)

    def radius(self, along_V: Array, angle_V: Array) -> Array:
        """Radii (V,) at places along and angles around."""
        where = [(along_V - self.start_m) / STEP_M, angle_V / (2 * np.pi) * ANGLES]
        padded_SA = np.pad(self.radius_SA, ((0, 0), (ANGLES, ANGLES)), mode="wrap")
        return map_coordinates(padded_SA, [where[0], where[1] % ANGLES + ANGLES], order=1, mode="nearest")

    def pushed(self, along_V: Array, across_V2: Array) -> Array:
        """How far (V, 2) what lies inside has to move to lie on the tube; 0 outside it and before its start."""
        from_middle_V2 = across_V2 - self.middle(along_V)
        radius_V = np.hypot(*from_middle_V2.T)
        wanted_V = self.radius(along_V, np.arctan2(from_middle_V2[:, 1], from_middle_V2[:, 0]))
        gap_V = np.clip(wanted_V - radius_V, 0, None) * np.clip((along_V - self.start_m) / 0.06, 0, 1)
        return from_middle_V2 * (gap_V / np.maximum(radius_V, 1e-6))[:, None]
