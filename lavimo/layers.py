"""A transformer's layers in numpy, for the few sentences of a query: torch takes seconds to import, and 0.6 GB.

Sequences of several lengths lie one after another in one matrix, so that weights are read once for all, and nothing is
padded: N positions of all sequences, L of one, C width, H heads, D a head's width, E outputs.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
"""7.1.26 of Abramowitz and Stegun (1964): an error below 1.5e-7, about single precision's own."""


def linear(x_NC: Array, weight_EC: Array, bias_E: Array) -> Array:
    """x W' + b, as (W x')' + b: of few rows BLAS has that product in half the time."""
    made: Array = (weight_EC @ x_NC.T).T
    made += bias_E
    return made


def layer_norm(x_NC: Array, weight_C: Array, bias_C: Array, eps: float = 1e-5) -> Array:
    """Rows of mean 0 and deviation 1, scaled and shifted."""
    made: Array = x_NC - x_NC.mean(1, keepdims=True)
    made /= np.sqrt(np.einsum("nc,nc->n", made, made)[:, None] / np.float32(made.shape[1]) + np.float32(eps))
    made *= weight_C
    made += bias_C
    return made


def gelu(x: Array) -> Array:
    """x times the normal distribution's share below x."""
    far = np.abs(x)
    t = far * np.float32(0.3275911 * 0.5**0.5)
    t += 1
    np.reciprocal(t, out=t)
    share = t * np.float32(ERF[0])
    for factor in ERF[1:]:
        share += np.float32(factor)
        share *= t
    made: Array = np.maximum(x, 0)
    far *= np.float32(0.5)
    share *= far  # half of x's size, times 1 - erf(size / sqrt 2)
    np.square(far, out=far)
    far *= -2
    np.exp(far, out=far)
    share *= far
    made -= share
    return made


def attention(queries_NC: Array, keys_NC: Array, values_NC: Array, heads: int, lengths: Sequence[int]) -> Array:
    """Every position's mean of its sequence's values, weighted by softmax(Q K' / sqrt(D)), head by head: (N, C)."""
    mixed_NC = np.empty_like(values_NC)
    scale, begin = np.float32((queries_NC.shape[1] // heads) ** -0.5), 0
    for length in lengths:
        own = slice(begin, begin := begin + length)
        q_HLD, k_HLD, v_HLD = (
            x[own].reshape(length, heads, -1).transpose(1, 0, 2) for x in (queries_NC, keys_NC, values_NC)
        )
        scores_HLL = q_HLD @ k_HLD.transpose(0, 2, 1) * scale
        scores_HLL = np.exp(scores_HLL - scores_HLL.max(-1, keepdims=True))
        mixed_HLD = scores_HLL @ v_HLD / scores_HLL.sum(-1, keepdims=True)
        mixed_NC[own] = mixed_HLD.transpose(1, 0, 2).reshape(length, -1)
    return mixed_NC


def unit(x: Array) -> Array:
    """Rows of length 1."""
    made: Array = x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), np.float32(1e-12))
    return made
