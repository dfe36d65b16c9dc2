"""`lavimo export --skeleton`: a motion on another skeleton than SMPL's, as another program wants it."""

from pathlib import Path

from lavimo.export.bvh import write_bvh
from lavimo.export.moving import Moving
from lavimo.export.onto_rig import onto, rig_of
from lavimo.export.own_skeleton import own_skeleton
from lavimo.export.take import Cut, Take
from lavimo.export.tree import write_tree
from lavimo.formats.archive import at_hand
from lavimo.motion.motion import Motion


def export_own(file: Path, motion: Motion, cut: Cut, path: Path, kind: str) -> None:
    """Write a cut of a file's movement on its own skeleton, with all its joints.

    Args:
        motion: that was read from the file.

    Raises:
        ValueError: the format has SMPL's skeleton only, the file has none, or see `lavimo.export.export.export`.
    """
    with at_hand(file) as there:
        own = own_skeleton(there, motion)
        write_moving(path, own.cut(cut), cut.name, kind, own.model)


def export_onto(file: Path, take: Take, name: str, path: Path, kind: str) -> None:
    """Write a take on the skeleton of another file.

    Raises:
        ValueError: the format has SMPL's skeleton only, or the file no skeleton that a motion can be put on.
    """
    with at_hand(file) as there:
        rig = rig_of(there)
        write_moving(path, onto(take, rig), name, kind, rig.model)


def write_moving(path: Path, moving: Moving, name: str, kind: str, model: Path | None = None) -> None:
    """Write any skeleton's take.

    Args:
        model: see `write_tree`.

    Raises:
        ValueError: the format has SMPL's skeleton only.
    """
    match kind:
        case "bvh":
            write_bvh(path, moving)
        case "glb":
            write_tree(path, moving, name, model)
        case _:
            raise ValueError(f"found {kind}, which has SMPL's skeleton only; expected bvh or glb, or --skeleton smpl")
