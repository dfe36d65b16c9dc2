"""Which facts of a timeline a stretch of it shows."""

import pytest

from lavimo.describe.fact import KINDS, Fact, mirrored, swapped
from lavimo.describe.windows import within

WALK = Fact("walk", 1.0, 5.0, "", "forward", 6.0, 8)
WAVE = Fact("wave", 2.0, 3.0, "left", "", 0.0, 4)
JUMP = Fact("jump", 6.0, 6.5, "", "up", 0.4, 1)


@pytest.mark.parametrize(
    ("begin_s", "end_s", "kinds"),
    [
        (0.0, 7.0, ["walk", "wave", "jump"]),
        (0.0, 2.5, ["walk", "wave"]),  # more than half of the window walks, half of the wave is in it
        (0.0, 2.4, ["walk"]),
        (0.0, 1.8, []),  # neither half of the walk nor half of the window
        (2.0, 3.0, ["walk", "wave"]),
        (2.4, 2.6, ["walk", "wave"]),  # in the middle of both
        (5.5, 6.3, ["jump"]),
        (5.5, 6.2, []),
        (7.0, 9.0, []),
    ],
)
def test_half_of_the_fact_or_of_the_window(begin_s, end_s, kinds):
    assert [fact.kind for fact in within((WALK, WAVE, JUMP), begin_s, end_s)] == kinds


def test_a_part_of_the_time_is_a_part_of_the_way():
    (part,) = within((WALK,), 2.0, 4.0)
    assert part == Fact("walk", 2.0, 4.0, "", "forward", 3.0, 4)
    (jump,) = within((JUMP,), 6.1, 8.0)
    assert (jump.amount, jump.count) == (0.4, 1)
    assert within((WALK, JUMP), 0.0, 9.0) == (WALK, JUMP)


def test_what_takes_no_time_is_where_it_is():
    clap = Fact("clap", 2.0, 2.0, "", "", 0.0, 1)
    assert within((clap,), 1.0, 3.0) == (clap,)
    assert within((clap,), 3.0, 4.0) == ()


def test_a_mirror_swaps_left_and_right_and_nothing_else():
    assert swapped("backward left") == "backward right"
    for name, kind in KINDS.items():
        for side in ("", *kind.sides):
            for direction in ("", *kind.directions):
                fact = Fact(name, 0.0, 1.0, side, direction, 1.0, 2, 0.5)
                assert mirrored(mirrored(fact)) == fact
    assert mirrored(WALK) == WALK
    assert mirrored(WAVE) == Fact("wave", 2.0, 3.0, "right", "", 0.0, 4)
