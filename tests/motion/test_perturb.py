import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from lavimo.clips import Clip, write_clips
from lavimo.config import PerturbOptions
from lavimo.motion.motion import Motion, read_motions, write_motions
from lavimo.motion.perturb import leading, perturb, resampled, slowly_recorded


def motion(frames, seed=0, hertz=0.5):
    """Joints that swing with a frequency, and a walk along z."""
    generator = np.random.default_rng(seed)
    time_T11 = np.arange(frames)[:, None, None] / 20
    swing_TJ3 = generator.normal(size=(24, 3)) * np.sin(2 * np.pi * hertz * time_T11)
    walk_T3 = np.arange(frames)[:, None] * [0, 0, 0.05]
    return Motion(np.float32(swing_TJ3), np.float32(walk_T3), np.zeros(10, np.float32))


def test_only_the_splits_motions_are_written(tmp_path):
    clips = [Clip("a", "test", ("x",)), Clip("b", "train", ("x",)), Clip("c", "test", ("x",))]
    write_clips(tmp_path / "clips.csv", clips)
    write_motions(tmp_path / "motions.safetensors", {name: motion(41, seed) for seed, name in enumerate("abc")})
    paths = (tmp_path / "motions.safetensors", tmp_path / "clips.csv", tmp_path / "perturbed.safetensors")
    perturb(*paths, "test", PerturbOptions())
    found = dict(read_motions(paths[2]))
    assert [*found] == ["a", "c"]
    np.testing.assert_array_equal(found["c"].rotations_TJ3, motion(41, 2).rotations_TJ3)
    perturb(*paths, "test", PerturbOptions(share=0.5))
    assert {len(one) for one in dict(read_motions(paths[2])).values()} == {20}
    perturb(*paths, "val", PerturbOptions())
    assert dict(read_motions(paths[2])) == {}


def test_a_motion_too_short_for_the_change_is_named(tmp_path):
    write_clips(tmp_path / "clips.csv", [Clip("a", "test", ("x",))])
    write_motions(tmp_path / "motions.safetensors", {"a": motion(3)})
    with pytest.raises(ValueError, match=r"clip 'a' of .*found 1 frame"):
        perturb(
            tmp_path / "motions.safetensors",
            tmp_path / "clips.csv",
            tmp_path / "out",
            "test",
            PerturbOptions(share=0.2),
        )


def test_the_leading_part_is_the_beginning():
    whole = motion(40)
    half = leading(whole, 0.5)
    assert len(half) == 20
    np.testing.assert_array_equal(half.translation_T3, whole.translation_T3[:20])


@settings(max_examples=20, deadline=None)
@given(st.integers(30, 90), st.sampled_from([4.0, 5.0, 10.0]), st.integers(0, 99))
def test_a_slow_recording_agrees_at_its_samples_and_is_straight_between(frames, fps, seed):
    whole, step = motion(frames, seed), round(20 / fps)
    slow = slowly_recorded(whole, fps)
    assert frames - step < len(slow) <= frames
    kept = np.arange(0, len(slow), step)
    assert apart(whole, kept, slow, kept).max() < 1e-5
    np.testing.assert_allclose(slow.translation_T3, whole.translation_T3[: len(slow)], atol=1e-5)
    ways = apart(slow, kept[:-1], slow, kept[1:])
    clear = ways < 3  # two ways lead round half a turn
    for share in range(1, step):
        there = apart(slow, kept[:-1], slow, kept[:-1] + share)
        np.testing.assert_allclose(there[clear], (share / step * ways)[clear], atol=1e-4)


def apart(one, frames, other, other_frames):
    """The angles between two motions' joints."""
    first, second = (
        Rotation.from_rotvec(m.rotations_TJ3[some].reshape(-1, 3)) for m, some in ((one, frames), (other, other_frames))
    )
    return (first.inv() * second).magnitude()


def test_a_slow_camera_misses_what_is_fast():
    fast = motion(80, hertz=5)
    slow = slowly_recorded(fast, 5)
    assert np.abs(slow.rotations_TJ3).max() < 0.05 < np.abs(fast.rotations_TJ3).max()


def test_the_full_rate_changes_nothing():
    whole = motion(40)
    assert slowly_recorded(whole, 20) is whole
    np.testing.assert_allclose(resampled(whole, 20, 20).translation_T3, whole.translation_T3, atol=1e-6)
