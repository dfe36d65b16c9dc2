"""Stage `tabulate`: the scores of all runs to one score file and one table for people."""

import logging
from pathlib import Path

from lavimo.evaluate.scores import read_scores, write_scores
from lavimo.evaluate.table import markdown, tables
from lavimo.files import atomic

log = logging.getLogger(__name__)


def tabulate(scores: list[Path], table: Path, merged: Path) -> None:
    """Write all runs' scores, sorted, to `merged`, and laid out as markdown to `table`.

    Raises:
        ValueError: a score file is missing or damaged.
    """
    rows = sorted((row for path in scores for row in read_scores(path)), key=lambda row: row.order)
    write_scores(merged, rows)
    with atomic(table) as partial:
        partial.write_text(markdown(tables(rows)), encoding="utf-8")
    log.info("tabulate: %d scores of %d runs", len(rows), len({row.run for row in rows}))
