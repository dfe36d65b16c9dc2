"""BVH files of any hierarchy, written from Python lists."""

from collections.abc import Callable, Sequence

import pytest


def text_of(joints: Sequence[tuple], values: Sequence[Sequence[float]], frame_s: float = 1 / 30) -> str:
    """A BVH of joints (name, parent's index, offset, channels), parents first; an end site has no channels."""

    def write(index: int, depth: int) -> str:
        name, _, offset, channels = joints[index]
        pad = "\t" * depth
        head = "End Site" if not channels else f"{'JOINT' if depth else 'ROOT'} {name}"
        lines = [f"{pad}{head}", f"{pad}{{", f"{pad}\tOFFSET " + " ".join(map(repr, offset))]
        if channels:
            lines.append(f"{pad}\tCHANNELS {len(channels)} " + " ".join(channels))
        lines += [write(child, depth + 1) for child, joint in enumerate(joints) if joint[1] == index]
        return "\n".join([*lines, f"{pad}}}"])

    rows = "\n".join(" ".join(map(repr, row)) for row in values)
    return f"HIERARCHY\n{write(0, 0)}\nMOTION\nFrames: {len(values)}\nFrame Time: {frame_s!r}\n{rows}\n"


@pytest.fixture(scope="session")
def bvh_text() -> Callable[..., str]:
    """The function that writes a BVH from its joints and values."""
    return text_of


@pytest.fixture
def good_text() -> str:
    """A small good file: a root and one joint, two frames."""
    joints = [
        ("hip", -1, (0.0, 0.0, 0.0), ("Xposition", "Yposition", "Zposition", "Zrotation", "Xrotation", "Yrotation")),
        ("chest", 0, (0.0, 20.0, 0.0), ("Zrotation", "Xrotation", "Yrotation")),
    ]
    return text_of(joints, [[float(i) for i in range(9)], [0.5] * 9])
