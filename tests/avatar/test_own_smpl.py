"""A user's SMPL through animate and posing: the same people, dressed, on another body."""

from dataclasses import replace

import numpy as np
import pytest

from lavimo.avatar.avatar import avatars
from lavimo.avatar.dress import dressed
from lavimo.avatar.shape.fit import matched_betas
from lavimo.avatar.wardrobe import Wardrobe, dress_all
from lavimo.body.body import embedded_body
from lavimo.body.kinematics import matrices
from lavimo.body.measures import height, leg_length, volume
from lavimo.body.smpl_file import read_smpl
from lavimo.config import AnimateOptions, DressOptions
from lavimo.motion.motion import Motion, write_motions
from lavimo.motion.shoulders import to_smpl
from lavimo.scene.animate import animate
from lavimo.scene.scene import Scene
from lavimo.shards import Shard

NAMES = [next(name for name, avatar in avatars().items() if avatar.sex == sex) for sex in ("male", "female")]


@pytest.fixture(scope="module")
def bodies(tmp_path_factory, write_smpl, other_body):
    folder = tmp_path_factory.mktemp("bodies")
    write_smpl(folder / "smpl/SMPL_MALE.pkl", other_body)
    slimmer = {"v_template": other_body["v_template"] * [0.97, 0.96, 1.0], "posedirs": 2 * other_body["posedirs"]}
    np.savez(folder / "SMPL_FEMALE.npz", **{**other_body, **slimmer})
    return folder


def measures(body, betas_B):
    rest_V3, joints_J3 = body.rest(np.asarray(betas_B, np.float32))
    return height(rest_V3), 1000 * volume(rest_V3, body.faces_F3), leg_length(joints_J3)


@pytest.mark.parametrize("name", avatars())
def test_an_avatar_has_the_same_height_and_weight_on_any_body(bodies, name):
    body = read_smpl(bodies / "smpl/SMPL_MALE.pkl")
    betas_B = matched_betas(body, np.array(avatars()[name].betas))
    assert np.abs(betas_B).max() <= 3
    np.testing.assert_array_equal(betas_B, matched_betas(body, np.array(avatars()[name].betas)))
    found, wanted = measures(body, betas_B), measures(embedded_body(), avatars()[name].betas)
    assert found[0] == pytest.approx(wanted[0], abs=0.005)
    assert found[1] == pytest.approx(wanted[1], abs=0.5)
    assert found[2] == pytest.approx(wanted[2], abs=0.05)


def test_a_figure_out_of_reach_is_approached_and_told(bodies, caplog):
    body = read_smpl(bodies / "smpl/SMPL_MALE.pkl")
    betas_B = matched_betas(replace(body, template_V3=3 * body.template_V3), np.zeros(10))
    assert np.abs(betas_B).max() <= 3
    assert "only within" in caplog.text


@pytest.mark.parametrize("name", NAMES)
def test_outfits_dress_the_body_of_the_avatars_sex(bodies, other_body, name):
    own, person = dressed(name), dressed(name, bodies)
    assert len(person.rest_V3) != len(own.rest_V3)
    assert len(person.weights_VJ) == len(person.rest_V3) == len(person.pose_directions_V3P)
    np.testing.assert_allclose(person.weights_VJ.sum(axis=1), 1, atol=1e-4)
    times = 2 if avatars()[name].sex == "female" else 1
    vertices = len(other_body["posedirs"])
    np.testing.assert_allclose(person.pose_directions_V3P[:vertices], times * other_body["posedirs"], atol=1e-6)
    assert person.pose_directions_V3P[vertices:].any(), "vertices along hems are the body's"
    assert not person.pose_directions_V3P[-100:].any(), "hair and laces keep their form"
    assert height(person.rest_V3) == pytest.approx(height(own.rest_V3), abs=0.03)
    own_share, share = color_shares(own), color_shares(person)
    assert np.abs(own_share - share).sum() < 0.25, "the same clothes, of the same size"
    other = color_shares(dressed(next(name_ for name_ in avatars() if name_ not in NAMES)))
    assert np.abs(own_share - other).sum() > 0.6


def color_shares(person):
    """The share of the surface that each of 64 colours has."""
    triangles_F33 = person.rest_V3[person.source_N][person.drawn_faces_F3]
    area_F = np.linalg.norm(np.cross(*(triangles_F33[:, [1, 2]] - triangles_F33[:, [0]]).transpose(1, 0, 2)), axis=1)
    side = len(person.texture_HW3)
    column_F, row_F = (person.uv_N2[person.drawn_faces_F3].mean(axis=1) * side).astype(int).T
    color_F = (person.texture_HW3[row_F, column_F] // 64).astype(int) @ [16, 4, 1]
    return np.bincount(color_F, area_F, 64) / area_F.sum()


def test_without_a_body_for_the_sex_the_error_says_which_file(tmp_path, bodies):
    name = next(name for name, avatar in avatars().items() if avatar.sex == "male")
    (tmp_path / "SMPL_FEMALE.npz").symlink_to(bodies / "SMPL_FEMALE.npz")
    with pytest.raises(ValueError, match=r"found no SMPL body for male avatars, expected SMPL_MALE.pkl or"):
        dressed(name, tmp_path)


def test_animations_stand_on_the_floor_in_the_picture_whosever_body_it_is(bodies, tmp_path):
    rng = np.random.default_rng(4)
    motions = {
        f"clip_{number}": Motion(rng.normal(0, 0.2, (5, 24, 3)), rng.normal(0, 0.3, (5, 3)), np.zeros(10))
        for number in range(3)
    }
    write_motions(tmp_path / "motions.safetensors", motions)
    names = tuple(avatars())[:2]
    for name, folder in (("own", None), ("user", bodies)):
        dress_all(tmp_path / f"{name}_avatars.safetensors", DressOptions(avatars=names, bodies=folder))
        animate(
            *(tmp_path / "motions.safetensors", tmp_path / f"{name}_avatars.safetensors"),
            *(tmp_path / f"{name}.safetensors", AnimateOptions()),
        )
    own, user = Shard(tmp_path / "own.safetensors"), Shard(tmp_path / "user.safetensors")
    people = Wardrobe(tmp_path / "user_avatars.safetensors")
    for clip in user.clips:
        entry = user.metadata["scenes"][clip][0]
        assert entry["avatar"] == own.metadata["scenes"][clip][0]["avatar"]
        person, scene = people[entry["avatar"]], Scene.from_json(entry["scene"])
        assert person.pose_directions_V3P is not None
        np.testing.assert_allclose(
            matrices(user[f"{clip}/rotations"]), matrices(to_smpl(own[f"{clip}/rotations"])), atol=1e-5
        )
        frames = list(person.poses(user[f"{clip}/rotations"], user[f"{clip}/translation"]))
        assert -0.5 < min(frame[:, 1].min() for frame in frames) < 0.02
        for frame in frames:
            assert np.abs(scene.camera.project(frame)[:, :2]).max() < 1
