"""A folder of npz in our own form: what was written comes back, at any rate, cut, and under any name."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lavimo.clips import read_clips
from lavimo.config import IngestOptions, SmplOptions, SourceOptions
from lavimo.formats import smpl
from lavimo.motion.motion import read_motions
from lavimo.sources.catalogue import catalogue
from lavimo.sources.ingest import ingest
from lavimo.sources.splits import leaks, splits_of

ANY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def write(path, frames=41, fps=20.0, **change):
    """Someone who turns by a radian a second and walks half a metre a second."""
    time_T = np.arange(frames) / fps
    poses = np.zeros((frames, 72))
    poses[:, 1] = time_T
    arrays = {"poses": poses, "trans": time_T[:, None] * [0, 0, 0.5], "fps": np.array(fps), "betas": np.zeros(10)}
    np.savez(path, **{name: array for name, array in (arrays | change).items() if array is not None})
    return path


@ANY
@given(fps=st.floats(10, 250), frames=st.integers(1, 4000))
def test_any_rate_and_length(tmp_path, fps, frames):
    frames = min(frames, int(30 * fps))
    path = write(tmp_path / "a.npz", frames, fps)
    length = int((frames - 1) / fps * 20 + 1e-3) + 1
    if length < 2:
        with pytest.raises(ValueError, match=r"a\.npz: found 1 frame"):
            smpl.read_motion(path)
        return
    motion = smpl.read_motion(path)
    assert len(motion) == length
    time_T = np.arange(length) / 20
    turns = np.round((motion.rotations_TJ3[:, 0, 1] - time_T) / (2 * np.pi))
    np.testing.assert_allclose(motion.rotations_TJ3[:, 0, 1] - time_T - 2 * np.pi * turns, 0, atol=0.01)
    np.testing.assert_allclose(motion.translation_T3[:, 2], 0.5 * time_T, atol=0.01)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"trans": None}, "lacks trans"),
        ({"poses": np.zeros((41, 69))}, r"found poses \(41, 69\)"),
        ({"trans": np.zeros((40, 3))}, r"trans \(40, 3\)"),
        ({"trans": np.full((41, 3), np.inf)}, "NaN or infinite values in 'trans'"),
        ({"betas": np.zeros(16)}, r"betas_B: found shape \(16,\)"),
        ({"fps": np.array(-3)}, "frame rate of -3"),
        ({"poses": np.array([{}], dtype=object)}, "cannot be read as npz"),
    ],
)
def test_what_is_bad_is_named(tmp_path, change, says):
    with pytest.raises(ValueError, match=rf"clip 7\.npz: .*{says}"):
        smpl.read_motion(write(tmp_path / "clip 7.npz", **change))


def test_parts_of_files_with_any_names_split_by_recording(tmp_path):
    folder = tmp_path / "npz"
    (folder / "session 1").mkdir(parents=True)
    for name in ("session 1/take.1", "Übung"):
        write(folder / f"{name}.npz")
    table = tmp_path / "captions.csv"
    table.write_text(
        "clip,caption,caption_2,path,start,end\n"
        "a b.c,walks,turns,session 1/take.1.npz,0,1\n"
        "d,walks on,,session 1/take.1.npz,1,\n"
        "Übung,exercises,,,,\n",
        encoding="utf-8",
    )
    source = SourceOptions(required_splits=(), kind="smpl", smpl=SmplOptions(folder=folder, captions=table))
    catalogue(tmp_path / "c.csv", source)
    clips = read_clips(tmp_path / "c.csv")
    assert clips["a b.c"].captions == ("walks", "turns")
    assert clips["a b.c"].recording == "session 1/take.1.npz"
    assert (
        clips["a b.c"].split
        == clips["d"].split
        == splits_of(clip.recording or clip.name for clip in clips.values())["session 1/take.1.npz"]
    )
    assert not leaks(clips.values())
    ingest("1-of-1", tmp_path / "m", tmp_path / "r", source, IngestOptions())
    assert {name: len(motion) for name, motion in read_motions(tmp_path / "m")} == {"a b.c": 20, "d": 21, "Übung": 41}


def test_bad_parts_are_named(tmp_path):
    write(tmp_path / "a.npz")
    table = tmp_path / "captions.csv"
    table.write_text("clip,caption,path,start,end\nb,x,a.npz,2,1\nc,x,a.npz,soon,\nd,x,a.npz,-1,\ne,x,z.npz,,\n")
    with pytest.raises(ValueError, match=r"4 bad row") as caught:
        catalogue(tmp_path / "c.csv", SourceOptions(kind="smpl", smpl=SmplOptions(folder=tmp_path, captions=table)))
    for words in (
        "clip 'b': found start 2 s and end 1.0 s",
        "found start 'soon'",
        "clip 'd': found start -1",
        "no file z.npz",
    ):
        assert words in str(caught.value)
