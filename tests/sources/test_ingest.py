"""Files to motions, shard by shard: every clip ingested or refused by name, whatever the number of shards."""

import csv

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lavimo.body.body import embedded_body
from lavimo.clips import read_clips
from lavimo.config import BvhOptions, DemoOptions, IngestOptions, SourceOptions
from lavimo.formats.bvh.read import read_motion
from lavimo.motion.featurize import joints_of
from lavimo.motion.motion import read_motions
from lavimo.shards import shard_of
from lavimo.sources.catalogue import catalogue
from lavimo.sources.ingest import ingest

CONTINUE = IngestOptions(on_rejection="continue")
LEG = [1, 4, 7]


@pytest.fixture
def source(tmp_path, write_bvh) -> SourceOptions:
    """Eight clips, of which four are bad: cut short, with NaN, of an unknown skeleton, of one frame."""
    folder = tmp_path / "bvh"
    for number, name in enumerate("abcdefgh"):
        write_bvh(folder / f"{name}.bvh", frames=1 if name == "g" else 40, seed=number)
    texts = {name: (folder / f"{name}.bvh").read_text() for name in "bcd"}
    (folder / "b.bvh").write_text(texts["b"][:-500])
    (folder / "c.bvh").write_text(texts["c"].rsplit(" ", 1)[0] + " nan\n")
    (folder / "d.bvh").write_text(texts["d"].replace("LeftArm", "Tentacle"))
    captions = tmp_path / "captions.csv"
    captions.write_text("clip,split,caption\n" + "".join(f"{name},train,sway\n" for name in "abcdefgh"))
    return SourceOptions(name="mine", kind="bvh", bvh=BvhOptions(folder=folder, captions=captions))


def test_every_clip_is_ingested_or_refused_by_name(tmp_path, source):
    ingest("1-of-1", tmp_path / "m.safetensors", tmp_path / "r.csv", source, CONTINUE)
    motions = dict(read_motions(tmp_path / "m.safetensors"))
    assert sorted(motions) == ["a", "e", "f", "h"]
    with open(tmp_path / "r.csv", newline="") as file:
        reasons = {row["clip"]: row["reason"] for row in csv.DictReader(file)}
    assert sorted(reasons) == ["b", "c", "d", "g"]
    assert "b.bvh: found" in reasons["b"]
    assert "found `Frames: 40` and 39 whole rows" in reasons["b"]
    assert "c.bvh: found nan for Xrotation of 'RightHand' in frame 39" in reasons["c"]
    assert "Tentacle" in reasons["d"]
    assert "'motionbuilder', expects also LeftArm" in reasons["d"]
    assert "g.bvh: found 1 frame(s)" in reasons["g"]


def test_stop_names_every_bad_clip_and_writes_nothing(tmp_path, source):
    with pytest.raises(ValueError, match="4 of the 8 clips of shard 1-of-1") as caught:
        ingest("1-of-1", tmp_path / "m.safetensors", tmp_path / "r.csv", source, IngestOptions())
    assert all(f"clip {name!r}" in str(caught.value) for name in "bcdg")
    assert not (tmp_path / "m.safetensors").exists()
    assert not (tmp_path / "r.csv").exists()


def test_shards_share_the_clips_and_change_nothing(tmp_path, source):
    ingest("1-of-1", tmp_path / "all.safetensors", tmp_path / "all.csv", source, CONTINUE)
    whole = dict(read_motions(tmp_path / "all.safetensors"))
    parts = {}
    empty = 0
    for number in range(1, 41):
        path = tmp_path / f"{number}.safetensors"
        ingest(f"{number}-of-40", path, tmp_path / f"{number}.csv", source, CONTINUE)
        part = dict(read_motions(path))
        empty += not part
        parts |= part
    assert empty >= 32  # a shard without clips is a valid file
    assert sorted(parts) == sorted(whole)
    for name, motion in whole.items():
        np.testing.assert_array_equal(parts[name].rotations_TJ3, motion.rotations_TJ3)
        np.testing.assert_array_equal(parts[name].translation_T3, motion.translation_T3)


def test_same_input_same_bytes(tmp_path, source):
    for name in ("one", "two"):
        ingest("1-of-1", tmp_path / f"{name}.safetensors", tmp_path / f"{name}.csv", source, CONTINUE)
    assert (tmp_path / "one.safetensors").read_bytes() == (tmp_path / "two.safetensors").read_bytes()
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_the_demo_is_ingested_too(tmp_path):
    options = SourceOptions(demo=DemoOptions(train=48, val=2, test=2))
    catalogue(tmp_path / "clips.csv", options)
    ingest("1-of-12", tmp_path / "m.safetensors", tmp_path / "r.csv", options, IngestOptions())
    names = {name for name in read_clips(tmp_path / "clips.csv") if shard_of(name, 12) == 1}
    assert names
    assert set(dict(read_motions(tmp_path / "m.safetensors"))) == names
    assert (tmp_path / "r.csv").read_text() == "clip,reason\n"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fps=st.floats(10, 250), seconds=st.floats(0.25, 4))
def test_any_frame_rate_gives_the_same_movement(tmp_path, write_bvh, fps, seconds):
    """The same swaying person, filmed at another rate: the same motion up to the coarser one's interpolation."""
    frames = max(int(seconds * fps) + 1, 2)
    motion = read_motion(write_bvh(tmp_path / "x.bvh", frames=frames, seed=3, fps=fps))
    assert abs(len(motion) - ((frames - 1) / fps * 20 + 1)) <= 1
    fine = read_motion(write_bvh(tmp_path / "fine.bvh", frames=1001, seed=3, fps=200))
    # The feet touch the floor elsewhere in a longer clip: compare all but the height.
    shared = min(len(motion), len(fine))
    joints, expected = joints_of(motion)[:shared], joints_of(fine)[:shared]
    np.testing.assert_allclose(joints - joints[:, :1], expected - expected[:, :1], atol=0.03)


def test_a_leg_is_as_long_as_the_bodys_and_feet_stand_on_the_floor(tmp_path, write_bvh):
    joints = joints_of(read_motion(write_bvh(tmp_path / "x.bvh", frames=200)))
    leg_m = np.linalg.norm(np.diff(joints[:, LEG], axis=1), axis=-1).sum(1)
    assert ((leg_m > 0.76) & (leg_m < 0.89)).all()
    rest = embedded_body().rest(np.zeros(10, np.float32))[1]
    assert joints[..., 1].min() == pytest.approx(rest[10, 1] - embedded_body().template_V3[:, 1].min(), abs=0.05)
    np.testing.assert_allclose(joints[0, 0, [0, 2]], 0, atol=1e-5)
