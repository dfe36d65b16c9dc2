"""What the judge says as one table: a row a measure, a column a set."""

from typing import Any

ARROWS = {"R-precision": "↑", "matching distance": "↓", "FID": "↓", "diversity": "→", "multimodality": "→"}
"""Which way is better: higher, lower, nearer to the real ones."""
WORDS = {"R1": "R@1 ↑", "R3": "R@3 ↑", "R10": "R@10 ↑", "MedR": "MedR ↓"}
DIRECTIONS = {"t2m": "text to motion", "m2t": "motion to text"}
NOTHING = "-"


def markdown(found: dict[str, Any]) -> str:
    """The table and the notes under it."""
    sets: dict[str, Any] = found["sets"]
    rows = [["", *sets], ["motions", *(str(one["motions"]) for one in sets.values())]]
    for name in dict.fromkeys(name for one in sets.values() for name in one["measures"]):
        arrow = next(arrow for start, arrow in ARROWS.items() if name.startswith(start))
        rows.append([f"{name} {arrow}", *(_with_interval(one["measures"].get(name)) for one in sets.values())])
    for direction, words in DIRECTIONS.items():
        for metric, title in WORDS.items():
            values = [one.get("retrieval", {}).get(direction, {}).get(metric) for one in sets.values()]
            if any(value is not None for value in values):
                rows.append([f"{words}, all: {title}", *(_number(value, 1) for value in values)])
    for key, title in (("cosine", "cosine with the nearest training motion"), ("copied", "nearer than real ones, %")):
        values = [one.get("nearest training motion", {}).get(key) for one in sets.values()]
        if any(value is not None for value in values):
            rows.append([title, *(_number(value, 3 if key == "cosine" else 1) for value in values)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths))} |" for row in rows]
    lines.insert(1, f"|{'|'.join('-' * (width + 2) for width in widths)}|")
    notes = [f"- {note}" for note in found["notes"]]
    return "\n".join([*lines, *([""] if notes else []), *notes]) + "\n"


def _with_interval(value: dict[str, float] | None) -> str:
    return NOTHING if value is None else f"{value['mean']:.3f} ± {value['interval']:.3f}"


def _number(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}"
