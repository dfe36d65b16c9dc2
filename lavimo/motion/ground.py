"""A motion's place in the world: feet on the floor, the first frame at the origin and facing +z.

Shape suffixes: T frames, J joints, F feet (left, right), V vertices. Axes and units as in `lavimo.motion.motion`.
"""

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, minimum_filter1d
from scipy.spatial.transform import Rotation

from lavimo.body.body import Body, embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT
from lavimo.motion.features import facing_yaw
from lavimo.motion.motion import FPS, Motion

Array = NDArray[np.floating]

TOES = [JOINT["left_foot"], JOINT["right_foot"]]
SOLE_M = 0.02
"""Vertices of a foot that stand lower than this above its lowest, in the zero pose, are its sole."""
FLIGHT_S = 0.6
"""No leap lasts longer: within any such time a sole touches the ground."""
LEVEL_M = 0.12
"""A ground that varies by less is a level floor, seen through the drift of a capture; else the person climbs."""
ON_FLOOR = 0.05
"""Where the person climbs, the floor is as high as the lower sole in this share of the frames."""


def place_on_floor(motion: Motion) -> Motion:
    """The motion on the floor y = 0, its first frame facing +z with the pelvis above x = z = 0.

    A level floor's drift is taken out of the heights. Toes that would sink into the floor bend upwards.
    """
    turned = _turn(motion)
    soles_T = sole_heights(turned)[0].min(1)
    ground_T = gaussian_filter1d(
        minimum_filter1d(soles_T, int(FLIGHT_S * FPS) + 1, mode="nearest"), FLIGHT_S * FPS / 3, mode="nearest"
    )
    if np.ptp(ground_T) > LEVEL_M:
        ground_T[:] = np.quantile(soles_T, ON_FLOOR)
    translation_T3 = turned.translation_T3.copy()
    translation_T3[:, 1] -= ground_T
    return _bend_toes(replace(turned, translation_T3=translation_T3))


def sole_heights(motion: Motion) -> tuple[Array, Array]:
    """How high the lowest points of heel and ball (T, F), and of the toes (T, F), stand in each frame, metres."""
    rest_V3, rest_J3 = embedded_body().rest(motion.betas_B)
    heights = []
    for parts in _soles():
        feet = [
            body.pose(motion.rotations_TJ3, motion.translation_T3, rest_V3[part], rest_J3)[..., 1].min(1)
            for body, part in parts
        ]
        heights.append(np.stack(feet, 1))
    return heights[0], heights[1]


def _turn(motion: Motion) -> Motion:
    rest_J3 = embedded_body().rest(motion.betas_B)[1]
    joints_TJ3, _ = forward_kinematics(matrices(motion.rotations_TJ3), motion.translation_T3, rest_J3)
    turn = Rotation.from_rotvec([0.0, facing_yaw(joints_TJ3[:1])[0], 0.0])
    rotations_TJ3 = motion.rotations_TJ3.copy()
    rotations_TJ3[:, 0] = (turn * Rotation.from_rotvec(rotations_TJ3[:, 0])).as_rotvec()
    pelvis_T3 = turn.apply(joints_TJ3[:, 0] - joints_TJ3[0, 0] * [1, 0, 1])
    return replace(motion, rotations_TJ3=rotations_TJ3, translation_T3=pelvis_T3 - rest_J3[0])


def _bend_toes(motion: Motion) -> Motion:
    """The motion with toes bent by as much as they would sink into the floor, by up to 60 degrees."""
    rest_V3, rest_J3 = embedded_body().rest(motion.betas_B)
    _, toes_TF = sole_heights(motion)
    rotations_TJ3 = motion.rotations_TJ3.copy()
    for foot, (joint, (_, part)) in enumerate(zip(TOES, _soles()[1])):
        length_m = rest_V3[part, 2].max() - rest_J3[joint, 2]
        bend_T = np.arcsin(np.clip(-toes_TF[:, foot] / length_m, 0, np.sin(np.pi / 3)))
        bent = Rotation.from_rotvec(rotations_TJ3[:, joint]) * Rotation.from_rotvec(-bend_T[:, None] * [1, 0, 0])
        rotations_TJ3[:, joint] = bent.as_rotvec()
    return replace(motion, rotations_TJ3=rotations_TJ3)


@cache
def _soles() -> tuple[tuple[tuple[Body, NDArray[np.intp]], ...], ...]:
    """(heel and ball, toes) of the (left, right) foot: which vertices, and the embedded body with their weights."""
    body = embedded_body()
    _, rest_J3 = body.rest(np.zeros(10, np.float32))
    parts: tuple[list[tuple[Body, NDArray[np.intp]]], ...] = ([], [])
    for side in ("left", "right"):
        ankle, ball = JOINT[f"{side}_ankle"], JOINT[f"{side}_foot"]
        foot_V = body.weights_VJ[:, [ankle, ball]].sum(1) > 0.5
        sole_V = foot_V & (body.template_V3[:, 1] < body.template_V3[foot_V, 1].min() + SOLE_M)
        toes_V = body.template_V3[:, 2] > rest_J3[ball, 2]
        for vertices, part_V in zip(parts, (sole_V & ~toes_V, sole_V & toes_V)):
            part = np.flatnonzero(part_V)
            vertices.append((replace(body, weights_VJ=body.weights_VJ[part]), part))
    return tuple(map(tuple, parts))
