"""Cutting along a hem: the surface stays where it is, and both sides of the cut can part."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lavimo.avatar.garments.hem import Cut
from lavimo.avatar.shape.piece import grid, sweep


def ball():
    turn = np.linspace(0.1, np.pi - 0.1, 9)
    path = np.stack([0 * turn, np.cos(turn), 0 * turn], axis=1)
    rings = sweep(path, np.repeat(np.sin(turn)[:, None], 2, axis=1), np.array([1.0, 0, 0]), around=11)
    return grid(rings, np.ones((*rings.shape[:2], 1)), lambda points, places: points)


def area_and_volume(points_V3, faces_F3):
    first, second, third = points_V3[faces_F3].transpose(1, 0, 2)
    cross = np.cross(second - first, third - first)
    return np.linalg.norm(cross, axis=1).sum() / 2, (np.cross(first, second) * third).sum() / 6


@settings(max_examples=40, deadline=None)
@given(st.floats(-0.7, 0.7), st.floats(0, 6.3), st.floats(0, 0.4))
def test_a_cut_keeps_the_surface_and_divides_it_exactly(height, turn, wave):
    piece = ball()
    vertices_V3 = piece.vertices_V3.astype(np.float64)
    normal_3 = np.array([np.cos(turn), np.sin(turn), 0.3])

    def distance(points_N3):
        return points_N3 @ normal_3 - height + wave * np.sin(2 * points_N3[:, 2])

    values_VC = np.concatenate([vertices_V3, distance(vertices_V3)[:, None]], axis=1)
    cut = Cut(values_VC, piece.faces_F3, piece.surface_F32, np.arange(len(values_VC))).along(3, distance)
    points_V3 = cut.values_VC[:, :3]
    np.testing.assert_allclose(area_and_volume(points_V3, cut.faces_F3), area_and_volume(vertices_V3, piece.faces_F3))
    inside_F3 = cut.values_VC[:, 3][cut.faces_F3] > 0
    band_F = inside_F3.any(axis=1) & ~inside_F3.all(axis=1)
    assert band_F.any()
    assert area_and_volume(points_V3, cut.faces_F3[band_F])[0] < 1e-9
    np.testing.assert_allclose(distance(points_V3[len(vertices_V3) :]), 0, atol=4e-3)
    # Lifting one side opens the band: the surface is closed still.
    lifted_V3 = points_V3 + np.where(cut.values_VC[:, [3]] > 0, 0.2, 0.0) * np.array([0.3, 0.5, 0.1])
    first, second, third = lifted_V3[cut.faces_F3].transpose(1, 0, 2)
    np.testing.assert_allclose(np.cross(second - first, third - first).sum(axis=0), 0, atol=1e-9)


def test_copies_share_their_place():
    piece = ball()
    values_VC = np.concatenate([piece.vertices_V3, piece.vertices_V3[:, [1]] - 0.05], axis=1).astype(np.float64)
    cut = Cut(values_VC, piece.faces_F3, piece.surface_F32, np.arange(len(values_VC)))
    cut = cut.along(3, lambda points_N3: points_N3[:, 1] - 0.05)
    _, copies = np.unique(cut.place_V, return_counts=True)
    assert set(copies.tolist()) == {1, 4}
    for place in np.flatnonzero(copies == 4):
        same_3 = cut.values_VC[cut.place_V == np.unique(cut.place_V)[place], :3]
        np.testing.assert_array_equal(same_3, np.broadcast_to(same_3[0], same_3.shape))
