"""The file that an item of a library was read from, as long as it is what it was."""

from pathlib import Path
from typing import get_args

from lavimo.formats.archive import is_there
from lavimo.motion.world import Up
from lavimo.search.item import Item
from lavimo.search.scan import Source


def origin_of(item: Item) -> Path:
    """The file, with the name of its animation where it has several (`walk.glb#Jump`).

    Raises:
        ValueError: there is none, it is gone, or it was changed after the motion was read from it.
    """
    if not item.file:
        raise ValueError(
            f"{item.name}: found a clip of a workflow, which has no skeleton of its own: export it on SMPL's "
            "(--skeleton smpl), or index the folder of files that it was made of"
        )
    file = Path(item.file)
    if not is_there(file):
        raise ValueError(f"{item.name}: found no file any more from which the motion was read: {AGAIN}")
    inside = str(file.relative_to(item.library)) if file != Path(item.library) else file.name
    animation = item.name[len(inside) :].removeprefix("#")
    sources = (
        Source(item.id, item.name, item.library, file, 0, 0, item.captions, item.licence, up=up, animation=animation)
        for up in (None, *get_args(Up))
    )
    if not any(source.sha256() == item.sha256 for source in sources):
        raise ValueError(f"{item.name}: found the file changed after the motion was read from it: {AGAIN}")
    return Path(f"{file}#{animation}") if animation else file


AGAIN = "bring the index up to date (`lavimo index`), or export on SMPL's skeleton (--skeleton smpl)"
