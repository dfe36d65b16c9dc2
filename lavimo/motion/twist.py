"""How far upper arms and thighs turn about themselves: what joint positions tell of it, made smooth in time.

A bent elbow or knee tells it, for forearm and shin bend towards one side only; of a straight limb nobody can tell, and
the twist of the frames around is taken over, or none. A foot tells a little of a straight leg's.

Twists are unit complex numbers: those of all frames are the solution of one banded system of linear equations.

Shape suffixes: T frames, 3 and 33 vectors and rotation matrices, in the frame of the joint above the limb.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from lavimo.body.kinematics import smallest_rotations

Array = NDArray[np.floating]
Complex = NDArray[np.complexfloating]
Numbers = NDArray[np.inexact]  # real or complex

SMOOTHNESS = 1.0
"""What a change of twist between two frames costs; a difference from what a right angle's bend tells costs 1."""
NO_TWIST = 0.03
"""What a difference from no twist costs: as much as one from what a bend of 10 degrees tells."""
FOOT = 0.1
"""What a difference from what the foot of a straight leg tells costs."""


def limb_twists(rest_3: Sequence[Array], pointing_T3: Sequence[Array], swings_T33: Array, bend_3: Array) -> Array:
    """A limb's turn about its own bone in each frame (T,), radians, to be done before its swing.

    Args:
        rest_3: unit vectors, the limb's bones in the zero pose: upper arm and forearm, or thigh, shin and foot.
        pointing_T3: where they point in each frame.
        swings_T33: the smallest rotations that bring the first bone to where it points.
        bend_3: where the second bone goes when the limb bends in the zero pose.
    """
    bone_3 = rest_3[0]
    first_3 = bend_3 - (bend_3 @ bone_3) * bone_3
    first_3 = first_3 / np.linalg.norm(first_3)
    basis_32 = np.stack([first_3, np.cross(bone_3, first_3)], -1)

    def across(vectors_T3: Array) -> Complex:
        """What is at a right angle to the first bone, as complex numbers: positive where `bend_3` points."""
        parts_T2 = np.einsum("tba,tb->ta", swings_T33, vectors_T3) @ basis_32
        return parts_T2[:, 0] + 1j * parts_T2[:, 1]

    bends_T = across(pointing_T3[1])
    weights_T, pull_T = np.abs(bends_T) ** 2, np.abs(bends_T) * bends_T
    if len(rest_3) == 3:
        rest_foot = complex(*(rest_3[2] @ basis_32))
        feet_T = across(pointing_T3[2]) * (rest_foot.conjugate() / max(abs(rest_foot), 1e-9))
        straight_T = FOOT * np.clip((pointing_T3[0] * pointing_T3[1]).sum(-1), 0, 1) ** 2
        weights_T = weights_T + straight_T * np.abs(feet_T) ** 2
        pull_T = pull_T + straight_T * np.abs(feet_T) * feet_T
    # Near the direction opposite to the zero pose's the swing's own twist is arbitrary, and no twist means nothing.
    no_twist_T = NO_TWIST * (1 + pointing_T3[0] @ bone_3) / 2 + 1e-9
    weights_T, pull_T = weights_T + no_twist_T, pull_T + no_twist_T
    carried_T = _carried(bone_3, swings_T33)
    # Where no twist and half a turn meet, the numbers pass by zero and their angle leaps; a leap is spread over frames.
    carried_so_far_T = np.concatenate([[1], np.cumprod(carried_T)])
    angles_T = np.unwrap(np.angle(_smooth(weights_T, pull_T, carried_T) / carried_so_far_T))
    return _smooth(weights_T, weights_T * angles_T, np.ones(len(carried_T))).real + np.angle(carried_so_far_T)


def _carried(bone_3: Array, swings_T33: Array) -> Complex:
    """For each frame but the last the number (T - 1,) whose product with its twist is the next's, if the limb swings.

    A swing from the zero pose has a twist of its own compared with the swing from the frame before; without this, a
    limb that passes near the direction opposite to its zero pose would spin.
    """
    pointing_T3 = swings_T33 @ bone_3
    steps_T33 = smallest_rotations(pointing_T3[:-1], pointing_T3[1:])
    turns_T33 = swings_T33[1:].swapaxes(-1, -2) @ steps_T33 @ swings_T33[:-1]
    doubled_T3 = np.stack([turns_T33[:, c, b] - turns_T33[:, b, c] for b, c in ((1, 2), (2, 0), (0, 1))], -1)
    return (turns_T33.trace(axis1=-2, axis2=-1) - 1 + 1j * (doubled_T3 @ bone_3)) / 2


def _smooth(weights_T: Array, pull_T: Numbers, carried_T: Numbers) -> Complex:
    """The numbers z (T,) of least sum w |z|^2 - 2 Re(conj(pull) z) + SMOOTHNESS |z_next - carried z|^2."""
    bands_2T = np.zeros((2, len(weights_T)), complex)
    bands_2T[0] = weights_T
    bands_2T[0, 1:] += SMOOTHNESS
    bands_2T[0, :-1] += SMOOTHNESS
    bands_2T[1, :-1] = -SMOOTHNESS * carried_T
    return solveh_banded(bands_2T[: len(weights_T)], pull_T, lower=True)  # One frame has no second band.
