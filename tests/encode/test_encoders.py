"""The encoders: padding, batch mates, order; CLIP's and Text4Vis's files fit; language models are trained along."""

from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from torch import nn

from lavimo.config import Config, EmbedFramesOptions, ModelOptions, TrainOptions, load_config
from lavimo.encode.augment import whole_frames
from lavimo.encode.build import build_encoders
from lavimo.encode.embed_frames import frame_features
from lavimo.encode.embed_frames import image_encoder as embedding_encoder
from lavimo.encode.encoded import Inputs, padded
from lavimo.encode.motion import MotionEncoder
from lavimo.encode.text import LanguageModelEncoder
from lavimo.encode.video import FrameVideoEncoder, TemporalTransformer, image_encoder

FEATURES = 6


def tiny(**changes: object) -> ModelOptions:
    sizes = {"dim": 16, "heads": 2, "feedforward": 32, "motion_layers": 2, "text_layers": 1, "image_size_px": 16}
    more = {"image_patch_px": 8, "image_width": 64, "image_layers": 1, "video_layers": 1, "decoder_layers": 1}
    return ModelOptions.model_validate({**sizes, **more, **changes})


def motion_encoder(**changes: object) -> MotionEncoder:
    torch.manual_seed(0)
    return MotionEncoder(tiny(**changes), np.full(FEATURES, 3, np.float32), np.full(FEATURES, 2, np.float32)).eval()


def sequences() -> list[np.ndarray]:
    return [np.random.default_rng(n).normal(size=(n, FEATURES)).astype(np.float32) for n in (9, 4, 1)]


@pytest.mark.parametrize("patch", [1, 2, 4])
@pytest.mark.parametrize("grad", [True, False])
def test_a_padded_motion_encodes_as_an_unpadded_one(patch: int, grad: bool) -> None:
    encoder = motion_encoder(motion_patch_frames=patch)
    together = encoder.collate(sequences())
    together = Inputs(together.x_BL.masked_fill(~together.mask_BL[..., None], 1e3), together.mask_BL)
    with torch.set_grad_enabled(grad):
        found = encoder(together)
        for row, sequence in enumerate(sequences()):
            alone = encoder(encoder.collate([sequence]))
            torch.testing.assert_close(found.embedding_BC[row], alone.embedding_BC[0], atol=1e-5, rtol=0)
            length = alone.tokens_BLC.shape[1]
            assert length == -(-len(sequence) // patch)
            assert found.mask_BL[row].sum() == length
            torch.testing.assert_close(found.tokens_BLC[row, :length], alone.tokens_BLC[0], atol=1e-5, rtol=0)


def test_motions_are_normalised_by_the_train_split() -> None:
    seven = torch.full((1, 2, FEATURES), 7.0)
    torch.testing.assert_close(motion_encoder().normalise(seven), torch.full((1, 2, FEATURES), 2.0))


def test_the_order_of_frames_matters() -> None:
    encoder, motion = motion_encoder(motion_patch_frames=2), sequences()[0]
    forward, backward = (encoder(encoder.collate([one])).embedding_BC for one in (motion, motion[::-1].copy()))
    assert not torch.allclose(forward, backward, atol=1e-4)
    video = FrameVideoEncoder(tiny(), TrainOptions()).eval()
    frames, mask = torch.randn(1, 4, 3, 16, 16), torch.ones(1, 4, dtype=torch.bool)
    one, other = (video(Inputs(x, mask)).embedding_BC for x in (frames, frames.flip(1)))
    assert not torch.allclose(one, other, atol=1e-6)


def test_long_motions_are_cropped_anywhere_in_training_and_lose_their_end_in_tests() -> None:
    encoder = motion_encoder(max_motion_frames=7)
    motion = np.arange(10, dtype=np.float32)[:, None] * np.ones(FEATURES, np.float32)
    rng = np.random.default_rng(0)
    starts = {int(encoder.collate([motion], [rng]).x_BL[0, 0, 0]) for _ in range(50)}
    assert starts == {0, 1, 2, 3}
    assert encoder.collate([motion]).x_BL[0, :, 0].tolist() == list(range(7))


def test_in_training_motions_are_shaken_by_so_many_deviations() -> None:
    std_F = np.array([0.5, 2.0, 0.0], np.float32)
    encoder = MotionEncoder(ModelOptions(), np.zeros(3, np.float32), std_F)
    motions = [np.ones((60, 3), np.float32)] * 400
    assert bool((encoder.collate(motions, [np.random.default_rng(0)] * 400).x_BL == 1).all()), "not unless asked for"
    encoder.noise = 0.3
    assert bool((encoder.collate(motions).x_BL == 1).all()), "never in tests"
    added_BTF = encoder.collate(motions, [np.random.default_rng(seed) for seed in range(400)]).x_BL.numpy() - 1
    np.testing.assert_allclose(added_BTF.std((0, 1)), 0.3 * std_F, rtol=0.1)
    np.testing.assert_allclose(added_BTF.mean(1).std(0), 0.3 * std_F * np.sqrt(0.64), rtol=0.15)
    steps = np.diff(added_BTF[..., :2], axis=1).std((0, 1)) / added_BTF[..., :2].std((0, 1))
    assert steps.max() < 0.15, "slowly"


def test_padding() -> None:
    found = padded([np.ones((2, 3), np.float32), np.ones((1, 3), np.float32)])
    assert found.mask_BL.tolist() == [[True, True], [True, False]]
    assert found.x_BL[0].min() == 1
    assert found.x_BL[1, 1].max() == 0
    part = found[1:2]
    assert part.x_BL.shape == (1, 1, 3)


def test_too_many_frames_are_refused() -> None:
    frames = Inputs(torch.zeros(1, 9, 3, 16, 16), torch.ones(1, 9, dtype=torch.bool))
    with pytest.raises(ValueError, match="found 9 frames a video, expected at most max_video_frames = 8"):
        FrameVideoEncoder(tiny(), TrainOptions())(frames)


@pytest.mark.parametrize("name", ["no-such-model", "RN50"])
def test_other_image_models_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"image_model: found '{name}', expected small or ViT-B-32-quickgelu"):
        image_encoder(tiny(image_model=name))


