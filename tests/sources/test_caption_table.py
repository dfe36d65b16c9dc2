"""Tables as people's programs save them: read by rule and said so, or refused by row."""

import csv
import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavimo.sources.caption_table import clips_of_table
from lavimo.sources.table import read_table

GOOD = 'clip,caption,split\n02_01,walks,train\n02_02,"turns, then stops",val\n02_03,jumps,test\n'
EXPECTED = {"02_01": ("train", ("walks",)), "02_02": ("val", ("turns, then stops",)), "02_03": ("test", ("jumps",))}


def clips_of(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    files = {f"02_0{i}.bvh" for i in range(10)}
    return clips_of_table(path, ".bvh", lambda name: path.parent / name if name in files else None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD, ""),
        ("\ufeff" + GOOD, ""),
        (GOOD.replace("\n", "\r\n"), ""),
        (GOOD.replace(",", ";").replace("turns; then", "turns, then"), "semicolons between columns"),
        (GOOD.replace(",", "\t").replace("turns\t then", "turns, then"), "tabs between columns"),
        (GOOD.replace("clip,caption,split", "Clip, Caption ,Split"), "column names in small letters"),
        (GOOD + ",,\n,,\n", "2 empty row(s) left out"),
        (GOOD.replace("02_01,", "02_01.bvh,").replace("02_03,", "02_03.BVH,"), "names without .bvh"),
        (GOOD.replace("02_01,", "02_01 ,"), ""),
        (GOOD.replace("train", "Training").replace(",val", ",validation"), "'validation' as the split 'val'"),
    ],
)
def test_what_is_meant_is_read_and_said(tmp_path, caplog, text, said):
    caplog.set_level(logging.INFO)
    clips = clips_of(tmp_path / "captions.csv", text)
    assert {clip.id: (clip.split, clip.captions) for clip in clips} == EXPECTED
    assert said in caplog.text
    assert bool(said) == ("read with" in caplog.text)


def test_folds_are_dealt_by_recording_and_by_no_table_with_splits_of_its_own(tmp_path):
    path = tmp_path / "captions.csv"
    path.write_text("clip,caption,recording\n" + "".join(f"02_0{i},walks,{'abc'[i % 3]}\n" for i in range(6)))
    tested = []
    for fold in (1, 2, 3):
        clips = clips_of_table(path, ".bvh", tmp_path.joinpath, folds=(3, fold))
        tested.append({clip.recording for clip in clips if clip.split == "test"})
    assert tested == [{"a"}, {"b"}, {"c"}]
    path.write_text(GOOD)
    with pytest.raises(ValueError, match=r"captions\.csv: found the column split, expected none where source\.folds"):
        clips_of_table(path, ".bvh", tmp_path.joinpath, folds=(3, 1))


def test_a_column_source_is_the_recording(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    (clip,) = clips_of(tmp_path / "captions.csv", "clip,caption,source,split\n02_01,walks,take 1,train\n")
    assert clip.recording == "take 1"
    assert "the column source as recording" in caplog.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("clip,split,caption\n02_01,train,someone walks, then stops\n", "row 2: found 4 fields, expected 3"),
        ('clip,split,caption\n02_01,train,"walks\n02_02,val,runs\n', "row 2: found a quote that is never closed"),
        ('clip,split,caption\n02_01,train,"walks\n02_02,val,runs"\n', "row 2: found a line break in a field"),
        ('clip,split,caption\n02_01,train,"walks" fast\n02_02,val,runs\n', "row 2: found a misplaced quote"),
        ("clip,split\n02_01,train\n", r"lacks the column\(s\) caption, found clip, split"),
    ],
)
def test_what_nobody_can_know_is_refused_by_row(tmp_path, text, says):
    with pytest.raises(ValueError, match=says):
        clips_of(tmp_path / "captions.csv", text)


@pytest.mark.parametrize(
    ("encoding", "says"), [("cp1252", "row 2 a byte .*Windows-1252; save it as `CSV UTF-8`"), ("utf-16", "UTF-16")]
)
def test_other_encodings_are_named(tmp_path, encoding, says):
    with pytest.raises(ValueError, match=says):
        clips_of(tmp_path / "captions.csv", "clip,caption,split\n02_01,läuft,train\n", encoding)


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\x85"), min_size=1)


@given(
    rows=st.lists(st.tuples(TEXT, TEXT).filter(lambda row: all(text.strip() for text in row)), min_size=1, max_size=6),
    delimiter=st.sampled_from(",;\t"),
)
def test_whatever_a_program_writes_comes_back(tmp_path_factory, rows, delimiter):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(("clip", "caption"))
    writer.writerows(rows)
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    read = [(row["clip"], row["caption"]) for _, row in read_table(path, {"clip", "caption"}).rows]
    assert read == [(clip.strip(), caption.strip()) for clip, caption in rows]


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("walk", ["a person walk"]),
        ("soccer - kick ball", ["a person soccer", "a person kick ball"]),
        ("run/jog", ["a person run", "a person jog"]),
        ("jump, 90-degree left turns", ["a person jump", "a person 90-degree left turns"]),
        ("walk, walk", ["a person walk"]),
    ],
)
def test_parts_of_terse_captions_are_captions_too(tmp_path, caption, said):
    path = tmp_path / "captions.csv"
    path.write_text(f'clip,caption,split\n02_01,"{caption}",train\n')
    found = [
        clips_of_table(path, ".bvh", tmp_path.joinpath, split_captions=split)[0].captions for split in (False, True)
    ]
    assert found == [(caption,), (caption, *said)]
