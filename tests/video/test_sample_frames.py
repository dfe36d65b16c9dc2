"""Stage sample_frames: which frames, and what it says when a video is not what was rendered."""

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavimo.config import SampleFramesOptions
from lavimo.shards import Shard
from lavimo.video.codec import write_video
from lavimo.video.sample_frames import sample_frames, segment_indexes, shrunk


def gray(level):
    return np.full((64, 64, 3), level, np.uint8)


def write_folder(folder, counts):
    folder.mkdir()
    manifest = {}
    for clip, count in counts.items():
        write_video(folder / f"{clip}.mp4", (gray(8 + 3 * number) for number in range(count)), fps=20, crf=10)
        digest = hashlib.sha256((folder / f"{clip}.mp4").read_bytes()).hexdigest()
        manifest[clip] = [{"frames": count, "sha256": digest}]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def numbers(frames):
    return np.rint((frames.astype(float).mean(axis=(-3, -2, -1)) - 8) / 3).astype(int)


def test_each_segment_gives_its_centre_and_frames_of_its_own(tmp_path):
    videos = write_folder(tmp_path / "videos", {"walk": 80, "two": 2})
    options = SampleFramesOptions(candidates=3, size_px=32)
    sample_frames(videos, tmp_path / "frames.safetensors", options)
    shard = Shard(tmp_path / "frames.safetensors")
    assert shard["walk"].shape == (1, 8, 3, 32, 32, 3)
    assert shard["walk"].dtype == np.uint8
    found = numbers(shard["walk"][0])
    assert found[:, 0].tolist() == [5, 15, 25, 35, 45, 55, 65, 75]
    assert (found // 10 == np.arange(8)[:, None]).all()
    assert shard.metadata["seconds"] == {"walk": 4.0, "two": 0.1}
    assert numbers(shard["two"][0])[:, 0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_clip_is_the_same_whatever_its_neighbours(tmp_path):
    both = write_folder(tmp_path / "both", {"a": 40, "b": 30})
    alone = write_folder(tmp_path / "alone", {"b": 30})
    options = SampleFramesOptions(size_px=16)
    for folder in (both, alone):
        sample_frames(folder, tmp_path / f"{folder.name}.safetensors", options)
    np.testing.assert_array_equal(Shard(tmp_path / "both.safetensors")["b"], Shard(tmp_path / "alone.safetensors")["b"])
    sample_frames(both, tmp_path / "again.safetensors", options)
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "both.safetensors").read_bytes()


@given(st.integers(1, 500), st.integers(1, 20), st.integers(1, 5), st.integers(0, 100))
def test_indexes_exist_and_stay_in_their_segment(frames, count, candidates, seed):
    indexes = segment_indexes(frames, count, candidates, np.random.default_rng(seed))
    assert indexes.shape == (count, candidates)
    assert indexes.min() >= 0
    assert indexes.max() < frames
    assert (np.diff(indexes[:, 0]) >= 0).all()
    for segment in range(count):
        start, end = segment * frames / count, (segment + 1) * frames / count
        assert int((start + end) / 2) == indexes[segment, 0]
        if frames >= count:
            assert ((indexes[segment] > start - 1) & (indexes[segment] < end)).all()


def testshrunking_averages_areas():
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    expected = frame.reshape(16, 4, 16, 4, 3).mean(axis=(1, 3))
    assert np.abs(shrunk(frame, 16) - expected).max() <= 1


def test_a_truncated_video_is_named_with_both_counts(tmp_path):
    """As a reader of a truncated file does, without an error: fewer frames than were rendered."""
    import av

    videos = write_folder(tmp_path / "videos", {"walk": 80, "run": 40})
    path = videos / "walk.mp4"
    # Index in front, so that what is cut off is pictures: the file opens, and ends early.
    with av.open(str(path)) as source, av.open(str(path) + ".tmp", "w", format="mp4") as copy:
        stream = copy.add_stream_from_template(source.streams.video[0])
        for packet in list(source.demux(source.streams.video[0]))[:50]:
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    (videos / "walk.mp4.tmp").replace(path)
    with pytest.raises(ValueError, match=r"clip 'walk': found 50 frames.*expected 80; delete the folder .*videos and"):
        sample_frames(videos, tmp_path / "frames.safetensors", SampleFramesOptions())
    assert not (tmp_path / "frames.safetensors").exists()


@pytest.mark.parametrize("size", [0, 100, 2000])
def test_a_video_cut_at_any_byte_is_named(size, tmp_path):
    videos = write_folder(tmp_path / "videos", {"walk": 80})
    path = videos / "walk.mp4"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match=r"clip 'walk': .*; delete the folder .*videos and run again"):
        sample_frames(videos, tmp_path / "frames.safetensors", SampleFramesOptions())


def test_another_video_of_the_same_length_is_named(tmp_path):
    videos = write_folder(tmp_path / "videos", {"walk": 8, "run": 8})
    write_video(videos / "walk.mp4", [gray(100)] * 8, fps=20, crf=10)
    with pytest.raises(ValueError, match=r"clip 'walk': found sha256 .*run again"):
        sample_frames(videos, tmp_path / "frames.safetensors", SampleFramesOptions())


def test_a_missing_video_is_named(tmp_path):
    videos = write_folder(tmp_path / "videos", {"walk": 8})
    (videos / "walk.mp4").unlink()
    with pytest.raises(ValueError, match=r"clip 'walk': .*found no such file.*run again"):
        sample_frames(videos, tmp_path / "frames.safetensors", SampleFramesOptions())


@pytest.mark.parametrize(
    "manifest", [None, "", "{", "[]", '{"walk": [{}]}', '{"walk": []}', '{"walk": [{"frames": "8", "sha256": ""}]}']
)
def test_a_missing_or_damaged_manifest_is_named(manifest, tmp_path):
    videos = write_folder(tmp_path / "videos", {"walk": 8})
    (videos / "manifest.json").unlink()
    if manifest is not None:
        (videos / "manifest.json").write_text(manifest)
    with pytest.raises(ValueError, match=r"videos: found no readable manifest\.json.*run again"):
        sample_frames(videos, tmp_path / "frames.safetensors", SampleFramesOptions())
