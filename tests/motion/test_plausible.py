"""What people do passes, however odd; what a wrong axis, unit or angle makes of it is refused with its cause."""

import numpy as np
import pytest
from amass_files import swaying
from data_folders import CMU_BVH
from scipy.spatial.transform import Rotation

from lavimo import demo
from lavimo.body.body import embedded_body
from lavimo.body.skeleton import JOINT
from lavimo.config import DemoOptions
from lavimo.demo.plan import plan
from lavimo.motion.complete import complete
from lavimo.motion.from_joints import motion_from_joints
from lavimo.motion.motion import Motion
from lavimo.motion.plausible import check_angles, check_legs, check_plausible
from lavimo.motion.world import TO_Y

REST_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
STANDING_M = 0.95


def person(path_T3, turns=None, swing=1.0) -> Motion:
    """Someone who swings arms and legs, whose pelvis takes a path, turned by rotations of the root."""
    frames = len(path_T3)
    swing_T = np.sin(np.arange(frames) / 20 * 2 * np.pi)
    rotations_TJ3 = np.zeros((frames, 24, 3))
    for side, sign in (("left", 1), ("right", -1)):
        rotations_TJ3[:, JOINT[f"{side}_shoulder"], 2] = -1.2 * sign
        rotations_TJ3[:, JOINT[f"{side}_shoulder"], 0] = 0.6 * swing * sign * swing_T
        rotations_TJ3[:, JOINT[f"{side}_hip"], 0] = -0.3 * swing * sign * swing_T
        rotations_TJ3[:, JOINT[f"{side}_knee"], 0] = swing * (0.3 + 0.2 * sign * swing_T)
    if turns is not None:
        rotations_TJ3[:, 0] = turns.as_rotvec()
    return Motion(rotations_TJ3, np.asarray(path_T3) - REST_S3[0], np.zeros(10))


def path(x=0.0, y=STANDING_M, z=0.0, frames=80):
    """The pelvis's path (T, 3) from numbers or series."""
    return np.stack([np.broadcast_to(np.asarray(axis, float), frames) for axis in (x, y, z)], 1)


def about(axis, degrees, frames=80):
    """Rotations about an axis, one a frame."""
    return Rotation.from_euler(axis, np.broadcast_to(np.asarray(degrees, float), frames)[:, None], degrees=True)


def turned(motion: Motion, turn: Rotation, metres: float = 1.0) -> Motion:
    """The motion in a world of other axes, and of another unit."""
    rest_3 = embedded_body().rest(motion.betas_B)[1][0]
    rotations_TJ3 = motion.rotations_TJ3.astype(np.float64)
    rotations_TJ3[:, 0] = (turn * Rotation.from_rotvec(rotations_TJ3[:, 0])).as_rotvec()
    return Motion(rotations_TJ3, (turn.apply(rest_3 + motion.translation_T3) - rest_3) * metres, motion.betas_B)


TIME_T = np.arange(80) / 20
ON_BACK, PRONE = about("x", -90), about("x", 90)
FLIGHT_T = 0.95 + 9.81 / 2 * np.abs(np.mod(TIME_T, 1.2) * (1.2 - np.mod(TIME_T, 1.2)))
LEGAL = {
    "walks": person(path(z=1.3 * TIME_T)),
    "sprints": person(path(z=10 * TIME_T)),
    "stands far from the origin": person(path(x=400, z=-300)),
    "climbs stairs": person(path(y=0.95 + 0.9 * TIME_T, z=TIME_T)),
    "jumps on a trampoline": person(path(y=0.8 + FLIGHT_T)),
    "lies on the back": person(path(y=0.12, z=1.1), ON_BACK, swing=0),
    "lies on the belly": person(path(y=0.2), PRONE, swing=0),
    "rolls over the floor": person(path(x=0.5 * TIME_T, y=0.25), about("z", -180 * TIME_T) * ON_BACK, swing=0),
    "swims": person(path(y=0.6, z=0.8 * TIME_T), PRONE),
    "turns cartwheels": person(
        path(x=np.clip(TIME_T - 1, 0, 2), y=0.95), about("z", -np.clip((TIME_T - 1) * 180, 0, 360))
    ),
    "stands on the hands for a while": person(path(), about("x", np.where((TIME_T > 1) & (TIME_T < 2.5), 180, 0))),
    "lies and gets up": person(path(y=np.where(TIME_T < 1.5, 0.12, 0.95)), about("x", np.where(TIME_T < 1.5, -90, 0))),
    "crawls": person(path(y=0.45, z=0.4 * TIME_T), about("x", 50)),
}
"""What people do, 4 seconds each."""


@pytest.mark.parametrize("name", LEGAL)
def test_what_people_do_is_plausible(name):
    check_plausible(LEGAL[name])
    check_angles(LEGAL[name].rotations_TJ3)


def test_a_handstand_all_the_clip_must_be_insisted_on():
    with pytest.raises(ValueError, match=r"head.*set up: -y; set plausible: false"):
        check_plausible(person(path(y=0.9), about("z", 180)))


@pytest.mark.parametrize("up", sorted(set(TO_Y) - {"y"}))
@pytest.mark.parametrize("yaw", [0, 30, 45, 90, 180])
@pytest.mark.parametrize("name", ["walks", "climbs stairs", "stands far from the origin"])
def test_other_axes_are_named(name, yaw, up):
    motion = turned(LEGAL[name], TO_Y[up].inv() * Rotation.from_euler("y", yaw, degrees=True))
    with pytest.raises(ValueError, match=rf"looks like {up} up: set up: {up};"):
        check_plausible(motion)


