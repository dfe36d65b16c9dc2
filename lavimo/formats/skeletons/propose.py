"""A guessed skeleton map, written as a table to correct and a picture to look at.

J joints, 2 and 3 vectors.
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.files import atomic
from lavimo.formats.bvh.parser import Bvh, read_bvh
from lavimo.formats.skeletons import REQUIRED, SkeletonMap, map_of, plain, skeleton_maps
from lavimo.formats.skeletons.guess import guess
from lavimo.motion.retarget import world_joints

log = logging.getLogger(__name__)

Array = NDArray[np.floating]

COLOURS = {"left": "#2563ab", "right": "#b3261e", "": "#333333"}


def propose(path: Path, folder: Path, name: str = "") -> SkeletonMap:
    """Guess the map of a BVH's skeleton and write it to `folder` as `NAME.yaml`, with a picture, `NAME.png`.

    Args:
        name: of the map; the file's name without its suffix if empty.

    Raises:
        ValueError: the file is damaged, a map knows its skeleton already, a map of that name is there, or no person can
            be made out.
    """
    name = name or path.stem
    table, picture = folder / f"{name}.yaml", folder / f"{name}.png"
    if table.exists() or name in {known.name for known in skeleton_maps()}:
        raise ValueError(f"found a skeleton map {name!r} already; choose another with --name")
    bvh = read_bvh(path)
    try:
        known = map_of(bvh.names)
    except ValueError:
        known = None
    if known:
        raise ValueError(f"{path}: the skeleton map {known.name!r} knows this skeleton; nothing is to be done")
    points_J3 = first_frame(bvh)
    names = plain(bvh.names)
    try:
        found = SkeletonMap(name, guess(names, bvh.parents_J.tolist(), points_J3))
    except ValueError as error:
        raise ValueError(f"{path}: {error}; write the map by hand (docs/data/bvh.md)") from error
    with atomic(table) as partial:
        partial.write_text(as_yaml(found, path.name), encoding="utf-8")
    draw(found, names, bvh.parents_J, points_J3, picture)
    log.info("%s: look at %s, correct what is wrong, then name the folder in source.bvh.skeletons", table, picture)
    return found


def first_frame(bvh: Bvh) -> Array:
    """Where the joints are in the first frame (J, 3), in the file's unit."""
    quaternions_1J4, positions_1J3 = bvh.local(np.zeros(1, np.intp))
    rotations_1J33 = Rotation.from_quat(quaternions_1J4[0]).as_matrix()[None]
    return world_joints(bvh.parents_J, rotations_1J33, positions_1J3)[0][0]


def as_yaml(found: SkeletonMap, file: str) -> str:
    """The table, as a map is written."""
    lines = [f"  {smpl}: {theirs!r}".replace("'", '"') for smpl, theirs in found.joints.items()]
    needed = ", ".join(sorted(REQUIRED))
    head = f"# Guessed from {file}. SMPL's name of a joint, and the file's. No map may lack {needed}."
    return "\n".join([head, "joints:", *lines, "skip_frames: 0", ""])


def draw(found: SkeletonMap, names: list[str], parents_J: NDArray[np.intp], points_J3: Array, path: Path) -> None:
    """The figure from the front and from its left, each joint of the map with both its names in one of them."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    at = {smpl: points_J3[names.index(theirs)] for smpl, theirs in found.joints.items()}
    up_3 = _unit(at["neck"] - at["pelvis"])
    left_3 = at["left_hip"] - at["right_hip"]
    left_3 = _unit(left_3 - (left_3 @ up_3) * up_3)
    figure, panels = plt.subplots(1, 2, figsize=(13, 8), width_ratios=(3, 2), layout="constrained")
    views = (("from the front", left_3), ("from its left", -np.cross(left_3, up_3)))
    for panel, (title, across_3) in zip(panels, views):
        flat_J2 = (points_J3 - at["pelvis"]) @ np.stack([across_3, up_3], axis=1)
        for joint, parent in enumerate(parents_J):
            if parent >= 0:
                panel.plot(*flat_J2[[joint, parent]].T, color="#bbbbbb", linewidth=2, zorder=1)
        for smpl, theirs in found.joints.items():
            side = smpl.partition("_")[0] if "_" in smpl else ""
            x, y = flat_J2[names.index(theirs)]
            panel.scatter(x, y, s=28, color=COLOURS[side], zorder=2)
            if bool(side) == (title == "from the front"):
                panel.text(x, y, f" {smpl} = {theirs} ", fontsize=8, **_slant(smpl, side))
        panel.set(title=f"{found.name}, {title}", aspect="equal")
        panel.margins(0.25, 0.05)
        panel.axis("off")
    with atomic(path) as partial:
        figure.savefig(partial, dpi=100, format="png")
    plt.close(figure)


def _slant(smpl: str, side: str) -> dict[str, Any]:
    """How a joint's words stand: outwards, and those of the arms aslant, since arms may be stretched out."""
    arm = any(smpl.endswith(part) for part in ("collar", "shoulder", "elbow", "wrist", "hand"))
    angle = (-50 if side == "right" else 50) if arm else 0
    how = {"rotation": angle, "rotation_mode": "anchor"} if arm else {}
    return {"ha": "right" if side == "right" else "left", "va": "center", **how}


def _unit(vector_3: Array) -> Array:
    return vector_3 / max(float(np.linalg.norm(vector_3)), 1e-12)
