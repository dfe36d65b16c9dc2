"""Words scored by facts: what was asked for comes first, its contrary last; several actions in their order."""

import numpy as np
import pytest

from lavimo.describe.columns import Facts, WindowFacts
from lavimo.describe.fact import Fact
from lavimo.describe.reading.vocabulary import unknown, vocabulary
from lavimo.describe.relevance import CONTRARY, WEIGHT, Relevance
from lavimo.search.item import Candidate, Window
from lavimo.search.judgement import Words, judged

LIMITS = {"probably": 0.6, "perhaps": 0.4}


def shown(*items: list[Fact], length_s: float = 4.0, mirrored: bool = False) -> WindowFacts:
    """One window for each item, over all of it."""
    count = len(items)
    spans = (np.zeros(count, np.float32), np.full(count, length_s, np.float32), np.full(count, mirrored))
    first = np.cumsum([0, *map(len, items)]).astype(np.int64)
    facts = Facts.of([fact for item in items for fact in item])
    return WindowFacts.of(count, np.arange(count, dtype=np.int32), spans, facts, first)


KICK_LEFT, KICK_RIGHT = Fact("kick", 1, 2, "left", "forward", 0.8, 1), Fact("kick", 1, 2, "right", "forward", 0.8, 1)
WALK, BACK = Fact("walk", 0, 4, "", "forward", 4.0, 7), Fact("walk", 0, 4, "", "backward", 3.0, 6)
TURN_LEFT, TURN_RIGHT = Fact("turn", 1, 2, "", "left", 90.0), Fact("turn", 1, 2, "", "right", 90.0)


@pytest.mark.parametrize(
    ("words", "right", "wrong"),
    [
        ("a person kicks with the left leg", KICK_LEFT, KICK_RIGHT),
        ("a man kicks with his right foot", KICK_RIGHT, KICK_LEFT),
        ("somebody walks backwards", BACK, WALK),
        ("a person strolls forward", WALK, BACK),
        ("the figure turns to the left", TURN_LEFT, TURN_RIGHT),
        ("rotates clockwise", TURN_RIGHT, TURN_LEFT),
        ("waves with both hands", Fact("wave", 0, 2, "both", "", 0, 3), Fact("wave", 0, 2, "left", "", 0, 3)),
    ],
)
def test_left_is_never_right(words, right, wrong):
    other = [Fact("stand", 0, 4)]
    boost = Relevance.of(words)(shown([right], other, [wrong]))
    assert boost[0] > boost[1] >= 0
    assert boost[2] == np.float32(CONTRARY)


def test_who_does_both_does_what_was_asked_for():
    boost = Relevance.of("kicks with the left leg")(shown([KICK_LEFT, KICK_RIGHT], [KICK_RIGHT]))
    assert boost[0] > 0 > boost[1]


def test_in_a_mirror_image_left_is_right():
    boost = Relevance.of("kicks with the left leg")(shown([KICK_LEFT], [KICK_RIGHT], mirrored=True))
    assert boost[0] < 0 < boost[1]


def test_facts_speak_only_of_what_they_know():
    for words in ("a person swims", "somebody plays the cello", "一个人在游泳"):
        assert not Relevance.of(words).speaks
    assert 0 < Relevance.of("a person kicks a ball").known < 1
    assert Relevance.of("a person walks").known == 1


def test_the_nearer_count_is_worth_more():
    one, three = (Fact("jump", 0, 3, "", "up", 0.2, count) for count in (1, 3))
    boost = Relevance.of("jumps three times")(shown([one], [three]))
    assert boost[1] > boost[0]


def test_who_does_only_that_is_worth_more_than_who_does_much_else():
    busy = [WALK, Fact("wave", 0, 3, "left", "", 0, 4), Fact("punch", 2, 4, "right", "", 0, 3)]
    boost = Relevance.of("a person walks")(shown([WALK], busy))
    assert boost[0] > boost[1] > 0


def test_actions_that_follow_one_another_come_first_with_their_moments():
    walk, sit, wave = (
        Fact("walk", 0, 2, "", "forward", 2),
        Fact("sit down", 2, 3, "", "chair"),
        Fact("wave", 3, 4, "left"),
    )
    inverse = [
        Fact("wave", 0, 1, "left"),
        Fact("sit down", 1.2, 2, "", "chair"),
        Fact("walk", 2.5, 4, "", "forward", 2),
    ]
    relevance = Relevance.of("a person walks, then sits down and then waves")
    boost = relevance(shown([walk, sit, wave], inverse, [walk], [Fact("stand", 0, 4)]))
    assert boost[0] > boost[1] > boost[2] > boost[3]
    assert [fact for _, fact in relevance.moments([walk, sit, wave])] == [walk, sit, wave]
    assert relevance.moments(inverse) == []


def test_windows_without_facts_are_worth_nothing():
    assert Relevance.of("a person walks")(shown([], [])).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("words", "boost", "cosine", "told"),
    [
        ("a person walks", WEIGHT, 0.1, "probably"),
        ("a person walks", 0.6 * WEIGHT, 0.1, "perhaps"),
        ("a person walks", 0.0, 0.9, "hardly"),
        ("a person walks", CONTRARY, 0.9, "hardly"),
        ("a person plays the cello", 0.0, 0.3, "hardly"),
        ("a person plays the cello", 0.0, 0.7, "perhaps"),
        ("a person plays the cello", 0.0, 0.85, "probably"),
    ],
)
def test_what_a_hit_is(words, boost, cosine, told):
    found = Candidate("0" * 16, Window(0, 4), cosine + boost, boost)
    assert judged(Words(Relevance.of(words)), found, LIMITS) == told


def test_words_that_nobody_knows_are_named_and_never_probable():
    known = vocabulary(["a person plays the violin", "a man kicks a ball"])
    assert unknown("a person swims", known) == (["swims"], 0.0)
    assert unknown("a person kicks a ball", known) == ([], 1.0)
    strange, share = unknown("a person plays the cello", known)
    assert strange == ["cello"] and share == 0.5  # noqa: PT018
    found = Candidate("0" * 16, Window(0, 4), 0.9)
    for words in ("a person swims", "一个人在游泳", "eine Person geht"):
        strange, share = unknown(words, known)
        assert judged(Words(Relevance.of(words), tuple(strange), share), found, LIMITS) == "hardly"


def test_a_step_aside_takes_two_feet():
    three, six = (Fact("walk", 0, 4, "", "left", 2.5, count) for count in (3, 6))
    ahead = Fact("walk", 0, 4, "", "forward", 2.5, 6)
    fit_R, _ = Relevance.of("a person steps sideways to the left three times").fits(shown([three], [six]))
    assert fit_R[0] == fit_R[1]
    fit_R, _ = Relevance.of("a person takes three steps forward").fits(shown([ahead]))
    assert fit_R[0] < 1
