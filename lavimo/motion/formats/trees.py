"""Files that hold a tree of nodes with animations, each of which is a motion: glTF and GLB."""

import struct
from pathlib import Path
from typing import TYPE_CHECKING

from lavimo.motion.formats.gltf.names import animations_of as animations_of_gltf

if TYPE_CHECKING:
    from lavimo.motion.motion import Motion

FAULTS = (KeyError, IndexError, TypeError, AttributeError, OverflowError, struct.error)
"""What reading damaged files raises, beside ValueError."""
SUFFIXES = (".glb", ".gltf")


def is_tree(path: Path, head: bytes) -> bool:
    """Whether a file is one of these, by its first bytes."""
    return head.startswith(b"glTF") or (head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and path.suffix != ".json")


def animations_of(path: Path) -> list[str] | None:
    """The names of a file's animations, quickly, without their curves; None where it cannot be read."""
    try:
        return animations_of_gltf(path)
    except (OSError, ValueError, *FAULTS):
        return None


def read_motion(
    path: Path, animation: str = "", start_s: float = 0.0, end_s: float | None = None, skeletons: Path | None = None
) -> "Motion":
    """An animation of the file, or a window of it, on the embedded body, 20 frames a second.

    Args:
        animation: its name; may be left out where there is one.

    Raises:
        ValueError: the file is damaged, has no such animation, its skeleton is in no map, or it is shorter than two
            frames; the file is named.
    """
    from lavimo.motion.formats.gltf.read import read_nodes  # scipy, which listing needs not
    from lavimo.motion.formats.sampled import motion_of_nodes

    name = f"{path}#{animation}" if animation else str(path)
    try:
        nodes = read_nodes(path)
        return motion_of_nodes(nodes, nodes.animation(animation, path), start_s, end_s, skeletons, name)
    except FAULTS as error:
        raise ValueError(f"{name}: damaged ({type(error).__name__}: {error}): export it again") from error
    except ValueError as error:
        raise type(error)(f"{name}: {error}") from error
