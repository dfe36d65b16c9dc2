"""The method's parts: what is fused and decoded comes from the clip alone, and missing modalities count for nothing."""

import math

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.build import build_encoders
from lavimo.encode.encoded import Encoded, Inputs
from lavimo.encode.sequence import sinusoidal_positions
from lavimo.methods.lavimo import MAX_LOGIT_SCALE, Lavimo
from lavimo.methods.method import Embedded

FEATURES, TOKEN_WIDTH = 6, 5
EVERY = {modality: torch.arange(3) for modality in ("text", "motion", "video")}


def tiny(**changes: object) -> ModelOptions:
    sizes = {"dim": 16, "heads": 2, "feedforward": 32, "motion_layers": 2, "text_layers": 1, "image_size_px": 16}
    more = {"image_patch_px": 8, "image_width": 64, "image_layers": 1, "video_layers": 1, "decoder_layers": 1}
    return ModelOptions.model_validate({**sizes, **more, "motion_patch_frames": 1, **changes})


def make(options: ModelOptions) -> Lavimo:
    torch.manual_seed(0)
    statistics = np.zeros(FEATURES, np.float32), np.ones(FEATURES, np.float32)
    return Lavimo(options, build_encoders(options, TrainOptions(), statistics, (TOKEN_WIDTH, 0), lambda _: [])).eval()


def inputs(video: bool = True) -> dict[str, Inputs]:
    generator = torch.Generator().manual_seed(1)
    mask = torch.arange(7) < torch.tensor([7, 4, 5])[:, None]
    made = {
        "text": Inputs(torch.randn(3, 7, TOKEN_WIDTH, generator=generator), mask),
        "motion": Inputs(torch.randn(3, 7, FEATURES, generator=generator), mask),
    }
    if video:
        frames = torch.randn(3, 4, 3, 16, 16, generator=generator)
        made["video"] = Inputs(frames, torch.ones(3, 4, dtype=torch.bool))
    return made


def reconstruct(method: Lavimo, encoded: dict[str, Encoded], rows=EVERY) -> torch.Tensor:
    fused_BMC, fused_mask_BM = method.fusion(encoded, rows)
    return method.decoder(fused_BMC, fused_mask_BM, inputs()["motion"].mask_BL)


def test_positions_are_their_naive_twin() -> None:
    expected = torch.empty(5, 8)
    for position in range(5):
        for pair in range(4):
            angle = torch.tensor(position / 10_000 ** (2 * pair / 8))
            expected[position, 2 * pair], expected[position, 2 * pair + 1] = angle.sin(), angle.cos()
    torch.testing.assert_close(sinusoidal_positions(5, 8), expected)


def test_embeddings_have_length_one() -> None:
    for encoded in make(tiny()).encode(inputs()).values():
        torch.testing.assert_close(encoded.embedding_BC.norm(dim=-1), torch.ones(3))


@pytest.mark.parametrize("fusion", ["tokens", "vectors"])
def test_a_clip_is_reconstructed_from_itself_alone(fusion: str) -> None:
    method = make(tiny(fusion=fusion))
    encoded = method.encode(inputs())
    before = reconstruct(method, encoded)
    video, other = encoded["video"], torch.tensor([0.0, 5.0, 0.0])
    changed = Encoded(video.embedding_BC + other[:, None], video.tokens_BLC + other[:, None, None], video.mask_BL)
    after = reconstruct(method, {**encoded, "video": changed})
    torch.testing.assert_close(after[[0, 2]], before[[0, 2]])
    assert not torch.allclose(after[1], before[1], atol=1e-3)


def test_a_clip_without_a_video_is_reconstructed_without_one() -> None:
    """As it would be if nobody in the batch had one; the others are as before."""
    method = make(tiny())
    whole = inputs()
    some = {**whole, "video": Inputs(whole["video"].x_BL[[0, 2]], whole["video"].mask_BL[[0, 2]])}
    rows = {**EVERY, "video": torch.tensor([0, 2])}
    mixed = reconstruct(method, method.encode(some), rows)
    all_three = reconstruct(method, method.encode(whole))
    torch.testing.assert_close(mixed[[0, 2]], all_three[[0, 2]])
    none = reconstruct(method, {k: v for k, v in method.encode(whole).items() if k != "video"})
    torch.testing.assert_close(mixed[1], none[1])


@pytest.mark.parametrize("patch", [1, 3])
def test_padding_does_not_change_a_reconstruction(patch: int) -> None:
    method = make(tiny(motion_patch_frames=patch))
    whole = inputs()
    before = reconstruct(method, method.encode(whole))[1, :4]
    for modality in ("text", "motion"):
        one = whole[modality]
        whole[modality] = Inputs(one.x_BL.masked_fill(~one.mask_BL[..., None], 1e3), one.mask_BL)
    torch.testing.assert_close(reconstruct(method, method.encode(whole))[1, :4], before, atol=1e-5, rtol=0)


