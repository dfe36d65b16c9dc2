"""Commands that say what a motion shows."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from lavimo.cli.app import command
from lavimo.cli.search import PANEL


@command(PANEL, "lavimo describe walk.bvh", "lavimo describe ~/mocap/*.bvh --json")
def describe(
    motions: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Motions: BVH, FBX, GLB, npz, npy.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say in words what motions show: walks, turns, kicks, raised hands, and when."""
    from lavimo.describe.describe import describe as facts_of
    from lavimo.describe.words.words import summary, timeline
    from lavimo.formats import read_motion

    told = []
    for path in motions:
        facts = facts_of(read_motion(path))
        if as_json:
            told.append({"file": str(path), "summary": summary(facts), "facts": [fact.to_json() for fact in facts]})
        else:
            title = f"{path}\n" if len(motions) > 1 else ""
            sys.stdout.write(f"{title}{timeline(facts) or 'nothing that facts know'}\n")
    if as_json:
        sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


@command(
    PANEL,
    "lavimo caption ~/mocap --output captions.csv --windows 4",
    "lavimo caption data/cmu/bvh --captions data/cmu/captions.csv --split-captions --output data/cmu/described.csv",
)
def caption(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Motions that nobody has captioned, at any depth.")],
    output: Annotated[Path, typer.Option(metavar="FILE", help="The table to write: source.bvh.captions reads it.")],
    windows: Annotated[
        float, typer.Option(metavar="SECONDS", help="Cut longer motions into windows of so many; 0: none.")
    ] = 0.0,
    count: Annotated[int, typer.Option(metavar="N", help="Captions of each, at most.")] = 8,
    captions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own captions of the same files, which come first.")
    ] = None,
    split: Annotated[str, typer.Option(metavar="SPLIT", help="Of all of them: train, val or test; else by file.")] = "",
    split_captions: Annotated[
        bool, typer.Option("--split-captions", help="Parts of your own captions are captions too.")
    ] = False,
) -> None:
    """Write captions from what motions show, to train on motions that have none, beside your own if you have some."""
    from lavimo.describe.caption import caption as write
    from lavimo.describe.caption import own_captions

    own = own_captions(captions, split_captions) if captions else None
    clips, silent = write(folder, output, windows, count, own, split)
    sys.stdout.write(f"{output}: {clips} clips; nothing to say of {silent} file(s)\n")
