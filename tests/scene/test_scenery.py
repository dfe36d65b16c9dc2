"""Floor, background, light and shadow."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lavimo.render.compose import composed
from lavimo.render.layer import EMPTY, Layer
from lavimo.scene.backdrop import DARK_TILE, backdrop
from lavimo.scene.camera import Camera
from lavimo.scene.light import illumination
from lavimo.scene.scene import Scene
from lavimo.scene.shadow import CELL_M, STRENGTH, cast

SIZE_PX = 128
CAMERA = Camera((0.0, 1.2, 4.0), 0.0, 12.0, 40.0)


@pytest.fixture
def scene():
    return Scene(CAMERA, (0.9, 0.8, 0.7), (0.3, 0.4, 0.5), tile_m=0.5, light=(0.0, 1.0, 0.0), middle=(0.3, -0.2))


def pixel_of(points_N3, camera=CAMERA, size_px=SIZE_PX):
    """Row and column of points."""
    across, down, _ = (camera.project(np.asarray(points_N3, float)) * [1, -1, 1]).T
    return ((down + 1) / 2 * size_px).astype(int), ((across + 1) / 2 * size_px).astype(int)


def cloud(middle, count=4000, reach=0.1):
    """Points in a flat square, as degenerate triangles."""
    points = np.random.default_rng(0).uniform(-reach, reach, (count, 3)) * [1, 0, 1] + middle
    return points.astype(np.float32), np.zeros((0, 3), np.int32)


def test_a_scene_survives_json(scene):
    for each in (scene, replace(scene, floor=None)):
        assert Scene.from_json(json.loads(json.dumps(each.to_json()))) == each


def test_tiles_lie_where_they_are_in_the_world_and_the_floor_fades_into_the_background(scene):
    place = backdrop(scene, SIZE_PX)
    assert np.abs(place.picture_HW3[0] - np.array(scene.background) * 255).max() <= 1
    points = np.array([(x, 0, z) for x in np.arange(-0.75, 1, 0.5) for z in np.arange(-0.75, 1, 0.5)])
    rows, columns = pixel_of(points)
    odd = np.floor(points[:, [0, 2]] / 0.5).astype(int).sum(axis=1) % 2 == 1
    expected = np.array(scene.floor) * 255 * np.where(odd, 1.0, DARK_TILE)[:, None]
    assert np.abs(place.picture_HW3[rows, columns] - expected).max() <= 2
    np.testing.assert_allclose(place.floor_HW2[rows, columns], points[:, [0, 2]], atol=0.06)


def test_where_tiles_meet_the_picture_is_smooth_and_a_naive_one_with_many_samples_agrees(scene):
    found = backdrop(scene, 48).picture_HW3.astype(float)
    many = backdrop(scene, 48 * 16).picture_HW3.astype(float).reshape(48, 16, 48, 16, 3).mean(axis=(1, 3))
    assert np.abs(found - many).max() < 8
    assert np.abs(found - many).mean() < 0.4


def test_the_floors_points_are_found_on_the_picture(scene):
    place = backdrop(scene, SIZE_PX)
    points_N3 = np.random.default_rng(0).uniform(-2, 2, (50, 3)) * [1, 0, 1]
    across_N, down_N, depth_N = place.floor_to_pixels_33 @ np.stack([*points_N3[:, [0, 2]].T, np.ones(50)])
    expected_N3 = scene.camera.project(points_N3)
    np.testing.assert_allclose(depth_N, expected_N3[:, 2])
    np.testing.assert_allclose(across_N / depth_N, (expected_N3[:, 0] + 1) / 2 * SIZE_PX)
    np.testing.assert_allclose(down_N / depth_N, (1 - expected_N3[:, 1]) / 2 * SIZE_PX)


def test_without_a_floor_there_is_one_colour(scene):
    place = backdrop(replace(scene, floor=None), SIZE_PX)
    assert (place.picture_HW3 == place.picture_HW3[0, 0]).all()
    assert np.isnan(place.floor_HW2).all()


def test_what_faces_the_light_is_brightest():
    light_3 = np.array([0.6, 0.8, 0.0], np.float32)
    directions = np.array([light_3, [0, 1, 0], -light_3, [0, -1, 0]], np.float32)
    brightness = []
    for normal in directions:
        side = np.cross(normal, [0.3, 0.2, 0.9])
        triangle = np.array([[0, 0, 0], side, np.cross(normal, side)], np.float32)
        factors = illumination(triangle, np.array([[0, 1, 2]], np.int32), light_3)
        np.testing.assert_allclose(factors, factors[:1].repeat(3, 0), atol=1e-6)
        brightness.append(factors[0].mean())
    assert brightness[0] == max(brightness)
    assert max(brightness[2:]) < 0.6 < brightness[0] < 1.15
    assert min(brightness) > 0.3, "nothing is black"


@pytest.mark.parametrize("height", [0.02, 1.52])
def test_the_shadow_lies_where_the_light_throws_it(height):
    light_3 = np.array([0.6, 0.8, 0.0], np.float32)
    shadow = cast(*cloud([1.0, height, -2.0]), light_3)
    assert shadow.darkness_GG.max() == pytest.approx(STRENGTH)
    rows, columns = np.nonzero(shadow.darkness_GG > 0.25)
    x, z = shadow.corner
    assert x + (columns.mean() + 0.5) * CELL_M == pytest.approx(1.0 - height * 0.75, abs=0.03)
    assert z + (rows.mean() + 0.5) * CELL_M == pytest.approx(-2.0, abs=0.03)
    edges = (shadow.darkness_GG[[0, -1]], shadow.darkness_GG[:, [0, -1]])
    assert max(edge.max() for edge in edges) == 0


def test_high_things_cast_softer_shadows():
    light_3 = np.array([0.0, 1.0, 0.0], np.float32)
    low, high = (cast(*cloud([0, height, 0]), light_3).darkness_GG for height in (0.1, 1.5))
    assert ((high > 0) & (high < STRENGTH)).sum() > 1.4 * ((low > 0) & (low < STRENGTH)).sum()


def test_the_shadow_darkens_the_floor_there_and_nowhere_else(scene):
    place = backdrop(scene, SIZE_PX)
    shadow = cast(*cloud([0.25, 0.01, 0.25], reach=0.2), np.array([0, 1, 0], np.float32))
    frame = composed(place, EMPTY, shadow)
    row, column = pixel_of([[0.25, 0, 0.25]])
    ratio = frame[row, column].astype(float) / place.picture_HW3[row, column]
    assert ratio == pytest.approx(1 - STRENGTH, abs=0.02)
    changed = np.argwhere((frame != place.picture_HW3).any(axis=2))
    corners = pixel_of([[x, 0, z] for x in (-0.3, 0.8) for z in (-0.3, 0.8)])
    for axis in (0, 1):
        assert corners[axis].min() <= changed[:, axis].min()
        assert changed[:, axis].max() <= corners[axis].max()
    np.testing.assert_array_equal(composed(place, EMPTY, None), place.picture_HW3)


def test_a_layer_lies_over_the_scene_by_its_alpha(scene):
    place = backdrop(scene, SIZE_PX)
    rgba = np.zeros((2, 3, 4), np.uint8)
    rgba[0], rgba[1, 0] = [10, 20, 30, 255], [50, 0, 0, 128]
    frame = composed(place, Layer(7, 5, rgba), None)
    assert (frame[5, 7:10] == [10, 20, 30]).all()
    half = place.picture_HW3[6, 7] * (127 / 255) + [50, 0, 0]
    assert np.abs(frame[6, 7] - half).max() <= 1
    np.testing.assert_array_equal(frame[6, 8:10], place.picture_HW3[6, 8:10])