@pytest.mark.parametrize("patch", [1, 2, 4])
def test_batch_mates_change_no_loss_gradient(patch: int) -> None:
    """What a clip's reconstruction wants of its motion does not depend on who is in the batch with it."""
    method = make(tiny(motion_patch_frames=patch))

    def gradient(rows: list[int]) -> torch.Tensor:
        some = {k: Inputs(v.x_BL[rows].clone(), v.mask_BL[rows]) for k, v in inputs().items()}
        x = some["motion"].x_BL.requires_grad_()
        encoded = method.encode({**some, "motion": Inputs(x, some["motion"].mask_BL)})
        squares = method.reconstruction(
            encoded, {k: torch.arange(len(rows)) for k in some}, Inputs(x, some["motion"].mask_BL), TrainOptions()
        )
        squares.backward()
        return x.grad[rows.index(1)]

    torch.testing.assert_close(gradient([0, 1, 2]), gradient([1]), atol=1e-5, rtol=1e-4)


def test_two_modalities() -> None:
    method = make(tiny(modalities=("text", "motion")))
    assert method.pairs == [("text", "motion")]
    assert not any("video" in name or "image" in name for name in method.state_dict())
    assert reconstruct(method, method.encode(inputs(video=False))).shape == (3, 7, FEATURES)


def test_alignment_leaves_out_who_lacks_a_modality_and_pairs_of_weight_zero() -> None:
    method = make(tiny())
    generator = torch.Generator().manual_seed(2)
    rows = {m: torch.nn.functional.normalize(torch.randn(3, 16, generator=generator), dim=-1) for m in EVERY}
    sentences = torch.nn.functional.normalize(torch.randn(3, 8, generator=generator), dim=-1)
    has = {m: torch.ones(3, dtype=torch.bool) for m in EVERY} | {"video": torch.tensor([True, False, True])}
    options = TrainOptions(pair_weights={"motion_video": 0.0, "text_motion": 2.0})
    found = method.alignment(Embedded(rows, has, sentences), options)
    assert set(found) == {"align_text_motion", "align_text_video"}
    kept = [0, 2]
    of_two = {m: v[kept] for m, v in rows.items()}, {m: torch.ones(2, dtype=torch.bool) for m in EVERY}, sentences[kept]
    torch.testing.assert_close(
        found["align_text_video"], method.alignment(Embedded(*of_two), options)["align_text_video"]
    )
    plain = method.alignment(Embedded(rows, has, sentences), TrainOptions())
    torch.testing.assert_close(found["align_text_motion"], 2 * plain["align_text_motion"])
    nobody = {m: torch.zeros(3, dtype=torch.bool) for m in EVERY}
    assert float(method.alignment(Embedded(rows, nobody, sentences), TrainOptions())["align_text_video"].detach()) == 0


def test_temperatures() -> None:
    shared, each = make(tiny()), make(tiny(temperature="per_pair"))
    assert (len(shared.log_logit_scale), len(each.log_logit_scale)) == (1, 3)
    assert each.log_logit_scale.exp().tolist() == pytest.approx([1 / 0.07] * 3)
    with torch.no_grad():
        shared.log_logit_scale.fill_(9.0)
    shared.clamp()
    assert math.exp(shared.log_logit_scale.item()) == pytest.approx(MAX_LOGIT_SCALE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"modalities": ("text",)},
        {"modalities": ("text", "motion", "motion")},
        {"dim": 30, "heads": 4},
        {"image_width": 96},
        {"image_size_px": 20},
    ],
)
def test_sizes_that_do_not_fit_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="found"):
        tiny(**wrong)


@pytest.mark.parametrize("temperature", ["shared", "per_pair"])
def test_a_follower_moves_itself_alone(temperature: str) -> None:
    """Whatever else learns gets the gradient that it would get if there were no video."""

    def gradients(video: bool, **changes: object) -> dict[str, torch.Tensor]:
        method = make(tiny(temperature=temperature))
        options = TrainOptions.model_validate({"target": "identity", **changes})
        some, rows = inputs(video), {name: EVERY[name] for name in inputs(video)}
        encoded = method.encode(some)
        embeddings = {modality: one.embedding_BC for modality, one in encoded.items()}
        has = dict.fromkeys(embeddings, torch.ones(3, dtype=torch.bool))
        losses = method.alignment(Embedded(embeddings, has, torch.eye(3)), options)
        local = method.local(encoded, rows, some["motion"], options)
        torch.stack([*losses.values(), *local.values()]).sum().backward()
        return {name: one.grad for name, one in method.named_parameters() if one.grad is not None}

    without, following, leading = gradients(False), gradients(True, stop_gradient=["video"]), gradients(True)
    own = {name for name in following if name.startswith("encoders.video.")}
    assert own
    assert all(following[name].abs().max() > 0 for name in own if "weight" in name and "norm" not in name)
    common = {name for name in without if name != "log_logit_scale"}
    for name in common:
        torch.testing.assert_close(following[name], without[name])
    assert any(not torch.allclose(leading[name], without[name]) for name in common)
    torch.testing.assert_close(following["log_logit_scale"][:1], without["log_logit_scale"][:1])
