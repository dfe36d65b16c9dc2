"""`python -m lavimo.body.build.betas WHEEL_OR_FOLDER`: the shape coefficients of people described in MakeHuman's words.

Prints what avatars.yaml holds as `betas` for the phenotypes that stand in PEOPLE, on the body that `lavimo.body.build`
makes of the same assets. Shape suffixes: V vertices, B betas (10), 3 metres.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lavimo.body.build.makehuman import Phenotype, open_assets, read_base_mesh, read_rig, read_targets
from lavimo.body.build.shape_space import BETAS, PELVIS_3, draw_people, principal_components
from lavimo.body.build.tpose import tpose

PEOPLE: dict[str, tuple[float, float, float, float, float, float, tuple[float, float, float], float]] = {
    # gender (1 is male), age (0 is 25 years, 1 is 90), muscle, weight, height, proportions, African-Asian-European, cup
    "jonas": (1.0, 0.05, 0.55, 0.50, 0.55, 0.70, (0.0, 0.0, 1.0), 0.5),
    "mei": (0.0, 0.05, 0.40, 0.38, 0.36, 0.70, (0.0, 1.0, 0.0), 0.35),
    "kofi": (1.0, 0.10, 0.85, 0.58, 0.68, 0.80, (1.0, 0.0, 0.0), 0.5),
    "amara": (0.0, 0.05, 0.50, 0.35, 0.66, 0.85, (1.0, 0.0, 0.0), 0.4),
    "walter": (1.0, 0.75, 0.40, 0.80, 0.48, 0.35, (0.0, 0.0, 1.0), 0.5),
    "clara": (0.0, 0.12, 0.45, 0.52, 0.50, 0.65, (0.0, 0.0, 1.0), 0.55),
    "ravi": (1.0, 0.20, 0.45, 0.55, 0.46, 0.50, (0.2, 0.3, 0.5), 0.5),
    "ingrid": (0.0, 0.70, 0.35, 0.62, 0.42, 0.40, (0.0, 0.0, 1.0), 0.6),
    "diego": (1.0, 0.15, 0.60, 0.68, 0.50, 0.45, (0.1, 0.4, 0.5), 0.5),
    "yuki": (0.0, 0.02, 0.45, 0.45, 0.44, 0.75, (0.0, 1.0, 0.0), 0.45),
    "malik": (1.0, 0.08, 0.50, 0.36, 0.62, 0.60, (0.8, 0.0, 0.2), 0.5),
    "sofia": (0.0, 0.25, 0.50, 0.74, 0.46, 0.50, (0.2, 0.2, 0.6), 0.75),
    "henrik": (1.0, 0.40, 0.45, 0.50, 0.66, 0.60, (0.0, 0.0, 1.0), 0.5),
}


def phenotype(name: str) -> Phenotype:
    """One of PEOPLE as `Targets.shape` wants it."""
    keys = ("gender", "age", "muscle", "weight", "height", "proportions", "race", "cup")
    return {**dict(zip(keys, PEOPLE[name], strict=True)), "firmness": 0.6}


def betas(source: Path) -> dict[str, NDArray[np.float64]]:
    """Each person's coefficients (B,): least squares over the body's vertices.

    Raises:
        ValueError: `source` holds no such assets.
    """
    assets = open_assets(source)
    mesh = read_base_mesh(assets)
    targets, rig = read_targets(assets, len(mesh.vertices_V3)), read_rig(assets, mesh)
    mean_V3, directions_V3B = principal_components(draw_people(mesh, targets, rig, np.random.default_rng(0))[0], mesh)
    body = mesh.group("body")
    found = {}
    for name in PEOPLE:
        vertices_V3, joints_J3 = tpose(targets.shape(mesh.vertices_V3, phenotype(name)), rig)
        offset_V3 = (vertices_V3 + (PELVIS_3 - joints_J3[0]) - mean_V3)[body]
        found[name] = np.linalg.lstsq(directions_V3B[body].reshape(-1, BETAS), offset_V3.ravel(), rcond=None)[0]
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for person, betas_B in betas(Path(sys.argv[1])).items():
        sys.stdout.write(f"{person}: [{', '.join(f'{beta:.2f}' for beta in betas_B)}]\n")
