"""Captions' tables in which whole subjects are for the test, a third of them in each: see README.md."""

import argparse
import csv
import sys
from pathlib import Path

from lavimo.files import atomic

FOLDS = 3


def main() -> None:
    """Write fold-1.csv to fold-3.csv beside each other, and say whom each leaves out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("captions", type=Path, help="with the columns clip and caption; clips are SUBJECT_TRIAL")
    parser.add_argument("folder", type=Path)
    told = parser.parse_args()
    with open(told.captions, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    told.folder.mkdir(parents=True, exist_ok=True)
    subjects = sorted({subject_of(row["clip"]) for row in rows})
    for fold in range(FOLDS):
        out = subjects[fold::FOLDS]
        path = told.folder / f"fold-{fold + 1}.csv"
        with atomic(path) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, dict.fromkeys([*rows[0], "split"]))
            writer.writeheader()
            writer.writerows(row | {"split": "test" if subject_of(row["clip"]) in out else "train"} for row in rows)
        sys.stdout.write(f"{path}: --only {' '.join(out)}\n")


def subject_of(clip: str) -> str:
    """SUBJECT of SUBJECT_TRIAL."""
    return clip.split("_")[0]


if __name__ == "__main__":
    main()
