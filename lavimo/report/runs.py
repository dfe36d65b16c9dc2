"""What the runs and the ingest left behind as text: training logs and rejected clips."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Epoch = dict[str, Any]
"""A line of a training log."""
KEYS = ("epoch", "train", "val", "learning_rate", "seconds")


def read_log(path: Path) -> list[Epoch]:
    """The epochs of a training log, one JSON object of KEYS a line.

    Raises:
        ValueError: the file is missing, or a line is no such object.
    """
    epochs = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
    for number, line in enumerate(lines, start=1):
        try:
            epoch = json.loads(line)
            epochs.append({key: epoch[key] for key in KEYS})
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(f"{path}, line {number}: no epoch of a training log ({error})") from error
    return epochs


def curves(logs: dict[str, list[Epoch]], part: str) -> dict[str, dict[str, list[tuple[int, float]]]]:
    """By value name and run, the (epoch, value) points of a part of the logs."""
    found: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for run, epochs in logs.items():
        for epoch in epochs:
            for name, value in epoch[part].items():
                found.setdefault(name, {}).setdefault(run, []).append((epoch["epoch"], value))
    return found


def read_rejected(paths: Iterable[Path]) -> list[tuple[str, str]]:
    """Every rejected clip and the reason, sorted by clip.

    Raises:
        ValueError: a file is missing or has other columns than clip, reason.
    """
    rejected = []
    for path in paths:
        try:
            with open(path, newline="", encoding="utf-8") as file:
                reader = csv.DictReader(file)
                if reader.fieldnames != ["clip", "reason"]:
                    raise ValueError(f"{path}: found the columns {reader.fieldnames}, expected clip, reason")
                rejected += [(row["clip"], row["reason"]) for row in reader]
        except OSError as error:
            raise ValueError(f"{path}: cannot be read ({error})") from error
    return sorted(rejected)
