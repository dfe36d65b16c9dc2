"""AMASS's files of both releases and any frame rate give the motion that was written; nothing bad passes unnamed."""

import numpy as np
import pytest
from amass_files import swaying, write_amass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lavimo.body.body import embedded_body
from lavimo.formats.amass import read_motion
from lavimo.motion.featurize import joints_of
from lavimo.motion.ground import place_on_floor
from lavimo.motion.motion import Motion
from lavimo.motion.shoulders import from_smpl
from lavimo.sources.amass_tree import NAMES, AmassTree

ANY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def expected():
    """The motion that `write_amass` wrote."""

    def motion(frames: int, fps: float, seed: int = 0) -> Motion:
        rotations_TJ3, pelvis_T3 = swaying(frames, fps, seed)
        rotations_TJ3 = from_smpl(np.concatenate([rotations_TJ3, np.zeros((frames, 2, 3))], 1))
        return place_on_floor(Motion(rotations_TJ3, pelvis_T3 - embedded_body().rest(np.zeros(10))[1][0], np.zeros(10)))

    return motion


@pytest.mark.parametrize("release", ["G", "X"])
@pytest.mark.parametrize(("fps", "every_nth"), [(20, True), (60, True), (120, False), (59.94, False), (250, False)])
def test_a_file_is_what_was_written(tmp_path, expected, release, fps, every_nth):
    path = write_amass(tmp_path / "a_poses.npz", int(3 * fps) + 1, fps, 4, release)
    motion, truth = read_motion(path, 0, None, every_nth, True), expected(61, 20, 4)
    shared = min(len(motion), len(truth))
    assert shared >= 60
    np.testing.assert_allclose(joints_of(motion)[:shared], joints_of(truth)[:shared], atol=0.02)
    assert (motion.betas_B == 0).all()


def test_every_nth_is_humanml3ds_downsampling(tmp_path):
    """int(50 / 20) = 2: a recording of 50 frames a second runs at 25, and its parts are counted in that time."""
    path = write_amass(tmp_path / "a_poses.npz", 301, 50)
    rotations_TJ3 = from_smpl(swaying(301, 50)[0])
    motion = read_motion(path, 1.0, 3.0, True, False)
    assert len(motion) == 40
    np.testing.assert_allclose(motion.rotations_TJ3[:, 1:20], rotations_TJ3[40:120:2, 1:20], atol=0.8)
    np.testing.assert_allclose(motion.rotations_TJ3[:, 16:20], rotations_TJ3[40:120:2, 16:20], atol=1e-5)


def test_the_path_fits_the_legs(tmp_path, expected):
    """Someone whose legs are a tenth longer walks as far, in legs."""
    path = write_amass(tmp_path / "a_poses.npz", 121, 60, legs=1.1)
    truth = expected(41, 20)
    np.testing.assert_allclose(read_motion(path, 0, None, True, True).translation_T3, truth.translation_T3, atol=0.03)
    as_recorded = read_motion(path, 0, None, True, False)
    travelled = np.ptp(as_recorded.translation_T3[:, [0, 2]], axis=0) / np.ptp(truth.translation_T3[:, [0, 2]], axis=0)
    np.testing.assert_allclose(travelled, 1.1, atol=0.01)


def test_who_never_stands_keeps_metres(tmp_path):
    """Someone who lies, a hand above the floor: nothing tells how long the legs are."""
    path = write_amass(tmp_path / "a_poses.npz", 121, 60)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["poses"][:, :3] = [0, 0, 0]  # along the floor, for z is up
    arrays["trans"][:, 2] = 0.1
    np.savez(path, **arrays)
    scaled, as_recorded = (read_motion(path, 0, None, True, scale) for scale in (True, False))
    np.testing.assert_array_equal(scaled.translation_T3, as_recorded.translation_T3)


