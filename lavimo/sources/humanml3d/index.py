"""HumanML3D's index.csv: which part of which recording each id is."""

import csv
from dataclasses import dataclass
from pathlib import Path

from lavimo.sources.amass_tree import subset_of

FPS = 20
HUMANACT12 = "humanact12"
HEAD_S = {
    "Eyes_Japan_Dataset": 3.0,
    "MPI_HDM05": 3.0,
    "TotalCapture": 1.0,
    "MPI_Limits": 1.0,
    "Transitions_mocap": 0.5,
}
"""What is cut from the start of every recording of a subset, before the index's frames are counted."""
COLUMNS = ("source_path", "start_frame", "end_frame", "new_name")


@dataclass(frozen=True)
class Row:
    """An id's part of a recording.

    Attributes:
        path: relative to AMASS's folder (or `humanact12/...`), in the first release's names.
        start_s, end_s: of the recording at 20 frames a second; to the end if None.
    """

    path: str
    start_s: float
    end_s: float | None

    @property
    def subset(self) -> str:
        """AMASS's subset, or `humanact12`."""
        return subset_of(self.path)


def read_index(path: Path) -> dict[str, Row]:
    """The rows by id.

    Raises:
        ValueError: the file cannot be read, lacks a column, or has a row of another form (named).
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if missing := set(COLUMNS) - set(reader.fieldnames or ()):
                raise ValueError(f"{path}: lacks the column(s) {', '.join(sorted(missing))}")
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: cannot be read ({error}); expected HumanML3D's index.csv") from error
    index = {}
    for line, row in enumerate(rows, start=2):
        try:
            source = row["source_path"].removeprefix("./").removeprefix("pose_data/")
            head_s = HEAD_S.get(subset_of(source), 0.0)
            start, end = int(row["start_frame"]), int(row["end_frame"])
            name = row["new_name"].removesuffix(".npy")
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{path}, line {line}: found {row}, expected a path, two frames and a name") from error
        index[name] = Row(source, head_s + start / FPS, None if end < 0 else head_s + end / FPS)
    return index
