"""Stage find_landmarks, and landmarks of anybody's video."""

import hashlib
import json
import logging
import shutil
from fractions import Fraction

import av
import numpy as np
import pytest

from lavimo.config import FindLandmarksOptions, ModelOptions, TrainOptions
from lavimo.encode.landmarks import LandmarkVideoEncoder
from lavimo.encode.new_videos import seen
from lavimo.landmarks.find import find_landmarks, landmarks_of
from lavimo.landmarks.sequence import read_landmarks
from lavimo.shards import Shard
from lavimo.video.codec import VideoReader, write_video

pytestmark = pytest.mark.xdist_group("filmed")

OPTIONS = FindLandmarksOptions()


@pytest.fixture
def video(filmed):
    return sorted((filmed / "videos").glob("*.mp4"))[0]


def test_the_stage_finds_everybody_ten_times_a_second(filmed):
    shard = Shard(filmed / "landmarks.safetensors")
    manifest = json.loads((filmed / "videos/manifest.json").read_text())
    assert shard.clips == sorted(manifest)
    for clip in shard.clips:
        found = read_landmarks(shard, clip)
        assert len(found) >= 0.9 * manifest[clip][0]["frames"] / 2
        np.testing.assert_allclose(np.diff(found.times_T).min(), 0.1, atol=1e-3)
        assert found.visibility_TL.mean() > 0.6
        assert np.abs(found.image_TL2).max() < 0.7


def test_a_clip_is_the_same_alone_and_again(pose, filmed, video, tmp_path):
    folder = tmp_path / "videos"
    folder.mkdir()
    shutil.copy(video, folder)
    manifest = json.loads((filmed / "videos/manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({video.stem: manifest[video.stem]}))
    for name in ("one", "two"):
        find_landmarks(folder, tmp_path / name, OPTIONS)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    whole, alone = Shard(filmed / "landmarks.safetensors"), Shard(tmp_path / "one")
    for name in alone.names:
        np.testing.assert_array_equal(alone[name], whole[name])


def test_somebodys_file_is_seen_as_the_workflows(pose, filmed, video):
    """In another process, and from its frames."""
    expected = read_landmarks(Shard(filmed / "landmarks.safetensors"), video.stem)
    about = {"model": {"video_encoder": "landmarks"}, "find_landmarks": OPTIONS.model_dump(mode="json")}
    frames = VideoReader(video)
    for found in (landmarks_of(video, OPTIONS, pose), seen(video, about), seen(frames.read(range(len(frames))), about)):
        np.testing.assert_allclose(found.world_TL3, expected.world_TL3, atol=0.02)
    encoder = LandmarkVideoEncoder(ModelOptions(dim=16, heads=2), TrainOptions()).eval()
    assert encoder(encoder.collate([seen(video, about)])).embedding_BC.shape == (1, 16)


def rewritten(frames, path, aspect=1, hflip=False):
    """A video of frames that says how wide its pixels are, and whether left and right are to be swapped."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=20, options={"crf": "10"})
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(aspect)
        stream.set_display_rotation(0, hflip=hflip)
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
        container.mux(stream.encode())
    return path


def test_what_a_player_shows_is_what_is_seen(pose, video, tmp_path):
    """Half as many columns, each twice as wide; and left and right swapped, to be swapped back."""
    frames = VideoReader(video)
    pixels = frames.read(range(len(frames)))
    plain = landmarks_of(rewritten(pixels, tmp_path / "plain.mp4"), OPTIONS, pose)
    halved = pixels.reshape(*pixels.shape[:2], -1, 2, 3).mean(3).astype(np.uint8)
    wide = landmarks_of(rewritten(halved, tmp_path / "wide.mp4", aspect=2), OPTIONS, pose)
    swapped = landmarks_of(rewritten(pixels[:, :, ::-1], tmp_path / "swapped.mp4", hflip=True), OPTIONS, pose)
    narrow = landmarks_of(rewritten(halved, tmp_path / "narrow.mp4"), OPTIONS, pose)
    for found in (wide, swapped):
        assert np.abs(found.world_TL3 - plain.world_TL3).mean() < 0.02
        assert np.abs(found.image_TL2 - plain.image_TL2).mean() < 0.005
    assert np.abs(narrow.world_TL3 - plain.world_TL3).mean() > 0.03


def test_nobody_is_said_and_in_the_workflow_goes_on(pose, tmp_path, caplog):
    folder = tmp_path / "videos"
    folder.mkdir()
    write_video(folder / "clip.mp4", [np.full((96, 96, 3), 120, np.uint8)] * 20, 20, 18)
    digest = hashlib.sha256((folder / "clip.mp4").read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps({"clip": [{"frames": 20, "sha256": digest}]}))
    with caplog.at_level(logging.WARNING):
        find_landmarks(folder, tmp_path / "landmarks", OPTIONS)
    assert "clip 'clip': found nobody in its video" in caplog.text
    assert len(read_landmarks(Shard(tmp_path / "landmarks"), "clip")) == 0
    with pytest.raises(ValueError, match=r"clip\.mp4: found nobody in it, expected a person"):
        landmarks_of(folder / "clip.mp4", OPTIONS, pose)
    (folder / "broken.mp4").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"broken\.mp4: cannot be read as a video"):
        landmarks_of(folder / "broken.mp4", OPTIONS, pose)


def test_a_person_that_is_not_there_is_named(pose, video):
    with pytest.raises(ValueError, match=r"\.mp4: found the choice 'person 7'; there are 1 people"):
        landmarks_of(video, FindLandmarksOptions(person="person 7"), pose)
