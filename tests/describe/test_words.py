"""Facts in words: enough of them, plain, true, and the mirror image's are mirrored."""

import re

import numpy as np
import pytest

from lavimo.describe.fact import KINDS, Fact, mirrored
from lavimo.describe.reading.reading import read
from lavimo.describe.words.saying import how_much, ongoing, phrases
from lavimo.describe.words.words import captions, sentence, summary, timeline

MIRROR = {"left": "right", "right": "left", "clockwise": "counterclockwise", "counterclockwise": "clockwise"}
SPOKEN = [
    Fact(kind, 0, 1, side, direction)
    for kind, can in KINDS.items()
    for side in ("", *can.sides)
    for direction in ("", *can.directions)
]
WALK = Fact("walk", 0, 2.3, "", "forward", 3.1, 5)
TURN = Fact("turn", 2.3, 3, "", "left", 92)
RAISE = Fact("raise", 3, 4, "right", "above")
ASIDE = Fact("walk", 4, 7, "", "left", 2.1, 4)
WAVE = Fact("wave", 4.2, 6.5, "left", "", 0, 3)
FACTS = (WALK, TURN, RAISE, ASIDE, Fact("raise", 4.1, 6.6, "left", "side"), WAVE, Fact("slow", 4, 7))


def swapped(text: str) -> str:
    return re.sub(r"\b(left|right|clockwise|counterclockwise)\b", lambda found: MIRROR[found[1]], text)


@pytest.mark.parametrize("fact", SPOKEN, ids=lambda fact: f"{fact.kind} {fact.side} {fact.direction}")
def test_a_fact_has_five_plain_ways(fact: Fact) -> None:
    said = phrases(fact)
    assert len(said) == len(set(said)) >= 5
    for text in said:
        assert re.fullmatch(r"a person [a-z0-9 ,-]+[a-z0-9]", text), text
        assert "  " not in text
        assert " ," not in text


@pytest.mark.parametrize("kind", ["walk", "run", "kick", "raise", "wave", "turn", "sneak", "punch"])
def test_common_kinds_have_many_ways(kind: str) -> None:
    most = max((fact for fact in SPOKEN if fact.kind == kind), key=lambda fact: len(phrases(fact)))
    assert len(phrases(most)) >= 15


@pytest.mark.parametrize("fact", SPOKEN, ids=lambda fact: f"{fact.kind} {fact.side} {fact.direction}")
def test_the_mirror_image_is_told_mirrored(fact: Fact) -> None:
    assert [swapped(text) for text in phrases(fact)] == list(phrases(mirrored(fact)))


def test_amounts_and_counts_are_told() -> None:
    assert "a person walks forward about three metres" in phrases(WALK)
    assert "a person takes five steps forward" in phrases(WALK)
    assert "a person makes a quarter turn to the left" in phrases(TURN)
    assert any("turns around" in text for text in phrases(Fact("turn", 0, 1, "", "right", 180)))
    assert not any("quarter" in text for text in phrases(Fact("turn", 0, 1, "", "right", 180)))
    assert "a person waves with the left hand three times" in phrases(WAVE)
    assert "a person squats deeply" in phrases(Fact("squat", 0, 1, "", "", 0.5, 1))
    assert "a person bends the knees slightly" in phrases(Fact("squat", 0, 1, "", "", 0.2, 1))
    assert "a person takes a step backward with the left foot" in phrases(
        Fact("walk", 0, 1, "left", "backward", 0.4, 2)
    )
    assert how_much(Fact("kick", 0, 1, "left", "", 1, 1)) == "once"
    assert how_much(Fact("kick", 0, 1, "left", "", 1, 2)) == "twice"
    assert how_much(Fact("walk", 0, 1, "", "in place", 3)) == ""
    assert how_much(Fact("run", 0, 1, "", "forward", 26)) == "about 26 metres"


def test_what_goes_on_beside() -> None:
    pairs = {
        "walks forward": "walking forward",
        "is seated": "seated",
        "sits": "sitting",
        "lies down": "lying down",
        "sidesteps left": "sidestepping left",
        "does a kick": "doing a kick",
        "raises the left hand and waves": "raising the left hand and waving",
        "reaches up": "reaching up",
        "crouches": "crouching",
    }
    assert {verbs: ongoing(verbs) for verbs in pairs} == pairs


def test_a_sentence_keeps_the_order_and_leaves_out_what_is_implied() -> None:
    for seed in range(200):
        text = sentence(FACTS, np.random.default_rng(seed))
        asked = [one for part in read(text).parts for one in part.asked]
        order = [(one.kinds[0], one.side, one.direction) for one in asked]
        begins = [("walk", "", "forward"), ("turn", "", "left"), ("raise", "right", "above"), ("walk", "", "left")]
        told = [begins.index(one) for one in order if one in begins]
        assert told == sorted(told), text
        assert not any(one.kinds[0] == "raise" and one.side == "left" and one.direction for one in asked), text


def test_sentences_and_captions_vary_with_the_seed_alone() -> None:
    twice = [captions(FACTS, np.random.default_rng(3), 20) for _ in range(2)]
    assert twice[0] == twice[1]
    assert len(set(twice[0])) == 20
    assert len({sentence(FACTS, np.random.default_rng(seed)) for seed in range(30)}) > 25


def test_captions_are_true() -> None:
    """What a caption asks for is a fact, and the contrary of none of its kind and time."""
    for text in captions(FACTS, np.random.default_rng(0), 300):
        parts = read(text).parts
        assert parts, text
        for one in (one for part in parts for one in part.asked):
            same = [fact for fact in FACTS if fact.kind == one.kinds[0]]
            assert any(
                one.side in ("", fact.side) and (one.direction in ("", fact.direction)) and one.count in (0, fact.count)
                for fact in same
            ), (text, one)


def test_the_mirror_image_s_captions_are_mirrored() -> None:
    there = [mirrored(fact) for fact in FACTS]
    plain, other = (captions(facts, np.random.default_rng(1), 40) for facts in (FACTS, there))
    assert tuple(map(swapped, plain)) == other


def test_nothing_is_said_of_nothing() -> None:
    rng = np.random.default_rng(0)
    assert captions((), rng, 5) == ()
    assert (sentence((), rng), summary(()), timeline(())) == ("", "", "")
    assert captions((Fact("symmetric", 0, 1), Fact("slow", 0, 1)), rng, 5) == ()


def test_a_summary_is_short_and_in_order() -> None:
    assert summary(FACTS) == "walks forward, turns left, raises the right hand above the head, waves with the left hand"
    many = [Fact(kind, place, place + 0.5) for place, kind in enumerate(KINDS)]
    assert 60 < len(summary(many)) <= 100


def test_a_timeline_has_a_line_a_fact() -> None:
    lines = timeline(FACTS).splitlines()
    assert len(lines) == len(FACTS)
    assert lines[0] == "  0.0 to  2.3 s  walks forward 3.1 m, 5 steps"
    assert lines[1] == "  2.3 to  3.0 s  turns left 92 degrees"
    assert "  4.2 to  6.5 s  waves with the left hand 3 times" in lines
