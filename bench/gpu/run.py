"""What a graphics card makes of the paper's model, of rendering and the demo's training. No network; under 8 minutes.

    python bench/gpu/run.py [--device cuda] [--results results] [--seconds 20] [--quick]

Prints a table and writes bench/gpu.json, with the card's name. The model is the paper's, with random weights.
`--results` is a finished demo's folder: its motions are drawn through EGL, and its lavimo-3 is trained again on the
card. `--quick` takes the small model and is for trying the script.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from paper_model import paper_batch, paper_method  # noqa: E402
from table import write_results  # noqa: E402

from lavimo.config import load_config  # noqa: E402
from lavimo.train.distributed import Processes  # noqa: E402
from lavimo.train.optimiser import make_optimiser  # noqa: E402
from lavimo.train.step import Step  # noqa: E402


def trained(device: str, seconds: float, quick: bool, **how: Any) -> tuple[float, float]:
    """Seconds a sample of a whole step, and the memory it needs in MiB."""
    compile_it = how.pop("compile", False)
    config = load_config({"preset": "tiny" if quick else "paper", "runs": {"a": {}}})
    options = config.train.model_copy(update=how)
    small = {"dim": 64, "n_layers": 1, "n_heads": 2, "hidden_dim": 64} if quick else {}
    method = paper_method(config, **small).to(device).train()
    optimiser = make_optimiser(method, options)
    if compile_it:
        for encoder in method.encoders.values():
            encoder.compile()
    batch = paper_batch(config, method, 4 if quick else options.batch_size).to(device)
    on_card = device.startswith("cuda")
    steps, start = -3, time.perf_counter()
    while steps < 1 or time.perf_counter() - start < seconds:
        if steps == 0:
            start = time.perf_counter()
        optimiser.zero_grad()
        Step(method, options, Processes(), 0).backward(batch)
        optimiser.step()
        if on_card:
            torch.cuda.synchronize()
        steps += 1
    memory = torch.cuda.max_memory_allocated() / 2**20 if on_card else float("nan")
    if on_card:
        torch.cuda.reset_peak_memory_stats()
        torch.cuda.empty_cache()
    return (time.perf_counter() - start) / steps / len(batch.clips), memory


def stage(*arguments: object, **sections: object) -> float:
    """The seconds of a stage's command."""
    command = [sys.executable, "-m", "lavimo", *map(str, arguments), "--options", json.dumps(sections)]
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def demo(results: Path, device: str, folder: Path, quick: bool) -> dict[str, tuple[float, float, str]]:
    """Rendering through EGL against the processor, and the scores of a lavimo-3 that is trained here."""
    rows = {}
    shard = sorted(results.glob("animations/*.safetensors"))[0]
    avatars = results / "avatars.safetensors"
    cpu, egl = (stage("render", shard, avatars, folder / kind, render={"renderer": kind}) for kind in ("cpu", "egl"))
    rows["render_a_shard_egl_against_cpu"] = (cpu, egl, "s")
    run = folder / "run"
    files = ["--features", *sorted(results.glob("features/*-of-*.safetensors"))]
    files += ["--frames", *sorted(results.glob("frames/*.safetensors"))]
    inputs = [results / "clips.csv", results / "texts.safetensors"]
    statistics = ["--statistics", results / "features/statistics.safetensors"]
    epochs = {"epochs": 2} if quick else {}
    seconds = stage(
        *("train", *inputs, run / "model", run / "log", *statistics, *files, "--device", device), train=epochs
    )
    log = [json.loads(line) for line in (results / "runs/lavimo-3/log.jsonl").read_text().splitlines()]
    rows["train_lavimo_3_against_its_log"] = (sum(line["seconds"] for line in log), seconds, "s")
    stage("embed", run / "model", *inputs, run / "embeddings", *files, "--device", device)
    stage("evaluate", "--embeddings", run / "embeddings", "--scores", run / "scores.csv", "--run", "lavimo-3")
    theirs, ours = (
        {row.direction: row.metrics["R1"] for row in read(path)}
        for path in (results / "runs/lavimo-3/scores.csv", run / "scores.csv")
    )
    for direction in ("t2m", "v2m"):
        rows[f"wrong_at_1_{direction}"] = (100 - theirs[direction], 100 - ours[direction], "%")
    return rows


def read(path: Path) -> list[Any]:
    """The scores of protocol all on the whole split."""
    from lavimo.evaluate.scores import read_scores

    return [
        row
        for row in read_scores(path)
        if (row.protocol, row.subset, row.ties, row.seed.startswith("mean")) == ("all", "whole", "average", False)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    card = torch.cuda.get_device_name() if given.device.startswith("cuda") else "processor"
    sys.stdout.write(f"{card}, torch {torch.__version__}\n")
    plain, memory = trained(given.device, given.seconds, given.quick, precision="fp32")
    rows: dict[str, tuple[float, float, str]] = {"seconds_a_sample_fp32": (plain, plain, "s")}
    memories = {"fp32": memory}
    for name, how in (("bf16", {}), ("bf16_compiled", {"compile": True}), ("bf16_chunks_of_16", {"chunk": 16})):
        ours, memories[name] = trained(given.device, given.seconds, given.quick, precision="bf16", **how)
        rows[f"seconds_a_sample_{name}"] = (plain, ours, "s")
        if given.device.startswith("cuda"):
            rows[f"memory_{name}"] = (memory, memories[name], "MiB")
    if given.results:
        with tempfile.TemporaryDirectory() as folder:
            rows |= demo(given.results.resolve(), given.device, Path(folder), given.quick)
    write_results("gpu", rows, card=card)


if __name__ == "__main__":
    main()
