"""Whether left is never right: queries that name a side or a direction, among trials that somebody looked at."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from asked import Meant, answered, by_vectors

from lavimo.motion.mirror import PREFIX, mirrored_caption
from lavimo.search.item import Item
from lavimo.search.library import Library

FIRST = 5
HERE = Path(__file__).parent
SIDES, LABELS = HERE / "sides.csv", HERE / "labels.csv"
Labels = dict[str, set[str]]


@dataclass(frozen=True)
class Side:
    """A query of sides.csv.

    Attributes:
        relevant, contrary, unclear: labels. A trial that has a relevant one is relevant, whatever else it has; one that
            has none of the three is neither relevant nor contrary; an unclear one is not counted at all.
    """

    query: str
    relevant: frozenset[str]
    contrary: frozenset[str]
    unclear: frozenset[str]

    def truth(self, labels: set[str]) -> bool | None:
        """Whether a trial of these labels is relevant; None where that is not plain."""
        if self.relevant & labels:
            return True
        return False if self.contrary & labels or not self.unclear & labels else None


@dataclass(frozen=True)
class Sided:
    """A query's answers.

    Attributes:
        relevant, contrary: how many motions of the library are.
        share: of the first five that are relevant, or of as many as there are relevant ones, where those are fewer.
        contraries: of the pairs of a relevant and a contrary motion, those in which the contrary stands first; NaN
            where there is no pair.
    """

    query: str
    relevant: int
    contrary: int
    share: float
    contraries: float


def read_sides(path: Path = SIDES) -> list[Side]:
    """The queries."""
    with open(path, newline="", encoding="utf-8") as file:
        return [
            Side(
                row["query"], *(frozenset(row[name].split("|")) - {""} for name in ("relevant", "contrary", "unclear"))
            )
            for row in csv.DictReader(file)
        ]


def read_labels(path: Path = LABELS) -> Labels:
    """Labels by trial, and those of its mirror image by that one's name."""
    found: Labels = defaultdict(set)
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["clip"]].add(row["label"])
            found[PREFIX + row["clip"]].add(mirrored_caption(row["label"]))
    return dict(found)


def judge_sides(
    library: Library, items: list[Item], sides: list[Side], labels: Labels, model_only: bool = False
) -> tuple[list[Sided], Meant]:
    """The answers to those queries to which there is a relevant motion, and what the judgements of their hits mean.

    Raises:
        ValueError: the index holds mirror images as windows of the motions: then a motion is both left and right.
    """
    if library.store.about.mirrored:
        raise ValueError("found an index of mirror images, in which each motion is left and right; make one without")
    labels_of = {item.id: labels.get(Path(item.name).stem, set()) for item in items}
    judged, meant = [], Meant()
    for side in sides:
        truth = {id: side.truth(told) for id, told in labels_of.items()}
        if any(truth.values()):
            order, judgements = (by_vectors if model_only else answered)(library, side.query, labels_of)
            order = [id for id in order if truth[id] is not None]
            judged.append(sided(side.query, [bool(truth[id]) for id in order], contraries(side, order, labels_of)))
            meant.count(judgements, truth.__getitem__)
    return judged, meant


def contraries(side: Side, order: list[str], labels_of: Labels) -> list[bool]:
    """Which motions are the contrary of what is asked for."""
    return [bool(side.contrary & labels_of[id]) and not side.relevant & labels_of[id] for id in order]


def sided(query: str, relevant: list[bool], contrary: list[bool]) -> Sided:
    """The measures of a ranking, the best first."""
    good, bad = np.flatnonzero(relevant), np.flatnonzero(contrary)
    share = float(np.mean(relevant[: min(FIRST, len(good))]))
    wrong = float((bad[None] < good[:, None]).mean()) if len(bad) else float("nan")
    return Sided(query, len(good), len(bad), share, wrong)


def mean_of(judged: list[Sided]) -> tuple[float, float]:
    """The shares' mean, and the contraries' over the queries that have any."""
    wrong = [one.contraries for one in judged if one.contrary]
    return float(np.mean([one.share for one in judged])), float(np.mean(wrong)) if wrong else float("nan")


def table(judged: list[Sided]) -> list[str]:
    """Lines for people."""
    lines = [f"  {'sides and directions':52} relevant contrary  P@{FIRST}  contrary first"]
    for one in judged:
        wrong = f"{one.contraries:.2f}" if one.contrary else "   -"
        lines.append(f"  {one.query:52} {one.relevant:8} {one.contrary:8}  {one.share:.2f}  {wrong}")
    share, pairs = mean_of(judged)
    return [*lines, f"  {f'mean of {len(judged)}':52} {'':17}  {share:.2f}  {pairs:.2f}"]
