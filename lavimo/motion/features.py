"""HumanML3D's 263 features of a motion, KIT-ML's 251, and back (Guo et al. 2022, "Generating Diverse and Natural 3D
Human Motions from Text").

A frame's features, in order: yaw velocity (half the angle, radians a frame) | root velocity x, z (metres a frame) |
root height (m) | joints relative to the root and turned to face +z (B x 3, m) | 6D rotations of the bones (B x 6) |
joint velocities in the facing frame (J x 3, metres a frame) | foot contacts (left ankle and toe, right ankle and toe).
The last frame of a clip has no velocity and is dropped. KIT-ML's lengths are in its own unit instead of metres.

Two conventions:
- `humanml3d` gives what the published procedure gives, bugs included: the facing direction subtracts the hips' line
  from the shoulders', its first frame is taken to face +z whatever it is, the yaw velocity changes sign where the
  facing crosses -z, the arms' first rotations are relative to the root instead of the chest, and it computes in
  single precision.
- `fixed` has none of these.
The 6D rotations are minimal rotations of bone directions, not SMPL's: no body can be animated from them.

Shape suffixes: T frames, J joints (22, KIT-ML 21), B bones (J - 1, that of joint 1 first), D features, 3 and 4 vectors
and quaternions. Axes, units and rate as in `lavimo.motion.motion`.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lavimo.motion.layout import HUMANML3D, KIT, Layout
from lavimo.motion.quaternions import between, inverse, multiply, rotate, six_numbers

Array = NDArray[np.floating]
Convention = Literal["humanml3d", "fixed"]

SMOOTHING_FRAMES = 20.0
"""Standard deviation of the Gaussian that smooths the facing direction."""
AHEAD_3 = np.array([0.0, 0.0, 1.0])


def features_from_joints(
    joints_TJ3: Array, target_skeleton_J3: Array, convention: Convention, layout: Layout = HUMANML3D
) -> Array:
    """The features of a clip's joints.

    Args:
        joints_TJ3: (T, J, 3) metres, at least 2 frames, anywhere and facing anywhere.
        target_skeleton_J3: (J, 3) metres; the clip is given its bone lengths.
        convention: see the module.
        layout: whose joints they are.

    Returns:
        (T - 1, D)

    Raises:
        ValueError: fewer than two frames, or a bone without length.
    """
    if len(joints_TJ3) < 2:
        raise ValueError(f"found {len(joints_TJ3)} frame(s), expected at least 2: features need velocities")
    joints_TJ3 = _uniform(joints_TJ3.astype(np.float64), target_skeleton_J3, convention, layout)
    joints_TJ3 = _start(joints_TJ3, convention, layout)
    yaw_T = facing_yaw(joints_TJ3, SMOOTHING_FRAMES, 1 if convention == "fixed" else -1, layout)
    yaw_T[0] = 0.0  # In `fixed` it is 0 already, but for rounding.
    yaw_velocity_T = np.diff(yaw_T) / 2
    if convention == "fixed":
        yaw_velocity_T = (yaw_velocity_T + np.pi / 2) % np.pi - np.pi / 2
    else:
        yaw_velocity_T = np.arcsin(np.sin(yaw_velocity_T))
    velocity_TJ3 = np.diff(joints_TJ3, axis=0)
    root_T13 = joints_TJ3[:, :1] * [1, 0, 1]
    parts = {
        "yaw_velocity": yaw_velocity_T,
        "root_velocity": turn(velocity_TJ3[:, 0], yaw_T[1:])[:, [0, 2]],
        "root_height": joints_TJ3[:-1, 0, 1],
        "positions": turn((joints_TJ3 - root_T13)[:-1, 1:], yaw_T[:-1, None]),
        "rotations": _rotations(joints_TJ3[:-1], yaw_T[:-1], convention, layout),
        "velocities": turn(velocity_TJ3, yaw_T[:-1, None]),
        "contacts": (velocity_TJ3[:, list(layout.feet)] ** 2).sum(-1) < layout.contact,
    }
    features_TD = np.empty((len(velocity_TJ3), layout.features))
    for name, part in parts.items():
        features_TD[:, layout.groups[name]] = part.reshape(len(features_TD), -1)
    return features_TD


def joints_from_features(features_TD: Array) -> Array:
    """The joints (T, J, 3) that 263 or 251 features describe, in metres; the first frame faces +z above x = z = 0."""
    layout = KIT if features_TD.shape[1] == KIT.features else HUMANML3D
    frames = len(features_TD)
    yaw_T = np.zeros(frames)
    yaw_T[1:] = 2 * np.cumsum(features_TD[:-1, 0], dtype=np.float64)
    step_T3 = np.zeros((frames, 3))
    step_T3[1:, [0, 2]] = features_TD[:-1, layout.groups["root_velocity"]]
    root_T3 = np.cumsum(turn(step_T3, -yaw_T), axis=0)
    joints_TJ3 = np.zeros((frames, layout.joints, 3))
    joints_TJ3[:, 0, 1] = features_TD[:, 3]
    joints_TJ3[:, 1:] = turn(features_TD[:, layout.groups["positions"]].reshape(frames, -1, 3), -yaw_T[:, None])
    return joints_TJ3 + root_T3[:, None]


def turn(vectors_3: Array, yaw: Array) -> Array:
    """Vectors (..., 3) turned about the y axis by `yaw` radians (...)."""
    cosine, sine = np.cos(yaw), np.sin(yaw)
    turned_3 = np.empty(vectors_3.shape)
    turned_3[..., 0] = cosine * vectors_3[..., 0] + sine * vectors_3[..., 2]
    turned_3[..., 1] = vectors_3[..., 1]
    turned_3[..., 2] = cosine * vectors_3[..., 2] - sine * vectors_3[..., 0]
    return turned_3


def facing(joints_TJ3: Array, smoothing_frames: float = 0, hips: int = 1, layout: Layout = HUMANML3D) -> Array:
    """Where each frame faces (T, 3), a horizontal unit vector: up x (left to right, of hips plus of shoulders).

    `hips = -1` subtracts the hips, as the published procedure does by mistake.
    """
    (left_hip, right_hip), (left_shoulder, right_shoulder) = layout.hips, layout.shoulders
    hips_T3 = joints_TJ3[:, right_hip] - joints_TJ3[:, left_hip]
    across_T3 = _unit(hips * hips_T3 + joints_TJ3[:, right_shoulder] - joints_TJ3[:, left_shoulder])
    forward_T3 = np.stack([across_T3[:, 2], np.zeros(len(across_T3)), -across_T3[:, 0]], -1)
    if smoothing_frames:
        from scipy.ndimage import gaussian_filter1d

        forward_T3 = gaussian_filter1d(forward_T3, smoothing_frames, axis=0, mode="nearest")
    return _unit(forward_T3)


def _unit(vectors_3: Array) -> Array:
    """Vectors of length 1; a zero vector, of a person with no direction, stays zero."""
    return vectors_3 / np.maximum(np.linalg.norm(vectors_3, axis=-1, keepdims=True), 1e-12)


def facing_yaw(joints_TJ3: Array, smoothing_frames: float = 0, hips: int = 1, layout: Layout = HUMANML3D) -> Array:
    """The turn about y (T,), radians, that makes each frame face +z; arguments as for `facing`."""
    forward_T3 = facing(joints_TJ3, smoothing_frames, hips, layout)
    return -np.arctan2(forward_T3[:, 0], forward_T3[:, 2])


def _uniform(joints_TJ3: Array, target_skeleton_J3: Array, convention: Convention, layout: Layout) -> Array:
    """The clip with the target's bone lengths: bones keep their directions, the root's path scales with the legs.

    The published procedure goes through rotations relative to the parent and back. In exact arithmetic that changes
    nothing; in single precision it leaves a trace in the released files, so we go the same way.
    """
    precision: type[np.floating] = np.float64 if convention == "fixed" else np.float32
    directions_TB3, lengths_TB = _bones(joints_TJ3, layout)
    parents_J, axes_B3, leg = layout.parents_J, layout.bone_axes_B3, [joint - 1 for joint in layout.leg]
    target_B = np.linalg.norm(target_skeleton_J3[1:] - target_skeleton_J3[parents_J[1:]], axis=-1).astype(precision)
    bones_TB4 = between(axes_B3.astype(precision), directions_TB3.astype(precision))
    offsets_B3 = (axes_B3 * target_B[:, None]).astype(precision)
    world_TJ4 = np.empty((*joints_TJ3.shape[:2], 4), precision)
    facing_T3 = facing(joints_TJ3, hips=-1, layout=layout)
    world_TJ4[:, 0] = between(facing_T3.astype(precision), AHEAD_3.astype(precision))
    world_TJ4[0, 0] = [1, 0, 0, 0]
    uniform_TJ3 = np.empty_like(joints_TJ3)
    uniform_TJ3[:, 0] = joints_TJ3[:, 0] * (target_B[leg].sum() / lengths_TB[0, leg].astype(precision).sum())
    for joint in range(1, layout.joints):
        before = world_TJ4[:, 0 if joint in layout.arms else parents_J[joint]]
        world_TJ4[:, joint] = multiply(before, multiply(inverse(before), bones_TB4[:, joint - 1]))
    uniform_TJ3[:, 1:] = rotate(world_TJ4[:, 1:], np.broadcast_to(offsets_B3, bones_TB4.shape[:2] + (3,)))
    for joint in range(1, layout.joints):
        uniform_TJ3[:, joint] += uniform_TJ3[:, parents_J[joint]]
    return uniform_TJ3


def _bones(joints_TJ3: Array, layout: Layout) -> tuple[Array, Array]:
    """Directions (T, B, 3) and lengths (T, B) of the bones."""
    bones_TB3 = joints_TJ3[:, 1:] - joints_TJ3[:, layout.parents_J[1:]]
    lengths_TB = np.linalg.norm(bones_TB3, axis=-1)
    if not (lengths_TB > 1e-6).all():
        frame, bone = np.argwhere(~(lengths_TB > 1e-6))[0]
        raise ValueError(
            f"the bone from {layout.names[layout.parents_J[bone + 1]]} to {layout.names[bone + 1]} is "
            f"{lengths_TB[frame, bone]:g} long in frame {frame}, expected more than a millionth"
        )
    return bones_TB3 / lengths_TB[..., None], lengths_TB


def _start(joints_TJ3: Array, convention: Convention, layout: Layout) -> Array:
    """The clip on the floor, its first frame above x = z = 0 and facing +z."""
    joints_TJ3 = joints_TJ3 - joints_TJ3[0, 0] * [1, 0, 1] - [0, joints_TJ3[..., 1].min(), 0]
    if convention == "fixed":
        return turn(joints_TJ3, facing_yaw(joints_TJ3, SMOOTHING_FRAMES, layout=layout)[0])
    turn_4 = between(facing(joints_TJ3[:1], layout=layout).astype(np.float32), AHEAD_3.astype(np.float32))
    return rotate(turn_4, joints_TJ3.astype(np.float32)).astype(np.float64)


def _rotations(joints_TJ3: Array, yaw_T: Array, convention: Convention, layout: Layout) -> Array:
    """(T, B, 6): each bone's rotation relative to the bone before it in its chain."""
    world_TJ4 = np.zeros((*joints_TJ3.shape[:2], 4))
    world_TJ4[:, 0, 0], world_TJ4[:, 0, 2] = np.cos(yaw_T / 2), np.sin(yaw_T / 2)
    world_TJ4[:, 1:] = between(layout.bone_axes_B3, _bones(joints_TJ3, layout)[0])
    before_B = layout.parents_J[1:].copy()
    if convention == "humanml3d":
        before_B[[joint - 1 for joint in layout.arms]] = 0
    return six_numbers(multiply(inverse(world_TJ4[:, before_B]), world_TJ4[:, 1:]))
