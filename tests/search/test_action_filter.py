"""Filters by what somebody does: what a window's marks are."""

import pytest
from entries import entry

from lavimo.describe.fact import KINDS, WAYS, Fact
from lavimo.search.action_filter import BITS, HANDS, LEGS, WORDS, ActionFilter, marks_of, marks_of_windows
from lavimo.search.item import Filters, Window, shown_by


def test_every_side_is_of_a_hand_or_a_leg():
    """Whoever adds a kind says here what its side is of."""
    sided = {name for name, kind in KINDS.items() if "left" in kind.sides}
    assert set(HANDS) | set(LEGS) == sided
    assert set(WORDS["direction"]) - {""} == set(WAYS)


def test_marks_fit_into_a_number_of_the_database():
    assert len(set(BITS.values())) == len(BITS)
    assert sum(BITS.values()) < 2**63


def test_what_is_said_less_certainly_is_not_counted():
    assert ActionFilter(hand="left").fits(marks_of([Fact("wave", 0, 1, "left", certainty=0.6)]))
    assert not ActionFilter(hand="left").fits(marks_of([Fact("wave", 0, 1, "left", certainty=0.4)]))


@pytest.mark.parametrize(("amount", "speed"), [(1.4, "slow"), (2.6, "normal"), (4.0, "quick")])
def test_speed_is_that_of_the_way(amount, speed):
    marks = marks_of([Fact("walk", 0.0, 2.0, "", "forward", amount, 3), Fact("quick", 0.0, 2.0)])
    assert [word for word in WORDS["speed"][1:] if ActionFilter(speed=word).fits(marks)] == [speed]


def test_a_mirror_image_has_the_other_side():
    facts = (Fact("kick", 0.0, 1.0, "left", "side", 0.5, 1), Fact("turn", 0.0, 1.0, "", "left", 90.0))
    for mirrored, leg in ((False, "left"), (True, "right")):
        window = Window(0.0, 1.0, mirrored)
        assert Filters(action=ActionFilter(leg=leg, turns=leg)).window(window, facts)
        assert not Filters(action=ActionFilter(leg={"left": "right", "right": "left"}[leg])).window(window, facts)


def test_nothing_asked_is_everything():
    assert ActionFilter().fits(0)
    assert (ActionFilter().present, ActionFilter().absent) == (0, 0)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"hand": "third"}, "found the hand 'third', expected left, right, both"),
        ({"leg": "both"}, "found the leg 'both', expected left, right"),
        ({"direction": "sideways"}, "found the direction 'sideways', expected forward, backward, left"),
        ({"gait": "crawl"}, "found the gait 'crawl', expected walk, run, sneak, limp"),
    ],
)
def test_other_words_are_refused(asked, message):
    with pytest.raises(ValueError, match=message):
        ActionFilter(**asked)


def test_marks_of_many_windows_are_those_of_each():
    entries = [entry(f"m{n}", n) for n in range(300)]
    each = [marks_of(window.shows(one.facts)) for one in entries for window in one.windows]
    assert len(set(each)) > 50
    assert marks_of_windows(shown_by(entries)).tolist() == each
