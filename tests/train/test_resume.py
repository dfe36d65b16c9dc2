"""A training that is stopped anywhere goes on to the same bytes."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from synthetic import SHORT, Files, inputs_of, losses, run

import lavimo.train.train as training
from lavimo.config import ModelOptions, TrainOptions
from lavimo.train.resume import fingerprint, load_progress
from lavimo.train.trainer import Trainer

KILLED = """
import sys
from pathlib import Path
from synthetic import Files, run
from lavimo.config import ModelOptions, TrainOptions
clips, texts, features, frames = sys.argv[2:6]
files = Files(Path(clips), Path(texts), [Path(p) for p in features.split(",")], [Path(p) for p in frames.split(",")])
options, model = TrainOptions.model_validate_json(sys.argv[6]), ModelOptions.model_validate_json(sys.argv[7])
run(files, Path(sys.argv[1]), options, model)
"""


def test_a_killed_training_goes_on_to_the_same_bytes(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    options = TrainOptions(epochs=16, batch_size=6, learning_rate=1e-3, save_seconds=0)
    folder = tmp_path / "killed"
    paths = [files.clips, files.texts, ",".join(map(str, files.features)), ",".join(map(str, files.frames))]
    arguments = [*map(str, [folder, *paths]), options.model_dump_json(), tiny_model.model_dump_json()]
    process = subprocess.Popen([sys.executable, "-c", KILLED, *arguments], cwd=Path(__file__).parents[1] / "helpers")
    log = folder / "log.jsonl"
    deadline = time.monotonic() + 60
    while not (log.exists() and len(log.read_text().splitlines()) >= 5) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (folder / "model.safetensors").exists()
    state = torch.load(folder / "model.resume", weights_only=True)
    assert 4 <= state["epoch"] < 16

    # In processes of their own, as the workflow has them: libraries that other tests load change how this one rounds.
    undisturbed = tmp_path / "undisturbed"
    for where in (folder, undisturbed):
        command = [sys.executable, "-c", KILLED, str(where), *arguments[1:]]
        subprocess.run(command, cwd=Path(__file__).parents[1] / "helpers", check=True)
    for name in ("model.safetensors", "last.safetensors"):
        assert (folder / name).read_bytes() == (undisturbed / name).read_bytes()
    assert losses(folder / "model.safetensors") == losses(undisturbed / "model.safetensors")
    assert not (folder / "model.resume").exists()


class Stopped(Exception):
    """As a kill, between two steps."""


@pytest.mark.parametrize("ema", [0.0, 0.9])
def test_stopped_at_any_step_the_bits_are_the_same(
    files: Files, tmp_path: Path, tiny_model: ModelOptions, monkeypatch: pytest.MonkeyPatch, ema: float
) -> None:
    """At ten random steps of one training, in the middle of epochs too."""
    options = TrainOptions(epochs=10, batch_size=3, learning_rate=1e-3, save_seconds=0, ema=ema)
    undisturbed = run(files, tmp_path / "undisturbed", options, tiny_model)
    step, steps = Trainer.step, 0
    stops = set(np.random.default_rng(0).choice(np.arange(1, 40), 10, replace=False).tolist())

    def until_stopped(*arguments: object) -> None:
        nonlocal steps
        if steps in stops:
            stops.remove(steps)
            raise Stopped
        step(*arguments)
        steps += 1

    monkeypatch.setattr(Trainer, "step", until_stopped)
    stopped = 0
    while True:
        try:
            model = run(files, tmp_path / "stopped", options, tiny_model)
            break
        except Stopped:
            stopped += 1
    assert stopped == 10
    assert steps == 40, "no step was done twice"
    for name in ("model.safetensors", "last.safetensors"):
        assert (model.parent / name).read_bytes() == (undisturbed.parent / name).read_bytes()
    assert losses(model) == losses(undisturbed)


def test_killed_after_the_last_epoch_and_its_log_taken_away_it_writes_it_again(
    files: Files, tmp_path: Path, tiny_model: ModelOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Snakemake takes a killed job's outputs away. Found by killing the workflow."""
    options = SHORT.model_copy(update={"save_seconds": 0})
    undisturbed = run(files, tmp_path / "undisturbed", options, tiny_model)

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    with monkeypatch.context() as stopping:
        stopping.setattr(training, "save_model", stop)
        with pytest.raises(Stopped):
            run(files, tmp_path / "stopped", options, tiny_model)
    log = tmp_path / "stopped" / "log.jsonl"
    log.unlink()
    model = run(files, tmp_path / "stopped", options, tiny_model)
    assert model.read_bytes() == undisturbed.read_bytes()
    assert losses(model) == losses(undisturbed)


def test_another_training_s_progress_is_not_taken(files: Files, tmp_path: Path) -> None:
    identities = [
        fingerprint([SHORT], [files.clips]),
        fingerprint([SHORT.model_copy(update={"seed": 1})], [files.clips]),
        fingerprint([SHORT], [files.texts]),
    ]
    assert len(set(identities)) == 3
    torch.save({"fingerprint": identities[1]}, tmp_path / "model.resume")
    assert load_progress(tmp_path / "model.resume", identities[0]) is None
    assert load_progress(tmp_path / "absent.resume", identities[0]) is None


def test_progress_of_an_older_version_is_not_taken(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    """Its fields were others: training begins anew."""
    inputs = inputs_of(files, tmp_path / "new.statistics")
    identity = fingerprint([SHORT, tiny_model], inputs.all())
    (tmp_path / "new").mkdir()
    torch.save({"fingerprint": identity, "epochs_done": 2, "weights": {}}, tmp_path / "new/model.resume")
    assert load_progress(tmp_path / "new/model.resume", identity) is None
