"""What is written is what is done."""

import numpy as np
import pytest

from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT, MIRROR
from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.manners import STYLES
from lavimo.demo.actions.vocabulary import parse, phrases, vocabulary
from lavimo.demo.score import Score, left
from lavimo.demo.solver.anatomy import anatomy
from lavimo.demo.solver.limbs import leg_to, reach
from lavimo.demo.solver.perform import perform
from lavimo.motion.motion import Motion


def performed(text: str) -> Motion:
    score = Score(now=0.3)
    parse(text).perform(score)
    score.hold(0.3)
    return perform(score, np.random.default_rng(0), strength=0)


def positions(motion: Motion) -> np.ndarray:
    return forward_kinematics(matrices(motion.rotations_TJ3), motion.translation_T3, anatomy().joints_J3)[0]


LEFT = {
    action: next(phrase for phrase in phrases(action) if "left" in phrase.values)
    for action in vocabulary()["actions"]
    if any("left" in phrase.values for phrase in phrases(action))
}


@pytest.mark.parametrize("action", LEFT)
def test_right_is_the_mirror_image_of_left(action: str) -> None:
    words = " ".join((action, *LEFT[action].values))
    ours, theirs = performed(words), performed(words.replace("left", "right"))
    mirrored_TJ3 = theirs.rotations_TJ3[:, MIRROR] * [1, -1, -1]
    turns = matrices(ours.rotations_TJ3) @ matrices(mirrored_TJ3).swapaxes(-1, -2)
    assert np.allclose(turns, np.eye(3), atol=1e-4)
    shift_T3 = ours.translation_T3 - theirs.translation_T3 * [-1, 1, 1]
    assert np.allclose(shift_T3, -2 * anatomy().joints_J3[0] * [1, 0, 0], atol=1e-4)


def test_the_named_side_acts() -> None:
    """The person's left is +x; she faces +z."""
    for side, sign in (("left", 1), ("right", -1)):
        hand, other = JOINT[f"{side}_wrist"], JOINT[f"{'right' if side == 'left' else 'left'}_wrist"]
        waving = positions(performed(f"wave {side} big once"))
        assert waving[:, hand, 1].max() > waving[:, other, 1].max() + 0.4
        kicking = positions(performed(f"kick {side} high once"))
        assert kicking[:, JOINT[f"{side}_ankle"], 1].max() > 0.9 - anatomy().ankle_height
        assert (positions(performed(f"side_step {side} once normal"))[-1, 0, 0] > 0.3) == (sign == 1)
        assert sign * positions(performed(f"walk {side} normal"))[-1, 0, 0] > 0.3
    assert positions(performed("walk forward normal"))[-1, 0, 2] > 1.5
    assert positions(performed("walk backward normal"))[-1, 0, 2] < -1


def test_elbows_and_knees_bend_the_right_way() -> None:
    score = Score(now=0.3)
    score.pose(0.5, **left(elbow=90, air=1, knee=90, hip=0))
    score.hold(0.6)
    last_J3 = positions(perform(score, np.random.default_rng(0), strength=0))[-1]
    assert last_J3[JOINT["left_wrist"], 2] > last_J3[JOINT["left_elbow"], 2] + 0.15
    assert last_J3[JOINT["left_ankle"], 2] < last_J3[JOINT["left_knee"], 2] - 0.3


def test_legs_reach_their_target_exactly() -> None:
    rng = np.random.default_rng(0)
    for side in ("left", "right"):
        directions_T3 = rng.normal(size=(50, 3)) * [0.5, 0.3, 0.7] - [0, 1, 0]
        directions_T3 /= np.linalg.norm(directions_T3, axis=1, keepdims=True)
        target_T3 = directions_T3 * rng.uniform(0.4, reach(side), (50, 1))
        hip_T33, knee_T33 = leg_to(target_T3, np.zeros(50), side)
        rest_J3 = anatomy().joints_J3
        hip, knee, ankle = (rest_J3[JOINT[f"{side}_{name}"]] for name in ("hip", "knee", "ankle"))
        ankle_T3 = hip_T33 @ (knee - hip) + (hip_T33 @ knee_T33) @ (ankle - knee)
        assert np.allclose(ankle_T3, target_T3, atol=1e-9)


@pytest.mark.parametrize("place", [(0.2, -0.2, 0.3), (0.3, 0.1, 0.25), (0.1, -0.1, 0.3)])
def test_hands_come_where_they_are_wanted(place: tuple[float, float, float]) -> None:
    score = Score(now=0.3)
    score.pose(0.4, **left(**hand_at(*place)))
    score.hold(0.8)
    motion = perform(score, np.random.default_rng(0), strength=0)
    last_J3 = positions(motion)[-1]
    shoulders_3 = (last_J3[JOINT["left_shoulder"]] + last_J3[JOINT["right_shoulder"]]) / 2
    assert np.allclose(last_J3[JOINT["left_wrist"]] - shoulders_3, place, atol=0.06)


def test_sideways_ways_keep_the_face_forward() -> None:
    for words in ("strafe left close normal", "strafe left cross normal", "run_aside left bent normal"):
        motion = performed(words)
        at = positions(motion)
        assert at[-1, 0, 0] > 1.2, words
        across_T3 = at[:, JOINT["left_hip"]] - at[:, JOINT["right_hip"]]
        assert (across_T3[:, 0] > 0.8 * np.linalg.norm(across_T3, axis=1)).all(), words
    at = positions(performed("diagonal left backward normal"))
    assert at[-1, 0, 0] > 1
    assert at[-1, 0, 2] < -1
    crouched = positions(performed("crouch_walk left half normal"))
    assert crouched[-1, 0, 0] > 1
    assert crouched[:, 0, 1].max() < positions(performed("walk forward normal"))[:, 0, 1].min() - 0.1


def test_who_lies_lies_on_the_floor_from_first_to_last() -> None:
    for posture in ("back", "front", "left", "right"):
        at = positions(performed(f"lie_idle {posture} still"))
        assert at[..., 1].max() < 0.55, posture
        assert at[:, 0, 1].max() < 0.3, posture
    fallen, risen = positions(performed("fall backward lies")), positions(performed("get_up back normal"))
    assert fallen[0, 0, 1] > 0.85
    assert fallen[-1, JOINT["head"], 1] < 0.3
    assert risen[0, JOINT["head"], 1] < 0.3
    assert risen[-1, 0, 1] > 0.85


def test_a_cartwheel_turns_over_on_the_hands() -> None:
    at = positions(performed("cartwheel left normal"))
    over = at[:, JOINT["head"], 1].argmin()
    assert at[over, JOINT["left_ankle"], 1] > at[over, 0, 1] > at[over, JOINT["neck"], 1]
    assert min(at[over, JOINT[f"{side}_hand"], 1] for side in ("left", "right")) < 0.2
    assert at[-1, 0, 0] > 1.2


def test_a_style_is_seen_in_posture_and_pace() -> None:
    old, proud = (positions(performed(f"walk_as {style} forward")) for style in ("old", "proud"))
    stoop = [np.median(at[:, JOINT["neck"], 2] - at[:, 0, 2]) for at in (old, proud)]
    assert stoop[0] > stoop[1] + 0.15
    pace = [(at[-1, 0, 2] - at[0, 0, 2]) / len(at) for at in (old, proud)]
    assert pace[0] < 0.6 * pace[1]
    assert len({*STYLES}) >= 14
