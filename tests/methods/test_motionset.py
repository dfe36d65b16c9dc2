"""MotionSet: its loss beside loops, its encoder, and a run from motions to scores without any words."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from lavimo.config import (
    AnimateOptions,
    DrawSilhouettesOptions,
    EmbedOptions,
    EvaluateOptions,
    ModelOptions,
    RenderOptions,
    load_config,
)
from lavimo.encode.embed import embed
from lavimo.encode.retriever import Retriever
from lavimo.encode.silhouettes import SilhouetteSetEncoder
from lavimo.evaluate.evaluate import Origin, evaluate
from lavimo.methods.motionset import triplet_loss
from lavimo.render.draw_silhouettes import draw_silhouettes
from lavimo.scene.animate import animate
from lavimo.shards import Shard
from lavimo.train.inputs import Inputs
from lavimo.train.train import train

RUN = load_config({"runs": {"a": {"method": "motionset", "model": {"dim": 32}, "train": {"epochs": 24}}}})


def test_triplets_are_their_naive_twin():
    x, y = (functional.normalize(torch.randn(7, 5, dtype=torch.float64), dim=-1) for _ in range(2))
    margin, wrong = 0.2, []
    for i in range(7):
        for j in range(7):
            if i != j:
                lack = margin + float((x[i] - y[i]).norm()) - float((x[i] - y[j]).norm())
                wrong += [lack] if lack > 0 else []
    assert float(triplet_loss(x, y, margin)) == pytest.approx(sum(wrong) / len(wrong), rel=1e-9)
    assert float(triplet_loss(x, x, 0.0)) == 0


def test_equal_pictures_have_a_gradient():
    x = torch.zeros(3, 4, requires_grad=True)
    triplet_loss(x, torch.zeros(3, 4), 0.2).backward()
    assert torch.isfinite(x.grad).all()


def test_a_set_has_no_order_and_what_is_twice_in_it_counts_once():
    model = RUN.run_section("a", "model")
    encoder = SilhouetteSetEncoder(model, one_view=False).eval()
    views = np.random.default_rng(0).integers(0, 2, (2, 5, 64, 64)).astype(np.uint8)
    some = [views, views[:, ::-1], np.concatenate([views, views]), views[:1]]
    one, turned, twice, part = encoder(encoder.collate(some)).embedding_BC
    torch.testing.assert_close(turned, one, atol=1e-5, rtol=0)
    torch.testing.assert_close(twice, one, atol=1e-5, rtol=0)
    assert float((part * one).sum().detach()) < 0.9999


def test_training_sees_one_view_of_a_video_and_some_pictures_of_a_motion():
    model, rng = ModelOptions(dim=32, max_silhouettes=7), np.random.default_rng(0)
    views = np.arange(3, dtype=np.uint8)[:, None, None, None] * np.ones((1, 4, 64, 64), np.uint8)
    seen = SilhouetteSetEncoder(model, one_view=True).collate([views], [rng]).x_BL
    assert seen.shape == (1, 4, 64, 64)
    assert len(seen.unique()) == 1
    assert SilhouetteSetEncoder(model, one_view=False).collate([views], [rng]).x_BL.shape == (1, 7, 64, 64)
    assert SilhouetteSetEncoder(model, one_view=False).collate([views]).x_BL.shape == (1, 12, 64, 64)
    first = SilhouetteSetEncoder(model, one_view=True).collate([views]).x_BL
    assert first.shape == (1, 4, 64, 64)
    assert not first.any(), "afterwards a video is its first view"


def test_silhouettes_are_of_both_and_of_nobody_s_words():
    with pytest.raises(ValueError, match=r"found silhouettes, expected them of both encoders, and modalities \[motion"):
        load_config({"runs": {"a": {"model": {"video_encoder": "silhouettes"}}}})
    with pytest.raises(ValueError, match=r"modalities: found \['motion', 'video'\], expected text, motion"):
        load_config({"runs": {"a": {"model": {"modalities": ["motion", "video"]}}}})


@pytest.mark.slow
def test_from_motions_to_scores(little, wardrobe, tmp_path):
    results = little.results
    motions, features = results / "motions" / "1-of-1.safetensors", results / "features" / "1-of-1.safetensors"
    animate(motions, wardrobe, tmp_path / "animations", AnimateOptions())
    silhouettes, model = tmp_path / "silhouettes", tmp_path / "run" / "model.safetensors"
    rendering = RenderOptions(renderer="cpu")
    draw_silhouettes(
        tmp_path / "animations", motions, wardrobe, silhouettes, DrawSilhouettesOptions(frames=4, views=2), rendering
    )
    tables = results / "clips.csv", results / "texts.safetensors"
    inputs = Inputs(*tables, [features], results / "statistics.safetensors", [silhouettes])
    train(inputs, model, model.with_name("log.jsonl"), RUN.run_section("a", "train"), RUN.run_section("a", "model"))
    assert "calibration" in Shard(model).metadata
    vectors, scores = tmp_path / "embeddings.safetensors", tmp_path / "scores.csv"
    embed(model, *tables, [features], [silhouettes], [], vectors, EmbedOptions(split="train"))
    assert {name for name in Shard(vectors).names if "similarity" not in name} == {"caption_embeddings"}
    rows = evaluate(vectors, scores, Origin("a", "demo"), EvaluateOptions())
    found = {row.direction: row for row in rows if row.protocol == "all" and row.ties == "average"}
    assert found.keys() == {"v2m", "m2v"}
    assert found["v2m"].metrics["R10"] > 60  # of 60 training clips; chance is 17
    with pytest.raises(ValueError, match="compares silhouettes"):
        Retriever(model).embed_motions([np.zeros((20, 263), np.float32)])
    with pytest.raises(ValueError, match="compares silhouettes"):
        Retriever(model).embed_videos(["a.mp4"])
