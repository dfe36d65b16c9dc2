"""HumanML3D's own files: features agree with the released ones, joints become motions that stand and do not twist."""

import numpy as np
import pytest
from data_folders import DATA, HUMANML3D_SAMPLE
from twists import check_twists, degrees_between, input_degrees

from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT, PARENTS
from lavimo.motion.features import features_from_joints, joints_from_features
from lavimo.motion.featurize import joints_of
from lavimo.motion.from_joints import LIMBS, bone_lengths, motion_from_joints, skeleton_of
from lavimo.motion.ground import sole_heights
from lavimo.motion.inverse_kinematics import inverse_kinematics
from lavimo.motion.layout import HUMANML3D


@pytest.mark.parametrize("sample", ["000000", "007005", "012314"])
def test_humanml3d_agrees_with_the_released_files(sample):
    with np.load(DATA / "features/humanml3d_reference.npz") as file:
        target_J3 = file["target_skeleton_joints"]
    joints_TJ3 = np.load(HUMANML3D_SAMPLE / f"new_joints/{sample}.npy")
    released_TD = np.load(HUMANML3D_SAMPLE / f"new_joint_vecs/{sample}.npy")
    features_TD = features_from_joints(joints_TJ3, target_J3, "humanml3d")
    for name, group in HUMANML3D.groups.items():
        assert np.abs(features_TD - released_TD[:-1])[:, group].mean() < 3e-4, name
    np.testing.assert_allclose(joints_from_features(released_TD), joints_TJ3, atol=1e-4)


@pytest.mark.parametrize("clip", ["000000", "007005", "012314"])
def test_real_clips(clip):
    joints_TJ3 = np.load(HUMANML3D_SAMPLE / f"new_joints/{clip}.npy")
    rest_S3 = skeleton_of(joints_TJ3)
    lengths_J = np.linalg.norm(joints_TJ3[0, 1:] - joints_TJ3[0, PARENTS[1:22]], axis=-1)
    np.testing.assert_allclose(np.linalg.norm(rest_S3[1:22] - rest_S3[PARENTS[1:22]], axis=-1), lengths_J, atol=1e-3)
    rotations_TS3, translation_T3 = inverse_kinematics(joints_TJ3, rest_S3)
    errors_TJ = np.linalg.norm(
        forward_kinematics(matrices(rotations_TS3), translation_T3, rest_S3)[0][:, :22] - joints_TJ3, axis=-1
    )
    assert errors_TJ.mean() < 0.001  # metres; 0.025 is asked for
    jumps_TS = degrees_between(rotations_TS3)
    assert (jumps_TS <= np.maximum(30, 1.1 * input_degrees(joints_TJ3))).all()
    check_twists(clip, rotations_TS3, rest_S3)


@pytest.mark.parametrize("clip", ["000000", "007005", "012314"])
def test_real_clips_stand_on_the_floor_at_their_size(clip):
    joints_TJ3 = np.load(HUMANML3D_SAMPLE / f"new_joints/{clip}.npy")
    motion = motion_from_joints(joints_TJ3)
    found_TJ3 = joints_of(motion)
    np.testing.assert_allclose(bone_lengths(found_TJ3)[LIMBS], bone_lengths(joints_TJ3)[LIMBS], atol=0.02)
    soles_T = sole_heights(motion)[0].min(1)
    assert soles_T.min() > -0.02
    assert np.median(soles_T) < 0.02
    assert np.abs(motion.betas_B).max() < 2


def test_who_stands_upright_stands_upright_on_the_embedded_body():
    """Frame 90 of 000000 and frame 0 of 007005: people stand, arms hanging; trunk, neck and shoulders are at rest."""
    for clip, frame in (("000000", 90), ("007005", 0)):
        motion = motion_from_joints(np.load(HUMANML3D_SAMPLE / f"new_joints/{clip}.npy"))
        turns_S = np.degrees(np.linalg.norm(motion.rotations_TJ3[frame], axis=-1))
        trunk = ("spine1", "spine2", "spine3", "neck", "left_collar", "right_collar")
        for name in trunk:
            assert turns_S[JOINT[name]] < 25, (clip, name)
        assert turns_S[[JOINT[name] for name in ("spine1", "spine2", "spine3")]].max() < 10, clip
        joints_J3 = joints_of(motion)[frame]
        lean_3 = joints_J3[JOINT["neck"]] - joints_J3[[1, 2]].mean(0)
        assert np.degrees(np.arccos(lean_3[1] / np.linalg.norm(lean_3))) < 8, clip
