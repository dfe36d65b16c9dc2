"""Files that hold a tree of nodes with animations, each of which is a motion: glTF, GLB and FBX."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lavimo.formats.fbx.names import animations_of as fbx_animations
from lavimo.formats.gltf.names import animations_of as gltf_animations

if TYPE_CHECKING:
    from lavimo.formats.nodes import Nodes
    from lavimo.motion.motion import Motion

FAULTS = (KeyError, IndexError, TypeError, AttributeError, OverflowError, struct.error)
"""What reading damaged files raises, beside ValueError."""
SUFFIXES = (".glb", ".gltf", ".fbx")
FBX = b"Kaydara FBX Binary", b"; FBX", b"FBXHeaderExtension"
"""How FBX begins."""
SPACE = b"\xef\xbb\xbf \t\r\n"


def is_tree(path: Path, head: bytes) -> bool:
    """Whether a file is one of these, by its first bytes."""
    return is_fbx(head) or head.startswith(b"glTF") or (head.lstrip(SPACE).startswith(b"{") and path.suffix != ".json")


def is_fbx(head: bytes) -> bool:
    """Whether a file is FBX, by its first bytes."""
    return head.lstrip(SPACE).startswith(FBX)


def animations_of(path: Path) -> list[str] | None:
    """The names of a file's animations, quickly, without their curves; None where it cannot be read."""
    try:
        with open(path, "rb") as file:
            head = file.read(64)
        return fbx_animations(path) if is_fbx(head) else gltf_animations(path)
    except (OSError, ValueError, *FAULTS):
        return None


def motions_in(path: Path) -> list[str]:
    """Which motions a file of any kind holds: the animations' names of one with several, else one without a name. A
    model without animations holds none; what cannot be read holds one that says so."""
    names = animations_of(path) if path.suffix.lower() in SUFFIXES else None
    return names if names is not None and len(names) != 1 else [""]


def read_nodes(path: Path) -> "Nodes":
    """The tree of a file and its animations.

    Raises:
        ValueError: it is damaged, or of a version that is not understood; it is named.
    """
    with named(str(path)):
        with open(path, "rb") as file:
            head = file.read(64)
        if is_fbx(head):
            from lavimo.formats.fbx.read import read_nodes as read_fbx  # scipy, which listing needs not

            return read_fbx(path)
        from lavimo.formats.gltf.read import read_nodes as read_gltf

        return read_gltf(path)


@contextmanager
def named(name: str) -> Iterator[None]:
    """Faults of a file are ValueErrors that name it."""
    try:
        yield
    except OSError as error:
        raise ValueError(f"{name}: cannot be read ({error})") from error
    except FAULTS as error:
        raise ValueError(f"{name}: damaged ({type(error).__name__}: {error}): export it again") from error
    except ValueError as error:
        again = type(error)(f"{name}: {error}")
        again.__dict__.update(error.__dict__)
        raise again from error


def read_motion(
    path: Path,
    animation: str = "",
    start_s: float = 0.0,
    end_s: float | None = None,
    skeletons: Path | None = None,
    plausible: bool = True,
) -> "Motion":
    """An animation of the file, or a window of it, on the embedded body, 20 frames a second.

    Args:
        animation: its name; may be left out where there is one.
        plausible: refuse what nobody can do (`lavimo.motion.plausible`).

    Raises:
        ValueError: the file is damaged, has no such animation, its skeleton is in no map, it is shorter than two
            frames, or no person's motion; the file is named.
    """
    from lavimo.formats.sampled import motion_of_nodes

    nodes = read_nodes(path)
    name = f"{path}#{animation}" if animation else str(path)
    with named(name):
        chosen = nodes.animation(animation, path)
        return motion_of_nodes(nodes, chosen, start_s, end_s, skeletons, plausible, name)
