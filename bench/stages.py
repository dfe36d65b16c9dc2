"""What each stage costs a clip, in wall and processor seconds, against the clip's own length in seconds.

Runs the stages one after another, each as the command that Snakemake runs, on 24 demo clips; a ratio above 1 is faster
than real time. Training is measured an epoch.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from table import write_results

from lavimo.motion.motion import FPS, read_motions

ROOT = Path(__file__).parents[1]
SHARD = "1-of-1"
SOURCE = {"kind": "demo", "demo": {"train": 16, "val": 4, "test": 4}}
EPOCHS = 4


def measured(*arguments: object, **sections: object) -> tuple[float, float]:
    """Wall and processor seconds of one stage's command."""
    command = [sys.executable, "-m", "lavimo", *map(str, arguments), "--options", json.dumps(sections)]
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


with tempfile.TemporaryDirectory() as name:
    at = Path(name)
    run = at / "run"
    run.mkdir()
    shards = ["--features", at / "features", "--frames", at / "frames"]
    measures = ["--statistics", at / "statistics"]
    costs = {
        "catalogue": measured("catalogue", at / "clips.csv", source=SOURCE),
        "ingest": measured("ingest", SHARD, at / "motions", at / "refused", source=SOURCE),
        "featurize": measured("featurize", at / "motions", at / "features"),
        "measure": measured("measure", at / "clips.csv", at / "statistics", "--features", at / "features"),
        "dress": measured("dress", at / "avatars"),
        "animate": measured("animate", at / "motions", at / "avatars", at / "animations"),
        "render": measured("render", at / "animations", at / "avatars", at / "videos"),
        "sample_frames": measured("sample-frames", at / "videos", at / "frames"),
        "embed_texts": measured("embed-texts", at / "clips.csv", at / "texts"),
        "train_epoch": measured(
            *("train", at / "clips.csv", at / "texts", run / "model", run / "log", *measures, *shards),
            train={"epochs": EPOCHS},
        ),
        "embed": measured("embed", run / "model", at / "clips.csv", at / "texts", run / "embeddings", *shards),
        "evaluate": measured(
            "evaluate",
            "--embeddings",
            run / "embeddings",
            "--scores",
            run / "scores",
            "--run",
            "bench",
            "--source",
            "demo",
        ),
    }
    wall_s, cpu_s = costs["train_epoch"]
    costs["train_epoch"] = wall_s / EPOCHS, cpu_s / EPOCHS
    lengths = [len(motion) / FPS for _, motion in read_motions(at / "motions")]

clip_seconds = sum(lengths) / len(lengths)
results = {}
for stage, (wall, cpu) in costs.items():
    results[f"{stage}_wall"] = (clip_seconds, wall / len(lengths), "s/clip")
    results[f"{stage}_cpu"] = (clip_seconds, cpu / len(lengths), "s/clip")
write_results("stages", results)
