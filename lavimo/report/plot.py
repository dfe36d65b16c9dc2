"""Line plots as SVG that take their colours from the page, so that they are at home in light and in dark."""

from io import StringIO
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator

Points = list[tuple[int, float]]

INK, GRID = "#010203", "#040506"
RUNS = ("#0a0b01", "#0a0b02", "#0a0b03", "#0a0b04", "#0a0b05", "#0a0b06")
"""Placeholders that the page's own colours replace."""

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
    """An SVG element of a value over the epochs, a line a run; a run's colour is its place among `runs`."""
    with rc_context({**STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(3.1, 1.9), layout="constrained")
        axes = figure.subplots()
        for run, points in points_by_run.items():
            epochs, values = zip(*points, strict=True)
            axes.plot(epochs, values, color=RUNS[runs.index(run) % len(RUNS)], linewidth=1.6, solid_capstyle="round")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]) if percent else MaxNLocator(4))
        if percent:
            axes.set_ylim(-3, 103)
        text = StringIO()
        figure.savefig(
            text, format="svg", transparent=True, metadata=dict.fromkeys(("Creator", "Date", "Format", "Type"))
        )
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :].replace(INK, "var(--soft)").replace(GRID, "var(--line)")
    for number, colour in enumerate(RUNS):
        svg = svg.replace(colour, f"var(--run-{number})")
    return svg
