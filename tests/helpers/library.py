"""A little library to search: some of the demo's motions, a small model trained on them, and its index."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from once import once

from lavimo.config import (
    DemoOptions,
    EmbedTextsOptions,
    FeaturizeOptions,
    IngestOptions,
    ModelOptions,
    SourceOptions,
    TrainOptions,
)
from lavimo.search.query import Part, Query

SOURCE = SourceOptions(name="demo", kind="demo", demo=DemoOptions(seed=0, train=60, val=12, test=8))
MODEL = ModelOptions(dim=32, heads=2, feedforward=64, motion_layers=1, text_layers=1, video_encoder="landmarks")
TRAIN = TrainOptions(epochs=16, batch_size=12, pair_targets={"motion_video": "identity"})


@dataclass(frozen=True)
class Little:
    """Attributes: the results of a little workflow, the model in them, and an index of them."""

    results: Path
    model: Path
    index: Path

    @classmethod
    def of(cls, folder: Path) -> "Little":
        """That in a folder."""
        return cls(folder / "results", folder / "results/runs/landmarks/model.safetensors", folder / "index")


@pytest.fixture(scope="session")
def little(tmp_path_factory: pytest.TempPathFactory) -> Little:
    """Made once a session: it takes a quarter of a minute. Nobody may change it."""
    return Little.of(once(tmp_path_factory, "little", make_little))


def make_little(folder: Path) -> Little:
    """In a folder."""
    from lavimo.motion.featurize import featurize
    from lavimo.motion.statistics import measure
    from lavimo.search.index import index
    from lavimo.sources.catalogue import catalogue
    from lavimo.sources.ingest import ingest
    from lavimo.text.embed_texts import embed_texts
    from lavimo.train.inputs import Inputs
    from lavimo.train.train import train

    made = Little.of(folder)
    clips, texts, statistics = (
        made.results / name for name in ("clips.csv", "texts.safetensors", "statistics.safetensors")
    )
    motions, features = (made.results / kind / "1-of-1.safetensors" for kind in ("motions", "features"))
    catalogue(clips, SOURCE)
    ingest("1-of-1", motions, motions.with_suffix(".rejected.csv"), SOURCE, IngestOptions())
    featurize(motions, features, FeaturizeOptions())
    measure(clips, [features], statistics)
    embed_texts(clips, texts, EmbedTextsOptions())
    inputs = Inputs(clips, texts, [features], statistics, motions=[motions])
    train(inputs, made.model, made.model.with_name("log.jsonl"), TRAIN, MODEL)
    index([made.results], str(made.index), made.model, licence="MIT", processes=1)
    return made


def text(words: str, **options: Any) -> Query:
    """A query by words."""
    return Query((Part("text", words),), **options)
