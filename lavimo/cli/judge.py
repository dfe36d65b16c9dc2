"""The command that judges generated motions."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from lavimo.cli.app import command
from lavimo.cli.options import Device
from lavimo.cli.tables import PANEL


@command(
    PANEL,
    "lavimo judge --real HumanML3D --ids HumanML3D/test.txt --generated mine --train HumanML3D",
    "lavimo judge --real real.npz --generated mine.npz --generated theirs.npz  (embeddings of any evaluator)",
)
def judge(
    real: Annotated[Path, typer.Option(metavar="FOLDER", help="Real motions with texts, or a file of embeddings.")],
    generated: Annotated[list[Path], typer.Option(metavar="FOLDER", help="Generated ones, likewise; several sets.")],
    model: Annotated[
        str, typer.Option(metavar="FILE", help="Embeds what is no embeddings; if not given, the packaged.")
    ] = "",
    train: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="What the generator learnt from: are motions copied?")
    ] = None,
    repeated: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Of some texts 30 motions each, for multimodality.")
    ] = None,
    ids: Annotated[Path | None, typer.Option(metavar="FILE", help="Names of the real ones that count.")] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="The JSON to write.")] = None,
    table: Annotated[Path | None, typer.Option(metavar="FILE", help="The Markdown table to write.")] = None,
    repetitions: Annotated[int, typer.Option(min=1, metavar="N", help="How often everything is drawn anew.")] = 20,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Of all draws.")] = 0,
    device: Device = "auto",
) -> None:
    """Judge generated motions: R-precision, FID, diversity, retrieval among all, copies of training motions."""
    from lavimo.files import atomic
    from lavimo.judge.judge import Inputs, Rules
    from lavimo.judge.judge import judge as measure
    from lavimo.judge.table import markdown

    found = measure(Inputs(real, tuple(generated), train, repeated, ids), model, Rules(repetitions, seed), device)
    told = markdown(found)
    for path, content in ((output, json.dumps(found, indent=1, ensure_ascii=False) + "\n"), (table, told)):
        if path:
            with atomic(path) as partial:
                partial.write_text(content, encoding="utf-8")
    sys.stdout.write(told)
