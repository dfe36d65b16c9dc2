"""Inverse kinematics of all frames at once against a naive twin: a frame and a joint at a time, dense systems."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import matrices
from lavimo.body.skeleton import PARENTS
from lavimo.motion.inverse_kinematics import inverse_kinematics
from lavimo.motion.twist import FOOT, NO_TWIST, SMOOTHNESS

Array = NDArray[np.floating]

REST_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
ARMS, LEGS = [16, 17, 18, 19, 20, 21], [1, 2, 4, 5, 7, 8, 10, 11]
UPPER = {16: (18, 20), 17: (19, 21), 1: (4, 7), 2: (5, 8)}
"""Upper arms and thighs: where their bone ends, and where the next does."""


def naive(joints_TJ3: Array, rest_S3: Array) -> Array:
    """(T, 24, 3, 3) relative to the parent, written as one would for one frame."""
    frames = len(joints_TJ3)
    world = [[np.eye(3)] * 24 for _ in range(frames)]
    local = np.tile(np.eye(3), (frames, 24, 1, 1))

    def unit(vector):
        return vector / np.linalg.norm(vector)

    def bone(points, end):
        return unit(points[end] - points[PARENTS[end]])

    def spreading(points, ends):
        pairs = [(bone(points, end), bone(rest_S3, end)) for end in ends]
        pairs.append((unit(points[16] - points[17]), unit(rest_S3[16] - rest_S3[17])))
        return Rotation.align_vectors(*map(np.array, zip(*pairs)), weights=[1, 1, 1, 1e-8])[0].as_matrix()

    for joint in range(22):
        ends = [end for end in range(22) if PARENTS[end] == joint]
        swings, seen = [], []
        for t, points in enumerate(joints_TJ3):
            above = world[t][PARENTS[joint]] if joint else np.eye(3)
            if len(ends) == 3:
                world[t][joint] = spreading(points, ends)
                local[t, joint] = above.T @ world[t][joint]
            elif ends:
                start, end = bone(rest_S3, ends[0]), above.T @ bone(points, ends[0])
                axis = unit(np.cross(start, end))
                swing = Rotation.from_rotvec(np.arccos(start @ end) * axis).as_matrix()
                angle = 0.0
                if joint in (3, 6):
                    left = Rotation.from_matrix((above @ swing).T @ spreading(points, [12, 13, 14])).as_quat(
                        canonical=True
                    )
                    angle = 2 * np.arctan2(left[:3] @ start, left[3]) / (3 if joint == 3 else 2)
                swings.append(swing)
                seen.append([above.T @ bone(points, other) if PARENTS[other] >= 0 else None for other in range(1, 22)])
                local[t, joint] = swing @ Rotation.from_rotvec(angle * start).as_matrix()
        if joint in UPPER:
            start = bone(rest_S3, ends[0])
            for t, angle in enumerate(naive_twists(joint, start, swings, seen, rest_S3)):
                local[t, joint] = swings[t] @ Rotation.from_rotvec(angle * start).as_matrix()
        for t in range(frames):
            above = world[t][PARENTS[joint]] if joint else np.eye(3)
            world[t][joint] = above @ local[t, joint]
    return local


def naive_twists(joint, start, swings, seen, rest_S3):
    side = np.array([0, 0, 1.0 if joint in ARMS else -1.0])
    side = side - (side @ start) * start
    side /= np.linalg.norm(side)
    up = np.cross(start, side)
    shin_end = UPPER[joint][1]
    size = len(swings)
    system, pull = np.zeros((size, size), complex), np.zeros(size, complex)
    weights = np.zeros(size)
    for t in range(size):
        along = swings[t].T @ seen[t][shin_end - 1]
        bend = along @ side + 1j * (along @ up)
        weights[t] += abs(bend) ** 2
        pull[t] += abs(bend) ** 2 * bend / abs(bend)
        if joint in LEGS:
            foot_3 = rest_S3[shin_end + 3] - rest_S3[shin_end]
            rest = foot_3 @ side + 1j * (foot_3 @ up)
            foot_3 = swings[t].T @ seen[t][shin_end + 2]
            foot = foot_3 @ side + 1j * (foot_3 @ up)
            weight = FOOT * max(along @ start, 0) ** 2 * abs(foot) ** 2
            weights[t] += weight
            pull[t] += weight * np.exp(1j * (np.angle(foot) - np.angle(rest)))
        none = NO_TWIST * (1 + start @ swings[t] @ start) / 2
        weights[t] += none
        pull[t] += none
    carried = []
    for t in range(size - 1):
        first, second = swings[t] @ start, swings[t + 1] @ start
        axis = np.cross(first, second)
        step = Rotation.from_rotvec(np.arctan2(np.linalg.norm(axis), first @ second) * axis / np.linalg.norm(axis))
        turn = Rotation.from_matrix(swings[t + 1].T @ step.as_matrix() @ swings[t]).as_rotvec() @ start
        carried.append(np.exp(1j * turn))
    differences = np.zeros((size - 1, size), complex)
    for t in range(size - 1):
        differences[t, t], differences[t, t + 1] = -carried[t], 1
    system = np.diag(weights) + SMOOTHNESS * differences.conj().T @ differences
    carried_so_far = np.array([np.prod(carried[:t]) for t in range(size)])
    angles = np.unwrap(np.angle(np.linalg.solve(system, pull) / carried_so_far))
    plain = np.diff(np.eye(size), axis=0)
    smooth = np.linalg.solve(np.diag(weights) + SMOOTHNESS * plain.T @ plain, weights * angles)
    return smooth + np.angle(carried_so_far)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_all_frames_at_once_is_one_at_a_time(movement, joints_from, seed, frames):
    joints_TJ3 = joints_from(*movement(seed, frames))
    found_TS3, _ = inverse_kinematics(joints_TJ3, REST_S3)
    np.testing.assert_allclose(matrices(found_TS3), naive(joints_TJ3, REST_S3), atol=1e-5)
