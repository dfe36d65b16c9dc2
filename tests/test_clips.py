"""The clip table comes back as written, and names every bad row."""

from pathlib import Path

import pytest

from lavimo.clips import Clip, read_clips, write_clips


def test_the_table_comes_back(tmp_path):
    clips = [Clip("b", "train", ("a person walks, then stops", 'says "hi"')), Clip("ä 1.2", "test", ("jumps",))]
    write_clips(tmp_path / "clips.csv", clips)
    assert read_clips(tmp_path / "clips.csv") == {clip.id: clip for clip in clips}


@pytest.mark.parametrize(
    ("name", "split", "captions", "says"),
    [
        ("a/b", "train", ("x",), "can name a file"),
        ("", "train", ("x",), "can name a file"),
        ("a", "dev", ("x",), "found split 'dev', expected one of train, val, test"),
        ("a", "train", (), "found no caption"),
        ("a", "train", ("x", " "), "empty caption"),
    ],
)
def test_a_bad_clip_is_refused(name, split, captions, says):
    with pytest.raises(ValueError, match=says):
        Clip(name, split, captions, Path("x.bvh"))


def test_every_bad_row_is_named(tmp_path):
    path = tmp_path / "clips.csv"
    path.write_text("clip,split,caption\na,train,\nb,dev,walks\nc,train,runs\nc,test,runs\n")
    with pytest.raises(ValueError, match=r"3 bad clip\(s\)") as caught:
        read_clips(path)
    assert all(f"clip {name!r}" in str(caught.value) for name in "abc")


def test_sources_come_back_and_are_one_a_clip(tmp_path):
    clips = [Clip("a", "train", ("walks", "strides"), recording="take 1"), Clip("b", "test", ("jumps",))]
    path = tmp_path / "clips.csv"
    write_clips(path, clips)
    assert path.read_text().splitlines()[0] == "clip,split,caption,recording"
    assert read_clips(path) == {clip.id: clip for clip in clips}
    path.write_text("clip,split,caption,recording\na,train,walks,take 1\na,train,strides,take 2\n")
    with pytest.raises(ValueError, match="clip 'a': found the recordings 'take 1' and 'take 2', expected one"):
        read_clips(path)


def test_a_missing_column_is_named(tmp_path):
    (tmp_path / "clips.csv").write_text("clip,caption\na,walks\n")
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['split'\]"):
        read_clips(tmp_path / "clips.csv")
