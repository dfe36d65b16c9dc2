import csv

import numpy as np
import pytest

from lavimo.config import EvaluateOptions
from lavimo.evaluate.evaluate import Origin, evaluate
from lavimo.shards import write_shard


@pytest.fixture
def write_embeddings(tmp_path):
    """Writes embeddings in the files' format, any part of it replaced, and gives their path."""

    def write(name="embeddings", clips=40, modalities=("text", "motion", "video"), seed=0, **replaced):
        generator = np.random.default_rng(seed)
        meaning_NC = generator.normal(size=(clips, 16))
        parts = {name: (meaning_NC + generator.normal(size=meaning_NC.shape)).astype(np.float32) for name in modalities}
        parts["caption_embeddings"] = generator.normal(size=(clips, 384)).astype(np.float32)
        parts["ids"] = [f"clip_{i:03}" for i in range(clips)]
        parts["captions"] = [f"a person does thing number {i}" for i in range(clips)]
        parts["split"] = "test"
        parts = {key: value for key, value in {**parts, **replaced}.items() if value is not None}
        metadata = {key: parts.pop(key) for key in ("ids", "captions", "split") if key in parts}
        path = tmp_path / f"{name}.safetensors"
        write_shard(path, parts, **metadata)
        return path

    return write


@pytest.fixture
def scored(tmp_path):
    """Evaluates an embeddings file and gives the score file's text and the rows of a tie rule and a subset."""

    def run(embeddings, ties="average", subset="whole", **options):
        path = tmp_path / "scores.csv"
        evaluate(embeddings, path, Origin("lavimo-3", "demo"), EvaluateOptions(**{"bootstrap_samples": 20} | options))
        text = path.read_text()
        rows = [row for row in csv.DictReader(text.splitlines()) if row["ties"] == ties and row["subset"] == subset]
        return text, {(row["protocol"], row["direction"]): row for row in rows}

    return run
