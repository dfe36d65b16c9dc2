"""Forward kinematics of the SMPL skeleton.

Shape suffixes: T frames, J joints, 3 and 33 axis-angle (radians) and matrix.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import PARENTS

Array = NDArray[np.floating]


def matrices(rotations_TJ3: Array) -> Array:
    """Axis-angle to rotation matrices: (..., 3) radians to (..., 3, 3)."""
    from scipy.spatial.transform import Rotation  # here: a search that turns nothing starts without scipy

    flat = Rotation.from_rotvec(rotations_TJ3.reshape(-1, 3)).as_matrix()
    return flat.reshape(*rotations_TJ3.shape, 3)


def axis_angles(rotations_TJ33: Array) -> Array:
    """Rotation matrices to axis-angle: (..., 3, 3) to (..., 3) radians."""
    from scipy.spatial.transform import Rotation

    return Rotation.from_matrix(rotations_TJ33.reshape(-1, 3, 3)).as_rotvec().reshape(rotations_TJ33.shape[:-1])


def smallest_rotations(from_3: Array, to_3: Array) -> Array:
    """The rotations (..., 3, 3) by the least angle from unit vectors (..., 3) to others; broadcasts.

    Between opposite vectors it is half a turn about the product of `from_3` and the axis that it is farthest from.
    """
    from_3, to_3 = np.broadcast_arrays(from_3, to_3)
    cross_3, cosine_11 = np.cross(from_3, to_3), (from_3 * to_3).sum(-1)[..., None, None]
    cross_33 = np.zeros((*cross_3.shape, 3))
    cross_33[..., [2, 0, 1], [1, 2, 0]] = cross_3
    cross_33[..., [1, 2, 0], [2, 0, 1]] = -cross_3
    opposite_11 = cosine_11 < -1 + 1e-9
    rotations_33 = np.eye(3) + cross_33 + cross_33 @ cross_33 / np.where(opposite_11, 1, 1 + cosine_11)
    if opposite_11.any():
        across_3 = np.cross(from_3, np.eye(3)[np.abs(from_3).argmin(-1)])
        across_3 /= np.linalg.norm(across_3, axis=-1, keepdims=True)
        half_turns_33 = 2 * across_3[..., :, None] * across_3[..., None, :] - np.eye(3)
        rotations_33 = np.where(opposite_11, half_turns_33, rotations_33)
    return rotations_33


def forward_kinematics(rotations_TJ33: Array, translation_T3: Array, rest_joints_J3: Array) -> tuple[Array, Array]:
    """Joint positions and global orientations of posed skeletons.

    As in SMPL, the root turns about its own rest position and the translation is added afterwards, so that the
    pelvis stands at `rest_joints_J3[0] + translation`.

    Args:
        rotations_TJ33: (T, J, 3, 3), each joint relative to its parent, J = 22 or 24.
        translation_T3: (T, 3) metres.
        rest_joints_J3: (J, 3) metres, of the zero pose.

    Returns:
        positions (T, J, 3) in metres and orientations (T, J, 3, 3) in the world.
    """
    frames, joints = rotations_TJ33.shape[:2]
    positions_TJ3 = np.empty((frames, joints, 3), rotations_TJ33.dtype)
    orientations_TJ33 = np.empty_like(rotations_TJ33)
    positions_TJ3[:, 0] = rest_joints_J3[0] + translation_T3
    orientations_TJ33[:, 0] = rotations_TJ33[:, 0]
    for joint in range(1, joints):
        parent = PARENTS[joint]
        bone_3 = rest_joints_J3[joint] - rest_joints_J3[parent]
        positions_TJ3[:, joint] = positions_TJ3[:, parent] + orientations_TJ33[:, parent] @ bone_3
        orientations_TJ33[:, joint] = orientations_TJ33[:, parent] @ rotations_TJ33[:, joint]
    return positions_TJ3, orientations_TJ33
