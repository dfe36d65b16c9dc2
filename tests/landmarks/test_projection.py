"""Motions as a detector would see them: the geometry without errors, and the errors alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from lavimo.body.body import embedded_body
from lavimo.config import MatchOptions, ProjectionOptions
from lavimo.landmarks import projection
from lavimo.landmarks.accuracy import Compared, errors_of
from lavimo.landmarks.match import distances
from lavimo.landmarks.movement import HIPS, Movements, about_hips, joints_of, sides
from lavimo.landmarks.names import NAMES, SEEN
from lavimo.landmarks.projection import detector_errors, lost, mistaken, projected, rest_joints, trembling
from lavimo.landmarks.sequence import Landmarks, read_landmarks
from lavimo.shards import Shard, write_shard

PERFECT = ProjectionOptions(crop=0, tempo=1, shape_std=0, noise=(0, 0), occluded=0, missed_detections=0)


@pytest.fixture
def no_errors(monkeypatch):
    """A detector that never errs."""
    zero = np.zeros((len(SEEN), 3))
    bias = np.zeros((len(SEEN), 3, 3))
    errors = projection.Errors(np.ones(3), bias, zero, zero, np.zeros(len(SEEN)), 0.5, (0, 0, 0, 0), 0, 0)
    monkeypatch.setattr(projection, "detector_errors", lambda: errors)


@pytest.mark.usefixtures("no_errors")
def test_without_errors_it_is_the_motion_seen_from_somewhere(motions):
    for name, motion in motions.items():
        for seed in range(3):
            options = PERFECT.model_copy(update={"elevation_degrees": (0.0, 0.0)})
            seen = Movements.of_landmarks(projected(motion, np.random.default_rng(seed), options), 16)
            own = Movements.of_joints(joints_of(motion), 16)
            apart = distances(
                seen, own, MatchOptions(path_weight=0, duration_weight=0, velocity_weight=0, tilts_degrees=(0.0,))
            )[0, 0]
            assert apart < 0.02, name
            assert seen.duration_G == pytest.approx(own.duration_G, abs=0.1)


@pytest.mark.usefixtures("no_errors")
def test_the_path_is_found_from_the_pictures_alone(motions):
    """From apparent size and place, and with the true focal length."""
    walk = next(motion for name, motion in motions.items() if name.startswith("walk"))
    yfov = float(np.degrees(2 * np.arctan(1 / 2 / 1.4)))
    options = PERFECT.model_copy(update={"elevation_degrees": (0.0, 0.0), "yfov_degrees": (yfov, yfov)})
    for seed in range(4):
        seen = Movements.of_landmarks(projected(walk, np.random.default_rng(seed), options), 32)
        own = Movements.of_joints(joints_of(walk), 32)
        length, expected = (np.linalg.norm(np.diff(m.path_GN3[0, [0, -1]], axis=0)) for m in (seen, own))
        assert length == pytest.approx(expected, rel=0.12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_comes_out_is_always_landmarks(motions, seed):
    rng = np.random.default_rng(seed)
    motion = list(motions.values())[seed % len(motions)]
    options = ProjectionOptions(missed_detections=0.9, occluded=0.5, noise=(0, 3))
    landmarks = projected(motion, rng, options)
    assert len(landmarks) >= 1
    assert landmarks.visibility_TL[:, SEEN].min() >= 0
    assert landmarks.visibility_TL.max() <= 1


def test_the_same_seed_gives_the_same_view_and_another_another(motions):
    motion = next(iter(motions.values()))
    one, same, other = (projected(motion, np.random.default_rng(seed), ProjectionOptions()) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.world_TL3, same.world_TL3)
    assert len(one) != len(other) or not np.array_equal(one.world_TL3, other.world_TL3)


def test_two_frames_are_enough(motions):
    motion = next(iter(motions.values()))
    still = type(motion)(motion.rotations_TJ3[:2], motion.translation_T3[:2], motion.betas_B)
    assert len(projected(still, np.random.default_rng(0), ProjectionOptions())) >= 1


def test_noise_is_as_large_and_as_persistent_as_was_measured():
    errors = detector_errors()
    noise = np.stack([trembling(60, errors, np.random.default_rng(seed), 10.0) for seed in range(60)])
    np.testing.assert_allclose(noise.std((0, 1)), errors.noise_K3, rtol=0.15)
    correlation = (noise[:, 1:] * noise[:, :-1]).mean() / np.square(noise).mean()
    assert correlation == pytest.approx(errors.persistence, abs=0.1)


def test_who_measures_what_was_put_in_finds_what_was_measured(motions):
    """Projections have the errors that `accuracy` found in videos, from whatever side a person is seen."""
    errors, rng, clips = detector_errors(), np.random.default_rng(0), []
    options = PERFECT.model_copy(update={"noise": (1.0, 1.0)})
    for motion in list(motions.values()) * 12:
        angle, elevation = rng.uniform(0, 2 * np.pi), rng.uniform(0, 30)
        cosine, sine = np.cos(angle), np.sin(angle)
        points_TK3 = about_hips(joints_of(motion))[0][::2] @ np.array(
            [[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]]
        )
        flat_TK2 = np.ones((*points_TK3.shape[:2], 2))
        found = mistaken(points_TK3, flat_TK2, elevation, np.arange(len(points_TK3)) / 10, rng, options).world_TL3
        about_TK3 = (found - found[:, HIPS].mean(1)[:, None])[:, SEEN].astype(float)
        clips.append(Compared(about_TK3, points_TK3, flat_TK2[..., 0], 1.0, elevation, 10.0))
    again = errors_of(clips)
    np.testing.assert_allclose(again["tilt_degrees"], errors.tilt_degrees, atol=1.5)
    np.testing.assert_allclose(again["stretch"], errors.stretch_3, atol=0.05)
    bias_K33 = np.array([one["bias_mm"] for one in again["landmarks"].values()]) / 1000
    assert np.abs(bias_K33 - errors.bias_K33).mean() < 0.01
    assert np.abs(errors.bias_K33).mean() > 0.015


def test_a_person_s_sides():
    facing_camera_TK3 = np.zeros((1, len(SEEN), 3))
    facing_camera_TK3[:, :, 0] = [0.2 if "left" in name else -0.2 for name in (NAMES[landmark] for landmark in SEEN)]
    np.testing.assert_allclose(sides(facing_camera_TK3), [[1, 0, 1]], atol=1e-9)
    np.testing.assert_allclose(sides(-facing_camera_TK3), [[1, 0, -1]], atol=1e-9)
    to_the_right_TK3 = facing_camera_TK3[..., [2, 1, 0]] * [1, 1, -1]
    np.testing.assert_allclose(sides(to_the_right_TK3), [[1, 1, 0]], atol=1e-9)


def test_so_many_landmarks_are_lost():
    share = np.mean([lost(50, np.random.default_rng(seed), 0.05).mean() for seed in range(400)])
    assert share == pytest.approx(0.05, abs=0.02)


def test_joints_of_a_shape_are_those_of_the_body():
    betas = np.random.default_rng(0).normal(0, 1, 10)
    np.testing.assert_allclose(rest_joints(betas), embedded_body().rest(betas.astype(np.float32))[1], atol=1e-4)


def test_damaged_landmarks_are_named(tmp_path):
    whole = {
        "times": np.arange(3, dtype=np.float32), "world": np.zeros((3, 33, 3), np.float32),
        "image": np.zeros((3, 33, 2), np.float32), "visibility": np.ones((3, 33), np.float32),
    }  # fmt: skip
    for name, wrong, message in (
        ("world", np.zeros((3, 30, 3), np.float32), r"world: found shape \(3, 30, 3\), expected \(3, 33, 3\)"),
        ("image", np.full((3, 33, 2), np.nan, np.float32), "image: found NaN"),
        ("times", np.zeros(3, np.float32), "times: found some that do not rise"),
        ("visibility", None, "visibility"),
    ):
        arrays = {f"clip/{key}": value for key, value in (whole | {name: wrong}).items() if value is not None}
        write_shard(tmp_path / "shard", arrays)
        with pytest.raises(ValueError, match="clip 'clip' of .*" + message):
            read_landmarks(Shard(tmp_path / "shard"), "clip")
    save_file({}, tmp_path / "none")
    with pytest.raises(ValueError, match="found no landmarks that can be read"):
        read_landmarks(Shard(tmp_path / "none"), "clip")
    assert len(Landmarks.of_nobody()) == 0
