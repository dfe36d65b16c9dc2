"""A static pinhole camera, and where to put it so that a whole clip fits.

Shape suffixes: N points, 3 coordinates in metres (y up).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

NEAREST_M = 0.5
"""Least depth of a point before a camera that frames a clip."""


@dataclass(frozen=True)
class Camera:
    """A square picture's camera.

    Attributes:
        position: metres.
        azimuth_degrees: the direction from the scene to the camera, around the vertical; 0 is +z, 90 is +x.
        elevation_degrees: how far the camera looks down.
        yfov_degrees: the whole angle of view.
    """

    position: tuple[float, float, float]
    azimuth_degrees: float
    elevation_degrees: float
    yfov_degrees: float

    def camera_to_world(self) -> Array:
        """Camera to world, (4, 4): columns right, up, backwards, position (OpenGL's convention)."""
        camera_to_world_44 = np.eye(4)
        camera_to_world_44[:3, :3] = orientation(self.azimuth_degrees, self.elevation_degrees)
        camera_to_world_44[:3, 3] = self.position
        return camera_to_world_44

    def project(self, points_N3: Array) -> Array:
        """Where points appear, (N, 3): x right and y up, -1 and 1 at the frame's edges, and the depth in metres."""
        camera_to_world_44 = self.camera_to_world().astype(points_N3.dtype)
        local_N3 = (points_N3 - camera_to_world_44[:3, 3]) @ camera_to_world_44[:3, :3]
        depth_N1 = -local_N3[:, 2:]
        half_width_N1 = depth_N1 * np.tan(np.radians(self.yfov_degrees) / 2).astype(points_N3.dtype)
        return np.concatenate([local_N3[:, :2] / half_width_N1, depth_N1], axis=1)


def orientation(azimuth_degrees: float, elevation_degrees: float) -> Array:
    """The camera's axes in the world, (3, 3): columns right, up, backwards."""
    angles = np.radians([azimuth_degrees, elevation_degrees])
    (forwards, level), (aside, up) = np.cos(angles).tolist(), np.sin(angles).tolist()
    right, backwards = (forwards, 0.0, -aside), (aside * level, up, forwards * level)
    (a, b, c), (x, y, z) = backwards, right
    upwards = (b * z - c * y, c * x - a * z, a * y - b * x)
    return np.array([*zip(right, upwards, backwards)])


class Frustum:
    """The nearest camera of a given direction that sees every point, found from five extremes of the points.

    A point (x, y, z) in the camera's axes is inside when |x - cx| <= k (cz - z), and likewise for y, with k the
    tangent of half the angle of view. Each of the four sides thus bounds one linear function of the points, and so does
    the least depth: points can come in batches, and only five numbers are kept.
    """

    def __init__(self, azimuth_degrees: float, elevation_degrees: float, yfov_degrees: float, margin: float):
        """Look along a direction; `margin` is the frame's half width over the points' (1 touches the edge)."""
        self.azimuth_degrees, self.elevation_degrees = azimuth_degrees, elevation_degrees
        self.yfov_degrees = yfov_degrees
        self._axes_33 = orientation(azimuth_degrees, elevation_degrees)
        self._tangent = np.tan(np.radians(yfov_degrees) / 2) / margin
        k = self._tangent
        sides_35 = np.array([[1, -1, 0, 0, 0], [0, 0, 1, -1, 0], [k, k, k, k, 1]])
        self._sides_35 = self._axes_33 @ sides_35
        self._extremes_5 = np.full(5, -np.inf)

    def include(self, points_N3: Array) -> None:
        """Points that the camera must see."""
        points_3N = np.ascontiguousarray(points_N3.T, np.float64)  # maxima along rows are twenty times faster
        self._extremes_5 = np.maximum(self._extremes_5, (self._sides_35.T @ points_3N).max(axis=1))

    def camera(self) -> Camera:
        """The camera that touches the points, within the margin, left and right or above and below; or, where they
        all lie about the line of sight, the one that is `NEAREST_M` from the nearest."""
        right, left, above, below, near = self._extremes_5
        back = max(max(right + left, above + below) / (2 * self._tangent), near + NEAREST_M)
        local_3 = [(right - left) / 2, (above - below) / 2, back]
        x, y, z = (self._axes_33 @ local_3).tolist()
        return Camera((x, y, z), self.azimuth_degrees, self.elevation_degrees, self.yfov_degrees)
