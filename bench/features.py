"""How fast features are computed, against issue 4's 20,000 frames a second, and BVH files are read, against
the pure-Python package `bvh`.

The BVH files are CMU's trials where they lie beside the checkout, else one that is written here, of the same size.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import bvh
import numpy as np
from table import write_results

from lavimo.body.body import embedded_body
from lavimo.formats.bvh.parser import read_bvh
from lavimo.motion.features import features_from_joints

CMU = Path(__file__).parents[2] / "shared/data/cmu/bvh"
CLIPS, FRAMES, ALLOWED_US = 100, 200, 1e6 / 20_000
JOINTS = 38


def best(act: Callable[[], object], times: int = 3) -> float:
    """The least processor time of several runs, seconds."""
    seconds = []
    for _ in range(times):
        start = time.process_time()
        act()
        seconds.append(time.process_time() - start)
    return min(seconds)


def write_bvh(path: Path, frames: int = 1500) -> None:
    """A chain of joints that move, with numbers such as CMU's."""
    generator = np.random.default_rng(0)
    channels = "CHANNELS 3 Zrotation Yrotation Xrotation"
    head = "\n".join(f"JOINT j{joint}\n{{\nOFFSET 0 5 0\n{channels}" for joint in range(1, JOINTS))
    values = generator.uniform(-180, 180, (frames, 3 * JOINTS))
    rows = "\n".join(" ".join(f"{value:.6g}" for value in row) for row in values)
    root = f"HIERARCHY\nROOT j0\n{{\nOFFSET 0 0 0\nCHANNELS 3 Xposition Yposition Zposition\n{head}\n"
    path.write_text(f"{root}End Site\n{{\nOFFSET 0 1 0\n}}\n{'}' * JOINTS}\nMOTION\nFrames: {frames}\n"
                    f"Frame Time: 0.0083333\n{rows}\n")  # fmt: skip


with tempfile.TemporaryDirectory() as name:
    files = sorted(CMU.glob("*.bvh"))[::5]
    if not files:
        files = [Path(name) / "written.bvh"]
        write_bvh(files[0])
    read_bvh(files[0])  # compiles
    ours = best(lambda: [read_bvh(path) for path in files])
    theirs = best(lambda: [np.array(bvh.Bvh(path.read_text()).frames, float) for path in files], 1)

rest_J3 = embedded_body().rest(np.zeros(10, np.float32))[1][:22]
time_T = np.arange(FRAMES) / 20
clip_TJ3 = rest_J3 + 0.1 * np.sin(time_T[:, None, None] + np.arange(66).reshape(22, 3))
features_s = best(lambda: [features_from_joints(clip_TJ3, rest_J3, "humanml3d") for _ in range(CLIPS)])
write_results(
    "features",
    {
        "frames_per_s_vs_20000": (ALLOWED_US, 1e6 * features_s / (CLIPS * FRAMES), "us/frame"),
        "bvh_vs_public_parser": (theirs, ours, "s"),
    },
)
