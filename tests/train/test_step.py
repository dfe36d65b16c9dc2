"""A step's gradient is the same whole, in parts, and over two processes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from synthetic import Files, inputs_of, losses, run

from lavimo.config import ModelOptions, TrainOptions, load_config
from lavimo.encode.build import build_encoders
from lavimo.encode.cached_videos import CachedFrames
from lavimo.encode.encoded import Inputs
from lavimo.encode.motion import MotionEncoder
from lavimo.encode.samples import Samples
from lavimo.encode.text import LanguageModelEncoder
from lavimo.encode.video import FrameVideoEncoder
from lavimo.methods.lavimo import Lavimo
from lavimo.motion.statistics import read_statistics
from lavimo.train.batch import Batch, make_batch
from lavimo.train.distributed import Processes
from lavimo.train.optimiser import make_optimiser
from lavimo.train.step import Step


def gradients(files: Files, folder: Path, model: ModelOptions, **options: object) -> dict[str, torch.Tensor]:
    """Of a batch of all twelve clips, of which some lack a video."""
    train = TrainOptions.model_validate(options)
    inputs = inputs_of(files, folder / "statistics")
    samples = Samples(files.clips, files.texts, files.features, CachedFrames(files.frames))
    torch.manual_seed(0)
    statistics = read_statistics(inputs.statistics, samples.feature_width)
    encoders = build_encoders(model, train, statistics, (samples.texts.token_width, 0), samples.token_features)
    method = Lavimo(model, encoders).train()
    batch = make_batch(samples, samples.split("train"), encoders, 1, train)
    found = Step(method, train, Processes(), 7).backward(batch)
    return {**{f"loss {k}": v for k, v in found.items()}, **{n: p.grad for n, p in method.named_parameters()}}


@pytest.mark.parametrize("chunk", [1, 5, 11, 12])
def test_gradient_caching_changes_nothing(files: Files, tmp_path: Path, tiny_model: ModelOptions, chunk: int) -> None:
    still = tiny_model.model_copy(update={"dropout": 0.0})
    # At full precision: in bf16 the order of sums matters.
    whole = gradients(files, tmp_path, still, precision="fp32")
    parts = gradients(files, tmp_path, still, precision="fp32", chunk=chunk)
    assert whole.keys() == parts.keys()
    for name, expected in whole.items():
        torch.testing.assert_close(parts[name], expected, atol=1e-6, rtol=1e-5, msg=name)


def test_gradient_caching_with_dropout_sees_the_same_network_twice(
    files: Files, tmp_path: Path, tiny_model: ModelOptions
) -> None:
    """Else the gradient of a part would belong to other embeddings than the loss."""
    one, two = (gradients(files, tmp_path, tiny_model, chunk=5) for _ in range(2))
    for name, expected in one.items():
        assert torch.equal(two[name], expected), name


TWO = """
import sys
from pathlib import Path
from synthetic import Files, run
from lavimo.config import ModelOptions, TrainOptions
import json
given = json.loads(sys.argv[1])
shards = ([Path(p) for p in given[k]] for k in ("features", "frames"))
files = Files(Path(given["clips"]), Path(given["texts"]), *shards)
options, model = TrainOptions.model_validate(given["train"]), ModelOptions.model_validate(given["model"])
run(files, Path(given["folder"]), options, model)
"""


def test_two_processes_are_one(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    """Ten steps with the same batches, by torchrun's environment and gloo."""
    # At full precision: in bf16 the order of sums matters.
    options = TrainOptions(epochs=5, batch_size=6, learning_rate=1e-3, precision="fp32")
    still = tiny_model.model_copy(update={"dropout": 0.0})
    one = run(files, tmp_path / "one", options, still)
    inputs_of(files, (tmp_path / "two").with_suffix(".statistics"))
    given = json.dumps(
        {
            "clips": str(files.clips),
            "texts": str(files.texts),
            "features": [str(path) for path in files.features],
            "frames": [str(path) for path in files.frames],
            "folder": str(tmp_path / "two"),
            "train": options.model_dump(mode="json"),
            "model": still.model_dump(mode="json"),
        }
    )
    script = tmp_path / "two.py"
    script.write_text(TWO)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", script, given]
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'tests/helpers'}", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([*map(str, command)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    for alone, together in zip(losses(one), losses(tmp_path / "two/model.safetensors")):
        for name, loss in alone.items():
            assert together[name] == pytest.approx(loss, abs=1e-5, rel=1e-5)


def test_a_batch_that_cannot_be_parted_is_named() -> None:
    with pytest.raises(ValueError, match="found a batch of 5 clips for 2 processes, expected a multiple"):
        Processes(2, 0).own(["a"] * 5)
    assert Processes(2, 1).own(list("abcd")) == ["c", "d"]


@pytest.mark.slow
def test_the_paper_s_model_takes_a_step() -> None:
    """Every size of the paper, with random weights: forward, backward, the optimiser's step, in bf16 as there."""
    from transformers import DistilBertConfig, DistilBertModel

    config = load_config({"preset": "paper", "runs": {"lavimo-3": {}}})
    torch.manual_seed(0)
    motion = MotionEncoder(config.model, np.zeros(263, np.float32), np.ones(263, np.float32))
    text = LanguageModelEncoder(config.model, None, DistilBertModel(DistilBertConfig()))
    video = FrameVideoEncoder(config.model, config.train)
    method = Lavimo(config.model, torch.nn.ModuleDict({"text": text, "motion": motion, "video": video})).train()
    whole = {
        "text": Inputs(torch.randint(0, 30_000, (2, 12)), torch.ones(2, 12, dtype=torch.bool)),
        "motion": Inputs(torch.randn(2, 60, 263), torch.arange(60) < torch.tensor([[60], [45]])),
        "video": Inputs(torch.randn(2, 8, 3, 224, 224), torch.ones(2, 8, dtype=torch.bool)),
    }
    rows = {name: torch.arange(2) for name in whole}
    batch = Batch(["a", "b"], torch.nn.functional.normalize(torch.randn(2, 768), dim=-1), whole, rows)
    optimiser = make_optimiser(method, config.train)
    before = {name: parameter.detach().clone() for name, parameter in method.named_parameters()}
    losses = Step(method, config.train, Processes(), 0).backward(batch)
    optimiser.step()
    assert all(torch.isfinite(loss) for loss in losses.values())
    moved = [name for name, parameter in method.named_parameters() if not torch.equal(parameter, before[name])]
    assert len(moved) > 0.95 * len(before)
