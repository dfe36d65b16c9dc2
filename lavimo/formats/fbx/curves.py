"""Curves of an FBX file: numbers between keys, constant, linear or cubic.

C curves that share the times of their keys, K keys, T instants. Seconds; a slope is a change per second.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lavimo.formats.fbx.document import Object
from lavimo.formats.fbx.records import numbers_of

Array = NDArray[np.float64]

TICKS = 46_186_158_000
"""So many units of time a second has."""
CONSTANT, LINEAR = 0x2, 0x4
NEXT = 0x100
"""Of a constant key: its value is the next one's."""
AUTO = 0x100
"""Of a cubic key: its slopes follow from its neighbours."""
BETWEEN, CLAMPED = 0x2000, 0x4000
"""Of an automatic slope: it is that from one neighbour to the other; its handles do not go beyond them."""
WEIGHTED, WEIGHTED_NEXT = 0x1000000, 0x2000000
THIRD = 1 / 3
EARLY_S = 1e-6
"""So little before a key is at it."""
HALVINGS = 40
LARGEST = 1e12
"""Greater numbers than this are damage, as those are that are none."""
WHOLE = 9999.0
"""Weights are written as so many parts of 1."""


class Keys(NamedTuple):
    """A curve's keys. From each to the next it goes on as its flags say; data are slopes there and on arrival, and the
    weights of both, packed."""

    times_K: Array
    values_K: Array
    flags_K: NDArray[np.int64]
    data_K3: NDArray[np.float32]


def keys_of(curve: Object) -> Keys | None:
    """A curve's keys; None if it has none.

    Raises:
        ValueError: its arrays do not fit together, or hold what is no finite number.
    """
    arrays = {one.name: one for one in curve.record.within}
    ticks_K, values_K = numbers_of(arrays.get("KeyTime")), numbers_of(arrays.get("KeyValueFloat"))
    if not len(ticks_K):
        return None
    if len(values_K) != len(ticks_K):
        raise ValueError(f"found a curve of {len(ticks_K)} times and {len(values_K)} values: export the file again")
    flags_A, counts_A = numbers_of(arrays.get("KeyAttrFlags")), numbers_of(arrays.get("KeyAttrRefCount"))
    written = numbers_of(arrays.get("KeyAttrDataFloat"))
    if written.dtype.kind in "iu":  # ASCII writes the bits of 32 as a whole number
        written = written.astype(np.int64).astype(np.int32).view(np.float32)
    if not {"i", "u"} >= {ticks_K.dtype.kind, counts_A.dtype.kind, flags_A.dtype.kind}:
        raise ValueError("found a curve whose times or attributes are no whole numbers: export the file again")
    if (counts_A < 0).any() or counts_A.sum() != len(ticks_K) or not len(flags_A) == len(counts_A) == len(written) / 4:
        raise ValueError(f"found a curve of {len(ticks_K)} keys with attributes for others: export the file again")
    if (ticks_K[1:] < ticks_K[:-1]).any():
        raise ValueError("found a curve whose keys go backwards, expected rising times: export the file again")
    data_A3 = written.astype(np.float32).reshape(-1, 4)[:, :3]
    if not (np.abs(values_K).max() < LARGEST and np.abs(data_A3[:, :2]).max(initial=0) < LARGEST):
        raise ValueError("found a curve that holds what is no finite number: export the file again")
    flags_K, data_K3 = flags_A.astype(np.int64).repeat(counts_A), data_A3.repeat(counts_A, axis=0)
    return Keys(ticks_K / TICKS, values_K.astype(np.float64), flags_K, data_K3)


def evaluated(curves: Sequence[Keys], at_T: Array) -> Array:
    """The values (T, C) of curves with the same times at instants; outside of the keys the nearest holds."""
    times_K = curves[0].times_K
    at_T = np.clip(at_T, times_K[0], times_K[-1])
    before_T = np.clip(np.searchsorted(times_K, at_T + EARLY_S, side="right") - 1, 0, max(len(times_K) - 2, 0))
    after_T = np.minimum(before_T + 1, len(times_K) - 1)
    gap_T1 = (times_K[after_T] - times_K[before_T])[:, None]
    share_T1 = np.clip((at_T - times_K[before_T])[:, None] / np.where(gap_T1 > 0, gap_T1, 1), 0, 1)
    values_KC, flags_KC = np.stack([one.values_K for one in curves], 1), np.stack([one.flags_K for one in curves], 1)
    from_TC, to_TC, flags_TC = values_KC[before_T], values_KC[after_T], flags_KC[before_T]
    found_TC = from_TC + share_T1 * (to_TC - from_TC)
    still_TC = (flags_TC & CONSTANT) > 0
    found_TC = np.where(still_TC, np.where(((flags_TC & NEXT) > 0) | (share_T1 > 1 - 1e-6), to_TC, from_TC), found_TC)
    cubic_TC = (flags_TC & (CONSTANT | LINEAR)) == 0
    if cubic_TC.any():
        data_KC3 = np.stack([one.data_K3 for one in curves], 1)
        weights_KC2 = _weights(data_KC3, flags_KC)
        slopes_KC2 = _slopes(times_K, values_KC, flags_KC, data_KC3, weights_KC2)
        slopes_TC2 = slopes_KC2[before_T] * gap_T1[..., None]
        found_TC = np.where(cubic_TC, _bezier(from_TC, to_TC, slopes_TC2, weights_KC2[before_T], share_T1), found_TC)
    return found_TC


