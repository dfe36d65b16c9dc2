"""The avatars: thirteen people who differ, clothes that stay on, pictures of them the same every time."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from lavimo.avatar.avatar import Avatar, avatars, choose_avatar, clip_generator, rgb
from lavimo.avatar.dress import dress, dressed
from lavimo.avatar.texture.atlas import atlas
from lavimo.body.body import Body, embedded_body
from lavimo.body.build.betas import PEOPLE
from lavimo.body.skeleton import JOINT
from lavimo.body.surface import vertex_normals


def sampled(person):
    """The colour (F, 3) in the picture at each triangle's middle, and its area (F,)."""
    side = len(person.texture_HW3)
    column_F, row_F = (person.uv_N2[person.drawn_faces_F3].mean(axis=1) * side).astype(int).T
    triangles_F33 = person.rest_V3[person.source_N][person.drawn_faces_F3].astype(np.float64)
    area_F = np.linalg.norm(np.cross(*(triangles_F33[:, [1, 2]] - triangles_F33[:, [0]]).transpose(1, 0, 2)), axis=1)
    return person.texture_HW3[row_F, column_F] / 255, area_F


@pytest.mark.parametrize("name", avatars())
def test_a_dressed_avatar_is_whole(name):
    person = dressed(name)
    vertices, drawn = len(person.rest_V3), len(person.source_N)
    assert person.weights_VJ.shape == (vertices, 24)
    np.testing.assert_allclose(person.weights_VJ.sum(axis=1), 1, atol=1e-4)
    assert np.isfinite(person.rest_V3).all()
    assert 1.35 < np.ptp(person.rest_V3[:, 1]) < 2.15
    drawn_faces_F3, hidden = person.source_N[person.drawn_faces_F3], len(person.faces_F3) - len(person.drawn_faces_F3)
    every, seen = ({tuple(face) for face in faces.tolist()} for faces in (person.faces_F3, drawn_faces_F3))
    assert seen < every
    ankle_y = person.joints_J3[[JOINT["left_ankle"], JOINT["right_ankle"]], 1].mean()
    unseen = np.array(sorted(every - seen))
    assert len(unseen) == hidden > 1000
    assert person.rest_V3[unseen, 1].max() < ankle_y, "only feet in shoes are not drawn"
    assert np.unique(person.faces_F3).size == vertices
    assert person.uv_N2.shape == (drawn, 2)
    assert person.uv_N2.min() >= 0
    assert person.uv_N2.max() <= 1
    assert drawn < 1.6 * vertices
    assert [array.dtype for array in (person.source_N, person.uv_N2, person.drawn_faces_F3, person.texture_HW3)] == [
        np.int32, np.float32, np.int32, np.uint8]  # fmt: skip
    height, width, channels = person.texture_HW3.shape
    assert height == width
    assert height & (height - 1) == 0
    assert channels == 3


@pytest.mark.parametrize("name", avatars())
def test_surfaces_are_closed_and_face_outwards(name):
    person = dressed(name)
    # Copies at a hem lie in different places where cloth stands off; a band of triangles joins them.
    place_V3 = np.round(person.rest_V3, 6)
    _, place_V = np.unique(place_V3, axis=0, return_inverse=True)
    faces_F3 = place_V.ravel()[person.faces_F3]
    faces_F3 = faces_F3[(faces_F3 != np.roll(faces_F3, 1, axis=1)).all(axis=1)]
    edges = np.stack([faces_F3.ravel(), np.roll(faces_F3, -1, axis=1).ravel()], axis=1)
    balance = np.zeros(faces_F3.max() + 1)
    np.add.at(balance, edges[:, 0], 1)
    np.add.at(balance, edges[:, 1], -1)
    assert (balance == 0).all()
    first, second, third = person.rest_V3[person.faces_F3].astype(np.float64).transpose(1, 0, 2)
    volume_m3 = (np.cross(first, second) * third).sum() / 6
    assert 0.03 < volume_m3 < 0.16
    keys = edges.min(axis=1).astype(np.int64) * len(place_V3) + edges.max(axis=1)
    sign = np.where(edges[:, 0] < edges[:, 1], 1, -1)
    _, index = np.unique(keys, return_inverse=True)
    assert (np.bincount(index.ravel(), sign) == 0).mean() > 0.999


