"""A finished tiny workflow, run once, that tests copy and change."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from experiment import Experiment
from once import once

TINY = {
    "shards": 2,
    "dress": {"avatars": ["jonas", "mei"]},
    "animate": {"views": 1},
    "render": {"size_px": 64, "videos": "all"},
    "sample_frames": {"size_px": 32, "candidates": 2},
    "train": {"epochs": 4, "save_seconds": 0},
    "report": {"queries": 2},
    # Of the demo's runs the two that take the way by frames, and facts beside one of them.
    "runs": {
        **dict.fromkeys(("landmarks", "both", "match", "landmarks-match", "facts")),
        "lavimo-3": {"model": {"video_encoder": "frames"}},
    },
}


def bvh_experiment(folder: Path, write_bvh: Callable[..., Path], **overrides: Any) -> Experiment:
    """Twelve BVH clips with captions, and a config that trains on them for a moment."""
    splits = ["train"] * 6 + ["val"] * 2 + ["test"] * 4
    rows = []
    for index, split in enumerate(splits):
        write_bvh(folder / f"data/bvh/sway_{index:02d}.bvh", frames=45 + 3 * index, seed=index)
        rows.append({"clip": f"sway_{index:02d}", "caption": f"a person sways in manner {index}", "split": split})
    with open(folder / "data/captions.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, ["clip", "caption", "split"])
        writer.writeheader()
        writer.writerows(rows)
    experiment = Experiment(folder)
    source = {"name": "sway", "kind": "bvh", "bvh": {"folder": "data/bvh", "captions": "data/captions.csv"}}
    experiment.config_path.write_text(yaml.safe_dump({**TINY, "source": source, **overrides}))
    return experiment


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, write_bvh: Callable[..., Path]) -> Experiment:
    """A workflow of twelve BVH clips that has run to its end."""
    return Experiment(once(tmp_path_factory, "finished", lambda folder: bvh_experiment(folder, write_bvh).snakemake()))


@pytest.fixture
def experiment(finished: Experiment, tmp_path: Path) -> Experiment:
    """A copy of the finished workflow, to change."""
    shutil.copytree(finished.folder, tmp_path / "experiment", symlinks=True)
    return Experiment(tmp_path / "experiment")


@pytest.fixture
def fresh(tmp_path: Path, write_bvh: Callable[..., Path]) -> Experiment:
    """An experiment equal to the finished one, of which nothing has run."""
    return bvh_experiment(tmp_path / "fresh", write_bvh)
