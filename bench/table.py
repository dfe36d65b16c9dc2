"""What the benches share: their figures as a printed table and as bench/NAME.json."""

import json
import sys
from pathlib import Path

from lavimo.files import atomic

Figure = tuple[float, float, str]
"""Baseline, ours, and the unit of both, in which less is better."""


def write_results(name: str, figures: dict[str, Figure], **about: object) -> None:
    """Print the figures and write them to bench/NAME.json; ratio = baseline / ours, so bigger is better.

    Args:
        about: what else the file says.
    """
    rows = {
        measure: {"baseline": baseline, "ours": ours, "ratio": baseline / ours, "unit": unit}
        for measure, (baseline, ours, unit) in figures.items()
    }
    width = max(map(len, rows))
    lines = [f"{name} (ratio = baseline / ours: bigger is better)"]
    lines.append(f"{'measure':{width}}  {'baseline':>10}  {'ours':>10}  {'ratio':>8}  unit")
    for measure, row in rows.items():
        numbers = f"{row['baseline']:10.3f}  {row['ours']:10.3f}  {row['ratio']:8.2f}"
        lines.append(f"{measure:{width}}  {numbers}  {row['unit']}")
    sys.stdout.write("\n".join(lines) + "\n")
    with atomic(Path(__file__).parent / f"{name}.json") as partial:
        partial.write_text(json.dumps({**about, **rows}, indent=2) + "\n")
