"""A trained model's encoders in numpy, for a query: the same vectors as torch's to single precision's last digits, and
a search starts without torch. Those of the default kinds; torch has the others.

N positions of several sequences, one after another, C dimensions of the joint space, F features, L a sequence's
positions.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.config import ModelOptions
from lavimo.encode.moments import PATCH, RATE, moments
from lavimo.layers import Array, attention, gelu, layer_norm, linear, unit
from lavimo.motion.motion import FPS
from lavimo.shards import Shard

Encoder = Callable[[Sequence[Any]], Array]
"""Items to vectors of length 1, (B, C)."""
TOGETHER = 32


def numpy_encoder(modality: str, shard: Shard, options: ModelOptions, features: Callable[..., Any]) -> Encoder | None:
    """A modality's encoder out of a model's file; None where torch alone has it.

    Args:
        features: gives the token features of captions.
    """
    if options.layers != "transformer":
        return None
    weights = {name.partition(".")[2]: shard[name] for name in shard.names if name.startswith(f"{modality}.")}
    match modality, getattr(options, f"{modality}_encoder"):
        case "text", "features":
            return partial(_in_parts, _Sequences(weights, options), features)
        case "text", "sentence":
            return lambda captions: unit(np.stack([one.mean(0) for one in features(captions)]))
        case "motion", "features":
            return partial(_in_parts, _Sequences(weights, options), partial(_motions, weights, options))
        case "video", "landmarks":
            return partial(_in_parts, _Sequences(weights, options), partial(_videos, weights, options))
    return None


def _in_parts(sequences: "_Sequences", prepared: Callable[..., Any], items: Sequence[Any]) -> Array:
    parts = [items[begin : begin + TOGETHER] for begin in range(0, len(items), TOGETHER)]
    return np.concatenate([sequences(prepared(some)) for some in parts])


def _motions(weights: dict[str, Array], options: ModelOptions, motions: Sequence[Array]) -> list[Array]:
    """As `lavimo.encode.motion` has them: the beginning, normalised, some frames a row."""
    cut = [motion[: options.max_motion_frames] for motion in motions]
    mean_F, std_F = weights["feature_mean_F"], weights["feature_std_F"]
    return [_patched((motion - mean_F) / std_F, options.motion_patch_frames) for motion in cut]


def _videos(weights: dict[str, Array], options: ModelOptions, videos: Sequence[Any]) -> list[Array]:
    """As `lavimo.encode.landmarks` has them."""
    longest = round(options.max_motion_frames / FPS * RATE)
    norm = weights["projection.0.weight"], weights["projection.0.bias"]
    return [layer_norm(_patched(moments(video)[:longest], PATCH), *norm) for video in videos]


def _patched(x_LX: Array, size: int) -> Array:
    """Rows in patches, the last filled up with zeros."""
    return np.pad(x_LX, ((0, -len(x_LX) % size), (0, 0))).reshape(-1, size * x_LX.shape[1])


class _Sequences:
    """A projection, and `lavimo.encode.sequence.SequenceTransformer`: its output at [CLS]."""

    def __init__(self, weights: dict[str, Array], options: ModelOptions):
        self._weights, self._heads = weights, options.heads
        self._cls_SC = weights["transformer.cls"].reshape(-1, options.dim)
        self._projection = "projection.1" if "projection.1.weight" in weights else "projection"

    def __call__(self, sequences: Sequence[NDArray[Any]]) -> Array:
        flat_NC = self._linear(np.concatenate(sequences), self._projection)
        bounds = np.cumsum([len(one) for one in sequences])[:-1]
        every = [np.concatenate([self._cls_SC, one_LC]) for one_LC in np.split(flat_NC, bounds)]
        x_NC = np.concatenate([x_LC + positions(*x_LC.shape) for x_LC in every])
        lengths = [len(x_LC) for x_LC in every]
        for layer in range(sum(name.endswith(".norm1.weight") for name in self._weights)):
            own = f"transformer.transformer.layers.{layer}"
            normal_NC = self._norm(x_NC, f"{own}.norm1")
            weight, bias = (self._weights[f"{own}.self_attn.in_proj_{what}"] for what in ("weight", "bias"))
            q_NC, k_NC, v_NC = np.split(linear(normal_NC, weight, bias), 3, axis=1)
            mixed_NC = attention(q_NC, k_NC, v_NC, self._heads, lengths)
            x_NC = x_NC + self._linear(mixed_NC, f"{own}.self_attn.out_proj")
            inner_NE = gelu(self._linear(self._norm(x_NC, f"{own}.norm2"), f"{own}.linear1"))
            x_NC = x_NC + self._linear(inner_NE, f"{own}.linear2")
        first_BC = x_NC[np.cumsum([0, *lengths[:-1]])]
        return unit(self._norm(first_BC, "transformer.transformer.norm"))

    def _linear(self, x_NC: Array, name: str) -> Array:
        return linear(x_NC, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, x_NC: Array, name: str) -> Array:
        return layer_norm(x_NC, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])


def positions(length: int, dim: int) -> Array:
    """As `lavimo.encode.sequence.sinusoidal_positions`."""
    frequencies = np.exp(np.arange(0, dim, 2, dtype=np.float32) * np.float32(-np.log(10_000.0) / dim))
    angles = np.arange(length, dtype=np.float32)[:, None] * frequencies
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, dim)