def test_arrays_by_their_other_names(tmp_path):
    """SMPL-X files name their parts too, and some have nothing else."""
    whole = write_amass(tmp_path / "whole.npz", 61, 60, release="X")
    with np.load(whole) as file:
        np.savez(tmp_path / "parts.npz", **{name: file[name] for name in file.files if name != "poses"})
    one, other = (read_motion(path, 0, None, False, True) for path in (whole, tmp_path / "parts.npz"))
    np.testing.assert_array_equal(one.rotations_TJ3, other.rotations_TJ3)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda arrays: arrays.pop("mocap_framerate"), "lacks mocap_framerate"),
        (lambda arrays: arrays.pop("trans"), "lacks trans"),
        (lambda arrays: arrays.update(trans=arrays["trans"][:-1]), "found poses"),
        (lambda arrays: arrays.update(mocap_framerate=np.array(0.0)), "found a frame rate of 0"),
        (lambda arrays: arrays["poses"].__setitem__((3, 5), np.nan), "NaN"),
        (lambda arrays: arrays.update(poses=arrays["poses"][:1], trans=arrays["trans"][:1]), "found 1 frame"),
        (lambda arrays: arrays.update(poses=np.array(["x"])), "found no numbers in 'poses'"),
    ],
)
def test_what_is_bad_is_named(tmp_path, change, says):
    path = write_amass(tmp_path / "run 7_poses.npz", 30, 60)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    change(arrays)
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match=r"run 7_poses\.npz") as caught:
        read_motion(path, 0, None, True, True)
    assert says in str(caught.value)


@ANY
@given(data=st.data())
def test_damage_never_crashes_without_a_name(tmp_path, data):
    path = write_amass(tmp_path / "damaged.npz", 12, 20)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(start + 60, len(content))))
        content[start:end] = data.draw(st.binary(max_size=8))
    path.write_bytes(content)
    try:
        read_motion(path, 0, None, True, True)
    except ValueError as error:
        assert "damaged.npz" in str(error)  # noqa: PT017


@ANY
@given(fps=st.floats(10, 250), frames=st.integers(1, 4000), every_nth=st.booleans())
def test_any_rate_and_any_length(tmp_path, fps, frames, every_nth):
    frames = min(frames, int(8 * fps))
    path = write_amass(tmp_path / "a.npz", frames, fps)
    stride = max(int(fps / 20), 1)
    length = -(-frames // stride) if every_nth else int((frames - 1) / fps * 20 + 1e-3) + 1
    try:
        assert abs(len(read_motion(path, 0, None, every_nth, True)) - length) <= 1
    except ValueError as error:
        assert "expected at least 2" in str(error)  # noqa: PT017
        assert length < 2


def test_any_release_is_found_by_the_first_ones_names(tmp_path):
    for path in (
        "BMLrub/rub001/0001_treadmill_fast_stageii.npz",
        "ACCAD/Female1Running_c3d/C19_-_run_to_hop_to_walk_stageii.npz",
        "KIT/3/kick_high_left02_poses.npz",
        "KIT/3/neutral_stagei.npz",
    ):
        write_amass(tmp_path / path, 2, 20)
    tree = AmassTree(tmp_path)
    assert tree.subsets == {"ACCAD": "ACCAD", "BioMotionLab_NTroje": "BMLrub", "KIT": "KIT"}
    for wanted, found in {
        "BioMotionLab_NTroje/rub001/0001_treadmill_fast_poses.npy": "BMLrub/rub001/0001_treadmill_fast_stageii.npz",
        "ACCAD/Female1Running_c3d/C19 -  run to hop to walk_poses.npy": (
            "ACCAD/Female1Running_c3d/C19_-_run_to_hop_to_walk_stageii.npz"
        ),
        "KIT/3/kick_high_left02": "KIT/3/kick_high_left02_poses.npz",
    }.items():
        assert tree.find(wanted) == tmp_path / found
    assert tree.find("KIT/3/kick_high_left03_poses.npy") is None
    assert tree.find("CMU/01/01_01_poses.npy") is None
    assert len(NAMES) == 18
