"""A training's curve in the terminal, drawn anew whenever its log has a new line."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from lavimo.report.runs import Epoch, read_log

BARS = " ▁▂▃▄▅▆▇█"
WIDTH = 60


def watch(run: Path, every_s: float = 2.0, once: bool = False) -> None:
    """Draw the log of a run's folder until its model is there, or the reader has seen enough (Ctrl-C).

    Args:
        once: draw what is there now and stop.

    Raises:
        ValueError: the folder is no run's, or the log is damaged.
    """
    log = run / "log.jsonl"
    if once or not run.exists():
        sys.stdout.write("\n".join(lines(run.name, read_log(log))) + "\n")
        return
    shown = 0
    for epochs in _changes(log, every_s):
        drawn = lines(run.name, epochs)
        sys.stdout.write((f"\x1b[{shown}A" if shown else "") + "".join(f"\x1b[2K{line}\n" for line in drawn))
        sys.stdout.flush()
        shown = len(drawn)
        if (run / "model.safetensors").exists():
            return


def lines(name: str, epochs: list[Epoch]) -> list[str]:
    """Each curve in a line: its name, its shape over the epochs, its last value."""
    last = epochs[-1]
    seconds = sum(epoch["seconds"] for epoch in epochs)
    head = f"{name}: epoch {last['epoch']}, {seconds / len(epochs):.1f} s each, {seconds / 60:.1f} min so far"
    curves = {"loss": [epoch["train"]["total"] for epoch in epochs]}
    for key, text in (
        ("t2m_R1", "text to motion R@1"),
        ("t2m_R10", "text to motion R@10"),
        ("v2m_R1", "video to motion R@1"),
    ):
        if key in last["val"]:
            curves[text] = [epoch["val"][key] for epoch in epochs]
    return [head, *(f"{text:>20} {_shape(values)} {values[-1]:.4g}" for text, values in curves.items())]


def _shape(values: list[float]) -> str:
    """The values as bars, the last of each stretch where there are more than fit."""
    some = [
        values[(place + 1) * len(values) // min(WIDTH, len(values)) - 1] for place in range(min(WIDTH, len(values)))
    ]
    low, high = min(some), max(some)
    span = (high - low) or 1.0
    return "".join(BARS[1 + round((value - low) / span * (len(BARS) - 2))] for value in some)


def _changes(log: Path, every_s: float) -> Iterator[list[Epoch]]:
    count = 0
    while True:
        epochs = read_log(log) if log.exists() else []
        if len(epochs) > count:
            count = len(epochs)
            yield epochs
        time.sleep(every_s)
