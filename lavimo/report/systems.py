"""Stage `systems`: every system in one table, with deviations over seeds, what is significant and what it costs, and
what each answers to the same ten queries.
"""

import logging
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lavimo.config import EvaluateOptions, ReportOptions
from lavimo.evaluate.compare import ranks
from lavimo.evaluate.embeddings import DIRECTIONS, Embeddings, read_embeddings
from lavimo.evaluate.metrics import METRICS, bootstrap, measure
from lavimo.evaluate.table import words
from lavimo.files import atomic
from lavimo.report.pictures import Pictures
from lavimo.report.queries import Query, examples, spread
from lavimo.report.report import environment, style
from lavimo.report.runs import read_log
from lavimo.shards import Shard
from lavimo.versions import __version__

log = logging.getLogger(__name__)

QUERIES, ANSWERS = 10, 3
SHOWN = ("t2m", "m2t", "v2m", "m2v", "t2v")


@dataclass(frozen=True)
class Cell:
    """R@1 and R@10 in percent: means over seeds, and deviations where there are several.

    Attributes:
        better: of resamplings of the queries, the share in which R@1 is above the reference's; None of itself.
    """

    r1: float
    r10: float
    deviation_r1: float | None
    deviation_r10: float | None
    better: float | None


@dataclass(frozen=True)
class System:
    """A family of runs that differ in their seeds alone.

    Attributes:
        cells: by direction.
        parameters: of the encoders, 0 where nothing is trained.
        seconds: of a training.
    """

    name: str
    seeds: int
    cells: dict[str, Cell]
    parameters: int
    seconds: float


def systems(
    embeddings: dict[str, Path],
    logs: dict[str, Path],
    models: dict[str, Path],
    families: dict[str, str],
    frames: list[Path],
    html: Path,
    options: ReportOptions,
    evaluate: EvaluateOptions,
) -> None:
    """Write the page.

    Args:
        families: the family of each run.

    Raises:
        ValueError: a file is missing or damaged, or runs have other test clips.
    """
    found = {run: read_embeddings(path) for run, path in sorted(embeddings.items())}
    if not found:
        raise ValueError("found no run, expected at least one")
    if len({one.ids for one in found.values()}) > 1:
        raise ValueError("found runs of other test clips, expected the same")
    ranked = {run: ranks(one) for run, one in found.items()}
    members: dict[str, list[str]] = {}
    for run in found:
        members.setdefault(families.get(run, run), []).append(run)
    reference = best_family(members, ranked)
    rows = [
        System(
            name,
            len(runs),
            {way: cell(way, runs, members[reference], ranked, evaluate) for way in SHOWN if way in ranked[runs[0]]},
            max((parameters(models[run]) for run in runs if run in models), default=0),
            float(np.mean([sum(e["seconds"] for e in read_log(logs[run])) for run in runs if run in logs] or [0.0])),
        )
        for name, runs in members.items()
    ]
    pictures = Pictures(frames, [], options.frame_px)
    asked = {
        way: {
            name: answers(found[runs[0]], way, ranked[runs[0]])
            for name, runs in members.items()
            if way in ranked[runs[0]]
        }
        for way in ("t2m", "v2m")
    }
    every = [query for by_system in asked.values() for of_system in by_system.values() for query in of_system]
    pictures.add_strips(clip for query in every for clip in (query.clip, *(one.clip for one in query.answers)))
    page = environment().from_string(files("lavimo.report").joinpath("systems.html").read_text(encoding="utf-8"))
    text = page.render(
        version=__version__,
        style=style(),
        rows=sorted(rows, key=lambda row: -row.cells["t2m"].r1 if "t2m" in row.cells else 1.0),
        shown=SHOWN,
        words=words,
        reference=reference,
        split=found[members[reference][0]],
        samples=evaluate.bootstrap_samples,
        asked=asked,
        questions={way: next(iter(by.values())) for way, by in asked.items() if by},
        modality={way: DIRECTIONS[way][0] for way in asked},
        strips=pictures.strips,
        number={clip: number for number, clip in enumerate(pictures.strips)},
        frames=pictures.frames,
        answers=ANSWERS,
    )
    with atomic(html) as partial:
        partial.write_text(text, encoding="utf-8")
    log.info("systems: %d systems of %d runs", len(rows), len(found))


Ranked = dict[str, dict[str, NDArray[np.float64]]]
"""By run and direction, the ranks (1, N)."""


def best_family(members: dict[str, list[str]], ranked: Ranked) -> str:
    """The system that finds motions by words best, which the others are compared with."""

    def score(name: str) -> float:
        return float(np.mean([recall(ranked[run]["t2m"], 1) if "t2m" in ranked[run] else -1 for run in members[name]]))

    return max(sorted(members), key=score)


def recall(ranks_1N: NDArray[np.float64], k: int) -> float:
    """R@k, percent."""
    return float(measure(ranks_1N[0])[METRICS.index(f"R{k}")])


def cell(way: str, runs: list[str], reference: list[str], ranked: Ranked, evaluate: EvaluateOptions) -> Cell:
    """A system's scores in a direction."""
    r1, r10 = ([recall(ranked[run][way], k) for run in runs] for k in (1, 10))
    several = len(runs) > 1
    better = None
    if runs != reference and way in ranked[reference[0]] and evaluate.bootstrap_samples:
        drawn = evaluate.bootstrap_samples, evaluate.bootstrap_seed
        own, other = (
            np.mean([bootstrap(ranked[run][way], *drawn)[METRICS.index("R1")] for run in some], axis=0)
            for some in (runs, reference)
        )
        better = float(np.mean((own > other) + 0.5 * (own == other)))
    return Cell(
        float(np.mean(r1)),
        float(np.mean(r10)),
        float(np.std(r1, ddof=1)) if several else None,
        float(np.std(r10, ddof=1)) if several else None,
        better,
    )


def parameters(model: Path) -> int:
    """How many numbers a model's file holds."""
    shard = Shard(model)
    return int(sum(shard[name].size for name in shard.names))


def answers(embeddings: Embeddings, way: str, ranked: dict[str, NDArray[np.float64]]) -> list[Query]:
    """The same queries of every system, and the first answers."""
    chosen = spread(len(embeddings.ids), QUERIES)
    return examples(embeddings, embeddings.similarity(way), ranked[way][0], chosen, ANSWERS)
