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
    motions: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Motions: BVH, npz, npy.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say in words what motions show: walks, turns, kicks, raised hands, and when."""
    from lavimo.describe.describe import describe as facts_of
    from lavimo.describe.words import summary, timeline
    from lavimo.motion.formats import read_motion

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
