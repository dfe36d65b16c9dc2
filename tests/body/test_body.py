"""Skinning against a naive twin and against smplx, and the embedded body's soundness."""

import hashlib
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT, MIRROR, PARENTS
from lavimo.body.smpl_file import read_smpl


@pytest.fixture(scope="module")
def motion():
    rng = np.random.default_rng(3)
    rotations_TJ3 = rng.normal(0, 0.5, (5, 24, 3)).astype(np.float32)
    return rotations_TJ3, rng.normal(0, 1, (5, 3)).astype(np.float32), rng.normal(0, 1, 10).astype(np.float32)


def test_skinning_equals_moving_every_vertex_by_every_joint(motion):
    body, (rotations_TJ3, translation_T3, betas_B) = embedded_body(), motion
    rest_V3, joints_J3 = body.rest(betas_B)
    posed_TV3 = body.pose(rotations_TJ3, translation_T3, rest_V3, joints_J3)
    positions_TJ3, orientations_TJ33 = forward_kinematics(matrices(rotations_TJ3), translation_T3, joints_J3)
    for frame in (0, 4):
        for vertex in range(0, len(rest_V3), 97):
            expected_3 = np.zeros(3)
            for joint in range(24):
                local_3 = rest_V3[vertex] - joints_J3[joint]
                moved_3 = orientations_TJ33[frame, joint] @ local_3 + positions_TJ3[frame, joint]
                expected_3 += body.weights_VJ[vertex, joint] * moved_3
            np.testing.assert_allclose(posed_TV3[frame, vertex], expected_3, atol=1e-5)


@pytest.mark.parametrize("whose", ["embedded", "user's"])
def test_skinning_equals_smplx(motion, tmp_path, other_body, write_smpl, whose):
    smplx = pytest.importorskip("smplx", reason="smplx is an extra: pip install 'lavimo[smplx]'")
    torch = pytest.importorskip("torch")
    body = embedded_body() if whose == "embedded" else read_smpl(write_smpl(tmp_path / "SMPL_MALE.pkl", other_body))
    rotations_TJ3, translation_T3, betas_B = motion
    pose_directions_V3P = np.zeros((*body.template_V3.shape, 207), np.float32)
    if whose != "embedded":
        pose_directions_V3P = body.pose_directions_V3P
        assert np.abs(pose_directions_V3P).mean() > 1e-3
    model = smplx.create(
        ".",
        model_type="smpl",
        data_struct=smplx.utils.Struct(
            v_template=body.template_V3,
            shapedirs=body.shape_directions_V3B,
            posedirs=pose_directions_V3P,
            J_regressor=body.joint_regressor_JV,
            weights=body.weights_VJ,
            kintree_table=np.stack([PARENTS, np.arange(24)]),
            f=body.faces_F3,
        ),
    )
    flat_T72 = torch.tensor(rotations_TJ3).reshape(5, 72)
    expected = model(
        betas=torch.tensor(betas_B).expand(5, 10),
        global_orient=flat_T72[:, :3],
        body_pose=flat_T72[:, 3:],
        transl=torch.tensor(translation_T3),
    )
    posed_TV3 = body.pose(rotations_TJ3, translation_T3, *body.rest(betas_B))
    np.testing.assert_allclose(posed_TV3, expected.vertices.detach().numpy(), atol=1e-5)


def test_pose_blend_shapes_equal_adding_them_one_by_one(motion, other_body, write_smpl, tmp_path):
    body, (rotations_TJ3, translation_T3, betas_B) = (
        read_smpl(write_smpl(tmp_path / "SMPL_MALE.pkl", other_body)),
        motion,
    )
    rest_V3, joints_J3 = body.rest(betas_B)
    posed_TV3 = body.pose(rotations_TJ3, translation_T3, rest_V3, joints_J3)
    for frame in range(5):
        corrected_V3 = rest_V3.astype(float)
        for joint in range(1, 24):
            rotation_33 = matrices(rotations_TJ3[frame, joint])
            for row in range(3):
                for column in range(3):
                    entry = rotation_33[row, column] - (row == column)
                    corrected_V3 += entry * other_body["posedirs"][..., 9 * (joint - 1) + 3 * row + column]
        plain = replace(body, pose_directions_V3P=None)
        expected_V3 = plain.pose(rotations_TJ3[[frame]], translation_T3[[frame]], corrected_V3, joints_J3)[0]
        np.testing.assert_allclose(posed_TV3[frame], expected_V3, atol=1e-5)


