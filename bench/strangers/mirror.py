"""The mirror images of labelled trials, so that to every left there is a right: see README.md."""

import argparse
import csv
import sys
from pathlib import Path

from sides import read_labels

from lavimo.export.amass import write_amass
from lavimo.export.take import Cut, take_of
from lavimo.files import atomic
from lavimo.formats import read_motion
from lavimo.motion.mirror import PREFIX, mirrored_caption


def main() -> None:
    """Write M<trial>.npz of each trial that has a label with a side, and captions.csv of trials and images."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="to write to")
    parser.add_argument("captions", type=Path, nargs="+", help="clip and caption; the trials lie in bvh/ beside it")
    told = parser.parse_args()
    labels = read_labels()
    told.folder.mkdir(parents=True, exist_ok=True)
    captions: dict[str, str] = {}
    images: dict[str, str] = {}
    for path in told.captions:
        with open(path, newline="", encoding="utf-8") as file:
            rows = {row["clip"]: row["caption"] for row in csv.DictReader(file)}
        for clip in rows:
            if has_side(labels.get(clip, set())):
                take = take_of(read_motion(path.parent / "bvh" / f"{clip}.bvh"), Cut(mirrored=True))
                write_amass(told.folder / f"{PREFIX}{clip}.npz", take)
                images[PREFIX + clip] = mirrored_caption(rows[clip])
        captions |= rows
    with atomic(told.folder / "captions.csv") as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["clip", "caption"])
        writer.writerows((captions | images).items())
    sys.stdout.write(f"{told.folder}: {len(images)} mirror images\n")


def has_side(labels: set[str]) -> bool:
    """Whether the mirror image has other labels."""
    return any(mirrored_caption(label) != label for label in labels)


if __name__ == "__main__":
    main()
