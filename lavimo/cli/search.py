"""Commands for a library of one's own: make it findable, find in it, take away what was found."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from lavimo.cli.app import command
from lavimo.cli.options import Device, one_thread

PANEL = "Search: a library of motions, by words and by videos"

INDEX = "index"
Address = Annotated[
    str, typer.Option("--index", metavar="FOLDER", help="The index: a folder, or postgresql://USER@HOST/DATABASE.")
]
Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FILE",
        help="A trained model, or its run's folder; if not given, the index's own, or the packaged one.",
        show_default=False,
    ),
]


@command(
    PANEL,
    "lavimo index results  (the motions of a workflow, with their captions)",
    "lavimo index ~/mocap --licence 'CC BY 4.0' --captions ~/mocap/captions.csv",
    "lavimo index ~/mocap --index postgresql://me@host/motions",
)
def index(
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER...", help="Motions, at any depth; archives (zip) too.")
    ],
    index: Address = INDEX,
    model: Model = None,
    captions: Annotated[Path | None, typer.Option(metavar="FILE", help="A CSV: clip, caption, caption_2 ...")] = None,
    licence: Annotated[str, typer.Option(metavar="WORDS", help="Of these motions, as hits show it.")] = "",
    mirrored: Annotated[bool, typer.Option("--mirrored", help="Find the motions' mirror images too.")] = False,
    jobs: Annotated[int, typer.Option(metavar="N", help="Processes that read files; 0: one a core.")] = 0,
    up: Annotated[
        str, typer.Option(metavar="AXIS", help="That points upwards (x, y, z, -x ...), where files do not say it.")
    ] = "",
    device: Device = "auto",
) -> None:
    """Make folders of motions findable, or bring what was made of them up to date."""
    from lavimo.motion.world import axis_of
    from lavimo.search.folders import passed_over
    from lavimo.search.index import index as make
    from lavimo.search.open_store import model_of

    axis = axis_of(up) if up else None
    found = make(folders, index, model or model_of(index), captions, licence, mirrored, jobs, device, axis)
    for name, reason in found.unreadable.items():
        sys.stdout.write(f"{reason if name in reason else f'{name}: {reason}'}\n")
    if others := passed_over(folders):
        sys.stdout.write(f"passed over: {others}\n")
    sys.stdout.write(f"{index}: {found}\n")


@command(
    PANEL,
    'lavimo search "a man kicks with his left leg"',
    "lavimo search --video phone.mp4 --person 'person 1' -k 5",
    'lavimo search "running" --video walk.mp4 --weights 0.7 1',
    'lavimo search "a person jumps" --negative "with both arms raised" --json',
    'lavimo search "a person waves" --hand left --in-place',
)
def search(
    words: Annotated[str, typer.Argument(help="What somebody does, in English.", show_default=False)] = "",
    video: Annotated[Path | None, typer.Option(metavar="FILE", help="A video of somebody who does it.")] = None,
    motion: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A motion like it: BVH, FBX, GLB, npz, npy.")
    ] = None,
    image: Annotated[Path | None, typer.Option(metavar="FILE", help="A picture of a pose in it.")] = None,
    negative: Annotated[str, typer.Option(metavar="WORDS", help="What it should not be like.")] = "",
    weights: Annotated[list[float], typer.Option(help="Of words, video and motion, as far as they are given.")] = [],  # noqa: B006
    person: Annotated[
        str, typer.Option(metavar="WHO", help="Of a video: largest, moving, or `person N` (see `lavimo people`).")
    ] = "largest",
    k: Annotated[int, typer.Option("-k", metavar="N", help="Hits.")] = 10,
    folder: Annotated[str, typer.Option(metavar="PART", help="Only motions whose path contains this.")] = "",
    licence: Annotated[str, typer.Option(metavar="PART", help="Only motions whose licence contains this.")] = "",
    min_s: Annotated[float, typer.Option(metavar="SECONDS", help="The shortest moment.")] = 0.0,
    max_s: Annotated[float, typer.Option(metavar="SECONDS", help="The longest moment.")] = 0.0,
    travels: Annotated[
        bool | None,
        typer.Option("--travels/--in-place", help="Whether the person leaves the place.", show_default=False),
    ] = None,
    mirrored: Annotated[
        bool | None, typer.Option("--mirrored/--as-recorded", help="Mirror images only, or none.", show_default=False)
    ] = None,
    hand: Annotated[str, typer.Option(metavar="WHICH", help="That does it: left, right, both.")] = "",
    leg: Annotated[str, typer.Option(metavar="WHICH", help="That does it: left, right.")] = "",
    direction: Annotated[
        str, typer.Option(metavar="WAY", help="Of a walk, run or jump: forward, backward, left, 'forward left' ...")
    ] = "",
    gait: Annotated[str, typer.Option(metavar="GAIT", help="walk, run, sneak, limp.")] = "",
    turns: Annotated[str, typer.Option(metavar="WAY", help="left, right, none.")] = "",
    jumps: Annotated[
        bool | None, typer.Option("--jumps/--no-jumps", help="Whether the person jumps.", show_default=False)
    ] = None,
    speed: Annotated[
        str, typer.Option(metavar="HOW", help="Of the way: slow (below 0.8 m/s), normal, quick (above 1.8 m/s).")
    ] = "",
    rerank: Annotated[
        bool, typer.Option("--rerank/--no-rerank", help="Compare a video's landmarks with the best hits' joints.")
    ] = True,
    copy: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write the found moments there, as BVH.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    index: Address = INDEX,
    model: Model = None,
    device: Device = "auto",
) -> None:
    """Find motions by words, by a video, by a motion, by a picture of a pose, or by several of these at once."""
    one_thread()
    from lavimo.search.action_filter import doing
    from lavimo.search.item import Filters
    from lavimo.search.library import Library
    from lavimo.search.query import Query, mixed
    from lavimo.search.show import as_table

    does = doing(hand=hand, leg=leg, direction=direction, gait=gait, turns=turns, jumps=jumps, speed=speed)
    filters = Filters(folder, licence, min_s, max_s, travels, mirrored, does)
    query = Query(mixed(words, video, motion, negative, weights), image, person, filters, k, rerank)
    library = Library(index, model, device)
    answer = library.search(query)
    if copy is not None:
        from lavimo.export.export import Cut, export_all

        cuts = [Cut(hit.item.name, hit.window.begin_s, hit.window.end_s, hit.window.mirrored) for hit in answer.hits]
        export_all([library.store.motion(hit.item.id) for hit in answer.hits], cuts, copy)
    library.close()
    told = json.dumps(answer.to_json(), indent=1, ensure_ascii=False) if as_json else as_table(answer)
    sys.stdout.write(told + "\n")


@command(
    PANEL,
    "lavimo app",
    "lavimo app --host 0.0.0.0 --name mocap.studio.lan  (for others; prints an address with a token)",
)
def app(
    index: Address = INDEX,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0: any that is free.")] = 8000,
    token: Annotated[str, typer.Option(help="What clients must know; made up where others can call.")] = "",
    name: Annotated[list[str], typer.Option(metavar="NAME", help="By which others call this machine.")] = [],  # noqa: B006
    avatar: Annotated[str, typer.Option(metavar="NAME", help="Who acts the motions out.")] = "jonas",
    limits: Annotated[
        str, typer.Option(metavar="JSON", help="What strangers may do: {KEY: VALUE} of lavimo/app/settings.py.")
    ] = "{}",
    model: Model = None,
) -> None:
    """Open a library to a browser: a page to search it on, and an interface for programs."""
    one_thread("NUMBA_NUM_THREADS")  # the cores are for other clients
    from pydantic import ValidationError

    from lavimo.app.run import run
    from lavimo.app.settings import Settings
    from lavimo.config import explain

    told = {"host": host, "port": port, "token": token, "names": tuple(name), "avatar": avatar}
    try:
        own = Settings.model_validate({**json.loads(limits), **told})
    except ValidationError as error:
        raise ValueError(f"--limits: {explain(error, Settings)}") from None
    except (json.JSONDecodeError, TypeError) as error:
        raise ValueError(f"--limits: found {limits}, expected {{KEY: VALUE}} ({error})") from None
    run(index, own, model)


@command(PANEL)
def fetch_page() -> None:
    """Bring three.js out of its package on npm: the 3D viewer of `lavimo app`."""
    from lavimo.app.page import fetch_page

    sys.stdout.write(f"{fetch_page()}\n")
