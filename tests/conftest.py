"""What tests of several rooms share: a BVH file of known content, and a tiny experiment."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported: pytest-xdist has the other cores

HIERARCHY = """HIERARCHY
ROOT Hips
{{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
{joints}}}
"""
# Joint, children; offsets in centimetres, T-pose, y up, facing z, left is +x.
TREE = {
    "Hips": ["LeftUpLeg", "RightUpLeg", "Spine"],
    "LeftUpLeg": ["LeftLeg"], "LeftLeg": ["LeftFoot"], "LeftFoot": ["LeftToeBase"], "LeftToeBase": [],
    "RightUpLeg": ["RightLeg"], "RightLeg": ["RightFoot"], "RightFoot": ["RightToeBase"], "RightToeBase": [],
    "Spine": ["Spine1"], "Spine1": ["Neck", "LeftShoulder", "RightShoulder"], "Neck": ["Head"], "Head": [],
    "LeftShoulder": ["LeftArm"], "LeftArm": ["LeftForeArm"], "LeftForeArm": ["LeftHand"], "LeftHand": [],
    "RightShoulder": ["RightArm"], "RightArm": ["RightForeArm"], "RightForeArm": ["RightHand"], "RightHand": [],
}  # fmt: skip
OFFSETS = {
    "UpLeg": (10, -5, 0), "Leg": (0, -40, 0), "Foot": (0, -42, -2), "ToeBase": (0, -5, 14),
    "Spine": (0, 15, 0), "Spine1": (0, 20, -2), "Neck": (0, 25, 2), "Head": (0, 10, 2),
    "Shoulder": (5, 18, 2), "Arm": (12, 0, 0), "ForeArm": (26, 0, 0), "Hand": (25, 0, 0),
}  # fmt: skip


@pytest.fixture(scope="session")
def write_bvh() -> Callable[..., Path]:
    """A function that writes a BVH of a person who sways, as `write_bvh(path, frames=..., seed=..., fps=...)`."""

    def joint(name: str, depth: int) -> str:
        side = -1 if name.startswith("Right") else 1
        x, y, z = OFFSETS[name.removeprefix("Left").removeprefix("Right")]
        pad = "  " * depth
        inner = "".join(joint(child, depth + 1) for child in TREE[name])
        if not TREE[name]:
            inner = f"{pad}  End Site\n{pad}  {{\n{pad}    OFFSET {side * 2} 0 5\n{pad}  }}\n"
        head = f"{pad}  OFFSET {side * x} {y} {z}\n{pad}  CHANNELS 3 Zrotation Yrotation Xrotation\n"
        return f"{pad}JOINT {name}\n{pad}{{\n{head}{inner}{pad}}}\n"

    def write(path: Path, frames: int = 90, seed: int = 0, fps: float = 30.0) -> Path:
        hierarchy = HIERARCHY.format(joints="".join(joint(child, 1) for child in TREE["Hips"]))
        generator = np.random.default_rng(seed)
        channels = 3 + 3 * len(TREE)
        time_T1 = np.arange(frames)[:, None] / fps
        phases, sizes = generator.uniform(0, 2 * np.pi, channels), generator.uniform(0, 12, channels)
        values = sizes * np.sin(2 * np.pi * 0.5 * time_T1 + phases)
        values[:, :3] = [0, 94, 0] + 0.3 * values[:, :3]
        rows = "\n".join(" ".join(f"{value:.4f}" for value in row) for row in values)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{hierarchy}MOTION\nFrames: {frames}\nFrame Time: {1 / fps:.6f}\n{rows}\n")
        return path

    return write
