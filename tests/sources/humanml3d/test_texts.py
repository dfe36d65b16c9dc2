"""Caption files: parts, tags that are none, mirror images, and what the published loader would skip."""

import pytest

from lavimo.sources.humanml3d.texts import (
    WHOLE,
    Place,
    Texts,
    clips_of_release,
    clips_of_windows,
    read_captions,
)


def test_lines_of_every_form(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(
        "walks, then stops.#walk/VERB#0.0#0.0\n\nturns #x/V#1.5#3\nhops#x/V#nan#nan\nlate#x/V#4.0#2.0\n  #x#0.0#0.0\n",
        encoding="utf-8",
    )
    assert read_captions(path) == [
        ("walks, then stops.", WHOLE), ("turns", (1.5, 3.0)), ("hops", WHOLE), ("late", (4.0, 2.0)),
    ]  # fmt: skip
    for line in ("walks", "walks#x/V", "walks#x/V#0.0", "walks#x/V#a#b"):
        path.write_text(f"hops#x#0.0#0.0\n{line}\n")
        with pytest.raises(ValueError, match=r"a\.txt, line 2: found"):
            read_captions(path)


def test_parts_are_clips_in_training_and_the_first_one_elsewhere():
    captions = [
        ("turns", (1.0, 2.0)),
        ("walks", WHOLE),
        ("spins", (1.0, 2.0)),
        ("never", (3.0, 2.0)),
        ("late", (8.0, 9.0)),
    ]
    place = Place(None, "take", 10.0, 16.0)
    train = list(clips_of_windows("7", "", "train", captions, place))
    assert [(clip.id, clip.captions, clip.start_s, clip.end_s) for clip in train] == [
        ("7", ("turns", "spins"), 11.0, 12.0),
        ("7~0-end", ("walks",), 10.0, 16.0),
    ]
    assert [clip.id for clip in clips_of_windows("7", "", "test", captions, place)] == ["7"]
    beyond = list(clips_of_windows("7", "", "train", [("x", (5.0, 9.0))], place))
    assert (beyond[0].start_s, beyond[0].end_s) == (15.0, 16.0)


def test_images_have_their_own_words_or_swapped_ones(tmp_path):
    (tmp_path / "texts").mkdir()
    for name, text in (("1", "turns left"), ("2", "turns left"), ("M2", "goes right, published")):
        (tmp_path / f"texts/{name}.txt").write_text(f"{text}#x#0.0#0.0\n")
    texts = Texts(tmp_path)
    assert texts["M1"] == [("turns right", WHOLE)]
    assert texts["M2"] == [("goes right, published", WHOLE)]
    assert texts["3"] == texts["M3"] == []
    for split, ids in (("train", "1 M1"), ("val", "2"), ("test", "M2 3")):
        (tmp_path / f"{split}.txt").write_text(ids)

    def named(mirrored: bool) -> list[str]:
        return [clip.id for clip in clips_of_release(tmp_path, tmp_path, mirrored, lambda _: Place(None))]

    assert named(True) == ["1", "M1", "2", "M2"]
    assert named(False) == ["1", "2"]
    for path in (tmp_path / "texts").iterdir():
        path.unlink()
    with pytest.raises(ValueError, match=r"unpack texts\.zip"):
        named(True)


def test_what_windows_editors_put_before_a_file_is_no_caption(tmp_path):
    (tmp_path / "a.txt").write_text("walks#x/V#0.0#0.0\n", encoding="utf-8-sig")
    assert read_captions(tmp_path / "a.txt") == [("walks", WHOLE)]


def test_a_hash_in_a_caption_is_a_part_of_it(tmp_path):
    """As in HumanML3D's own lines, whose words may be # too."""
    lines = [
        "walks in a # shape#walk/VERB in/ADP a/DET #/NOUN shape/NOUN#0.0#0.0",
        "the #1 move#the/DET #1/NOUN move/NOUN#1.5#3.0",
        "jumps#jump/VERB#0.0#0.0",
    ]
    (tmp_path / "a.txt").write_text("\n".join(lines))
    assert read_captions(tmp_path / "a.txt") == [
        ("walks in a # shape", WHOLE), ("the #1 move", (1.5, 3.0)), ("jumps", WHOLE),
    ]  # fmt: skip
