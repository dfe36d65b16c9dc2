"""The video encoder by landmarks, and what it is fed with."""

import numpy as np
import pytest
import torch

from lavimo.config import DemoOptions, ModelOptions, ProjectionOptions, TrainOptions
from lavimo.demo import catalogue, load
from lavimo.encode.cached_videos import CachedLandmarks
from lavimo.encode.landmarks import WIDTH, LandmarkVideoEncoder, moments
from lavimo.landmarks.movement import facing
from lavimo.landmarks.names import NAMES, SEEN
from lavimo.landmarks.projection import projected
from lavimo.landmarks.sequence import Landmarks
from lavimo.motion.motion import write_motions
from lavimo.shards import write_shard

OPTIONS = ModelOptions(dim=32, heads=2, feedforward=64, motion_layers=1, video_encoder="landmarks")


@pytest.fixture(scope="module")
def motion():
    return load(catalogue(DemoOptions())[0].id, DemoOptions())


@pytest.fixture
def landmarks(motion):
    return projected(motion, np.random.default_rng(0), ProjectionOptions(missed_detections=0))


def encoder():
    torch.manual_seed(0)
    return LandmarkVideoEncoder(OPTIONS, TrainOptions()).eval()


def turned(landmarks, degrees):
    """As from a camera that stands elsewhere around the person, far away."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    world = (landmarks.world_TL3 @ turn.T).astype(np.float32)
    return Landmarks(landmarks.times_T, world, landmarks.image_TL2, landmarks.visibility_TL)


def test_a_moment_is_what_the_person_does_not_where_the_camera_stands(landmarks):
    """Landmarks are the same from every side; so is their size."""
    own = moments(landmarks)
    assert own.shape[1] == WIDTH
    assert np.isfinite(own).all()
    points = slice(0, 3 * len(SEEN))
    for degrees in (30, 120, -90):
        np.testing.assert_allclose(moments(turned(landmarks, degrees))[:, points], own[:, points], atol=1e-4)
    larger = Landmarks(landmarks.times_T, landmarks.world_TL3 * 1.7, landmarks.image_TL2, landmarks.visibility_TL)
    np.testing.assert_allclose(moments(larger)[:, points], own[:, points], atol=1e-4)


def test_moments_come_ten_a_second_whatever_the_video_has(landmarks):
    some = np.arange(len(landmarks)) % 3 != 1
    fewer = Landmarks(*(array[some] for array in landmarks.arrays().values()))
    seconds = landmarks.times_T[-1] - landmarks.times_T[0]
    assert len(moments(landmarks)) == pytest.approx(10 * seconds + 1, abs=1)
    assert abs(len(moments(fewer)) - len(moments(landmarks))) <= 1


def test_a_person_faces_the_camera_on_average(landmarks):
    points = moments(landmarks)[:, : 3 * len(SEEN)].reshape(len(moments(landmarks)), -1, 3)
    mean = facing(points).mean(0)
    assert mean[1] > 0
    assert abs(mean[0]) < 0.05


def test_nobody_and_one_picture_can_be_encoded(landmarks):
    one = Landmarks(*(array[:1] for array in landmarks.arrays().values()))
    made = encoder()
    encoded = made(made.collate([Landmarks.of_nobody(), one, landmarks]))
    assert torch.isfinite(encoded.embedding_BC).all()
    torch.testing.assert_close(encoded.embedding_BC.norm(dim=1), torch.ones(3))


def test_padding_changes_nothing(landmarks):
    made = encoder()
    short = Landmarks(*(array[: len(landmarks) // 2] for array in landmarks.arrays().values()))
    alone = made(made.collate([short])).embedding_BC[0]
    beside = made(made.collate([landmarks, short])).embedding_BC[1]
    torch.testing.assert_close(alone, beside, atol=1e-5, rtol=1e-4)


def test_training_sees_another_view_every_time_and_a_test_always_the_same(motion, landmarks):
    made = encoder()
    seen = (None, motion)
    first, same, other = (made.collate([seen], [np.random.default_rng(seed)]).x_BL for seed in (1, 1, 2))
    assert torch.equal(first, same)
    assert first.shape != other.shape or not torch.equal(first, other)
    assert torch.equal(made.collate([seen]).x_BL, made.collate([seen]).x_BL)
    tested = made.collate([(landmarks, motion)]).x_BL
    torch.testing.assert_close(tested[0], torch.from_numpy(moments(landmarks)))


def test_a_share_of_training_may_see_real_videos(motion, landmarks):
    projection = ProjectionOptions(share=0.5)
    made = LandmarkVideoEncoder(OPTIONS, TrainOptions(projection=projection))
    real = torch.from_numpy(moments(landmarks))
    views = [made.collate([(landmarks, motion)], [np.random.default_rng(seed)]).x_BL[0] for seed in range(60)]
    share = np.mean([view.shape == real.shape and torch.equal(view, real) for view in views])
    assert 0.3 < share < 0.7
    always = LandmarkVideoEncoder(OPTIONS, TrainOptions())
    assert not torch.equal(always.collate([(landmarks, motion)], [np.random.default_rng(0)]).x_BL[0][:5], real[:5])


def test_footage_has_landmarks_and_motions(tmp_path, motion, landmarks):
    write_motions(tmp_path / "motions", {"seen": motion, "unseen": motion})
    arrays = {f"seen/{name}": array for name, array in landmarks.arrays().items()}
    write_shard(tmp_path / "landmarks", arrays, fps=10.0)
    videos = CachedLandmarks([tmp_path / "landmarks"], [tmp_path / "motions"])
    assert "seen" in videos
    assert "unseen" in videos
    assert "other" not in videos
    found, moving = videos["seen"]
    np.testing.assert_array_equal(found.world_TL3, landmarks.world_TL3)
    np.testing.assert_array_equal(moving.rotations_TJ3, motion.rotations_TJ3)
    assert videos["unseen"][0] is None
    assert CachedLandmarks([tmp_path / "landmarks"], [])["seen"][1] is None
    assert len(NAMES) == found.world_TL3.shape[1]
