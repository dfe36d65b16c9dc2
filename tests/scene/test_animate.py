"""Stage animate: on the floor, in the picture, and the same for a clip whatever its neighbours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lavimo.avatar.avatar import avatars
from lavimo.avatar.dress import dressed
from lavimo.avatar.shape.scale import placed
from lavimo.avatar.wardrobe import Wardrobe
from lavimo.body.body import embedded_body
from lavimo.body.measures import leg_length
from lavimo.config import AnimateOptions
from lavimo.motion.motion import Motion, write_motions
from lavimo.scene.animate import animate
from lavimo.scene.scene import Scene
from lavimo.scene.view import draw_scene, initial_facing_degrees
from lavimo.shards import Shard
from lavimo.sources.splits import is_filmed


def random_motion(seed, frames=7, reach_m=1.0):
    rng = np.random.default_rng(seed)
    rotations = np.cumsum(rng.normal(0, 0.12, (frames, 24, 3)), axis=0) + rng.normal(0, 0.3, (24, 3))
    travel = np.cumsum(rng.normal(0, reach_m / frames**0.5, (frames, 3)), axis=0) * [1, 0.2, 1]
    return Motion(rotations, travel, rng.normal(0, 0.5, 10))


@pytest.mark.parametrize("reach_m", [5.0, 9.0])
def test_a_long_walk_is_seen_along_its_way_so_that_the_person_is_not_small(reach_m):
    person, frames = dressed("jonas"), 60
    translation = np.linspace([0, 0, 0], [0, 0, reach_m], frames)
    motion = Motion(np.zeros((frames, 24, 3)), translation, np.zeros(10))
    options = AnimateOptions()
    for seed in range(5):
        scene = draw_scene(f"walk {seed}", person, motion, motion.translation_T3, options)
        heights = [
            np.ptp(scene.camera.project(vertices_V3)[:, 1]) / 2
            for vertices_V3 in person.poses(motion.rotations_TJ3, motion.translation_T3)
        ]
        assert 0.25 < np.median(heights) < 0.85
        assert abs(scene.camera.azimuth_degrees) <= 60


def test_the_plain_backdrop_is_the_same_for_all_and_has_no_floor(tmp_path, wardrobe):
    write_motions(tmp_path / "motions", {f"clip_{number}": random_motion(number) for number in range(3)})
    animate(tmp_path / "motions", wardrobe, tmp_path / "plain", AnimateOptions(backdrop="plain"))
    scenes = [entry["scene"] for (entry,) in Shard(tmp_path / "plain").metadata["scenes"].values()]
    assert {tuple(scene["background"]) for scene in scenes} == {tuple(scenes[0]["background"])}
    assert all(scene["floor"] is None for scene in scenes)


def test_another_view_or_no_floor_changes_nothing_else():
    person, motion = dressed("jonas"), random_motion(3)

    def scene(**options):
        return draw_scene("clip", person, motion, motion.translation_T3, AnimateOptions(**options))

    as_it_is, behind, plain = scene(), scene(azimuth_degrees=(170, 180)), scene(backdrop="plain")
    assert (behind.background, behind.floor, behind.tile_m) == (as_it_is.background, as_it_is.floor, as_it_is.tile_m)
    assert behind.light[1] == as_it_is.light[1]
    assert behind.camera != as_it_is.camera
    assert (plain.camera, plain.light, plain.tile_m) == (as_it_is.camera, as_it_is.light, as_it_is.tile_m)


def test_held_out_avatars_and_views_are_the_test_splits_alone(tmp_path, wardrobe):
    motions = {f"clip_{number:02d}": random_motion(number) for number in range(20)}
    write_motions(tmp_path / "motions", motions)
    options = AnimateOptions(held_out_avatars=("mei",), held_out_azimuth_degrees=(100.0, 140.0))
    tested = sorted(motions)[::2]
    splits = dict.fromkeys(tested, "test")
    animate(tmp_path / "motions", wardrobe, tmp_path / "animations", options, splits)
    seen = set()
    for clip, (entry,) in Shard(tmp_path / "animations").metadata["scenes"].items():
        assert (entry["avatar"] == "mei") == (clip in tested)
        seen.add(entry["avatar"])
        turn = entry["scene"]["camera"]["azimuth_degrees"] - initial_facing_degrees(motions[clip])
        low, high = (100, 140) if clip in tested else (-60, 60)
        assert low <= turn <= high
    assert seen == {"jonas", "mei", "kofi"}
    for wrong in (("nobody",), ("jonas", "mei", "kofi")):
        with pytest.raises(ValueError, match="held_out_avatars: found"):
            animate(tmp_path / "motions", wardrobe, tmp_path / "x", AnimateOptions(held_out_avatars=wrong), splits)


def test_an_avatar_that_the_file_has_not_is_named(wardrobe):
    with pytest.raises(ValueError, match=r"found no avatar 'nobody', expected one of jonas, kofi, mei"):
        Wardrobe(wardrobe)["nobody"]


def test_a_file_of_no_avatars_is_named(tmp_path):
    write_motions(tmp_path / "motions", {"clip": random_motion(0)})
    with pytest.raises(ValueError, match="motions: found a shard of something else, expected avatars"):
        Wardrobe(tmp_path / "motions")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(sorted(avatars())), st.floats(0, 8))
def test_no_vertex_of_any_frame_leaves_the_picture(seed, name, reach_m):
    person, motion = dressed(name), random_motion(seed, reach_m=reach_m)
    translation_T3 = placed(motion, person, motion.rotations_TJ3)
    options = AnimateOptions()
    scene = draw_scene(f"clip {seed}", person, motion, translation_T3, options)
    extent = 0.0
    for vertices_V3 in person.poses(motion.rotations_TJ3, translation_T3):
        projected_V3 = scene.camera.project(vertices_V3)
        assert (projected_V3[:, 2] > 0).all()
        extent = max(extent, np.abs(projected_V3[:, :2]).max())
    assert 1 / options.margin[1] - 1e-4 < extent < 1 / options.margin[0] + 1e-4


@pytest.mark.parametrize("name", ["jonas", "mei", "kofi"])
def test_what_touched_the_floor_touches_it_and_a_leap_is_a_leap(name):
    person, body, frames = dressed(name), embedded_body(), 12
    motion = random_motion(1, frames)
    rest_V3, rest_J3 = body.rest(motion.betas_B)
    lowest_T = body.pose(motion.rotations_TJ3, motion.translation_T3, rest_V3, rest_J3)[..., 1].min(axis=1)
    heights_T = np.array([0, 0, 0.1, 0.3, 0.1, 0.015, 0, -0.04, 0, 0, 0, 0.5])
    translation_T3 = motion.translation_T3 + np.outer(heights_T - lowest_T, [0, 1, 0])
    motion = Motion(motion.rotations_TJ3, translation_T3, motion.betas_B)
    ratio = leg_length(person.joints_J3) / leg_length(rest_J3)
    poses = person.poses(motion.rotations_TJ3, placed(motion, person, motion.rotations_TJ3))
    found_T = [vertices_V3[:, 1].min() for vertices_V3 in poses]
    np.testing.assert_allclose(found_T, np.where(heights_T < 0.02, 0, heights_T) * ratio, atol=1e-5)


def test_steps_are_as_long_as_the_legs_allow():
    person, motion = dressed("mei"), random_motion(2)
    translation_T3 = placed(motion, person, motion.rotations_TJ3)
    _, source_J3 = embedded_body().rest(motion.betas_B)
    ratio = leg_length(person.joints_J3) / leg_length(source_J3)
    source_T3 = source_J3[0] + motion.translation_T3
    np.testing.assert_allclose(
        (person.joints_J3[0] + translation_T3)[:, [0, 2]], ratio * source_T3[:, [0, 2]], atol=1e-5
    )


@pytest.mark.parametrize("yaw", [-2.5, 0.0, 1.0])
def test_azimuth_zero_sees_the_face(yaw):
    rotations = np.zeros((2, 24, 3))
    rotations[:, 0, 1] = yaw
    motion = Motion(rotations, np.zeros((2, 3)), np.zeros(10, np.float32))
    assert initial_facing_degrees(motion) == pytest.approx(np.degrees(yaw))
    person = dressed("jonas")
    options = AnimateOptions(azimuth_degrees=(0.0, 0.0))
    scene = draw_scene("clip", person, motion, motion.translation_T3, options)
    to_camera = np.array(scene.camera.position)[[0, 2]]
    forward = np.array([np.sin(yaw), np.cos(yaw)])
    assert to_camera @ forward / np.linalg.norm(to_camera) > 0.99


def test_a_clip_is_the_same_whatever_its_neighbours_and_differs_by_seed(tmp_path, wardrobe):
    motions = {f"clip_{number}": random_motion(number) for number in range(4)}
    write_motions(tmp_path / "all.safetensors", motions)
    write_motions(tmp_path / "one.safetensors", {"clip_2": motions["clip_2"]})
    for name in ("all", "one"):
        animate(tmp_path / f"{name}.safetensors", wardrobe, tmp_path / f"{name}_out.safetensors", AnimateOptions())
    animate(tmp_path / "one.safetensors", wardrobe, tmp_path / "seed.safetensors", AnimateOptions(seed=1))
    everyone, alone, other = (Shard(tmp_path / f"{name}.safetensors") for name in ("all_out", "one_out", "seed"))
    assert everyone.clips == sorted(motions)
    assert everyone.metadata["scenes"]["clip_2"] == alone.metadata["scenes"]["clip_2"]
    assert everyone.metadata["scenes"]["clip_2"] != other.metadata["scenes"]["clip_2"]
    for field in ("rotations", "translation"):
        np.testing.assert_array_equal(everyone[f"clip_2/{field}"], alone[f"clip_2/{field}"])
    scene = everyone.metadata["scenes"]["clip_2"][0]["scene"]
    assert Scene.from_json(scene).to_json() == Scene.from_json(Scene.from_json(scene).to_json()).to_json()
    animate(tmp_path / "all.safetensors", wardrobe, tmp_path / "again.safetensors", AnimateOptions())
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "all_out.safetensors").read_bytes()


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin": (0.9, 1.2)},
        {"yfov_degrees": (50, 40)},
        {"elevation_degrees": (-5, 10)},
        {"zoom": 2},
        {"tile_m": (0, 1)},
    ],
)
def test_options_out_of_range_are_refused(wrong):
    with pytest.raises(ValidationError):
        AnimateOptions(**wrong)


def test_who_is_not_filmed_has_no_animation(tmp_path, wardrobe):
    """And the others are filmed as before; those of val and test always are."""
    motions = {f"clip_{number}": random_motion(number) for number in range(12)}
    write_motions(tmp_path / "motions", motions)
    splits = dict.fromkeys(sorted(motions)[-2:], "val")
    names = {clip for clip in motions if clip in splits or is_filmed(clip, 0.5)}
    assert 2 < len(names) < 12
    animate(tmp_path / "motions", wardrobe, tmp_path / "all", AnimateOptions(), splits)
    animate(tmp_path / "motions", wardrobe, tmp_path / "some", AnimateOptions(video_share=0.5), splits)
    whole, some = Shard(tmp_path / "all"), Shard(tmp_path / "some")
    assert set(some.metadata["scenes"]) == names
    for name in some.names:
        np.testing.assert_array_equal(some[name], whole[name])
    assert all(some.metadata["scenes"][name] == whole.metadata["scenes"][name] for name in names)


def test_a_training_clip_has_several_views_and_a_tested_one_has_one(tmp_path, wardrobe):
    """Each as the first view of other seeds. A clip that one fold tests is learnt from in others."""
    write_motions(tmp_path / "motions", {f"clip_{number}": random_motion(number) for number in range(4)})
    splits = {"clip_0": "train", "clip_1": "val", "clip_2": "test", "clip_3": "any"}
    animate(tmp_path / "motions", wardrobe, tmp_path / "three", AnimateOptions(views=3), splits)
    animate(tmp_path / "motions", wardrobe, tmp_path / "other", AnimateOptions(seed=2, avatar_seed=2), splits)
    three, other = Shard(tmp_path / "three"), Shard(tmp_path / "other")
    assert {clip: len(views) for clip, views in three.metadata["scenes"].items()} == {
        "clip_0": 3,
        "clip_1": 1,
        "clip_2": 1,
        "clip_3": 3,
    }
    assert three.metadata["splits"] == splits
    assert three["clip_0/translation"].shape == (3, 7, 3)
    views = three.metadata["scenes"]["clip_0"]
    assert views[2] == other.metadata["scenes"]["clip_0"][0]
    np.testing.assert_array_equal(three["clip_0/translation"][2], other["clip_0/translation"][0])
    assert len({view["scene"]["camera"]["azimuth_degrees"] for view in views}) == 3
