"""Stage `report`: everything a person wants to see of a workflow's results, in one HTML file."""

import json
import logging
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from lavimo.clips import SPLITS, read_clips
from lavimo.config import ReportOptions
from lavimo.evaluate.embeddings import Embeddings, read_embeddings
from lavimo.evaluate.metrics import chance
from lavimo.evaluate.protocols import farthest_first
from lavimo.evaluate.scores import TIES, Score, read_scores
from lavimo.evaluate.table import HEADER, NOTE, tables, words
from lavimo.files import atomic
from lavimo.report.actions import by_action
from lavimo.report.pictures import Pictures
from lavimo.report.plot import RUNS, lines
from lavimo.report.queries import Query, examples, extremes, spread
from lavimo.report.retrieval import Ranks, mean_reciprocal_rank, ranks_of, recall_curves, similarity_histograms
from lavimo.report.runs import Epoch, curves, read_log, read_rejected
from lavimo.versions import __version__

log = logging.getLogger(__name__)


def report(
    clips: Path,
    scores: Path,
    logs: dict[str, Path],
    embeddings: dict[str, Path],
    frames: list[Path],
    videos: list[Path],
    rejected: list[Path],
    html: Path,
    options: ReportOptions,
    accuracy: Path | None = None,
) -> None:
    """Write the report of all runs; pictures are of the run with the most modalities, the best of equals.

    `videos` are folders of `clip.mp4`, perhaps none: then the cached frames play in their place. `accuracy` is what the
    stage of that name wrote, where landmarks are seen.

    Raises:
        ValueError: an input is missing or damaged, or clips have no frames or no captions.
    """
    table = read_clips(clips)
    rows = read_scores(scores)
    made = tables(rows)
    epochs = {run: read_log(path) for run, path in sorted(logs.items())}
    found = {run: read_embeddings(path) for run, path in sorted(embeddings.items())}
    for run, path in embeddings.items():
        if not found[run].captions:
            raise ValueError(f"{path}: lacks captions, which the report shows")
    names = sorted({*epochs, *found})
    ranks = {run: ranks_of(embeddings) for run, embeddings in found.items()}
    best = max(found, key=lambda run: (len(ranks[run]), mean_reciprocal_rank(ranks[run])))
    pictures = Pictures(frames, videos, options.frame_px)
    sheet = contact_sheet(found[best], options.contact_sheet)
    queries = query_sections(found[best], ranks[best], options)
    pictures.add_strips(sheet)
    pictures.add_videos(clip for _, _, some in queries for query in some for clip in clips_shown(query))
    page = environment().from_string(files("lavimo.report").joinpath("report.html").read_text(encoding="utf-8"))
    text = page.render(
        version=__version__,
        style=style(),
        source=", ".join(sorted({row.source for row in rows})),
        counts={split: sum(clip.split == split for clip in table.values()) for split in SPLITS},
        captions=sum(len(clip.captions) for clip in table.values()),
        captions_of={name: clip.captions for name, clip in table.items()},
        best=best,
        split=found[best].split,
        headlines=headlines(rows, best),
        header=HEADER,
        note=NOTE.format(ties=made[0].ties),
        tables=made,
        recalls=recall_curves(ranks, names),
        similarities=similarity_histograms(found[best]),
        actions=by_action(found[best], ranks[best], ("t2m", "v2m")),
        words=words,
        runs=[(run, len(log), sum(epoch["seconds"] for epoch in log)) for run, log in epochs.items()],
        plots={"train": loss_plots(epochs, names), "val": recall_plots(epochs, names)},
        run_colours=[(run, f"run-{number % len(RUNS)}") for number, run in enumerate(names)],
        sheet=sheet,
        queries=queries,
        top=options.top,
        gallery=len(found[best].ids),
        strips=pictures.strips,
        number={clip: number for number, clip in enumerate(pictures.strips)},
        videos=json.dumps(pictures.videos).replace("<", "\\u003c"),  # no clip's name may end the script
        playing={*pictures.videos},
        frames=pictures.frames,
        rejected=read_rejected(rejected),
        accuracy=json.loads(accuracy.read_text(encoding="utf-8")) if accuracy else None,
    )
    with atomic(html) as partial:
        partial.write_text(text, encoding="utf-8")
    log.info(
        "report: %d runs, %d videos and %d strips of frames, %.1f MB",
        *(len(found), len(pictures.videos), len(pictures.strips), len(text) / 1e6),
    )


def style() -> str:
    """What pages look like."""
    return files("lavimo.report").joinpath("style.css").read_text(encoding="utf-8")


def environment() -> Environment:
    """How the page is filled: everything escaped, nothing undefined."""
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def headlines(rows: list[Score], run: str) -> list[tuple[str, Score, dict[str, float]]]:
    """What stands in large letters: a run's way from words and from video to motions, beside chance."""
    return [
        (words(row.direction), row, chance(row.gallery))
        for row in rows
        if (row.run, row.protocol, row.subset, row.ties) == (run, "all", "whole", TIES[0])
        and not row.seed.startswith("mean")
        and row.direction in ("t2m", "v2m")
    ]


def contact_sheet(embeddings: Embeddings, count: int) -> list[str]:
    """Clips to look at frame by frame: those of the least similar captions."""
    sentences_NC = embeddings.of["text"] if embeddings.captions_NC is None else embeddings.captions_NC
    chosen = farthest_first(sentences_NC, min(count, len(embeddings.ids)))
    return sorted(embeddings.ids[i] for i in chosen)


def query_sections(embeddings: Embeddings, ranks: Ranks, options: ReportOptions) -> list[tuple[str, str, list[Query]]]:
    """The modality of the query, how the queries were chosen, and the queries, all for motions."""
    sections = []
    for direction, (query, gallery) in embeddings.directions.items():
        if gallery == "motion":
            similarity_NN = embeddings.similarity(direction)
            best, worst = extremes(similarity_NN, ranks[direction], options.extremes)
            spread_out = spread(len(embeddings.ids), options.queries)
            for chosen, numbers in (("spread", spread_out), ("worst", worst), ("best", best)):
                sections.append(
                    (query, chosen, examples(embeddings, similarity_NN, ranks[direction], numbers, options.top))
                )
    return [section for section in sections if section[2]]


def clips_shown(query: Query) -> list[str]:
    """The clips of which a query's example shows pictures."""
    return [query.clip, *(answer.clip for answer in query.answers)]


def loss_plots(epochs: dict[str, list[Epoch]], runs: list[str]) -> list[tuple[str, str]]:
    """Title and SVG of each loss of training, `total` first."""
    by_name = curves(epochs, "train")
    in_order = sorted(by_name, key=lambda name: name != "total")
    return [(name.replace("_", " "), lines(name, by_name[name], runs)) for name in in_order]


def recall_plots(epochs: dict[str, list[Epoch]], runs: list[str]) -> list[tuple[str, str]]:
    """Title and SVG of each recall in validation; the logs call them `t2m_R10` and the like."""
    made = []
    for name, by_run in curves(epochs, "val").items():
        direction, _, metric = name.partition("_")
        if metric.startswith("R"):
            title = f"{words(direction)} {metric.replace('R', 'R@')}"
            made.append((title, lines(name, by_run, runs, percent=True)))
    return made
