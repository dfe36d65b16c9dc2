from collections.abc import Callable
from pathlib import Path

import open_clip
import pytest
import torch
from pydantic import ValidationError

from lavimo.config import ModelOptions, TrainOptions
from lavimo.model.checkpoint import load_model, save_model
from lavimo.model.lavimo import MAX_LOGIT_SCALE, Lavimo
from lavimo.model.sequence_encoder import Encoded, SequenceEncoder, sinusoidal_positions
from lavimo.model.video_encoder import TemporalTransformer, image_encoder

FEATURES, TOKEN_WIDTH = 6, 5


def tiny(**changes: object) -> ModelOptions:
    sizes = {"dim": 16, "heads": 2, "feedforward": 32, "motion_layers": 2, "text_layers": 1, "image_size_px": 16}
    more = {"image_patch_px": 8, "image_width": 64, "image_layers": 1, "video_layers": 1, "decoder_layers": 1}
    return ModelOptions.model_validate({**sizes, **more, **changes})


def make(options: ModelOptions) -> Lavimo:
    torch.manual_seed(0)
    return Lavimo(options, TOKEN_WIDTH, torch.zeros(FEATURES), torch.ones(FEATURES)).eval()


def encode(model: Lavimo, clips: int = 3) -> dict[str, Encoded]:
    generator = torch.Generator().manual_seed(1)
    mask = torch.arange(7) < torch.tensor([7, 4, 5])[:clips, None]
    encoded = {
        "text": model.encode_text(torch.randn(clips, 7, TOKEN_WIDTH, generator=generator), mask),
        "motion": model.encode_motion(torch.randn(clips, 7, FEATURES, generator=generator), mask),
    }
    if "video" in model.encoders:
        encoded["video"] = model.encode_video(torch.randn(clips, 4, 3, 16, 16, generator=generator))
    return encoded


def test_positions_are_their_naive_twin() -> None:
    expected = torch.empty(5, 8)
    for position in range(5):
        for pair in range(4):
            angle = torch.tensor(position / 10_000 ** (2 * pair / 8))
            expected[position, 2 * pair], expected[position, 2 * pair + 1] = angle.sin(), angle.cos()
    torch.testing.assert_close(sinusoidal_positions(5, 8), expected)


@pytest.mark.parametrize("grad", [True, False])
def test_a_padded_sequence_encodes_as_an_unpadded_one(grad: bool) -> None:
    torch.manual_seed(0)
    encoder = SequenceEncoder(FEATURES, 2, tiny()).eval()
    sequences = [torch.randn(length, FEATURES) for length in (9, 4, 1)]
    padded = torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True, padding_value=1e3)
    mask = torch.arange(9) < torch.tensor([9, 4, 1])[:, None]
    with torch.set_grad_enabled(grad):
        together = encoder(padded, mask)
        for row, sequence in enumerate(sequences):
            alone = encoder(sequence[None], torch.ones(1, len(sequence), dtype=torch.bool))
            torch.testing.assert_close(together.embedding_BC[row], alone.embedding_BC[0], atol=1e-5, rtol=0)
            torch.testing.assert_close(
                together.tokens_BLC[row, : len(sequence)], alone.tokens_BLC[0], atol=1e-5, rtol=0
            )


def test_the_order_of_frames_matters() -> None:
    encoder = SequenceEncoder(FEATURES, 2, tiny()).eval()
    x, mask = torch.randn(1, 9, FEATURES), torch.ones(1, 9, dtype=torch.bool)
    assert not torch.allclose(encoder(x, mask).embedding_BC, encoder(x.flip(1), mask).embedding_BC, atol=1e-4)
    model = make(tiny())
    video = torch.randn(1, 4, 3, 16, 16)
    forward, backward = (model.encode_video(one).embedding_BC for one in (video, video.flip(1)))
    assert not torch.allclose(forward, backward, atol=1e-6)


def test_embeddings_have_length_one() -> None:
    for encoded in encode(make(tiny())).values():
        torch.testing.assert_close(encoded.embedding_BC.norm(dim=-1), torch.ones(3))


@pytest.mark.parametrize("fusion", ["tokens", "vectors"])
def test_a_clip_is_reconstructed_from_itself_alone(fusion: str) -> None:
    model = make(tiny(fusion=fusion))
    encoded = encode(model)
    before = model.reconstruct(encoded)
    video = encoded["video"]
    other = torch.tensor([0.0, 5.0, 0.0])
    changed = Encoded(video.embedding_BC + other[:, None], video.tokens_BLC + other[:, None, None], video.mask_BL)
    after = model.reconstruct({**encoded, "video": changed})
    torch.testing.assert_close(after[[0, 2]], before[[0, 2]])
    assert not torch.allclose(after[1], before[1], atol=1e-3)


