"""Floor, light and shadow."""

import json

import numpy as np
import pytest

from lavimo.render.camera import Camera
from lavimo.render.scene import SHADOW_CELL_M, SHADOW_STRENGTH, Scene, brightness, floor_mesh, shadow


@pytest.fixture
def scene():
    camera = Camera((0.0, 1.2, 4.0), 0.0, 5.0, 40.0)
    return Scene(camera, background=(0.9, 0.8, 0.7), floor=(0.3, 0.4, 0.5), light=(0.0, 1.0, 0.0), middle=(2.3, -1.2))


def test_a_scene_survives_json(scene):
    assert Scene.from_json(json.loads(json.dumps(scene.to_json()))) == scene


def test_the_floor_fades_into_the_background_and_its_tiles_stay_in_place(scene):
    vertices_N3, colors_N3, faces_F3 = floor_mesh(scene)
    assert (vertices_N3[:, 1] == 0).all()
    distance_N = np.hypot(*(vertices_N3[:, [0, 2]] - scene.middle).T)
    far, near = distance_N > 13, distance_N < 1.5
    np.testing.assert_allclose(colors_N3[far], np.broadcast_to(scene.background, colors_N3[far].shape), atol=1e-6)
    tones = np.unique(colors_N3[near].round(4), axis=0)
    assert len(tones) == 2, "a checker has two tones"
    first, second, third = vertices_N3[faces_F3].transpose(1, 0, 2)
    assert (np.cross(second - first, third - first)[:, 1] > 0).all(), "seen from above"
    moved = Scene(scene.camera, scene.background, scene.floor, scene.light, middle=(3.4, -1.2))
    other_N3, other_colors_N3, _ = floor_mesh(moved)

    def tone(vertices, colors, x, z):
        corners = vertices.reshape(-1, 4, 3)
        (tile,) = np.flatnonzero(
            (np.abs(corners[:, :, 0].mean(axis=1) - x) < 0.25) & (np.abs(corners[:, :, 2].mean(axis=1) - z) < 0.25)
        )
        return colors.reshape(-1, 4, 3)[tile, 0]

    np.testing.assert_allclose(
        tone(vertices_N3, colors_N3, 2.75, -0.75), tone(other_N3, other_colors_N3, 2.75, -0.75), atol=1e-6
    )


def test_what_faces_the_light_is_brightest():
    light_3 = np.array([0.6, 0.8, 0.0], np.float32)
    normals_N3 = np.array([light_3, [0, 1, 0], -light_3, [0, -1, 0]], np.float32)
    light_N = brightness(normals_N3, light_3)
    assert light_N[0] == light_N.max()
    assert light_N[2:].max() < 0.6 < light_N[0] <= 1.08
    assert light_N.min() > 0.3, "nothing is black"


def test_the_shadow_lies_where_the_light_throws_it():
    rng = np.random.default_rng(0)
    low_N3 = rng.uniform(-0.1, 0.1, (4000, 3)) * [1, 0, 1] + [1.0, 0.02, -2.0]
    high_N3 = low_N3 + [0, 1.5, 0]
    light_3 = np.array([0.6, 0.8, 0.0], np.float32)
    for points_N3, height in ((low_N3, 0.02), (high_N3, 1.52)):
        dark_GG, (x, z) = shadow(points_N3.astype(np.float32), light_3)
        assert dark_GG.max() == pytest.approx(SHADOW_STRENGTH)
        rows, columns = np.nonzero(dark_GG > 0.25)
        assert x + (columns.mean() + 0.5) * SHADOW_CELL_M == pytest.approx(1.0 - height * 0.75, abs=0.03)
        assert z + (rows.mean() + 0.5) * SHADOW_CELL_M == pytest.approx(-2.0, abs=0.03)
        assert dark_GG[0].max() == dark_GG[:, 0].max() == dark_GG[-1].max() == dark_GG[:, -1].max() == 0
