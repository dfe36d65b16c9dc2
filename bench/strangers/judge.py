"""How well a library answers about people and recordings that its model never learnt from: see README.md.

N motions.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from asked import Meant, answered, by_vectors, read_queries
from numpy.typing import NDArray
from sides import Sided, judge_sides, mean_of, read_labels, read_sides
from sides import table as table_of_sides

from lavimo.search.item import Item
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

    action: str
    query: str
    relevant: int
    precision: float
    average_precision: float
    chance: float


@dataclass(frozen=True)
class Report:
    """All answers of an index.

    Attributes:
        judged: of the actions, each with all its wordings, the query first.
        sided: of sides and directions; none where no motion has a label.
        meant, meant_sides: what the judgements of the hits mean.
    """

    judged: list[Judged]
    meant: Meant
    sided: list[Sided]
    meant_sides: Meant

    def figures(self) -> dict[str, float]:
        """Means over queries, by what they are called."""
        found = {}
        for name, ones in (("first wordings", self.firsts), ("other wordings", self.others), ("all", self.judged)):
            if ones:
                found[f"{name}: P@{FIRST}"], found[f"{name}: mAP"], found[f"{name}: chance"] = mean(ones)
        if self.sided:
            found[f"sides: P@{FIRST}"], found["sides: contrary first"] = mean_of(self.sided)
        return found

    @property
    def firsts(self) -> list[Judged]:
        """The first wording of each action."""
        return [ones[0] for ones in by_action(self.judged).values()]

    @property
    def others(self) -> list[Judged]:
        """The rest."""
        return [one for ones in by_action(self.judged).values() for one in ones[1:]]


def main() -> None:
    """Judge each index, and say mean and deviation of several."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("indexes", nargs="+", help="made by lavimo index, of a folder with captions")
    parser.add_argument("--queries", type=Path, default=QUERIES)
    parser.add_argument("--only", nargs="*", default=[], metavar="SUBJECT", help="motions whose name begins so")
    parser.add_argument("--least", type=int, default=1, help="queries with fewer relevant motions are not asked")
    parser.add_argument("--model-only", action="store_true", help="rank by the index's vectors alone")
    parser.add_argument("--each", action="store_true", help="print every wording")
    told = parser.parse_args()
    reports = []
    for index in told.indexes:
        reports.append(judge(index, told.queries, told.only, told.least, told.model_only))
        sys.stdout.write("\n".join([index, *table(reports[-1], told.each)]) + "\n")
    if len(reports) > 1:
        sys.stdout.write("\n".join([f"{len(reports)} indexes", *table_of_several(reports)]) + "\n")


def judge(index: str, queries: Path, only: list[str], least: int, model_only: bool = False) -> Report:
    """Each query's answers, as a user of the index gets them.

    Args:
        model_only: as its vectors have them, each motion by its best window.

    Raises:
        ValueError: a motion without a caption, or no query with enough relevant motions.
    """
    library = Library(index)
    try:
        items = {
            item.id: item for item in library.store.items() if not only or Path(item.name).name.split("_")[0] in only
        }
        if bare := [item.name for item in items.values() if not item.captions]:
            raise ValueError(f"{index}: found {len(bare)} motions without a caption, first {bare[0]}; use --captions")
        judged, meant = judge_actions(library, items, queries, least, model_only)
        labels = read_labels()
        known = any(Path(item.name).stem in labels for item in items.values())
        sides = read_sides() if known else []
        sided, meant_sides = judge_sides(library, list(items.values()), sides, labels, model_only)
    finally:
        library.close()
    return Report(judged, meant, sided, meant_sides)


def judge_actions(
    library: Library, items: dict[str, Item], queries: Path, least: int, model_only: bool
) -> tuple[list[Judged], Meant]:
    """The answers to each wording of each action."""
    judged, meant = [], Meant()
    for asked in read_queries(queries):
        relevant: Callable[[str], bool] = {id: asked.relevant(item) for id, item in items.items()}.__getitem__
        if sum(map(relevant, items)) >= least:
            order, judgements = (by_vectors if model_only else answered)(library, asked.query, items)
            judged.append(scored(asked.action, asked.query, np.array([relevant(id) for id in order], bool)))
            meant.count(judgements, relevant)
    if not judged:
        raise ValueError(f"{queries}: found no query with at least {least} relevant motions of {len(items)}")
    return judged, meant


def scored(action: str, query: str, relevant_N: NDArray[np.bool_]) -> Judged:
    """The measures of a ranking, the best first."""
    places = np.flatnonzero(relevant_N)
    average = float(np.mean((np.arange(len(places)) + 1) / (places + 1)))
    return Judged(action, query, len(places), float(relevant_N[:FIRST].mean()), average, float(relevant_N.mean()))


def by_action(judged: list[Judged]) -> dict[str, list[Judged]]:
    """All wordings of each action."""
    found: dict[str, list[Judged]] = {}
    for one in judged:
        found.setdefault(one.action, []).append(one)
    return found


def mean(judged: list[Judged]) -> tuple[float, float, float]:
    """Precision, average precision and chance."""
    values = np.mean([[one.precision, one.average_precision, one.chance] for one in judged], axis=0)
    return float(values[0]), float(values[1]), float(values[2])


def table(report: Report, each: bool = False) -> list[str]:
    """Lines for people: the first wording of each action beside the mean of the others."""
    lines = [
        f"  {'':52} {'':8}  first wording  {'others':10}",
        f"  {'action':52} relevant  P@{FIRST}   AP     P@{FIRST}   AP     chance",
    ]
    for action, ones in by_action(report.judged).items():
        lines.append(f"  {action:52} {ones[0].relevant:8}  {row(ones[:1])}   {row(ones[1:])}   {ones[0].chance:.2f}")
        lines += [f"    {one.query:50} {'':8}  {row([one])}" for one in ones if each]
    chance = mean(report.judged)[2]
    lines.append(f"  {'mean':52} {'':8}  {row(report.firsts)}   {row(report.others)}   {chance:.2f}")
    lines.append(f"  {f'mean of all {len(report.judged)} wordings':52} {'':8}  {row(report.judged)}")
    lines += table_of_sides(report.sided) if report.sided else ["  no motion is known by its sides"]
    lines += report.meant.lines("to the actions")
    return [*lines, *(report.meant_sides.lines("to the sides") if report.sided else [])]


def row(judged: list[Judged]) -> str:
    """Precision and average precision."""
    return "{:.2f}  {:.2f}".format(*mean(judged)) if judged else f"{'':10}"


def table_of_several(reports: list[Report]) -> list[str]:
    """Means and deviations of indexes, and what the judgements of all of them mean."""
    all_figures = [report.figures() for report in reports]
    lines = []
    for name in all_figures[0]:
        values = [figures[name] for figures in all_figures if name in figures]
        spread = f" +- {np.std(values, ddof=1):.3f}" if len(values) > 1 else ""
        lines.append(f"  {name:28} {np.mean(values):.3f}{spread}")
    meant = sum((report.meant for report in reports), Meant())
    sides = sum((report.meant_sides for report in reports), Meant())
    return [*lines, *meant.lines("to the actions"), *sides.lines("to the sides")]


if __name__ == "__main__":
    main()