@pytest.fixture(scope="module")
def clip() -> nn.Module:
    """open_clip's ViT-B/32 with random weights."""
    torch.manual_seed(0)
    return open_clip.create_model("ViT-B-32-quickgelu").eval()


class Scripted(nn.Module):
    """What OpenAI's file is: a TorchScript archive with `visual.` in it."""

    def __init__(self, visual: nn.Module):
        super().__init__()
        self.visual = visual

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.visual(x)


def test_openai_s_file_loads_and_sees_what_open_clip_sees(tmp_path: Path, clip: nn.Module) -> None:
    ours = FrameVideoEncoder(tiny(image_model="ViT-B-32-quickgelu", dim=512, heads=8), TrainOptions()).eval()
    weights = {f"visual.{k}": v.half() for k, v in clip.visual.state_dict().items()} | {"logit_scale": torch.ones(())}
    torch.save(weights, tmp_path / "plain.pt")
    theirs = image_encoder(tiny(image_model="ViT-B-32-quickgelu", dim=512))
    theirs.load_state_dict(clip.visual.state_dict())
    torch.jit.trace(Scripted(theirs.eval()), torch.randn(1, 3, 224, 224), check_trace=False).save(
        str(tmp_path / "archive.pt")
    )
    image = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        expected = clip.visual(image)
        for name, tolerance in (("archive.pt", 1e-5), ("plain.pt", 2e-2)):  # the second is in half precision
            ours.load_pretrained(str(tmp_path / name))
            torch.testing.assert_close(ours.image(image), expected, atol=tolerance, rtol=0)
    assert len(ours.pretrained()) == len(list(ours.image.parameters()))


