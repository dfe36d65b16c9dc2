"""How far features that are computed again lie from the released ones, clip by clip."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.motion.features import features_from_joints, joints_from_features
from lavimo.motion.layout import HUMANML3D, KIT, Layout
from lavimo.npz import read_npy
from lavimo.sources.verify.finding import Findings

Array = NDArray[Any]

FAR = 1e-3
"""A clip further away than this was not made by the published procedure. HumanML3D's own lie within 3e-4."""
LEG = 0.8
"""The length of a leg, metres: KIT-ML's unit is what makes its legs as long."""


def check_features(folder: Path, names: Iterable[str], findings: Findings) -> None:
    """Compute each clip's features from its released joints (or those in its features), worst first."""
    far: list[tuple[float, str, str]] = []
    for name in names:
        path = folder / "new_joint_vecs" / f"{name}.npy"
        distance = findings.attempt("features", name, partial(distance_of, path))
        if distance is not None:
            far.append((distance[0], name, distance[1]))
    for distance_max, name, group in sorted(far, reverse=True):
        report = findings.problem if distance_max > FAR else findings.ok
        report("features", name, f"mean absolute distance {distance_max:.1e}, in {group}")


def distance_of(path: Path) -> tuple[float, str]:
    """The mean absolute distance in the group of features where it is greatest, and that group.

    Args:
        path: `new_joint_vecs/ID.npy`, beside which there may be `new_joints/ID.npy`.

    Raises:
        ValueError: a file is damaged or of another shape; it is named.
    """
    released_TD = read_npy(path)
    layout = next((layout for layout in (HUMANML3D, KIT) if released_TD.shape[1:] == (layout.features,)), None)
    if layout is None or len(released_TD) < 2:
        raise ValueError(f"{path}: found shape {released_TD.shape}, expected (2 or more, 263) or (2 or more, 251)")
    joints = path.parent.parent / "new_joints" / path.name
    joints_TJ3 = read_npy(joints) if joints.exists() else joints_from_features(released_TD)
    if joints_TJ3.shape != (len(released_TD), layout.joints, 3):
        raise ValueError(f"{joints}: found shape {joints_TJ3.shape}, expected ({len(released_TD)}, {layout.joints}, 3)")
    try:
        again_TD = features_from_joints(joints_TJ3, joints_TJ3[0], "humanml3d", layout)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    apart_TD = np.abs(again_TD - released_TD[:-1]) / _units(layout, joints_TJ3)
    return max((float(apart_TD[:, group].mean()), name) for name, group in layout.groups.items())


def _units(layout: Layout, joints_TJ3: Array) -> Array:
    """What one metre is for each feature (D,); 1 for angles and contacts."""
    units_D = np.ones(layout.features)
    if layout is KIT:
        bones_2 = [joints_TJ3[0, joint] - joints_TJ3[0, layout.parents_J[joint]] for joint in layout.leg]
        for name in ("root_velocity", "root_height", "positions", "velocities"):
            units_D[layout.groups[name]] = np.linalg.norm(bones_2, axis=1).sum() / LEG
    return units_D
