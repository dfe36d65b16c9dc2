"""The stage `describe_motions`: captions of the train split that are true by facts, drawn by the clip's name alone."""

from pathlib import Path

import pytest

from lavimo.clips import Clip, read_clips, write_clips
from lavimo.config import DemoOptions, DescribeMotionsOptions
from lavimo.demo import catalogue, load
from lavimo.describe.describe_motions import describe_motions
from lavimo.motion.motion import Motion, write_motions

DEMO = DemoOptions(train=200, val=1, test=1)
CLIPS = [clip for clip in catalogue(DEMO) if clip.split != "train" or clip.id < "c"]


@pytest.fixture
def motions() -> dict[str, Motion]:
    return {clip.id: load(clip.id, DEMO) for clip in CLIPS}


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    write_clips(tmp_path / "clips.csv", CLIPS)
    return tmp_path / "clips.csv"


def test_train_alone_is_described(clips: Path, motions: dict[str, Motion], tmp_path: Path) -> None:
    write_motions(tmp_path / "all.safetensors", motions)
    describe_motions(
        clips, [tmp_path / "all.safetensors"], tmp_path / "described.csv", DescribeMotionsOptions(captions=3)
    )
    described = read_clips(tmp_path / "described.csv")
    table = read_clips(clips)
    assert set(described) == {name for name, clip in table.items() if clip.split == "train"}
    assert all(1 <= len(clip.captions) <= 3 for clip in described.values())
    assert not any(set(clip.captions) & set(table[name].captions) for name, clip in described.items())


def test_shards_change_nothing(clips: Path, motions: dict[str, Motion], tmp_path: Path) -> None:
    names = sorted(motions)
    write_motions(tmp_path / "all.safetensors", motions)
    for number, part in enumerate((names[::2], names[1::2])):
        write_motions(tmp_path / f"{number}.safetensors", {name: motions[name] for name in part})
    describe_motions(clips, [tmp_path / "all.safetensors"], tmp_path / "one.csv", DescribeMotionsOptions())
    parts = [tmp_path / "1.safetensors", tmp_path / "0.safetensors"]
    describe_motions(clips, parts, tmp_path / "two.csv", DescribeMotionsOptions())
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_nothing_to_describe_is_said(motions: dict[str, Motion], tmp_path: Path) -> None:
    write_motions(tmp_path / "all.safetensors", motions)
    write_clips(tmp_path / "clips.csv", [Clip("other", "train", ("a person walks",))])
    with pytest.raises(ValueError, match="described: false"):
        describe_motions(
            tmp_path / "clips.csv", [tmp_path / "all.safetensors"], tmp_path / "none.csv", DescribeMotionsOptions()
        )
    assert not (tmp_path / "none.csv").exists()