def test_the_axis_is_the_files():
    """AMASS is turned from z up before it is looked at; a file of it with y up says so."""
    to_ours = TO_Y["z"]
    with pytest.raises(ValueError, match="set up: y;"):
        check_plausible(turned(LEGAL["walks"], to_ours), to_ours.as_matrix())


@pytest.mark.parametrize(("unit", "many"), [("cm", 100), ("mm", 1000)])
@pytest.mark.parametrize("name", ["walks", "sprints", "stands far from the origin", "crawls", "turns cartwheels"])
def test_other_units_are_named(name, unit, many):
    with pytest.raises(ValueError, match=f"looks like {unit}: .*set unit: {unit};"):
        check_plausible(turned(LEGAL[name], Rotation.identity(), many))


@pytest.mark.parametrize(("unit", "many"), [("cm", 100), ("mm", 1000)])
def test_walkers_without_a_floor_tell_the_unit(unit, many):
    with pytest.raises(ValueError, match=f"looks like {unit}: the pelvis moves at 1.*set unit: {unit};"):
        check_plausible(turned(LEGAL["walks"], Rotation.identity(), many), floor_known=False)


@pytest.mark.parametrize("name", LEGAL)
def test_degrees_are_named(name):
    with pytest.raises(ValueError, match=r"look like degrees: .*set angles: degrees"):
        check_angles(np.degrees(LEGAL[name].rotations_TJ3))


def test_a_root_may_count_its_turns():
    rotations_TJ3 = LEGAL["walks"].rotations_TJ3.copy()
    rotations_TJ3[:, 0, 1] = np.linspace(0, 60, 80)
    check_angles(rotations_TJ3)


@pytest.mark.parametrize("bone", ["left_knee", "right_knee", "left_ankle", "right_ankle"])
def test_a_leg_that_lacks_a_bone_is_refused(bone):
    side, end = bone.split("_")
    name = f"{side} {'thigh' if end == 'knee' else 'shin'}"
    joints_TJ3 = np.tile(REST_S3[None, :22], (5, 1, 1))
    above = JOINT[f"{side}_hip"] if end == "knee" else JOINT[f"{side}_knee"]
    joints_TJ3[:, JOINT[bone]] = joints_TJ3[:, above]
    with pytest.raises(ValueError, match=f"found a {name} of length 0"):
        motion_from_joints(joints_TJ3)
    with pytest.raises(ValueError, match=f"found a {name} of length 0"):
        complete({joint: joints_TJ3[:, index] for joint, index in JOINT.items() if index < 22})


def test_legs_are_alike():
    check_legs(np.array([[0.4, 0.4], [0.35, 0.45]]))
    with pytest.raises(ValueError, match=r"left shin of length 0\.4 and a right one of 0\.2"):
        check_legs(np.array([[0.4, 0.4], [0.4, 0.2]]))


def test_what_fixtures_make_is_plausible():
    for seed in range(20):
        for frames in (2, 3, 21, 100):
            rotations_TJ3, pelvis_T3 = swaying(frames, 20, seed)
            rotations_TJ3 = np.concatenate([rotations_TJ3, np.zeros((frames, 2, 3))], 1)
            check_angles(rotations_TJ3)
            check_plausible(Motion(rotations_TJ3, pelvis_T3 - REST_S3[0], np.zeros(10)))


def test_the_demo_is_plausible_and_in_no_other_axes():
    """Of turned motions one in twenty may pass: people who sit or bend half of the time."""
    options = DemoOptions()
    missed, clips = [], sorted(plan(options))[::9]
    for clip in clips:
        motion = demo.load(clip, options)
        check_plausible(motion)
        check_angles(motion.rotations_TJ3)
        for up in set(TO_Y) - {"y"}:
            try:
                check_plausible(turned(motion, TO_Y[up].inv() * Rotation.from_euler("y", 37, degrees=True)))
                missed.append((clip, up))
            except ValueError:
                continue
        for unit in (100, 1000):
            with pytest.raises(ValueError, match="set unit"):
                check_plausible(turned(motion, Rotation.identity(), unit))
    assert len(missed) <= 0.05 * 5 * len(clips), missed
    assert not [up for clip, up in missed if up == "-y"]


def test_real_recordings_and_windows_of_them_are_plausible(monkeypatch):
    """As they stand in their files: the floor is not moved."""
    import lavimo.motion.retarget
    from lavimo.formats.bvh.read import read_motion

    monkeypatch.setattr(lavimo.motion.retarget, "place_on_floor", lambda motion: motion)
    generator = np.random.default_rng(0)
    motions = {path.stem: read_motion(path) for path in sorted(CMU_BVH.glob("*.bvh"))}
    assert len(motions) >= 5
    for name, motion in motions.items():
        lengths = [len(motion), *generator.integers(min(20, len(motion)), len(motion), 10, endpoint=True)]
        for length in lengths:
            start = generator.integers(0, len(motion) - length, endpoint=True)
            rows = slice(start, start + length)
            try:
                check_plausible(Motion(motion.rotations_TJ3[rows], motion.translation_T3[rows], motion.betas_B))
            except ValueError as error:
                pytest.fail(f"{name}, frames {rows}: {error}")