def test_there_are_thirteen_different_people():
    people = list(avatars().values())
    assert len(people) == 13
    assert len({person.skin for person in people}) == 13
    assert len({(person.top.color, person.bottom.color) for person in people}) == 13
    assert len({person.hair.style for person in people}) >= 9
    assert {person.sex for person in people} == {"male", "female"}
    assert min(person.age for person in people) < 30
    assert max(person.age for person in people) > 65
    heights = sorted(np.ptp(embedded_body().rest(np.array(person.betas))[0][:, 1]) for person in people)
    assert heights[-1] - heights[0] > 0.3
    assert np.diff(heights).max() < 0.12


def test_the_shapes_were_made_of_the_same_people():
    assert list(PEOPLE) == list(avatars())
    for name, (gender, age, *_) in PEOPLE.items():
        assert (gender > 0.5) == (avatars()[name].sex == "male")
        assert abs(25 + 65 * age - avatars()[name].age) < 12, "MakeHuman's ages go from 25 to 90"


@pytest.mark.parametrize("name", avatars())
def test_the_shape_fits_the_sex(name):
    """A neck's width against the hips': men's and women's do not overlap, whatever their weight and age."""
    avatar, body = avatars()[name], embedded_body()
    vertices_V3, joints_J3 = body.rest(np.array(avatar.betas, np.float32))

    def width(joints, height_y):
        part_V = body.weights_VJ[:, [JOINT[joint] for joint in joints]].sum(axis=1) > 0.6
        return np.ptp(vertices_V3[part_V & (np.abs(vertices_V3[:, 1] - height_y) < 0.02), 0])

    neck = width(["neck", "head"], joints_J3[JOINT["neck"], 1] + 0.03)
    hips = width(["pelvis", "spine1", "left_hip", "right_hip"], joints_J3[JOINT["left_hip"], 1] - 0.02)
    assert (neck / hips > 0.32) == (avatar.sex == "male"), neck / hips


@pytest.mark.parametrize("name", avatars())
def test_what_is_worn_has_its_share_of_the_surface(name):
    person, avatar = dressed(name), avatars()[name]
    color_F3, area_F = sampled(person)

    def share(color):
        # Folds and hollows darken, never lighten much: the hue stays.
        brightness_F = (color_F3 @ np.array(rgb(color))) / np.dot(rgb(color), rgb(color))
        off_F = np.linalg.norm(color_F3 - brightness_F[:, None] * np.array(rgb(color)), axis=1)
        return area_F[(off_F < 0.07) & (brightness_F > 0.5) & (brightness_F < 1.35)].sum() / area_F.sum()

    assert share(avatar.skin) > 0.06
    assert share(avatar.top.color) > 0.06
    assert share(avatar.bottom.color) > 0.06
    assert share(avatar.shoes.color) > 0.01


def test_stripes_and_gaps_are_as_wide():
    person, avatar, body = dressed("jonas"), avatars()["jonas"], embedded_body()
    unwrapped = atlas(body)
    height_K = unwrapped.carried(body.template_V3, body.faces_F3)[:, 1]
    chest_K = np.abs(height_K - body.rest(np.zeros(10))[1][JOINT["spine2"], 1]) < 0.07
    color_K3 = person.texture_HW3.reshape(-1, 3)[unwrapped.texel_K][chest_K] / 255

    def texels(color):
        return (np.abs(color_K3 - np.array(rgb(color))).max(axis=1) < 0.2).sum()

    assert 0.7 < texels(avatar.top.color) / texels(avatar.top.pattern.color) < 1.4
    assert texels(avatar.top.color) + texels(avatar.top.pattern.color) > 0.8 * chest_K.sum()


def digest(person):
    parts = (person.rest_V3, person.uv_N2, person.source_N, person.drawn_faces_F3, person.texture_HW3)
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


