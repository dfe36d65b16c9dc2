"""How well a model finds actions among people and recordings that it never learnt from: see README.md.

Q queries, N motions.
"""

import argparse
import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lavimo.search.item import Item, Wanted
from lavimo.search.library import Library

FIRST = 5
QUERIES = Path(__file__).with_name("queries.csv")


@dataclass(frozen=True)
class Judged:
    """A query's answers.

    Attributes:
        relevant: how many motions of the library are.
        precision: of the first five.
        average_precision: over all places of a relevant one.
        chance: the precision of a random order.
    """

    query: str
    relevant: int
    precision: float
    average_precision: float
    chance: float


def main() -> None:
    """Judge each index, and say mean and deviation of several."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("indexes", nargs="+", help="made by lavimo index, of a folder with captions")
    parser.add_argument("--queries", type=Path, default=QUERIES)
    parser.add_argument("--only", nargs="*", default=[], metavar="SUBJECT", help="motions whose name begins so")
    parser.add_argument("--least", type=int, default=1, help="queries with fewer relevant motions are not asked")
    told = parser.parse_args()
    means = []
    for index in told.indexes:
        judged = judge(index, told.queries, told.only, told.least)
        means.append(np.mean([[one.precision, one.average_precision, one.chance] for one in judged], axis=0))
        sys.stdout.write(table(index, judged, means[-1]))
    if len(means) > 1:
        mean, deviation = np.mean(means, axis=0), np.std(means, axis=0, ddof=1)
        sys.stdout.write(
            f"{len(means)} indexes: P@{FIRST} {mean[0]:.3f} +- {deviation[0]:.3f}, "
            f"mAP {mean[1]:.3f} +- {deviation[1]:.3f}, chance {mean[2]:.3f}\n"
        )


def judge(index: str, queries: Path, only: list[str], least: int) -> list[Judged]:
    """Each query's answers, from the vectors of an index: a motion counts by its best window.

    Raises:
        ValueError: a motion without a caption, or no query with enough relevant motions.
    """
    library = Library(index)
    items = [item for item in library.home.items() if not only or item.name.split("_")[0] in only]
    if bare := [item.name for item in items if not item.captions]:
        raise ValueError(f"{index}: found {len(bare)} motions without a caption, first {bare[0]}; use --captions")
    judged = []
    for query, words in read_queries(queries):
        relevant_N = np.array([is_told(item, words) for item in items], bool)
        if relevant_N.sum() >= least:
            order = np.argsort(-cosines(library, items, query), kind="stable")
            judged.append(scored(query, relevant_N[order]))
    library.close()
    if not judged:
        raise ValueError(f"{queries}: found no query with at least {least} relevant motions of {len(items)}")
    return judged


def read_queries(path: Path) -> list[tuple[str, list[str]]]:
    """Queries, each with words of which a relevant motion's caption has one."""
    with open(path, newline="", encoding="utf-8") as file:
        return [(row["query"], row["words"].split("|")) for row in csv.DictReader(file)]


def is_told(item: Item, words: list[str]) -> bool:
    """Whether a caption of the motion has one of the words."""
    told = " ".join(item.captions).lower()
    return any(word in told for word in words)


def cosines(library: Library, items: list[Item], query: str) -> NDArray[np.float32]:
    """Each motion's best window's cosine with the query, (N,)."""
    best: dict[str, float] = {}
    for found in library.home.search(library.retriever.embed_texts([query])[0], library.home.count()[1], Wanted()):
        best.setdefault(found.id, found.score)
    return np.array([best[item.id] for item in items], np.float32)


def scored(query: str, relevant_N: NDArray[np.bool_]) -> Judged:
    """The measures of a ranking, the best first."""
    places = np.flatnonzero(relevant_N)
    average = float(np.mean((np.arange(len(places)) + 1) / (places + 1)))
    return Judged(query, len(places), float(relevant_N[:FIRST].mean()), average, float(relevant_N.mean()))


def table(index: str, judged: list[Judged], mean: NDArray[np.float64]) -> str:
    """Lines for people."""
    lines = [f"{index}", f"  {'query':36} relevant  P@{FIRST}   AP    chance"]
    for one in judged:
        numbers = f"{one.precision:.2f}  {one.average_precision:.2f}  {one.chance:.2f}"
        lines.append(f"  {one.query:36} {one.relevant:8}  {numbers}")
    lines.append(f"  {'mean':36} {'':8}  {mean[0]:.2f}  {mean[1]:.2f}  {mean[2]:.2f}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