def _weights(data_KC3: NDArray[np.float32], flags_KC: NDArray[np.int64]) -> Array:
    """How far the handles of each key reach, as shares of the way to the next: the bits of the third number."""
    packed_KC = np.ascontiguousarray(data_KC3[..., 2]).view(np.uint32)
    shares_KC2 = np.stack([packed_KC & 0xFFFF, packed_KC >> 16], -1) / WHOLE
    given_KC2 = np.stack([flags_KC & WEIGHTED, flags_KC & WEIGHTED_NEXT], -1) > 0
    return np.where(given_KC2 & (shares_KC2 <= 1), shares_KC2, THIRD)


def _slopes(
    times_K: Array, values_KC: Array, flags_KC: NDArray[np.int64], data_KC3: NDArray[np.float32], weights_KC2: Array
) -> Array:
    """The slope at each key, and the one with which the next is reached; automatic ones follow from the neighbours."""
    found_KC2 = data_KC3[..., :2].astype(np.float64)
    automatic_KC = (flags_KC & (AUTO | CONSTANT | LINEAR)) == AUTO
    if not automatic_KC.any() or len(times_K) < 2:
        return found_KC2
    gaps_1, rises = np.maximum(np.diff(times_K), 1e-9)[:, None], np.diff(values_KC, axis=0)
    steep = rises / gaps_1
    inner = np.where(
        (flags_KC[1:-1] & BETWEEN) > 0,
        (rises[1:] + rises[:-1]) / (gaps_1[1:] + gaps_1[:-1]),
        (steep[1:] + steep[:-1]) / 2,
    )
    slopes_KC = np.concatenate([steep[:1], inner, steep[-1:]])
    sign_KC = np.where(slopes_KC < 0, -1.0, 1.0)
    limits_KC = np.full(slopes_KC.shape, np.inf)
    limits_KC[[0, -1]] = 0
    handles = ((slice(1, None), weights_KC2[:-1, :, 1]), (slice(None, -1), weights_KC2[:-1, :, 0]))
    for keys, reach in handles:  # a handle does not go beyond the key that it reaches for
        limit = np.maximum(sign_KC[keys] * steep / np.maximum(reach, 1e-9), 0)
        limits_KC[keys] = np.minimum(limits_KC[keys], limit)
    clamped_KC = sign_KC * np.minimum(np.abs(slopes_KC), limits_KC)
    slopes_KC = np.where((flags_KC & CLAMPED) > 0, clamped_KC, slopes_KC)
    found_KC2[..., 0] = np.where(automatic_KC, slopes_KC, found_KC2[..., 0])
    found_KC2[:-1, :, 1] = np.where(automatic_KC[1:], slopes_KC[1:], found_KC2[:-1, :, 1])
    return found_KC2


def _bezier(from_TC: Array, to_TC: Array, slopes_TC2: Array, weights_TC2: Array, share_T1: Array) -> Array:
    """Between two keys: a cubic whose handles reach as far as their weights, along their slopes."""
    first_TC, second_TC = weights_TC2[..., 0], 1 - weights_TC2[..., 1]
    share_TC = np.broadcast_to(share_T1, from_TC.shape)
    if np.abs(weights_TC2 - THIRD).max() > 1e-4:
        share_TC = _reached(first_TC, second_TC, share_TC)
    return _cubic(
        from_TC,
        from_TC + slopes_TC2[..., 0] * weights_TC2[..., 0],
        to_TC - slopes_TC2[..., 1] * weights_TC2[..., 1],
        to_TC,
        share_TC,
    )


def _reached(first_TC: Array, second_TC: Array, share_TC: Array) -> Array:
    """Where along the cubic so much of the time has gone, by halving: handles never make time go back."""
    low_TC, high_TC = np.zeros(share_TC.shape), np.ones(share_TC.shape)
    for _ in range(HALVINGS):
        middle_TC = (low_TC + high_TC) / 2
        late_TC = _cubic(np.zeros(()), first_TC, second_TC, np.ones(()), middle_TC) > share_TC
        low_TC, high_TC = np.where(late_TC, low_TC, middle_TC), np.where(late_TC, middle_TC, high_TC)
    return (low_TC + high_TC) / 2


def _cubic(a: Array, b: Array, c: Array, d: Array, s: Array) -> Array:
    return (1 - s) ** 3 * a + 3 * s * (1 - s) ** 2 * b + 3 * s**2 * (1 - s) * c + s**3 * d
