"""The atlas: each texel shows one place on the body, and a seam's two sides agree."""

import numpy as np
import pytest

from lavimo.avatar.avatar import avatars
from lavimo.avatar.dress import dressed
from lavimo.avatar.texture.atlas import PADDING, SIDE, atlas, rasterise
from lavimo.body.body import embedded_body
from lavimo.body.skeleton import JOINT


def test_every_texel_in_a_triangle_is_painted_with_its_place_on_the_body():
    body, unwrapped = embedded_body(), atlas(embedded_body())
    points_K3 = unwrapped.carried(body.template_V3, body.faces_F3)
    triangles_K33 = body.template_V3[body.faces_F3[unwrapped.triangle_K]]
    assert (points_K3 >= triangles_K33.min(axis=1) - 1e-5).all()
    assert (points_K3 <= triangles_K33.max(axis=1) + 1e-5).all()
    np.testing.assert_allclose(unwrapped.weights_K3.sum(axis=1), 1, atol=1e-4)
    # Nearly all triangles are large enough to hold a texel's middle, and texels are as dense on each as was asked.
    assert np.unique(unwrapped.triangle_K).size > 0.85 * len(body.faces_F3)
    texel_m_K = unwrapped.carried(unwrapped.texel_m_V[:, None], body.faces_F3)[:, 0]
    head_K = unwrapped.carried(body.weights_VJ[:, [JOINT["head"]]], body.faces_F3)[:, 0] > 0.9
    assert np.median(texel_m_K[~head_K]) < 0.0027
    assert np.median(texel_m_K[head_K]) < 0.0014


def test_rasterising_equals_a_loop_over_texels():
    rng = np.random.default_rng(0)
    # Three triangles that do not overlap, each in its own third of the picture.
    corners_F32 = rng.uniform(0, 8, (3, 3, 2)) + np.array([[0, 0], [10, 0], [0, 10]])[:, None]
    texel_K, triangle_K, weights_K3 = rasterise(corners_F32, 20)
    found = dict(zip(texel_K.tolist(), triangle_K.tolist(), strict=True))
    for row in range(20):
        for column in range(20):
            middle = np.array([column + 0.5, row + 0.5, 1])
            for triangle, corners_32 in enumerate(corners_F32):
                weights = np.linalg.solve(np.column_stack([corners_32, np.ones(3)]).T, middle)
                if weights.min() > 1e-3:
                    assert found.pop(row * 20 + column) == triangle
                    at = np.flatnonzero(texel_K == row * 20 + column)[0]
                    np.testing.assert_allclose(weights_K3[at], weights, atol=1e-4)
    assert not found


def test_charts_keep_their_distance():
    """What shows nothing has its nearest texel's colour, and the free rectangle touches no chart."""
    unwrapped = atlas(embedded_body())
    shown_HW = np.zeros(SIDE * SIDE, bool)
    shown_HW[unwrapped.texel_K] = True
    left, top, width, height = unwrapped.spare
    shown_HW = shown_HW.reshape(SIDE, SIDE)
    assert not shown_HW[top - 1 : top + height + 1, left - 1 : left + width + 1].any()
    assert width * height > 40_000
    np.testing.assert_array_equal(unwrapped.nearest_HW.ravel()[unwrapped.texel_K], np.arange(len(unwrapped.texel_K)))
    assert PADDING >= 4


def bilinear(texture_HW3, uv_N2):
    at_N2 = np.clip(uv_N2 * len(texture_HW3) - 0.5, 0, len(texture_HW3) - 1.001)
    column_N, row_N = at_N2.astype(int).T
    right_N1, down_N1 = (at_N2 - at_N2.astype(int)).T[:, :, None]
    top_N3 = texture_HW3[row_N, column_N] * (1 - right_N1) + texture_HW3[row_N, column_N + 1] * right_N1
    low_N3 = texture_HW3[row_N + 1, column_N] * (1 - right_N1) + texture_HW3[row_N + 1, column_N + 1] * right_N1
    return top_N3 * (1 - down_N1) + low_N3 * down_N1


@pytest.mark.parametrize("name", ["clara", "henrik"])
@pytest.mark.parametrize("halvings", [0, 1, 2])
def test_the_two_sides_of_a_seam_agree(name, halvings):
    """Copies of a vertex have nearly its colour, in the picture and in its half."""
    person = dressed(name)
    texture_HW3 = person.texture_HW3.astype(float)
    for _ in range(halvings):
        texture_HW3 = texture_HW3.reshape(len(texture_HW3) // 2, 2, -1, 2, 3).mean(axis=(1, 3))
    color_N3 = bilinear(texture_HW3, person.uv_N2)
    count_V = np.bincount(person.source_N)
    mean_V3 = np.stack([np.bincount(person.source_N, color_N3[:, axis]) / count_V for axis in range(3)], axis=1)
    off_N = np.abs(color_N3 - mean_V3[person.source_N]).max(axis=1)[count_V[person.source_N] > 1]
    assert len(off_N) > 1000
    assert np.median(off_N) < 6
    assert (off_N > 40).mean() < 0.05


def test_every_avatar_has_the_same_atlas():
    uv = {name: dressed(name).uv_N2 for name in list(avatars())[:2]}
    shared = {tuple(row) for row in uv["jonas"].round(5).tolist()} & {tuple(row) for row in uv["mei"].round(5).tolist()}
    assert len(shared) > 8000