def test_an_avatar_is_the_same_in_every_process():
    again = digest(dress(embedded_body(), avatars()["clara"]))
    assert again == digest(dressed("clara"))
    code = "import test_avatars as t; print(t.digest(t.dressed('clara')))"
    paths = [str(Path(__file__).parent), *sys.path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert other.stdout.strip() == again


def another_body():
    """The embedded body as another SMPL-format model might be: larger, no eyeballs, fewer vertices in another order."""
    body, rng = embedded_body(), np.random.default_rng(5)
    ends = body.faces_F3.ravel(), np.roll(body.faces_F3, 1, axis=1).ravel()
    vertices = len(body.template_V3)
    graph = coo_matrix((np.ones(body.faces_F3.size), ends), shape=(vertices, vertices))
    _, label_V = connected_components(graph, directed=False)
    faces_F3 = body.faces_F3[label_V[body.faces_F3[:, 0]] == np.bincount(label_V).argmax()]
    # Collapse edges far from one another whose ends share two neighbours only: the surface stays closed.
    around = [set() for _ in range(vertices)]
    for first, second in np.concatenate([faces_F3[:, :2], faces_F3[:, 1:], faces_F3[:, ::2]]).tolist():
        around[first].add(second)
        around[second].add(first)
    into_V, free_V = np.arange(vertices), np.ones(vertices, bool)
    for gone in rng.permutation(np.unique(faces_F3)).tolist():
        kept = min(around[gone], key=lambda other: np.linalg.norm(body.template_V3[gone] - body.template_V3[other]))
        near = [gone, *around[gone]]
        if len(around[gone] & around[kept]) == 2 and free_V[near].all():
            into_V[gone] = kept
            free_V[near] = False
    faces_F3 = into_V[faces_F3]
    faces_F3 = faces_F3[(faces_F3 != np.roll(faces_F3, 1, axis=1)).all(axis=1)]
    kept = rng.permutation(np.unique(faces_F3))
    number_V = np.full(vertices, -1)
    number_V[kept] = np.arange(len(kept))
    regressor_JN = np.zeros((24, len(kept)), np.float32)
    nearest_V = cKDTree(body.template_V3[kept]).query(body.template_V3)[1]
    np.add.at(regressor_JN.T, nearest_V, body.joint_regressor_JV.T)
    return Body(
        template_V3=body.template_V3[kept] * np.float32(1.02),
        shape_directions_V3B=body.shape_directions_V3B[kept],
        joint_regressor_JV=regressor_JN,
        weights_VJ=body.weights_VJ[kept],
        faces_F3=number_V[faces_F3].astype(np.int32),
    )


@pytest.fixture(scope="module")
def other_body():
    body = another_body()
    assert 4000 < len(body.template_V3) < 6500
    return body


@pytest.mark.parametrize("name", avatars())
def test_the_same_outfits_dress_another_body(name, other_body):
    person, own = dress(other_body, avatars()[name]), dressed(name)
    assert np.isfinite(person.rest_V3).all()
    colors, areas = zip(*(sampled(one) for one in (person, own)), strict=True)
    means = [np.average(color_F3, axis=0, weights=area_F) for color_F3, area_F in zip(colors, areas, strict=True)]
    np.testing.assert_allclose(means[0], means[1], atol=0.05)
    for axis in range(3):
        assert np.ptp(person.rest_V3[:, axis]) == pytest.approx(1.02 * np.ptp(own.rest_V3[:, axis]), rel=0.06)


def test_the_choice_depends_on_name_and_seed_alone_and_uses_everyone():
    def pick(clip, seed):
        return choose_avatar(clip_generator(clip, seed, "avatar"), list(avatars()))

    chosen = [pick(f"clip_{number}", 0) for number in range(1300)]
    assert chosen == [pick(f"clip_{number}", 0) for number in range(1300)]
    assert chosen != [pick(f"clip_{number}", 1) for number in range(1300)]
    assert min(chosen.count(name) for name in avatars()) > 1300 / len(avatars()) * 0.6


def test_an_unknown_key_or_colour_in_the_file_is_refused():
    good = avatars()["mei"].model_dump()
    for change in ({"tie": "#ffffff"}, {"skin": "pink"}, {"betas": [0.0]}, {"sex": "none"}):
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
    length_V = np.linalg.norm(expected_V3, axis=1)
    normals_V3 = vertex_normals(person.rest_V3, person.faces_F3)
    large_V = length_V > 1e-7
    assert large_V.mean() > 0.97
    assert ((normals_V3 * expected_V3).sum(axis=1)[large_V] / length_V[large_V]).min() > 0.998
