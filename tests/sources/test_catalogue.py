"""The clip table of a folder of BVH files: what is read, and that everything bad is named at once."""

import sys
import time
from subprocess import run

import pytest
from listed import clips_of

from lavimo.clips import read_clips
from lavimo.config import BvhOptions, SourceOptions
from lavimo.sources.catalogue import catalogue


def source(folder, table, files=("a", "b", "c")) -> SourceOptions:
    """A source with empty files and a table."""
    (folder / "bvh").mkdir()
    for name in files:
        (folder / "bvh" / f"{name}.bvh").touch()
    (folder / "captions.csv").write_text(table, encoding="utf-8")
    return SourceOptions(
        required_splits=(),
        name="mine",
        kind="bvh",
        bvh=BvhOptions(folder=folder / "bvh", captions=folder / "captions.csv"),
    )


def test_every_caption_column_counts_and_only_the_first_must_be_filled(tmp_path):
    table = 'clip,caption,split,caption_2,note,caption_3\na,walk,train,"stroll, slowly",x,\nb,run,test,,,dash\n'
    options = source(tmp_path, table)
    catalogue(tmp_path / "out" / "clips.csv", options)
    clips = read_clips(tmp_path / "out" / "clips.csv")
    assert {name: (clip.split, clip.captions) for name, clip in clips.items()} == {
        "a": ("train", ("walk", "stroll, slowly")),
        "b": ("test", ("run", "dash")),
    }
    assert clips_of(options)[0].file == tmp_path / "bvh" / "a.bvh"


def test_names_with_spaces_dots_and_unicode(tmp_path):
    names = ("to and fro", "v1.2", "Übung")
    table = "clip,split,caption\n" + "".join(f"{name},train,x\n" for name in names)
    assert [clip.id for clip in clips_of(source(tmp_path, table, names))] == list(names)


def test_every_bad_row_is_named_at_once(tmp_path):
    table = "clip,caption,split\na,walk,train\na,walk,train\nb,,train\nc,run,exam\nd,hop,test\n../e,hop,test\n"
    with pytest.raises(ValueError, match=r"5 bad row\(s\)") as caught:
        clips_of(source(tmp_path, table))
    for words in (
        "row 3: clip 'a': stands in the table more than once",
        "row 4: clip 'b': found an empty caption",
        "row 5: clip 'c': found split 'exam', expected one of train, val, test",
        "row 6: clip 'd': found no file",
        "row 7: clip '../e': found no file ../e.bvh",
    ):
        assert words in str(caught.value)


def test_missing_tables_and_columns_are_named(tmp_path):
    options = source(tmp_path, "name,text\n")
    with pytest.raises(ValueError, match=r"lacks the column\(s\) caption, clip, found name, text"):
        clips_of(options)
    nowhere = SourceOptions(kind="bvh", bvh=BvhOptions(folder=tmp_path / "no", captions=tmp_path / "captions.csv"))
    with pytest.raises(ValueError, match="docs/"):
        clips_of(nowhere)


def test_a_large_table_is_quick_and_planning_imports_no_body(tmp_path):
    names = [f"clip{number:05}" for number in range(29_232)]
    table = "clip,split,caption\n" + "".join(f"{name},train,walk\n" for name in names)
    options = source(tmp_path, table, names)
    start = time.perf_counter()
    assert len(clips_of(options)) == 29_232
    assert time.perf_counter() - start < 5
    code = (
        "import sys; from lavimo.sources import open_source; from lavimo.config import SourceOptions;"
        f"open_source(SourceOptions.model_validate_json({options.model_dump_json()!r})).clips();"
        "print([name for name in ('torch', 'scipy', 'lavimo.body.body') if name in sys.modules])"
    )
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