@pytest.mark.parametrize("most", [1, 4, 24])
def test_skinning_is_exact_for_any_number_of_weights_a_vertex(motion, most):
    rng = np.random.default_rng(most)
    weights_VJ = rng.dirichlet(np.ones(24), 40) * (rng.random((40, 24)).argsort(axis=1) < most)
    weights_VJ = (weights_VJ / weights_VJ.sum(axis=1, keepdims=True)).astype(np.float32)
    body, (rotations_TJ3, translation_T3, _) = replace(embedded_body(), weights_VJ=weights_VJ), motion
    rest_V3, joints_J3 = rng.normal(size=(40, 3)).astype(np.float32), rng.normal(size=(24, 3)).astype(np.float32)
    positions_TJ3, turns_TJ33 = forward_kinematics(matrices(rotations_TJ3), translation_T3, joints_J3)
    local_VJ3 = rest_V3[:, None] - joints_J3
    moved_TVJ3 = np.einsum("tjab,vjb->tvja", turns_TJ33, local_VJ3) + positions_TJ3[:, None]
    expected_TV3 = np.einsum("vj,tvja->tva", weights_VJ, moved_TVJ3)
    np.testing.assert_allclose(body.pose(rotations_TJ3, translation_T3, rest_V3, joints_J3), expected_TV3, atol=1e-5)


def test_batch_equals_one_by_one(motion):
    body, (rotations_TJ3, translation_T3, betas_B) = embedded_body(), motion
    rest = body.rest(betas_B)
    together_TV3 = body.pose(rotations_TJ3, translation_T3, *rest)
    for frame in range(5):
        alone_V3 = body.pose(rotations_TJ3[[frame]], translation_T3[[frame]], *rest)[0]
        np.testing.assert_allclose(together_TV3[frame], alone_V3, atol=1e-6)


def test_weights_sum_to_one_and_joints_are_means_of_vertices():
    body = embedded_body()
    assert (body.weights_VJ >= 0).all()
    np.testing.assert_allclose(body.weights_VJ.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(body.joint_regressor_JV.sum(axis=1), 1, atol=1e-4)


def test_surface_is_closed_and_faces_outwards():
    body = embedded_body()
    directed = np.stack([body.faces_F3, np.roll(body.faces_F3, -1, axis=1)], axis=2).reshape(-1, 2)
    assert len(np.unique(directed, axis=0)) == len(directed), "an edge is used twice in one direction"
    assert {tuple(edge) for edge in directed} == {tuple(edge[::-1]) for edge in directed}, "an edge has one side only"
    first, second, third = body.template_V3[body.faces_F3].transpose(1, 0, 2)
    volume_m3 = (np.cross(first, second) * third).sum() / 6
    assert 0.045 < volume_m3 < 0.11


def test_people_are_of_human_height_and_nearly_symmetric():
    body = embedded_body()
    heights = []
    for size in (-2, 0, 2):
        rest_V3, joints_J3 = body.rest(np.array([size, *[0] * 9], np.float32))
        heights.append(np.ptp(rest_V3[:, 1]))
        mirrored_J3 = joints_J3[MIRROR] * [-1, 1, 1]
        assert np.abs(mirrored_J3 - joints_J3).max() < (0.012 if size else 0.006)
        assert joints_J3[JOINT["left_hip"], 0] > 0, "the left is +x"
    assert 1.35 < heights[0] < heights[1] < heights[2] < 2.1
    assert heights[1] == pytest.approx(1.69, abs=0.03)


def test_file_is_the_one_that_its_provenance_describes():
    data = (files("lavimo.body") / "body.npz").read_bytes()
    assert len(data) <= 600_000
    assert hashlib.sha256(data).hexdigest() in (files("lavimo.body") / "body.md").read_text(encoding="utf-8")
