"""The kinds of file that hold a motion: one function opens any of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lavimo.formats import archive, trees
from lavimo.npz import npz_shapes

if TYPE_CHECKING:  # the workflow's planning lists sources without scipy
    from lavimo.motion.motion import Motion
    from lavimo.motion.world import Up

UNDERSTOOD = (
    "BVH; FBX, glTF and GLB; Acclaim's ASF/AMC; npz of AMASS or of SMPL motions (docs/data/smpl.md); npy of "
    "HumanML3D's or KIT-ML's joints or features"
)

LFS = b"version https://git-lfs.github.com/spec/"
"""What stands where a file of a repository has not been fetched."""
BLENDER = "open it in Blender (File, Import) and export it as glTF 2.0 or BVH"
REFUSED = {
    b"PXR-USDC": f"USD, which is not read: {BLENDER}",
    b"#usda": f"USD, which is not read: {BLENDER}",
    b"\x02\x50": "C3D, markers without a skeleton: solve it for a skeleton first, and export that as BVH",
}


def parted(path: Path) -> tuple[Path, str]:
    """A file, and the name of one of its animations: `walk.glb#Jump`."""
    file, _, animation = str(path).partition("#")
    if not animation or path.exists():
        return path, ""
    while not Path(file).exists() and "#" in animation:  # a folder or a file may have a # in its name
        more, _, animation = animation.partition("#")
        file = f"{file}#{more}"
    return (Path(file), animation) if Path(file).exists() else (path, "")


def read_motion(
    path: Path,
    start_s: float = 0.0,
    end_s: float | None = None,
    skeletons: Path | None = None,
    up: "Up | None" = None,
    library: "Mapping[tuple[str, ...], Up] | None" = None,
) -> "Motion":
    """The motion of a single file, or a window of it in seconds, 20 frames a second. Its content tells what it is.

    Args:
        skeletons: a folder of the user's own skeleton maps, for BVH.
        up: the axis that points upwards, where a file of this kind does not say it itself; None: as the kind has it.
        library: see `lavimo.formats.bvh.read.library_ups`.

    Raises:
        ValueError: it is missing, damaged, or nothing that is understood; it is named, with what was found.
    """
    with archive.at_hand(Path(path)) as there:
        return _read(there, start_s, end_s, skeletons, up, library)


def _read(
    path: Path,
    start_s: float,
    end_s: float | None,
    skeletons: Path | None,
    up: "Up | None",
    library: "Mapping[tuple[str, ...], Up] | None",
) -> "Motion":
    path, animation = parted(path)
    try:
        with open(path, "rb") as file:
            head = file.read(512)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
    if head.startswith(np.lib.format.MAGIC_PREFIX):
        from lavimo.formats import joints

        return joints.read_motion(path, start_s, end_s)
    if path.suffix.lower() == archive.SUFFIX:
        archive.archive(path)
        raise ValueError(f"{path}: found an archive, expected a motion: `lavimo index` it, or name a file in it")
    world: dict[str, Any] = {"up": up} if up else {}
    if head.startswith(b"PK"):
        if "fps" in npz_shapes(path):
            from lavimo.formats import smpl

            return smpl.read_motion(path, start_s, end_s, **world)
        from lavimo.formats import amass

        return amass.read_motion(path, start_s, end_s, every_nth=False, scale_to_legs=True, **world)
    if is_bvh(head):
        from lavimo.formats.bvh import read

        return read.read_motion(path, start_s, end_s, skeletons, up, library=library)
    if trees.is_tree(path, head):
        return trees.read_motion(path, animation, start_s, end_s, skeletons)
    for start, kind in REFUSED.items():
        if head.startswith(start):
            raise ValueError(f"{path}: found {kind}")
    if is_acclaim(head):
        from lavimo.formats.acclaim import read as acclaim

        return acclaim.read_motion(path, start_s, end_s, skeletons, up)
    if head.startswith(LFS):
        raise ValueError(f"{path}: found a Git LFS pointer, expected the file itself: `git lfs pull` in its repository")
    found = "an empty file" if not head else f"a file that begins with {head[:16]!r}"
    raise ValueError(f"{path}: found {found}, expected a motion: {UNDERSTOOD}")


def is_bvh(head: bytes) -> bool:
    """Whether a file is BVH, by its first bytes."""
    return head.lstrip(trees.SPACE).upper().startswith(b"HIERARCHY")


def is_acclaim(head: bytes) -> bool:
    """Whether a file is Acclaim's, by its first bytes."""
    return head.lstrip(trees.SPACE).startswith((b"#", b":"))
