"""Plots as SVG that take their colours from the page, so that they are at home in light and in dark."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator
from numpy.typing import NDArray

Points = list[tuple[int, float]]

INK, GRID, RIGHT, WRONG = "#010203", "#040506", "#070801", "#070802"
RUNS = tuple(f"#0a0b{number:02x}" for number in range(1, 11))
"""Placeholders that the page's own colours replace."""
COLOURS = {INK: "--soft", GRID: "--line", RIGHT: "--right", WRONG: "--soft"} | {
    colour: f"--run-{number}" for number, colour in enumerate(RUNS)
}

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.edgecolor": GRID,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}


def lines(name: str, points_by_run: dict[str, Points], runs: list[str], percent: bool = False) -> str:
    """An SVG element of a value over whole numbers, a line a run; a run's colour is its place among `runs`."""
    with drawing(name) as (axes, svg):
        for run, points in points_by_run.items():
            numbers, values = zip(*points, strict=True)
            axes.plot(numbers, values, color=RUNS[runs.index(run) % len(RUNS)], linewidth=1.6, solid_capstyle="round")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]) if percent else MaxNLocator(4))
        if percent:
            axes.set_ylim(-3, 103)
    return "".join(svg)


def steps(name: str, labels: list[str], points_by_colour: dict[str, list[tuple[float, float, float]]]) -> str:
    """An SVG element of percentages over a few named cases, a line a colour; each point is value, low end, high end."""
    with drawing(name) as (axes, svg):
        for number, (colour, points) in enumerate(points_by_colour.items()):
            places = np.arange(len(points)) + 0.06 * (number - (len(points_by_colour) - 1) / 2)
            values, low, high = zip(*points, strict=True)
            axes.vlines(places, low, high, color=colour, linewidth=1, alpha=0.5)
            axes.plot(places, values, color=colour, linewidth=1.2, marker="o", markersize=3)
        axes.set_xticks(range(len(labels)), [label.replace("_", " ") for label in labels])
        axes.set_xlim(-0.35, len(labels) - 0.65)
        axes.set_ylim(-3, 103)
        axes.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
    return "".join(svg)


def histograms(name: str, right: NDArray[Any], wrong: NDArray[Any]) -> str:
    """An SVG element of how the similarities of right pairs and of wrong ones are spread, each of the same area."""
    edges = np.linspace(min(right.min(), wrong.min()), max(right.max(), wrong.max()) + 1e-9, 31)
    with drawing(name) as (axes, svg):
        for values, colour in ((wrong, WRONG), (right, RIGHT)):
            density, _ = np.histogram(values, edges, density=True)
            axes.stairs(density, edges, color=colour, fill=True, alpha=0.3, linewidth=0)
            axes.stairs(density, edges, color=colour, linewidth=1.3)
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_locator(FixedLocator([]))
    return "".join(svg)


@contextmanager
def drawing(name: str) -> Iterator[tuple[Axes, list[str]]]:
    """Axes to draw on; when that is done, the list holds the SVG element. `name` makes its identifiers its own."""
    svg: list[str] = []
    with rc_context({**STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(3.1, 1.9), layout="constrained")
        yield figure.subplots(), svg
        text = StringIO()
        empty = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(text, format="svg", transparent=True, metadata=empty)
    drawn = text.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    for placeholder, colour in COLOURS.items():
        drawn = drawn.replace(placeholder, f"var({colour})")
    svg.append(drawn)
