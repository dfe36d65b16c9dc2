"""Stage `robustness`: how runs' scores move when one thing about the test split changes, as numbers and as a page."""

import logging
from importlib.resources import files
from pathlib import Path

from lavimo.config import RobustnessOptions
from lavimo.evaluate.embeddings import DIRECTIONS
from lavimo.evaluate.robustness import Change, changes, write_changes
from lavimo.evaluate.table import words
from lavimo.files import atomic
from lavimo.report.plot import RUNS, steps
from lavimo.report.report import environment, style
from lavimo.versions import __version__

log = logging.getLogger(__name__)
AS_IT_IS = "as it is"


def robustness(
    plain: list[Path], variants: list[Path], scores: Path, html: Path, source: str, options: RobustnessOptions
) -> None:
    """Write the scores of runs under all variants, and the page that shows them.

    Args:
        plain: the embeddings of the split as it is, `RUN/embeddings.safetensors`.
        variants: those of the changed split, `FACTOR-NAME/RUN.safetensors`; a run may lack some.

    Raises:
        ValueError: a damaged file, no run, or other clips in one file than in another.
    """
    found = changes(plain, variants, source, options)
    if not found:
        raise ValueError("found no embeddings, expected those of at least one run")
    runs = list(dict.fromkeys(one.run for one in found))
    page = environment().from_string(files("lavimo.report").joinpath("robustness.html").read_text(encoding="utf-8"))
    text = page.render(
        version=__version__,
        style=style(),
        source=source,
        gallery=found[0].gallery,
        samples=options.bootstrap_samples,
        runs=[(run, sections([one for one in found if one.run == run], options)) for run in runs],
        colours=[(words(direction), f"run-{number}") for number, direction in enumerate(DIRECTIONS)],
        words=words,
        overrides={
            (factor, name): changed.model_dump(exclude_defaults=True)
            for factor, of_factor in options.factors.items()
            for name, changed in of_factor.items()
        },
        as_it_is=AS_IT_IS,
    )
    write_changes(scores, found)
    with atomic(html) as partial:
        partial.write_text(text, encoding="utf-8")
    log.info("robustness: %d runs, %d variants", len(runs), len({(one.factor, one.variant) for one in found}) - 1)


Section = tuple[str, str, list[str], list[tuple[str, list[Change]]]]
"""A factor, its plot, the directions, and by variant the changes of these directions."""


def sections(found: list[Change], options: RobustnessOptions) -> list[Section]:
    """A run's results by factor; the split as it is comes first in each."""
    by_case: dict[tuple[str, str], dict[str, Change]] = {}
    for one in found:
        by_case.setdefault((one.factor, one.variant), {})[one.direction] = one
    made = []
    for factor in options.factors:
        cases = {variant: case for (f, variant), case in by_case.items() if f == factor}
        if cases:
            rows = {AS_IT_IS: by_case["", ""], **cases}
            directions = [direction for direction in DIRECTIONS if any(direction in case for case in cases.values())]
            plot = steps(f"{found[0].run} {factor}", [*rows], points(rows, directions))
            made.append((factor, plot, directions, [(name, [*case.values()]) for name, case in rows.items()]))
    return made


def points(rows: dict[str, dict[str, Change]], directions: list[str]) -> dict[str, list[tuple[float, float, float]]]:
    """By a direction's colour, R@10 of each row, and the interval of its change, around the value as it is."""
    made = {}
    for direction in directions:
        before = rows[AS_IT_IS][direction].metrics["R10"]
        colour = RUNS[[*DIRECTIONS].index(direction)]
        cases = [case[direction] for case in rows.values()]
        made[colour] = [(one.metrics["R10"], before + one.low["R10"], before + one.high["R10"]) for one in cases]
    return made
