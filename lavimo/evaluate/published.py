"""What papers report, as data: the rows of Tables 1 to 4 of LAVIMO (arXiv 2403.00691), beside which ours stand.

Columns that the tables themselves do not have:
- `gallery`: 100 and 32 as the protocols say. Of the whole split, the size at which at least 18 of the 20 recalls of a
  method's rows are whole numbers of queries (a random size fits about 8); empty where none does.
- `cut`: the cosine of TMR's own thresholds for the rows that are TMR's; empty where the paper states none.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lavimo.evaluate.metrics import METRICS

ASSUMED_CUT = "0.90"
"""The table in which rows of protocol `threshold` stand that do not tell their cut."""
ANY_CLIPS = ("whole", "listed", "random")
"""The subsets beside which they stand: those that leave no kind of clips out."""
NOTES = {
    "†": "has another gallery (N) than the rows without this mark, or other clips, or a gallery that its paper does "
    "not tell: not comparable with them, but for MedR/N roughly",
    "‡": "published without the threshold's cut: not comparable",
}


@dataclass(frozen=True)
class Published:
    """A method's row in a published table; `gallery` and `cut` are None and empty where nobody knows."""

    source: str
    method: str
    protocol: str
    cut: str
    direction: str
    gallery: int | None
    metrics: dict[str, float]

    def belongs(self, benchmark: str, split: str, protocol: str, subset: str) -> bool:
        """Whether it stands in that table."""
        name = f"threshold_{self.cut or ASSUMED_CUT}" if self.protocol == "threshold" else self.protocol
        return (benchmark, split, protocol) == (self.source, "test", name) and subset.startswith(ANY_CLIPS)

    def marks(self, gallery: int, subset: str) -> str:
        """Why it cannot be compared with a score of ours: the keys of NOTES that hold."""
        other = self.gallery != gallery or (self.protocol == "dissimilar" and subset != "listed")
        return "†" * other + "‡" * (self.protocol == "threshold" and not self.cut)


@cache
def published() -> list[Published]:
    """All rows, in the order of the paper."""
    text = files("lavimo.evaluate").joinpath("published.csv").read_text(encoding="utf-8")
    return [
        Published(
            row["source"],
            row["method"],
            row["protocol"],
            row["cut"],
            row["direction"],
            int(row["gallery"]) if row["gallery"] else None,
            {name: float(row[name]) for name in METRICS if name in row},
        )
        for row in csv.DictReader(text.splitlines())
    ]
