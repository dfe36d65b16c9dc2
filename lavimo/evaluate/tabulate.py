"""Stage `tabulate`: the scores of all runs to one score file and one table for people."""

import logging
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from lavimo.evaluate.latex import latex
from lavimo.evaluate.metrics import METRICS, named
from lavimo.evaluate.scores import Score, read_scores, write_scores
from lavimo.evaluate.table import markdown, tables
from lavimo.files import atomic

log = logging.getLogger(__name__)


def tabulate(scores: list[Path], table: Path, merged: Path, tex: Path | None = None) -> None:
    """Write all runs' scores, sorted, to `merged`, and laid out to `table` as markdown and `tex` as LaTeX.

    Runs that differ in their training seed (lavimo-3, lavimo-3-seed1, ...) get their mean and deviation too.

    Raises:
        ValueError: a score file is missing or damaged.
    """
    rows = [row for path in scores for row in read_scores(path)]
    rows = sorted([*rows, *means_over_seeds(rows)], key=lambda row: row.order)
    write_scores(merged, rows)
    made = tables(rows)
    for path, text in ((table, markdown(made)), (tex, latex(made))):
        if path is not None:
            with atomic(path) as partial:
                partial.write_text(text, encoding="utf-8")
    log.info("tabulate: %d scores of %d runs", len(rows), len({row.run for row in rows}))


def means_over_seeds(scores: Iterable[Score]) -> list[Score]:
    """A score for each that several seeds of one run have, under the run's name without the seed."""
    alike: dict[tuple[str, tuple[object, ...]], list[Score]] = {}
    for score in scores:
        run = re.sub(r"-seed\d+$", "", score.run)
        key = (score.source, score.split, score.protocol, score.direction, score.gallery, score.ties, score.subset)
        alike.setdefault((run, key), []).append(score)
    made = []
    for (run, _), group in alike.items():
        if len(group) > 1:
            values_MG = np.array([[score.metrics[name] for score in group] for name in METRICS])
            same = replace(group[0], run=run, seed=f"mean of {len(group)} seeds", low=None, high=None)
            mean, deviation = named(values_MG.mean(1)), named(values_MG.std(1, ddof=1))
            made.append(replace(same, metrics=mean, deviation=deviation))
    return made
