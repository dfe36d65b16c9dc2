"""Captions of motions that nobody captioned: a table that the source of BVH files reads, true by the facts."""

import csv
from pathlib import Path

from fbx_files import write_fbx
from gltf_files import write_glb

from lavimo.__main__ import main
from lavimo.config import BvhOptions, SourceOptions
from lavimo.describe.caption import caption
from lavimo.describe.reading.reading import read
from lavimo.formats import read_motion
from lavimo.sources import open_source

REAL = Path(__file__).parents[1] / "data/cmu"


def rows(table: Path) -> list[dict[str, str]]:
    with open(table, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_file_has_captions_that_say_what_it_shows(tmp_path):
    clips, silent = caption(REAL, tmp_path / "told.csv", processes=1)
    assert (clips, silent) == (5, 0)
    told = {row["clip"]: row for row in rows(tmp_path / "told.csv")}
    for clip, kind in (("07_01", "walk"), ("09_03", "run"), ("10_03", "kick"), ("13_40", "jump")):
        texts = [text for column, text in told[clip].items() if column.startswith("caption") and text]
        assert any(kind in one.kinds[:1] for text in texts for part in read(text).parts for one in part.asked), texts


def test_the_table_is_a_source(tmp_path):
    """Whole or in windows, its clips are those of the source `bvh`, each with its stretch of the file."""
    caption(REAL, tmp_path / "told.csv", window_s=2.0, split="train", processes=1)
    options = SourceOptions(kind="bvh", bvh={"folder": REAL, "captions": tmp_path / "told.csv"})
    source = open_source(options)
    clips = source.clips()
    assert len(clips) > 5
    assert {clip.split for clip in clips} == {"train"}
    window = next(clip for clip in clips if clip.end_s)
    assert len(source.motion(window)) == round((window.end_s - window.start_s) * 20)


def test_every_animation_is_described(tmp_path):
    """And the table that is written names them so that a source finds them."""
    folder = tmp_path / "packs"
    walk, kick = read_motion(REAL / "07_01.bvh"), read_motion(REAL / "10_03.bvh")
    write_fbx(folder / "a.fbx", {"Walk": walk, "Kick": kick})
    write_glb(folder / "deep/b.glb", {"Walk": walk})
    assert caption(folder, tmp_path / "captions.csv", processes=1) == (3, 0)
    source = open_source(SourceOptions(kind="bvh", bvh=BvhOptions(folder=folder, captions=tmp_path / "captions.csv")))
    found = {clip.name: clip.animation for clip in source.clips()}
    assert found == {"a#Walk": "Walk", "a#Kick": "Kick", "deep/b": ""}
    assert all(source.check(clip) for clip in source.clips())


def test_the_same_files_have_the_same_captions(tmp_path):
    for name in ("one", "other"):
        caption(REAL, tmp_path / name, window_s=2.0, processes=2)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_user_s_own_captions_come_first(tmp_path):
    table = REAL / "captions.csv"
    assert (
        main(
            ["caption", str(REAL), "--captions", str(table), "--split-captions", "--output", str(tmp_path / "told.csv")]
        )
        == 0
    )
    own = {row["clip"]: row["caption"] for row in rows(table)}
    for row in rows(tmp_path / "told.csv"):
        assert row["caption"] == own[row["clip"]]
        assert row["caption_2"]


def test_a_folder_without_motions_is_named(tmp_path, caplog):
    assert main(["caption", str(tmp_path), "--output", str(tmp_path / "told.csv")]) == 1
    assert f"{tmp_path}: found no motion there" in caplog.text
    assert not (tmp_path / "told.csv").exists()
