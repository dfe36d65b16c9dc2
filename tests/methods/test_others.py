"""Losses of the other methods: naive loops in double precision, and what TMR's own code says of given numbers."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from lavimo.config import ModelOptions, TrainOptions, load_config
from lavimo.encode.build import build_encoders
from lavimo.encode.encoded import Encoded, Inputs
from lavimo.encode.late_interaction import token_similarity
from lavimo.methods.build import build_method
from lavimo.methods.method import Embedded
from lavimo.methods.motionclip import cosine_loss
from lavimo.methods.t2m import margin_loss
from lavimo.methods.temos import divergence
from lavimo.methods.tmr import filtered_info_nce

FEATURES, TOKEN_WIDTH = 6, 8


def wave(*shape: int, phase: float = 0.0) -> torch.Tensor:
    """Numbers that anybody can make again."""
    return torch.sin(torch.arange(math.prod(shape), dtype=torch.float64) * 0.7 + phase).reshape(shape)


TEXT, MOTION = wave(6, 4), wave(6, 4, phase=0.3) + 0.2 * wave(6, 4, phase=2.0)
TEXT_LOG, MOTION_LOG = 0.5 * wave(6, 4, phase=1.0), 0.5 * wave(6, 4, phase=4.0)
SENTENCES = functional.normalize(wave(6, 5, phase=0.9), dim=-1)


def unit(x: torch.Tensor) -> torch.Tensor:
    return functional.normalize(x, dim=-1)


def test_tmrs_own_code_says_the_same():
    """github.com/Mathux/TMR, src/model/losses.py at 6d74688, run on these numbers: its KL is a mean."""
    kl = divergence(TEXT, TEXT_LOG, MOTION, MOTION_LOG) / TEXT.numel()
    assert float(kl) == pytest.approx(0.20668760028102343, rel=1e-12)
    assert float(divergence(TEXT, TEXT_LOG) / TEXT.numel()) == pytest.approx(0.2701122105586398, rel=1e-12)
    filtered = filtered_info_nce(unit(TEXT), unit(MOTION), SENTENCES, 0.1, 0.6)
    assert float(filtered) == pytest.approx(0.03918564773339163, rel=1e-9)
    whole = filtered_info_nce(unit(TEXT), unit(MOTION), SENTENCES, 0.1, 1.0)
    assert float(whole) == pytest.approx(0.9792787860446361, rel=1e-9)


def test_kl_is_torchs():
    normal = torch.distributions.Normal
    ours = divergence(TEXT, TEXT_LOG, MOTION, MOTION_LOG)
    theirs = torch.distributions.kl_divergence(
        normal(TEXT, (0.5 * TEXT_LOG).exp()), normal(MOTION, (0.5 * MOTION_LOG).exp())
    )
    torch.testing.assert_close(ours, theirs.sum())


def test_margin_is_its_naive_twin():
    margin = 1.3
    right = sum(float(((TEXT[i] - MOTION[i]) ** 2).sum()) for i in range(6)) / 6
    wrong = [
        max(0.0, margin - math.sqrt(float(((TEXT[i] - MOTION[j]) ** 2).sum()))) ** 2
        for i in range(6)
        for j in range(6)
        if i != j
    ]
    assert float(margin_loss(TEXT, MOTION, margin)) == pytest.approx(right + sum(wrong) / 30, rel=1e-9)
    assert float(margin_loss(TEXT[:1], MOTION[:1], margin)) == pytest.approx(float(((TEXT[0] - MOTION[0]) ** 2).sum()))


def test_margin_of_equal_points_has_a_gradient():
    x = torch.zeros(3, 4, requires_grad=True)
    margin_loss(x, torch.zeros(3, 4), 10.0).backward()
    assert torch.isfinite(x.grad).all()


def test_cosines_are_their_naive_twin():
    expected = 1 - sum(float(unit(TEXT)[i] @ unit(MOTION)[i]) for i in range(6)) / 6
    assert float(cosine_loss(unit(TEXT), unit(MOTION))) == pytest.approx(expected)
    assert float(cosine_loss(TEXT[:0], MOTION[:0])) == 0


def test_late_interaction_is_its_naive_twin_and_ignores_padding():
    def encoded(x: torch.Tensor, lengths: list[int]) -> Encoded:
        mask = torch.arange(x.shape[1]) < torch.tensor(lengths)[:, None]
        return Encoded(unit(x[:, 0]), x, mask)

    x, y = wave(3, 4, 5).float(), wave(2, 6, 5, phase=2.0).float()
    lengths_x, lengths_y = [4, 2, 3], [6, 1]
    found = token_similarity(encoded(x, lengths_x), encoded(y, lengths_y))
    for i in range(3):
        for j in range(2):
            cosine = [[float(unit(x[i, a]) @ unit(y[j, b])) for b in range(lengths_y[j])] for a in range(lengths_x[i])]
            forward = np.mean([max(row) for row in cosine])
            backward = np.mean([max(row[b] for row in cosine) for b in range(lengths_y[j])])
            assert float(found[i, j]) == pytest.approx((forward + backward) / 2, abs=1e-5)
    for row, length in enumerate(lengths_x):
        x[row, length:] = 1e3
    torch.testing.assert_close(token_similarity(encoded(x, lengths_x), encoded(y, lengths_y)), found)


def made(method: str, **changes: object):
    """A tiny model of a method, from its own preset."""
    config = load_config({"preset": "tiny", "runs": {"a": {"method": method, "model": changes}}})
    model, train = config.run_section("a", "model"), config.run_section("a", "train")
    assert isinstance(model, ModelOptions)
    assert isinstance(train, TrainOptions)
    torch.manual_seed(0)
    statistics = np.zeros(FEATURES, np.float32), np.ones(FEATURES, np.float32)
    encoders = build_encoders(model, train, statistics, (TOKEN_WIDTH, 7), lambda _: [])
    return build_method(model, train, encoders), train


CHANGES = {"temos": {}, "tmr": {}, "t2m": {}, "motionclip": {"dim": TOKEN_WIDTH, "heads": 2}}


def inputs(padding: float = 0.0, motion: float = 1.0) -> dict[str, Inputs]:
    """Three clips of unlike length."""
    mask = torch.arange(9) < torch.tensor([9, 5, 7])[:, None]
    text = wave(3, 9, TOKEN_WIDTH).float().masked_fill(~mask[..., None], padding)
    moves = (motion * wave(3, 9, FEATURES, phase=1.0).float()).masked_fill(~mask[..., None], padding)
    frames = wave(3, 4, 7, phase=2.0).float()
    return {
        "text": Inputs(text, mask), "motion": Inputs(moves, mask), "video": Inputs(frames, torch.ones(3, 4, dtype=bool))
    }  # fmt: skip


@pytest.mark.parametrize("method", CHANGES)
def test_padding_says_nothing(method):
    model, _ = made(method, **CHANGES[method])
    model.eval()
    some = {name: one for name, one in inputs().items() if name in model.encoders}
    other = {name: one for name, one in inputs(padding=5.0).items() if name in model.encoders}
    for name, one in model.encode(some).items():
        torch.testing.assert_close(model.encode(other)[name].embedding_BC, one.embedding_BC, atol=1e-5, rtol=0)


@pytest.mark.parametrize("method", CHANGES)
def test_every_parameter_learns(method):
    model, train = made(method, **CHANGES[method])
    model.train()
    some = {name: one for name, one in inputs().items() if name in model.encoders}
    rows = {name: torch.arange(3) for name in some}
    encoded = model.encode(some)
    embeddings = {name: one.embedding_BC for name, one in encoded.items()}
    has = {name: torch.ones(3, dtype=torch.bool) for name in some}
    losses = model.alignment(Embedded(embeddings, has, SENTENCES[:3].float(), encoded), train)
    sums = model.local(encoded, rows, some["motion"], train)
    counts, weights = model.counts(some["motion"], train), model.weights(train)
    assert sums.keys() == counts.keys() == weights.keys()
    total = sum(losses.values()) + sum(weights[name] * sums[name] / counts[name] for name in sums)
    total.backward()
    idle = [name for name, one in model.named_parameters() if one.grad is None or not one.grad.abs().sum()]
    # Of a single latent vector to attend to, it does not matter who asks.
    assert [name for name in idle if not name.startswith("decoder.transformer.layers.0.norm2")] == []


@pytest.mark.parametrize("method", CHANGES)
def test_every_encoder_of_features_shakes_motions_if_asked_to(method):
    config = load_config({"preset": "tiny", "runs": {"a": {"method": method, "train": {"motion_noise": 0.4}}}})
    statistics = np.zeros(FEATURES, np.float32), np.ones(FEATURES, np.float32)
    sections = config.run_section("a", "model"), config.run_section("a", "train")
    motion = build_encoders(*sections, statistics, (sections[0].dim, 7), lambda _: [])["motion"]
    still = [np.zeros((9, FEATURES), np.float32)]
    assert motion.collate(still).x_BL.abs().sum() == 0
    assert motion.collate(still, [np.random.default_rng(0)]).x_BL.abs().mean() > 0.1


def test_distributions_are_sampled_in_training_only():
    model, _ = made("tmr")
    some = {name: one for name, one in inputs().items() if name in model.encoders}
    model.eval()
    first, second = model.encode(some), model.encode(some)
    assert torch.equal(first["text"].embedding_BC, second["text"].embedding_BC)
    assert first["text"].tokens_BLC.shape[1] == 2
    model.train()
    first, second = model.encode(some), model.encode(some)
    assert not torch.equal(first["text"].embedding_BC, second["text"].embedding_BC)


def test_temos_wants_distributions():
    with pytest.raises(ValueError, match=r"found model\.latent: vector, expected normal"):
        made("temos", latent="vector")


def test_motionclip_wants_the_words_width():
    with pytest.raises(ValueError, match="found 12, expected 8, the sentence embeddings' width"):
        made("motionclip", dim=12, heads=2)


def test_the_papers_sizes_are_asked_for_by_the_preset():
    runs = {name: {"method": name} for name in CHANGES}
    small, paper = load_config({"runs": runs}), load_config({"preset": "paper", "runs": runs})
    assert small.run_section("tmr", "model").dim == 128
    assert paper.run_section("tmr", "model").dim == 256
    assert paper.run_section("tmr", "train").learning_rate == 1e-4
    assert small.run_section("tmr", "train").method == "tmr"
    assert small.video_kind("motionclip") == "features"
    assert small.video_kind("tmr") == ""
