"""Numbers as Python reads them, to the last bit, whatever their form; what is no number is named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavimo.formats.bvh.numbers import numbers_of

ODD = [
    "-0",
    "+1",
    ".5",
    "5.",
    "-.5e3",
    "1e5",
    "1E+05",
    "inf",
    "nan",
    "-inf",
    "00012",
    "9007199254740993",
    "1e400",
    "1e-400",
]
NUMBERS = st.one_of(
    st.floats(allow_nan=False).map(repr),
    st.floats(-400, 400).map("{:.6f}".format),
    st.floats(-1, 1).map("{:.5e}".format),
    st.integers(-(10**25), 10**25).map(str),
    st.sampled_from(ODD),
)


@settings(max_examples=200, deadline=None)
@given(words=st.lists(NUMBERS, max_size=30), gap=st.sampled_from([" ", "\n", "\t", " \r\n "]))
def test_every_bit_is_pythons(words, gap):
    found = numbers_of(f"12 {gap.join(words)}{gap}".encode(), 3)
    np.testing.assert_array_equal(found.view(np.int64), np.array(list(map(float, words)), float).view(np.int64))


@pytest.mark.parametrize("word", ["1.2.3", "--1", "1e", "e5", "-", ".", "1-2", "0x10", "1,5", "é", "1e5.0"])
def test_what_is_no_number_is_named(word):
    with pytest.raises(ValueError, match="among the frames, expected a number") as caught:
        numbers_of(f"1 1e-300 {word} 2".encode())
    assert repr(word) in str(caught.value)
