"""Faces are where the body has them."""

import numpy as np
import pytest

from lavimo.avatar.avatar import avatars, rgb
from lavimo.avatar.dress import dressed
from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.texture.atlas import atlas
from lavimo.body.body import embedded_body


def face(name):
    """Points on a face from the nose's tip, in the head's unit, and their colours."""
    body, unwrapped = embedded_body(), atlas(embedded_body())
    rest_V3, joints_J3 = body.rest(np.array(avatars()[name].betas, np.float32))
    figure = Figure.of(rest_V3, joints_J3, body.faces_F3)
    points_K3 = (unwrapped.carried(rest_V3, body.faces_F3) - figure.nose_3) / figure.face_m
    front_K = (points_K3[:, 2] > -0.5) & (points_K3[:, 1] > -0.5)
    color_K3 = dressed(name).texture_HW3.reshape(-1, 3)[unwrapped.texel_K] / 255
    return figure, points_K3[front_K], color_K3[front_K]


@pytest.mark.parametrize("name", avatars())
def test_eyes_are_in_the_eyes_and_lips_on_the_mouth(name):
    figure, points_K3, color_K3 = face(name)
    eye_2 = (figure.eye_2 - [0, figure.nose_3[1]]) / figure.face_m
    for side in (-1, 1):
        from_eye_K = np.hypot(points_K3[:, 0] - side * eye_2[0], points_K3[:, 1] - eye_2[1])
        pupil_K3 = color_K3[from_eye_K < 0.025]
        around_K3 = color_K3[(from_eye_K < 0.12) & (from_eye_K > 0.05)]
        assert np.median(pupil_K3.mean(axis=1)) < 0.35
        skin = np.mean(rgb(avatars()[name].skin))
        assert around_K3.mean(axis=1).max() > min(0.6, skin), "the white of the eye"
    mouth_y = (figure.mouth_2[1] - figure.nose_3[1]) / figure.face_m
    lip_K = (np.abs(points_K3[:, 0]) < 0.08) & (np.abs(points_K3[:, 1] - mouth_y + 0.03) < 0.012)
    lip_K &= points_K3[:, 2] > -0.2
    redness = np.mean(color_K3[lip_K, 0] / color_K3[lip_K, 1])
    assert redness > rgb(avatars()[name].skin)[0] / rgb(avatars()[name].skin)[1]


def test_an_eye_is_found_with_and_without_eyeballs():
    body = embedded_body()
    rest_V3, joints_J3 = body.rest(np.zeros(10))
    with_balls = Figure.of(rest_V3, joints_J3, body.faces_F3)
    near_V = np.abs(rest_V3[:, 1] - with_balls.eye_2[1]) < 0.02
    ball_F = (near_V[body.faces_F3]).all(axis=1) & (np.abs(rest_V3[body.faces_F3, 0]) < 0.06).all(axis=1)
    assert ball_F.any()
    without = Figure.of(rest_V3, joints_J3, body.faces_F3[: -2 * 140])
    np.testing.assert_allclose(without.eye_2, with_balls.eye_2, atol=0.004)
