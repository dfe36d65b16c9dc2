"""Resampling: any rate to 20 frames a second, against scipy one joint at a time."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation, Slerp

from lavimo.motion.resample import instants, lerp, slerp


@settings(max_examples=200, deadline=None)
@given(st.floats(10, 250), st.integers(1, 4000))
def test_new_frames_cover_the_clip_and_lie_in_it(rate, frames):
    before_T, after_T, share_T = instants(frames, 1 / rate, 20.0)
    places_T = before_T + share_T
    assert (after_T <= frames - 1).all()
    assert ((after_T == before_T + 1) | (share_T == 0)).all()
    assert (share_T >= 0).all()
    assert (share_T <= 1).all()
    assert (before_T >= 0).all()
    assert places_T[0] == 0
    assert places_T[-1] <= frames - 1
    np.testing.assert_allclose(np.diff(places_T), rate / 20, rtol=1e-3, atol=2e-3)
    assert frames - 1 - places_T[-1] < rate / 20 + 1e-2


def test_few_digits_in_the_frame_time_cost_no_frame_and_no_interpolation():
    before_T, _, share_T = instants(121, 0.00833333, 20.0)
    assert before_T.tolist() == list(range(0, 121, 6))
    assert not share_T.any()


def test_no_frames_give_none():
    assert len(instants(0, 0.01, 20.0)[0]) == 0


@settings(max_examples=30, deadline=None)
@given(st.floats(10, 250), st.integers(2, 60), st.integers(0, 2**32 - 1))
def test_slerp_is_scipys(rate, frames, seed):
    generator = np.random.default_rng(seed)
    quaternions_TJ4 = Rotation.random(frames * 3, random_state=int(seed)).as_quat().reshape(frames, 3, 4)
    quaternions_TJ4 *= generator.choice([-1, 1], (frames, 3, 1))
    before_T, after_T, share_T = instants(frames, 1 / rate, 20.0)
    ours_TJ4 = slerp(quaternions_TJ4[before_T], quaternions_TJ4[after_T], share_T)
    for joint in range(3):
        scipys = Slerp(np.arange(frames), Rotation.from_quat(quaternions_TJ4[:, joint]))(before_T + share_T)
        angles_T = (Rotation.from_quat(ours_TJ4[:, joint]).inv() * scipys).magnitude()
        assert angles_T.max() < 1e-6


def test_slerp_of_equal_and_nearly_equal_rotations():
    first = np.array([[[0.0, 0.0, 0.0, 1.0]]])
    second = Rotation.from_rotvec([[1e-9, 0, 0]]).as_quat()[None]
    np.testing.assert_allclose(slerp(first, first, np.array([0.3])), first)
    np.testing.assert_allclose(slerp(first, -second, np.array([0.5])), first, atol=1e-9)


def test_lerp():
    assert lerp(np.zeros((1, 1, 3)), np.ones((1, 1, 3)), np.array([0.25])).tolist() == [[[0.25, 0.25, 0.25]]]
