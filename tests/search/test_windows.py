"""Which stretches of a motion are found as one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavimo.search.item import Window
from lavimo.search.windows import LENGTHS_S, UNCUT_S, WHOLE_S, overlap_s, windows_of


@given(st.integers(2, 6000))
def test_windows_cover_a_motion_and_do_not_leave_it(frames):
    duration_s = frames / 20
    windows = windows_of(duration_s)
    assert windows
    assert min(one.begin_s for one in windows) == 0
    assert max(one.end_s for one in windows) == pytest.approx(duration_s, abs=0.006)
    for one in windows:
        assert 0 <= one.begin_s < one.end_s <= duration_s + 0.006
        assert one.end_s - one.begin_s <= max(WHOLE_S, *LENGTHS_S) + 0.006
    for length_s in (length_s for length_s in LENGTHS_S if duration_s > UNCUT_S and length_s < duration_s):
        own = [one for one in windows if one.end_s - one.begin_s == pytest.approx(length_s, abs=0.011)]
        for before, after in pairwise(own):
            assert 0 < after.begin_s - before.begin_s <= length_s / 2 + 0.011


def test_a_short_motion_is_one_window():
    assert windows_of(3.2) == (Window(0.0, 3.2),)


def test_mirror_images_have_the_same_windows():
    windows = windows_of(6.0, mirrored=True)
    half = len(windows) // 2
    assert [(one.begin_s, one.end_s) for one in windows[:half]] == [(one.begin_s, one.end_s) for one in windows[half:]]
    assert not any(one.mirrored for one in windows[:half])
    assert all(one.mirrored for one in windows[half:])


def test_overlaps():
    assert overlap_s(Window(0, 2), Window(1, 5)) == 1
    assert overlap_s(Window(0, 2), Window(3, 5)) == 0
