"""Many people to a mean, ten shape directions and a joint regressor, as SMPL has them.

Shape suffixes: N people, V vertices, J joints (24), B betas (10), 3 metres.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from lavimo.body.build.makehuman import BaseMesh, Phenotype, Rig, Targets
from lavimo.body.build.tpose import tpose
from lavimo.body.skeleton import PARENTS

Array = NDArray[np.floating]

PEOPLE = 800
BETAS = 10
PELVIS_3 = np.array([0, -0.22, 0.03])
"""Where SMPL's zero pose has its pelvis."""
CLOTHES = ("helper-tights", "helper-skirt", "helper-hair")
"""Helper geometry that weighs in the principal components, so that shapes of cloth would fit."""


def draw_phenotype(rng: np.random.Generator) -> Phenotype:
    """A random adult."""

    def around_half(spread: float) -> float:
        return float(np.clip(rng.normal(0.5, spread), 0.02, 0.98))

    return {
        "gender": float(rng.choice([rng.uniform(0, 0.15), rng.uniform(0.85, 1)])),
        "age": float(rng.uniform(0, 0.8) ** 1.5),
        "muscle": around_half(0.2),
        "weight": around_half(0.2),
        "height": around_half(0.09),
        "proportions": around_half(0.2),
        "race": rng.dirichlet([1, 1, 1]),
        "cup": around_half(0.2),
        "firmness": around_half(0.15),
    }


def draw_people(
    mesh: BaseMesh, targets: Targets, rig: Rig, rng: np.random.Generator
) -> tuple[NDArray[np.float32], Array]:
    """T-posed people with the pelvis in one place: vertices (N, V, 3) and joints (N, 24, 3)."""
    people_NV3 = np.empty((PEOPLE, len(mesh.vertices_V3), 3), np.float32)
    joints_NJ3 = np.empty((PEOPLE, len(PARENTS), 3))
    for person in range(PEOPLE):
        vertices_V3, joints_J3 = tpose(targets.shape(mesh.vertices_V3, draw_phenotype(rng)), rig)
        people_NV3[person] = vertices_V3 + (PELVIS_3 - joints_J3[0])
        joints_NJ3[person] = joints_J3 + (PELVIS_3 - joints_J3[0])
    return people_NV3, joints_NJ3


def principal_components(people_NV3: NDArray[np.float32], mesh: BaseMesh) -> tuple[Array, NDArray[np.float32]]:
    """The mean (V, 3) and ten directions (V, 3, B), one standard deviation a unit; more of the first is taller."""
    mean_V3 = people_NV3.mean(0)
    body = mesh.group("body")
    kept = np.concatenate([mesh.group(name) for name in ("body", "helper-l-eye", "helper-r-eye", *CLOTHES)])
    deviations_NK = (people_NV3 - mean_V3)[:, kept].reshape(PEOPLE, -1)
    left_NN, _, _ = np.linalg.svd(deviations_NK @ deviations_NK.T)
    components_KB = (deviations_NK.T @ left_NN[:, :BETAS]) / np.sqrt(PEOPLE)
    directions_V3B = np.zeros((*mean_V3.shape, BETAS), np.float32)
    directions_V3B[kept] = components_KB.reshape(len(kept), 3, BETAS)
    height_V = mean_V3[body][:, 1] - mean_V3[body][:, 1].mean()
    for beta in range(BETAS):
        if (directions_V3B[body][:, 1, beta] * height_V).sum() < 0:
            directions_V3B[:, :, beta] *= -1
    return mean_V3, directions_V3B


def joint_regressor(
    people_NV3: NDArray[np.float32], joints_NJ3: Array, mesh: BaseMesh, rig: Rig, rng: np.random.Generator
) -> Array:
    """Each joint as a mean of few body vertices near it, weights (24, V), by non-negative least squares."""
    chosen = rng.choice(PEOPLE, 120, replace=False)
    sample_NV3 = people_NV3[chosen].astype(np.float64)
    mean_V3 = people_NV3.mean(0)
    body = mesh.group("body")
    regressor_JV = np.zeros((len(PARENTS), len(mesh.vertices_V3)))
    for joint, parent in enumerate(PARENTS):
        moved_V = rig.weights_VJ[body, joint] > 0.05
        if joint:
            moved_V |= rig.weights_VJ[body, parent] > 0.05
        near = body[moved_V]
        distance = np.linalg.norm(mean_V3[near] - joints_NJ3[:, joint].mean(0), axis=1)
        near = near[np.argsort(distance)[:400]]
        # The last row asks that the weights sum to 1.
        equations = np.vstack([sample_NV3[:, near].transpose(0, 2, 1).reshape(-1, len(near)), np.full(len(near), 50.0)])
        weights, _ = nnls(equations, np.append(joints_NJ3[chosen, joint].reshape(-1), 50.0), maxiter=4000)
        regressor_JV[joint, near] = weights / weights.sum()
    return regressor_JV
