"""The avatars: people who differ, clothes that stay on, colours from the file."""

import numpy as np
import pytest
from pydantic import ValidationError

from lavimo.avatar.avatar import Avatar, avatars, choose_avatar, clip_generator, rgb
from lavimo.avatar.dress import dressed, incidence, vertex_normals


@pytest.mark.parametrize("name", avatars())
def test_a_dressed_avatar_is_whole(name):
    person, avatar = dressed(name), avatars()[name]
    assert person.blend_NV.shape == (len(person.colors_N3), len(person.rest_V3))
    np.testing.assert_allclose(person.blend_NV.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(person.weights_VJ.sum(axis=1), 1, atol=1e-5)
    assert person.drawn_faces_F3.max() == len(person.colors_N3) - 1
    shown = {tuple(color) for color in person.colors_N3.round(4).tolist()}
    parts = [avatar.skin, avatar.lips, avatar.eyes, avatar.hair.color, avatar.top.color, avatar.bottom.color]
    parts += [avatar.shoes.color, avatar.shoes.sole]
    for color in parts:
        assert tuple(np.round(np.float32(rgb(color)), 4).tolist()) in shown, color
    assert 1.35 < np.ptp(person.rest_V3[:, 1]) < 2.1


def test_cloth_covers_where_it_should():
    person = dressed("jonas")
    points_N3 = person.blend_NV @ person.rest_V3
    triangles_F33 = points_N3[person.drawn_faces_F3]
    area_F = np.linalg.norm(np.cross(*(triangles_F33[:, [1, 2]] - triangles_F33[:, [0]]).transpose(1, 0, 2)), axis=1)
    color_F3 = person.colors_N3[person.drawn_faces_F3[:, 0]]

    def share(color):
        return area_F[np.abs(color_F3 - np.float32(rgb(color))).max(axis=1) < 1e-4].sum() / area_F.sum()

    avatar = avatars()["jonas"]
    assert 0.10 < share(avatar.skin) < 0.35
    assert 0.25 < share(avatar.bottom.color) < 0.50
    assert 0.8 < share(avatar.top.color) / share(avatar.top.pattern.color) < 1.25, "stripes and gaps are as wide"


def test_avatars_are_different_people():
    people = list(avatars().values())
    assert len(people) >= 3
    assert len({person.skin for person in people}) == len(people)
    heights = sorted(np.ptp(dressed(person.name).rest_V3[:, 1]) for person in people)
    assert heights[-1] - heights[0] > 0.3


def test_the_choice_depends_on_name_and_seed_alone_and_uses_everyone():
    def pick(clip, seed):
        return choose_avatar(clip_generator(clip, seed), list(avatars()))

    chosen = [pick(f"clip_{number}", 0) for number in range(600)]
    assert chosen == [pick(f"clip_{number}", 0) for number in range(600)]
    assert chosen != [pick(f"clip_{number}", 1) for number in range(600)]
    assert min(chosen.count(name) for name in avatars()) > 600 / len(avatars()) * 0.6


def test_an_unknown_key_or_colour_in_the_file_is_refused():
    good = avatars()["mei"].model_dump()
    for change in ({"tie": "#ffffff"}, {"skin": "pink"}, {"betas": [0.0]}):
        with pytest.raises(ValidationError):
            Avatar.model_validate({**good, **change})


def test_an_unknown_avatar_is_named():
    with pytest.raises(ValueError, match=r"'nobody', expected one of jonas"):
        dressed("nobody")


def test_vertex_normals_equal_a_loop_over_triangles():
    person = dressed("mei")
    expected_V3 = np.zeros_like(person.rest_V3, np.float64)
    for triangle in person.faces_F3:
        first, second, third = person.rest_V3[triangle].astype(np.float64)
        expected_V3[triangle] += np.cross(second - first, third - first)
    expected_V3 /= np.linalg.norm(expected_V3, axis=1, keepdims=True)
    normals_V3 = vertex_normals(person.rest_V3, person.faces_F3, incidence(person.faces_F3, len(person.rest_V3)))
    assert (normals_V3 * expected_V3).sum(axis=1).min() > 0.999
