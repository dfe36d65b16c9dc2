"""The camera that frames a clip, against projecting the points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavimo.scene.camera import NEAREST_M, Camera, Frustum, orientation


@given(st.integers(0, 10**6), st.floats(-180, 180), st.floats(0, 60), st.floats(20, 70), st.floats(1.05, 2))
def test_every_point_is_inside_the_margin_and_one_touches_it(seed, azimuth, elevation, yfov, margin):
    rng = np.random.default_rng(seed)
    points_N3 = rng.normal(0, 1, (40, 3)) * rng.uniform(0.1, 4, 3) + rng.normal(0, 3, 3)
    frustum = Frustum(azimuth, elevation, yfov, margin)
    for batch_N3 in np.split(points_N3, 4):
        frustum.include(batch_N3)
    projected_N3 = frustum.camera().project(points_N3)
    nearest, widest = projected_N3[:, 2].min(), np.abs(projected_N3[:, :2]).max()
    assert nearest >= NEAREST_M - 1e-9
    assert widest <= 1 / margin + 1e-6
    if nearest == pytest.approx(NEAREST_M):
        return
    assert widest == pytest.approx(1 / margin, abs=1e-6)
    lower, upper = projected_N3[:, :2].min(axis=0), projected_N3[:, :2].max(axis=0)
    assert np.isclose(lower, -upper, atol=1e-6).any(), "centred at least across or along"


def test_axes_are_right_up_and_backwards():
    np.testing.assert_allclose(orientation(0, 0), np.eye(3), atol=1e-12)
    np.testing.assert_allclose(orientation(90, 0)[:, 2], [1, 0, 0], atol=1e-12)
    axes_33 = orientation(33, 20)
    np.testing.assert_allclose(axes_33.T @ axes_33, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes_33) == pytest.approx(1)
    assert axes_33[1, 2] > 0, "looks down"


def test_projection_of_known_points():
    camera = Camera((0.0, 1.0, 5.0), azimuth_degrees=0, elevation_degrees=0, yfov_degrees=90)
    projected_N3 = camera.project(np.array([[0, 1, 0], [5, 1, 0], [0, -4, 0], [0, 1, 4]], float))
    np.testing.assert_allclose(projected_N3, [[0, 0, 5], [1, 0, 5], [0, -1, 5], [0, 0, 1]], atol=1e-12)