def text4vis(folder: Path, clip: nn.Module, layers: int = 6) -> tuple[Path, TemporalTransformer]:
    """A file of Text4Vis's form: CLIP's weights, and its temporal transformer's, as a DataParallel saved them."""
    temporal = TemporalTransformer(tiny(dim=512, heads=8, video_layers=layers))
    content = {
        "epoch": 29,
        "model_state_dict": {f"module.visual.{k}": v for k, v in clip.visual.state_dict().items()}
        | {"module.token_embedding.weight": torch.zeros(3, 2)},
        "fusion_model_state_dict": {f"module.{k}": v for k, v in temporal.state_dict().items()},
    }
    torch.save(content, folder / "k400-vitb-32-f8.pt")
    return folder / "k400-vitb-32-f8.pt", temporal


def test_text4vis_brings_both(tmp_path: Path, clip: nn.Module) -> None:
    path, theirs = text4vis(tmp_path, clip)
    options = tiny(image_model="ViT-B-32-quickgelu", dim=512, heads=8, video_layers=6, image_weights=str(path))
    statistics = np.zeros(FEATURES, np.float32), np.ones(FEATURES, np.float32)
    ours = build_encoders(options, TrainOptions(), statistics, (5, 0), lambda _: [])["video"].eval()
    frames = torch.randn(1, 8, 3, 224, 224)
    with torch.no_grad():
        tokens = clip.visual(frames[0])[None]
        positions = tokens + theirs.frame_position_embeddings.weight
        mean = (tokens + theirs.transformer(positions)).mean(1)
        found = ours(Inputs(frames, torch.ones(1, 8, dtype=torch.bool)))
        expected = torch.nn.functional.normalize(mean, dim=-1)
        torch.testing.assert_close(found.embedding_BC, expected, atol=1e-5, rtol=0)
    assert len(ours.pretrained()) == len(list(ours.parameters()))


def test_clip_can_be_the_frozen_encoder_of_frames(tmp_path: Path, clip: nn.Module) -> None:
    torch.save({f"visual.{k}": v for k, v in clip.visual.state_dict().items()}, tmp_path / "clip.pt")
    options = EmbedFramesOptions(model="ViT-B-32-quickgelu", weights=str(tmp_path / "clip.pt"), video_input="frames")
    frames = np.random.default_rng(0).integers(0, 255, (3, 64, 64, 3), np.uint8)
    found = frame_features([frames], 2.5, embedding_encoder(options, "cpu"), options)
    assert (found[:, -1] == 2.5).all()
    with torch.no_grad():
        expected = clip.visual(whole_frames(frames, 224, "frames"))
    np.testing.assert_allclose(found[:, :-1].astype(float), expected.numpy(), atol=5e-3)


def test_weights_of_another_model_or_none_at_all_are_named(tmp_path: Path, clip: nn.Module) -> None:
    path, _ = text4vis(tmp_path, clip, layers=4)
    encoder = FrameVideoEncoder(
        tiny(image_model="ViT-B-32-quickgelu", dim=512, heads=8, video_layers=6), TrainOptions()
    )
    with pytest.raises(ValueError, match=r"k400.*found no transformer\.resblocks\.4"):
        encoder.load_pretrained(str(path))
    with pytest.raises(ValueError, match=r"found no such file; download OpenAI's ViT-B-32\.pt"):
        encoder.load_pretrained(str(tmp_path / "nowhere.pt"))
    (tmp_path / "text.pt").write_text("no weights")
    with pytest.raises(ValueError, match=r"text\.pt: cannot be read as weights"):
        encoder.load_pretrained(str(tmp_path / "text.pt"))
    torch.save({"a": torch.zeros(2)}, tmp_path / "other.pt")
    with pytest.raises(ValueError, match=r"other\.pt: found no weights that begin with visual"):
        encoder.load_pretrained(str(tmp_path / "other.pt"))


