"""What words ask for: a table of wordings; what words.py says is read back; what is not known is not read."""

import csv
import re
import time
from pathlib import Path

import pytest

from lavimo.describe.fact import KINDS, Fact
from lavimo.describe.reading.asked import Asked, contrary, matches
from lavimo.describe.reading.reading import Reading, read
from lavimo.describe.words.saying import phrases

WORDINGS = list(csv.DictReader((Path(__file__).parent / "wordings.csv").open(encoding="utf-8")))
SPOKEN = [
    Fact(kind, 0, 1, side, direction)
    for kind, can in KINDS.items()
    for side in ("", *can.sides)
    for direction in ("", *can.directions)
]


def short(reading: Reading) -> str:
    """A reading as the table writes it: kind/side@direction xCOUNT~manner, + at the same time, | then, ? not known."""
    return " | ".join(" + ".join(_asked(one) for one in part.asked) or "?" for part in reading.parts)


def _asked(asked: Asked) -> str:
    text = asked.kinds[0] + (f"/{asked.side}" if asked.side else "")
    text += f"@{asked.direction}" if asked.direction else ""
    return text + (f" x{asked.count}" if asked.count else "") + (f"~{asked.manner}" if asked.manner else "")


@pytest.mark.parametrize("row", WORDINGS, ids=lambda row: row["query"])
def test_a_wording(row: dict[str, str]) -> None:
    assert short(read(row["query"])) == row["reading"]


@pytest.mark.parametrize("fact", SPOKEN, ids=lambda fact: f"{fact.kind} {fact.side} {fact.direction}")
def test_what_is_said_is_read_back(fact: Fact) -> None:
    for text in phrases(fact):
        parts = read(text).parts
        assert len(parts) == 1, text
        assert parts[0].known == 1, text
        told = [(one.kinds[0], one.side, one.direction) for one in parts[0].asked]
        assert (fact.kind, fact.side, fact.direction) in told, (text, told)


@pytest.mark.parametrize(
    ("query", "known"),
    [
        ("a person kicks a ball", 0.5),
        ("a person waves with the left hand", 1),
        ("a person walks forward three metres", 1),
        ("a person swims forward", 0),
        ("someone walks like a zombie", 0.5),
        ("a person walks slowly in a straight line", 1),
        ("the man does three jumping jacks", 1),
        ("一个人挥左手", 0),
    ],
)
def test_how_much_is_known(query: str, known: float) -> None:
    assert [part.known for part in read(query).parts] == [known]


def test_nothing_asks_for_nothing() -> None:
    assert read("").parts == ()
    assert read(" ., ").parts == ()


def test_a_part_says_its_words_and_how_sure_it_is() -> None:
    first, second = read("A man walks forward, then hits something with his left hand.").parts
    assert (first.words, second.words) == ("a man walks forward", "hits something with his left hand")
    assert first.asked[0].weight == 1
    assert 0 < second.asked[0].weight < 1


LEFT_KICK = Fact("kick", 0, 1, "left", "forward", 0.8, 1)
RAISED = Fact("raise", 0, 1, "both", "above")


def test_contrary_is_the_other_side_or_the_opposite_way() -> None:
    assert contrary(Asked(("kick",), "right"), LEFT_KICK)
    assert not contrary(Asked(("kick",), "left"), LEFT_KICK)
    assert not contrary(Asked(("kick",)), LEFT_KICK)
    assert not contrary(Asked(("punch",), "right"), LEFT_KICK)
    assert contrary(Asked(("kick",), "", "backward"), LEFT_KICK)
    assert not contrary(Asked(("kick",), "", "side"), LEFT_KICK)
    assert contrary(Asked(("raise",), "both"), Fact("raise", 0, 1, "left", "above"))
    assert not contrary(Asked(("raise",), "left"), RAISED)
    walk = Asked(("walk",), "", "left")
    for direction, opposite in {"right": True, "forward right": True, "left": False, "forward left": False}.items():
        assert contrary(walk, Fact("walk", 0, 1, "", direction)) == opposite, direction
    assert contrary(Asked(("turn", "curve"), "", "left"), Fact("curve", 0, 1, "", "right"))
    assert contrary(Asked(("walk",), "", "in place"), Fact("walk", 0, 1, "", "forward"))
    assert contrary(Asked(("walk",), "", "side"), Fact("walk", 0, 1, "", "in place"))
    assert contrary(Asked(("climb",), "", "up"), Fact("climb", 0, 1, "", "down"))


def test_matches_falls_with_what_differs() -> None:
    assert matches(Asked(("kick",), "left", "forward", 1), LEFT_KICK) == 1
    assert matches(Asked(("kick",)), LEFT_KICK) == 1
    assert matches(Asked(("kick",), "right"), LEFT_KICK) == 0
    assert matches(Asked(("wave",)), LEFT_KICK) == 0
    assert matches(Asked(("raise",), "left"), RAISED) == 0.5
    assert 0 < matches(Asked(("punch", "kick")), LEFT_KICK) < 1
    assert 0.5 <= matches(Asked(("kick",), count=2), LEFT_KICK) < 1
    sideways = [matches(Asked(("walk",), "", "side"), Fact("walk", 0, 1, "", way)) for way in ("left", "forward left")]
    assert sideways[0] == 1 > sideways[1] > matches(Asked(("walk",), "", "side"), Fact("walk", 0, 1, "", "forward"))


@pytest.mark.parametrize("row", WORDINGS, ids=lambda row: row["query"])
def test_what_is_asked_in_a_mirror_is_mirrored(row: dict[str, str]) -> None:
    other = {"left": "right", "right": "left", "clockwise": "counterclockwise"}
    other |= dict.fromkeys(("counterclockwise", "anti-clockwise", "counter-clockwise"), "clockwise")
    if row["query"] in ("he left the room and walked", "the man left", "a man walks in a clockwise circle"):
        return
    query = " ".join(other.get(word, word) for word in row["query"].replace(",", " ,").split(" ")).replace(" ,", ",")
    if "-handed" in query:
        query = query.replace("right-handed", "left-handed")
    reading = short(read(query))
    swap = {"left": "right", "right": "left"}
    assert re.sub(r"\b(left|right)\b", lambda found: swap[found[1]], reading) == row["reading"]


def test_reading_is_fast() -> None:
    read("warm")
    begin = time.perf_counter()
    for row in WORDINGS:
        read.__wrapped__(row["query"])
    assert (time.perf_counter() - begin) / len(WORDINGS) < 0.004  # 0.4 ms on a quiet core
