"""The command that takes motions away, for other programs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from lavimo.cli.app import command
from lavimo.cli.search import INDEX, PANEL, Address

if TYPE_CHECKING:
    from lavimo.motion.motion import Motion
    from lavimo.search.item import Item

SMPL, OWN = "smpl", "own"


@command(
    PANEL,
    "lavimo export 6826aae4653b1f92 --to glb --avatar mei",
    "lavimo export walk.bvh --to bvh --loop --in-place --fps 30 --output walk_loop.bvh",
    "lavimo export 6826aae4653b1f92 --skeleton own --mirrored  (fingers, things and all)",
    "lavimo export 6826aae4653b1f92 --skeleton hero.glb --to glb  (your character does it)",
    "lavimo export 6826aae4653b1f92@0-1.5 6826aae4653b1f92! walk.bvh --to glb  (in a row, as one)",
)
def export(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="ID...",
            help="A hit's id, or a file with a motion; several in a row are joined. ID@1.2-3.4: from then to then; "
            "ID! or ID@1.2-3.4!: mirrored.",
            show_default=False,
        ),
    ],
    to: Annotated[
        str, typer.Option(help="bvh, glb, npz (AMASS's form), mp4, or source: the file that it came from.")
    ] = "bvh",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to; else named after the motion.")] = None,
    begin_s: Annotated[float, typer.Option(metavar="SECONDS", help="Where it begins.")] = 0.0,
    end_s: Annotated[float | None, typer.Option(metavar="SECONDS", help="Where it ends.", show_default=False)] = None,
    mirrored: Annotated[bool, typer.Option("--mirrored", help="Left and right swapped.")] = False,
    in_place: Annotated[bool, typer.Option("--in-place", help="Above the place of the first frame.")] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Cut and closed, so that it can be repeated.")] = False,
    fps: Annotated[
        float | None,
        typer.Option(help="Frames a second; else 20, or the source's with --skeleton own.", show_default=False),
    ] = None,
    skeleton: Annotated[
        str,
        typer.Option(
            metavar="smpl|own|FILE",
            help="SMPL's; the source's own, with all its joints; or that of a file (BVH, FBX, GLB). The latter two as "
            "bvh and glb.",
        ),
    ] = SMPL,
    blend: Annotated[
        float, typer.Option(metavar="SECONDS", help="In which one motion goes over into the next; longer if need be.")
    ] = 0.3,
    avatar: Annotated[
        str, typer.Option(metavar="NAME", help="Who acts it out, in glb and mp4; none: a grey body.")
    ] = "",
    index: Address = INDEX,
) -> None:
    """Write a motion, or several as one, for another program: Blender, a game engine, AMASS's readers, a player."""
    from lavimo.avatar.dress import dressed
    from lavimo.export.export import FORMATS, copy_source, write
    from lavimo.export.join import joined
    from lavimo.export.moment import Moment, parse_moment
    from lavimo.export.skeleton import export_onto, export_own
    from lavimo.export.take import Cut, take_of
    from lavimo.motion.motion import FPS

    kind = next((one for one in FORMATS if one == to), None)
    if kind is None and to != "source":
        raise ValueError(f"found --to {to}, expected {', '.join(FORMATS)} or source")
    moments = [Moment(one) if Path(one).is_file() else parse_moment(one) for one in what]
    own = begin_s or end_s is not None or mirrored
    if len(what) > 1 and (own or loop or kind is None):
        raise ValueError(
            f"found {len(what)} motions, expected one with --begin-s, --end-s, --mirrored, --loop and --to source; "
            "of several say which moments, ID@1.2-3.4, and which are mirrored, ID!"
        )
    if own:
        moments = [Moment(moments[0].what, begin_s, end_s, mirrored)]
    if skeleton == OWN and len(what) > 1:
        raise ValueError(
            f"found {len(what)} motions, expected one with --skeleton own: what is joined has one skeleton"
        )
    if skeleton != SMPL and avatar:
        raise ValueError(
            f"found --avatar {avatar} and --skeleton {skeleton}, expected one: avatars have SMPL's skeleton"
        )
    found = [_named(moment.what, index) for moment in moments]
    name = found[0].name if len(found) == 1 else f"{found[0].name}_and_{len(found) - 1}_more"
    path = output or Path(f"{name}.{kind or Path(found[0].file).suffix[1:]}")
    person = dressed(avatar) if avatar else None
    if kind is None:
        copy_source(found[0].file, path)
    elif skeleton == OWN:
        export_own(found[0].source(), found[0].motion, Cut(name, *moments[0][1:], in_place, loop, fps), path, kind)
    else:
        if len(found) == 1:
            take = take_of(found[0].motion, Cut(name, *moments[0][1:], in_place, loop, fps))
        else:
            takes = [take_of(one.motion, moment.cut(one.name)) for one, moment in zip(found, moments)]
            take = joined(takes, blend).finished(in_place, fps or FPS)
        if skeleton == SMPL:
            write(take, name, path, kind, person)
        else:
            export_onto(Path(skeleton), take, name, path, kind)
    sys.stdout.write(f"{path}\n")


class _Named(NamedTuple):
    name: str
    file: str
    motion: "Motion"
    origin: "Path | Item"

    def source(self) -> Path:
        """The file, and the animation in it, that it was read from, if it is what it was."""
        from lavimo.search.origin import origin_of

        return self.origin if isinstance(self.origin, Path) else origin_of(self.origin)


def _named(what: str, index: str) -> _Named:
    """A motion of an index by its id, or of a file."""
    from lavimo.export.export import plain
    from lavimo.formats import parted, read_motion
    from lavimo.search.item import check_id
    from lavimo.search.open_store import open_store

    whole, animation = parted(Path(what))
    if whole.is_file():
        name = whole.stem + (f"_{plain(animation.replace('/', '_'))}" if animation else "")
        return _Named(name, str(whole), read_motion(Path(what)), Path(what))
    store = open_store(index)
    try:
        item = store.get(check_id(what))
        return _Named(plain(item.name), item.file, store.motion(item.id), item)
    finally:
        store.close()