def test_a_language_model_is_trained_along() -> None:
    """The packaged MiniLM, with its real weights, as DistilBERT would be."""
    torch.manual_seed(0)
    encoder = LanguageModelEncoder.from_pretrained(tiny(text_encoder="minilm", dropout=0.0))
    encoder.eval()
    captions = ["a person walks", "someone jumps over a very high fence and then sits down"]
    together = encoder(encoder.collate(captions)).embedding_BC
    for row, caption in enumerate(captions):
        torch.testing.assert_close(
            together[row], encoder(encoder.collate([caption])).embedding_BC[0], atol=1e-5, rtol=0
        )
    before = [p.detach().clone() for p in encoder.pretrained()]
    optimiser = torch.optim.SGD(encoder.parameters(), 0.1)
    first = (together[0] @ together[1]).detach()
    for _ in range(3):
        vectors = encoder(encoder.collate(captions)).embedding_BC
        loss = vectors[0] @ vectors[1]
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < first
    changed = [not torch.equal(p, q) for p, q in zip(before, encoder.pretrained())]
    assert sum(changed) > 0.9 * len(changed) - 3  # the pooler is not used


def test_distilbert_from_a_folder(tmp_path: Path) -> None:
    """A folder of exactly its form, with fewer layers: our tokens are transformers' own."""
    from transformers import AutoModel, AutoTokenizer, DistilBertConfig, DistilBertModel

    from lavimo.text.minilm import minilm_folder

    tokenizer = AutoTokenizer.from_pretrained(minilm_folder(), local_files_only=True)
    config = DistilBertConfig(vocab_size=len(tokenizer), dim=32, n_layers=2, n_heads=2, hidden_dim=64)
    torch.manual_seed(0)
    DistilBertModel(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    encoder = LanguageModelEncoder.from_pretrained(tiny(text_encoder=str(tmp_path))).eval()
    inputs = encoder.collate(["a person walks on", "jumps"])
    theirs = AutoModel.from_pretrained(tmp_path).eval()
    for row, caption in enumerate(("a person walks on", "jumps")):
        expected = theirs(**tokenizer(caption, return_tensors="pt")).last_hidden_state[0]
        mask = inputs.mask_BL.long()
        found = encoder.language_model(input_ids=inputs.x_BL, attention_mask=mask).last_hidden_state[row]
        torch.testing.assert_close(found[: len(expected)], expected, atol=1e-5, rtol=0)


def test_a_language_model_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # the variable was read when it was imported
    with pytest.raises(
        ValueError, match=r"model\.text_encoder 'nobody/nothing': found no such folder, .* into a folder"
    ):
        LanguageModelEncoder.from_pretrained(tiny(text_encoder="nobody/nothing"))


def paper() -> Config:
    return load_config({"preset": "paper", "runs": {"lavimo-3": {}}})


def test_the_paper_s_sizes() -> None:
    """PAPER: C = 512, 6 layers on 263 features, ViT-B/32 and 6 temporal layers."""
    options = paper().model
    with torch.device("meta"):
        video = FrameVideoEncoder(options, TrainOptions())
    motion = MotionEncoder(options, np.zeros(263, np.float32), np.ones(263, np.float32))
    count = {name: sum(p.numel() for p in part.parameters()) for name, part in (("motion", motion), ("video", video))}
    assert count["motion"] == 263 * 512 + 512 + 512 + 6 * (4 * (512 * 512 + 512) + 2 * 512 * 1024 + 1536 + 2048) + 1024
    assert count["video"] == 87_849_216 + 8 * 512 + 6 * (12 * 512 * 512 + 13 * 512)
    assert video.image_size_px == 224
    assert (options.heads, options.text_encoder, options.motion_patch_frames) == (8, "distilbert-base-uncased", 1)
    train = paper().train
    assert (train.epochs, train.batch_size, train.learning_rate, train.pretrained_rate) == (400, 64, 1e-4, 0.1)
