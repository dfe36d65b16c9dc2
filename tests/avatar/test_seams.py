"""Cutting a mesh along lines: the surface stays the same, and every triangle lies on one side."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavimo.avatar.seams import Cloth


def ball(rings=7, around=9):
    from lavimo.avatar.head import _ellipsoid

    vertices_V3, faces_F3 = _ellipsoid(np.zeros(3), np.array([0.4, 1.0, 0.6]), 0.3)
    return vertices_V3, faces_F3


def area_and_volume(points_N3, faces_F3):
    first, second, third = points_N3[faces_F3].transpose(1, 0, 2)
    cross = np.cross(second - first, third - first)
    return np.linalg.norm(cross, axis=1).sum() / 2, (np.cross(first, second) * third).sum() / 6


def is_closed(faces_F3):
    edges = [(int(face[i]), int(face[(i + 1) % 3])) for face in faces_F3 for i in range(3)]
    return len(set(edges)) == len(edges) and {edge[::-1] for edge in edges} == set(edges)


@given(st.floats(-0.8, 0.8), st.floats(0, 2 * np.pi), st.booleans())
def test_a_cut_keeps_the_surface_and_divides_it_exactly(height, turn, refined):
    vertices_V3, faces_F3 = ball()
    normal_3 = np.array([np.cos(turn), np.sin(turn), 0.3])
    cloth = Cloth.of(len(vertices_V3), faces_F3)

    def distance(points):
        return points @ normal_3 - height

    if refined:
        cloth = cloth.refine(vertices_V3, distance(cloth.blend_NV @ vertices_V3), 0.1)
    cut = cloth.paint(distance(cloth.blend_NV @ vertices_V3), 1)
    points_N3 = cut.blend_NV @ vertices_V3
    assert is_closed(cut.faces_F3)
    np.testing.assert_allclose(area_and_volume(points_N3, cut.faces_F3), area_and_volume(vertices_V3, faces_F3))
    sides_F3 = distance(points_N3)[cut.faces_F3]
    assert (sides_F3[cut.color_F == 1] > -1e-9).all()
    assert (sides_F3[cut.color_F == 0] < 1e-9).all()


def test_new_vertices_are_means_of_the_bodys():
    vertices_V3, faces_F3 = ball()
    cloth = Cloth.of(len(vertices_V3), faces_F3)
    for color, axis in enumerate((0, 1, 2), start=1):
        cloth = cloth.paint((cloth.blend_NV @ vertices_V3)[:, axis] - 0.05, color)
    assert cloth.blend_NV.min() >= 0
    np.testing.assert_allclose(cloth.blend_NV.sum(axis=1), 1)
    assert set(cloth.color_F) == {0, 1, 2, 3}


def test_unwelding_gives_each_triangle_its_colour():
    vertices_V3, faces_F3 = ball()
    cloth = Cloth.of(len(vertices_V3), faces_F3).paint(vertices_V3[:, 1], 1)
    blend_NV, color_N, drawn_F3 = cloth.unweld()
    assert (color_N[drawn_F3] == cloth.color_F[:, None]).all()
    points_N3, welded_N3 = blend_NV @ vertices_V3, cloth.blend_NV @ vertices_V3
    np.testing.assert_array_equal(points_N3[drawn_F3], welded_N3[cloth.faces_F3])


def test_refining_splits_the_long_edges_near_the_line():
    vertices_V3, faces_F3 = ball()
    cloth = Cloth.of(len(vertices_V3), faces_F3)
    for _ in range(4):
        cloth = cloth.refine(vertices_V3, (cloth.blend_NV @ vertices_V3)[:, 1], 0.05)
    points_N3 = cloth.blend_NV @ vertices_V3
    edges_E2, _ = cloth.edges()
    crossing = np.sign(points_N3[edges_E2[:, 0], 1]) != np.sign(points_N3[edges_E2[:, 1], 1])
    lengths = np.linalg.norm(points_N3[edges_E2[crossing, 0]] - points_N3[edges_E2[crossing, 1]], axis=1)
    assert lengths.max() <= 0.05 + 1e-9
    assert area_and_volume(points_N3, cloth.faces_F3) == pytest.approx(area_and_volume(vertices_V3, faces_F3))
