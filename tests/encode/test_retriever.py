"""What is left after training embeds what the workflow has never seen, as the workflow embeds what it has."""

from pathlib import Path

import numpy as np
import pytest
from data_folders import DATA

import lavimo
from lavimo.clips import Clip, write_clips
from lavimo.config import EmbedOptions, EmbedTextsOptions, FeaturizeOptions, ModelOptions, TrainOptions
from lavimo.encode.embed import embed
from lavimo.formats import read_motion
from lavimo.motion.featurize import features_of, featurize
from lavimo.motion.motion import write_motions
from lavimo.motion.statistics import measure
from lavimo.shards import Shard, write_shard
from lavimo.text.embed_texts import embed_texts
from lavimo.train.train import Inputs, train
from lavimo.video.codec import write_video

TRIALS = sorted((DATA / "cmu").glob("*.bvh"))[:4]
SMALL = {
    "dim": 16, "heads": 2, "feedforward": 32, "motion_layers": 1, "text_layers": 1, "video_input": "frames",
    "image_patch_dropout": 0, "image_size_px": 16, "image_patch_px": 8, "image_width": 64, "image_layers": 1,
    "video_layers": 1, "decoder_layers": 1,
}  # fmt: skip
ABOUT = {
    "source": {"name": "four trials", "licence": "free for all uses"},
    "sample_frames": {"count": 4, "candidates": 1, "size_px": 32},
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on four real recordings, with what the workflow's stages would leave."""
    at = tmp_path_factory.mktemp("trained")
    splits = ("train", "train", "val", "test")
    clips = [Clip(path.stem, split, (f"a person does {path.stem}",)) for path, split in zip(TRIALS, splits)]
    write_clips(at / "clips.csv", clips)
    write_motions(at / "motions.safetensors", {path.stem: read_motion(path, 0.0, 4.0) for path in TRIALS})
    featurize(at / "motions.safetensors", at / "features.safetensors", FeaturizeOptions())
    measure(at / "clips.csv", [at / "features.safetensors"], at / "statistics.safetensors")
    embed_texts(at / "clips.csv", at / "texts.safetensors", EmbedTextsOptions())
    rng = np.random.default_rng(0)
    frames = {path.stem: rng.integers(0, 255, (1, 4, 1, 32, 32, 3)).astype(np.uint8) for path in TRIALS}
    write_shard(at / "frames.safetensors", frames)
    inputs = Inputs(
        at / "clips.csv",
        at / "texts.safetensors",
        [at / "features.safetensors"],
        at / "statistics.safetensors",
        [at / "frames.safetensors"],
    )
    options = TrainOptions(epochs=2, batch_size=2)
    train(inputs, at / "model.safetensors", at / "log.jsonl", options, ModelOptions.model_validate(SMALL), about=ABOUT)
    shards = [at / "features.safetensors"], [at / "frames.safetensors"]
    embed(
        at / "model.safetensors", inputs.clips, inputs.texts, *shards, [], at / "embeddings", EmbedOptions(split="test")
    )
    return at


def test_it_embeds_as_the_workflow_does(trained: Path) -> None:
    model, stage = lavimo.load(trained / "model.safetensors"), Shard(trained / "embeddings")
    path = TRIALS[3]
    words = model.embed_texts([f"a person does {path.stem}"])
    np.testing.assert_allclose(words, stage["text"], atol=1e-5)
    motion = read_motion(path, 0.0, 4.0)
    np.testing.assert_allclose(model.embed_motions([motion]), stage["motion"], atol=1e-5)
    features = features_of(motion, FeaturizeOptions())
    np.testing.assert_allclose(model.embed_motions([features]), stage["motion"], atol=1e-5)


def test_a_file_and_a_sentence_that_were_never_in_the_workflow(trained: Path) -> None:
    model = lavimo.load(trained)
    motions = model.embed_motions([DATA / "cmu" / TRIALS[0].name, str(TRIALS[1])])
    words = model.embed_texts(["somebody runs", "somebody sits"])
    assert (words @ motions.T).shape == (2, 2)
    np.testing.assert_allclose(np.linalg.norm(motions, axis=1), 1, rtol=1e-5)
    assert model.embed_texts([]).shape == (0, 16)


def test_a_video_of_any_shape(trained: Path, tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (30, 64, 96, 3)).astype(np.uint8)
    write_video(tmp_path / "phone.mp4", frames, 20, 5)
    found = lavimo.load(trained).embed_videos([tmp_path / "phone.mp4", frames[:, :, 16:80]])
    assert found.shape == (2, 16)
    assert found[0] @ found[1] > 0.9, "the middle square of the first is the second, but for compression"


def test_it_is_saved_with_a_card(trained: Path, tmp_path: Path) -> None:
    model = lavimo.load(trained)
    model.save_pretrained(tmp_path / "mine")
    again = lavimo.load(tmp_path / "mine")
    words = ["a person walks"]
    np.testing.assert_array_equal(again.embed_texts(words), model.embed_texts(words))
    card = (tmp_path / "mine/README.md").read_text()
    assert "trained on four trials" in card
    assert "Licence: free for all uses" in card
    assert '"convention": "humanml3d"' in card


def test_what_it_cannot_do_is_said(trained: Path, tmp_path: Path) -> None:
    model = lavimo.load(trained)
    with pytest.raises(ValueError, match="sentence 1: found an empty one"):
        model.embed_texts(["a", " "])
    with pytest.raises(ValueError, match=r"found features \(5, 7\), expected \(frames, 263\)"):
        model.embed_motions([np.zeros((5, 7), np.float32)])
    with pytest.raises(ValueError, match=r"expected the model\.safetensors of a run, or its folder"):
        lavimo.load(tmp_path / "nowhere.safetensors")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/model.safetensors").write_bytes(b"other weights")
    other = lavimo.load(trained, text_model=str(tmp_path / "other"))
    with pytest.raises(ValueError, match=r"found weights of sha256 .* give the folder of that model"):
        other.embed_texts(["a person walks"])
