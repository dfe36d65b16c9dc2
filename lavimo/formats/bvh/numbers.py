"""The numbers of a text, many times faster than Python or numpy read them, and the same to the last bit.

A number of at most 2^53 without its point, scaled by at most 10^22, is exact with one division or multiplication
(Clinger 1990); those are read here. The others, and what is no number, Python reads.
"""

import re

import numpy as np
from numpy.typing import NDArray

from lavimo.jit import njit

Array = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Indices = NDArray[np.int64]

POWERS = np.array([float(f"1e{exponent}") for exponent in range(23)])
EXACT = 2**53


def numbers_of(text: bytes, start: int = 0) -> Array:
    """The numbers of a text from `start` on, which white space parts.

    Raises:
        ValueError: a word is no number; it is named.
    """
    buffer = np.frombuffer(text, np.uint8)
    most = (len(buffer) - start) // 2 + 1
    values, odd_3 = np.empty(most), np.empty((most, 3), np.int64)
    count, odds = _read(buffer, start, values, odd_3, POWERS)
    places = odd_3[:odds].tolist()
    try:
        values[odd_3[:odds, 0]] = [float(text[begin:end]) for _, begin, end in places]
    except ValueError as error:
        word = next(word for _, begin, end in places if not _is_number(word := text[begin:end]))
        raise ValueError(f"found {shown(word)} among the frames, expected a number; {advice(word)}") from error
    return values[:count]


def shown(word: bytes) -> str:
    """The start of a word, for a message."""
    return repr(word[:40].decode("utf-8", "replace"))


def advice(word: bytes) -> str:
    """What to do about a word that is no number."""
    if re.fullmatch(rb"[-+]?\d+,\d+([eE][-+]?\d+)?", word):
        return "these are decimal commas: export the file again with English settings, or replace them by points"
    if b";" in word or b"," in word:
        return "numbers are separated by blanks: export the file again, or replace the separators by blanks"
    return "export the file again"


def _is_number(word: bytes) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


@njit()
def _read(buffer: Bytes, at: int, values: Array, odd_3: Indices, powers: Array) -> tuple[int, int]:
    """Fill `values`; for those left to Python, `odd_3` gets index, start and end. Returns how many of both."""
    count, odds, end = 0, 0, len(buffer)
    while True:
        while at < end and (buffer[at] == 32 or 9 <= buffer[at] <= 13):
            at += 1
        if at >= end:
            return count, odds
        start = at
        negative = buffer[at] == 45
        if negative or buffer[at] == 43:
            at += 1
        mantissa, digits, scale, point, plain = 0, 0, 0, False, True
        while at < end:
            byte = buffer[at]
            if 48 <= byte <= 57:
                plain = plain and mantissa < EXACT
                if plain:
                    mantissa = 10 * mantissa + (byte - 48)
                digits += 1
                scale -= point
            elif byte == 46 and not point:
                point = True
            else:
                break
            at += 1
        if at < end and digits > 0 and (buffer[at] == 101 or buffer[at] == 69):
            at += 1
            down = at < end and buffer[at] == 45
            if at < end and (down or buffer[at] == 43):
                at += 1
            exponent, digits = 0, 0
            while at < end and 48 <= buffer[at] <= 57:
                exponent = min(10 * exponent + (buffer[at] - 48), 9999)
                digits += 1
                at += 1
            scale += -exponent if down else exponent
        whole = at >= end or buffer[at] == 32 or 9 <= buffer[at] <= 13
        if whole and plain and digits > 0 and mantissa <= EXACT and -22 <= scale <= 22:
            value = mantissa / powers[-scale] if scale < 0 else mantissa * powers[scale]
            values[count] = -value if negative else value
        else:
            while at < end and not (buffer[at] == 32 or 9 <= buffer[at] <= 13):
                at += 1
            odd_3[odds, 0], odd_3[odds, 1], odd_3[odds, 2] = count, start, at
            odds += 1
        count += 1