def test_padding_does_not_change_a_reconstruction() -> None:
    model = make(tiny())
    encoded = encode(model)
    before = model.reconstruct(encoded)[1, :4]
    for modality in ("text", "motion"):
        one = encoded[modality]
        tokens = one.tokens_BLC.masked_fill(~one.mask_BL[..., None], 1e3)
        encoded[modality] = Encoded(one.embedding_BC, tokens, one.mask_BL)
    torch.testing.assert_close(model.reconstruct(encoded)[1, :4], before, atol=1e-5, rtol=0)


def test_two_modalities() -> None:
    model = make(tiny(modalities=("text", "motion")))
    assert model.pairs == [("text", "motion")]
    assert not any("video" in name or "image" in name for name in model.state_dict())
    assert model.reconstruct(encode(model)).shape == (3, 7, FEATURES)


def test_temperatures() -> None:
    shared, each = make(tiny()), make(tiny(temperature="per_pair"))
    assert (len(shared.log_logit_scale), len(each.log_logit_scale)) == (1, 3)
    assert all(scale.item() == pytest.approx(1 / 0.07) for scale in each.logit_scales().values())
    with torch.no_grad():
        shared.log_logit_scale.fill_(9.0)
    shared.clamp_temperature()
    assert shared.logit_scales()["text", "motion"].item() == pytest.approx(MAX_LOGIT_SCALE)


def test_motions_are_normalised_by_the_train_split() -> None:
    model = Lavimo(tiny(), TOKEN_WIDTH, torch.full((FEATURES,), 3.0), torch.full((FEATURES,), 2.0))
    torch.testing.assert_close(model.normalise(torch.full((1, 2, FEATURES), 7.0)), torch.full((1, 2, FEATURES), 2.0))


def test_open_clip_s_models_are_built_by_name() -> None:
    named = image_encoder(tiny(image_model="ViT-B-32-quickgelu", dim=512))
    theirs = open_clip.create_model("ViT-B-32-quickgelu").visual
    assert {k: v.shape for k, v in named.state_dict().items()} == {k: v.shape for k, v in theirs.state_dict().items()}
    named.load_state_dict(theirs.state_dict())
    image = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        torch.testing.assert_close(named.eval()(image), theirs.eval()(image))


@pytest.mark.parametrize("name", ["no-such-model", "RN50", "coca_ViT-B-32"])
def test_other_image_models_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"image_model: found '{name}'"):
        image_encoder(tiny(image_model=name))


def test_the_temporal_transformer_has_text4vis_s_names_and_shapes() -> None:
    temporal = TemporalTransformer(tiny(dim=512, heads=8, video_layers=6))
    shapes = {name: tuple(tensor.shape) for name, tensor in temporal.state_dict().items()}
    assert shapes["frame_position_embeddings.weight"] == (8, 512)
    assert shapes["transformer.resblocks.5.attn.in_proj_weight"] == (1536, 512)
    assert shapes["transformer.resblocks.0.mlp.c_fc.weight"] == (2048, 512)
    assert len(shapes) == 1 + 6 * 12


def test_too_many_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="found 9 frames a video, expected at most max_video_frames = 8"):
        make(tiny()).encode_video(torch.zeros(1, 9, 3, 16, 16))


def test_a_saved_model_comes_back(tmp_path: Path) -> None:
    model = make(tiny())
    save_model(tmp_path / "m.safetensors", model.state_dict(), model, TrainOptions(epochs=3), epoch=2)
    loaded, metadata = load_model(tmp_path / "m.safetensors")
    assert metadata["epoch"] == 2
    assert metadata["train"]["epochs"] == 3
    assert not loaded.training
    for modality, encoded in encode(loaded).items():
        assert torch.equal(encoded.embedding_BC, encode(model)[modality].embedding_BC)


def damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-50])


def replace(path: Path) -> None:
    path.write_text("this is no model")


@pytest.mark.parametrize("spoil", [damage, replace, Path.unlink])
def test_a_damaged_model_is_refused(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    model = make(tiny())
    save_model(tmp_path / "m.safetensors", model.state_dict(), model, TrainOptions(), epoch=1)
    spoil(tmp_path / "m.safetensors")
    with pytest.raises(ValueError, match=r"m\.safetensors"):
        load_model(tmp_path / "m.safetensors")


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


def test_the_papers_sizes_can_be_written_as_values() -> None:
    paper = ModelOptions(
        dim=512,
        heads=8,
        feedforward=1024,
        motion_layers=6,
        image_model="ViT-B-32-quickgelu",
        video_layers=6,
        decoder_layers=6,
    )
    with torch.device("meta"):
        model = Lavimo(paper, 768, torch.zeros(263), torch.ones(263))
    sizes = {name: sum(p.numel() for p in part.parameters()) for name, part in model.encoders.items()}
    assert sizes["motion"] == 263 * 512 + 512 + 512 + 6 * (4 * (512 * 512 + 512) + 2 * 512 * 1024 + 1536 + 2048) + 1024
    assert model.image_size_px == 224
