"""A little library to search: some of the demo's motions, a small model trained on them, and its index."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from lavimo.config import (
    DemoOptions,
    EmbedTextsOptions,
    FeaturizeOptions,
    IngestOptions,
    ModelOptions,
    SourceOptions,
    TrainOptions,
)
from lavimo.motion.featurize import featurize
from lavimo.motion.statistics import measure
from lavimo.search.index import index
from lavimo.sources.catalogue import catalogue
from lavimo.sources.ingest import ingest
from lavimo.text.embed_texts import embed_texts
from lavimo.train.inputs import Inputs
from lavimo.train.train import train

SOURCE = SourceOptions(name="demo", kind="demo", demo=DemoOptions(seed=0, train=60, val=12, test=8))
MODEL = ModelOptions(dim=32, heads=2, feedforward=64, motion_layers=1, text_layers=1, video_encoder="landmarks")
TRAIN = TrainOptions(epochs=16, batch_size=12, pair_targets={"motion_video": "identity"})


@dataclass(frozen=True)
class Little:
    """Attributes: the results of a little workflow, the model in them, and an index of them."""

    results: Path
    model: Path
    index: Path


@pytest.fixture(scope="session")
def little(tmp_path_factory: pytest.TempPathFactory) -> Little:
    """Made once a session: it takes a quarter of a minute."""
    return make_little(tmp_path_factory.mktemp("little"))


def make_little(at: Path) -> Little:
    """In a folder."""
    results = at / "results"
    motions, features = results / "motions" / "1-of-1.safetensors", results / "features" / "1-of-1.safetensors"
    catalogue(results / "clips.csv", SOURCE)
    ingest("1-of-1", motions, results / "motions" / "1-of-1.rejected.csv", SOURCE, IngestOptions())
    featurize(motions, features, FeaturizeOptions())
    measure(results / "clips.csv", [features], results / "statistics.safetensors")
    embed_texts(results / "clips.csv", results / "texts.safetensors", EmbedTextsOptions())
    inputs = Inputs(
        results / "clips.csv",
        results / "texts.safetensors",
        [features],
        results / "statistics.safetensors",
        [],
        [],
        [motions],
    )
    model = results / "runs" / "landmarks" / "model.safetensors"
    train(inputs, model, model.with_name("log.jsonl"), TRAIN, MODEL)
    index([results], str(at / "index"), model, licence="MIT", processes=1)
    return Little(results, model, at / "index")
