"""Left and right: motions and words swapped, twice is nothing, and nothing else is touched."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listed import clips_of

from lavimo.body.skeleton import MIRROR
from lavimo.clips import Clip
from lavimo.config import BvhOptions, DemoOptions, IngestOptions, SourceOptions
from lavimo.motion.features import features_from_joints
from lavimo.motion.featurize import joints_of
from lavimo.motion.layout import HUMANML3D
from lavimo.motion.mirror import mirrored_caption, mirrored_motion, with_mirrored
from lavimo.motion.motion import Motion, read_motions
from lavimo.sources.ingest import ingest

PAIRS = [
    ("turns left", "turns right"),
    ("Left, then RIGHT.", "Right, then LEFT."),
    ("steps to the right then stops", "steps to the left then stops"),
    ("his left-hand side", "his right-hand side"),
    ("walks leftwards and rightward", "walks rightwards and leftward"),
    ("a left-handed, righty stance", "a right-handed, lefty stance"),
    ("the leftmost of two rights", "the rightmost of two lefts"),
    ("left/right left_foot", "right/left left_foot"),
    ("turns clockwise", "turns counterclockwise"),
    ("Counterclockwise circle", "Clockwise circle"),
    ("the right arm is right away raised", "the left arm is right away raised"),
]
ONE_WAY = [
    ("spins counter-clockwise", "spins clockwise"),
    ("spins anti clockwise", "spins clockwise"),
    ("spins anticlockwise", "spins clockwise"),
    ("clock wise", "counterclock wise"),
]
UNTOUCHED = [
    "goes right away", "it is all right", "a leftover", "stands upright", "alright", "brightly", "cleft", "right now",
    "arms at right angles", "copyrighted", "o'clock, otherwise",
]  # fmt: skip


@pytest.mark.parametrize(("words", "mirrored"), PAIRS)
def test_words_swap_and_swap_back(words, mirrored):
    assert mirrored_caption(words) == mirrored
    assert mirrored_caption(mirrored) == words


@pytest.mark.parametrize(("words", "mirrored"), ONE_WAY)
def test_other_spellings(words, mirrored):
    assert mirrored_caption(words) == mirrored


@pytest.mark.parametrize("words", UNTOUCHED)
def test_other_words_stay(words):
    assert mirrored_caption(words) == words


@given(st.lists(st.sampled_from([*"ab", "left", "right", "clockwise", "counterclockwise", "leftover"]), max_size=9))
def test_words_twice_are_the_same(words):
    caption = " ".join(words)
    assert mirrored_caption(mirrored_caption(caption)) == caption


def motion(seed: int, frames: int = 20) -> Motion:
    generator = np.random.default_rng(seed)
    rotations_TJ3 = generator.normal(0, 0.3, (frames, 24, 3))
    return Motion(rotations_TJ3, generator.normal(0, 1, (frames, 3)), generator.normal(0, 1, 10))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), frames=st.integers(2, 60))
def test_a_motion_twice_is_the_same(seed, frames):
    once = motion(seed, frames)
    twice = mirrored_motion(mirrored_motion(once))
    np.testing.assert_array_equal(twice.rotations_TJ3, once.rotations_TJ3)
    np.testing.assert_allclose(twice.translation_T3, once.translation_T3, atol=1e-6)
    np.testing.assert_array_equal(twice.betas_B, once.betas_B)


@pytest.mark.parametrize("convention", ["humanml3d", "fixed"])
def test_features_of_a_mirrored_motion_are_those_of_the_mirrored_joints(convention):
    """To a centimetre: the embedded body's own left and right differ by five millimetres."""
    once = Motion(motion(3, 40).rotations_TJ3 * 0.5, motion(3, 40).translation_T3 * 0.1, np.zeros(10))
    joints_TJ3 = joints_of(once)
    images_TJ3 = joints_of(mirrored_motion(once))
    mirrored_TJ3 = joints_TJ3[:, MIRROR[:22]] * [-1, 1, 1]
    np.testing.assert_allclose(images_TJ3, mirrored_TJ3, atol=0.015)
    one, other = (features_from_joints(joints, joints_TJ3[0], convention) for joints in (images_TJ3, mirrored_TJ3))
    for name in ("yaw_velocity", "root_velocity", "root_height", "positions", "velocities"):
        group = HUMANML3D.groups[name]
        np.testing.assert_allclose(one[:, group], other[:, group], atol=0.03, err_msg=name)


def test_images_have_names_words_and_splits():
    clip = Clip("a", "test", ("turns left", "rises"))
    one, image = with_mirrored([clip])
    assert one is clip
    assert (image.id, image.split, image.captions, image.mirror_of) == ("Ma", "test", ("turns right", "rises"), "a")
    with pytest.raises(ValueError, match="'a' would be called 'Ma'"):
        with_mirrored([clip, Clip("Ma", "test", ("x",))])


def test_any_source_can_be_mirrored(tmp_path, write_bvh):
    write_bvh(tmp_path / "bvh/a.bvh")
    (tmp_path / "c.csv").write_text("clip,caption,split\na,turns left,train\n")
    options = BvhOptions(folder=tmp_path / "bvh", captions=tmp_path / "c.csv")
    for source in (
        SourceOptions(kind="bvh", bvh=options, mirrored=True),
        SourceOptions(demo=DemoOptions(train=48, val=2, test=2), mirrored=True),
    ):
        plain = clips_of(source.model_copy(update={"mirrored": None}))
        assert {clip.id for clip in clips_of(source)} == {name for clip in plain for name in (clip.id, f"M{clip.id}")}
        ingest(
            "1-of-12" if source.kind == "demo" else "1-of-1", tmp_path / "m", tmp_path / "r", source, IngestOptions()
        )
        motions = dict(read_motions(tmp_path / "m"))
        assert motions
        for name, one in motions.items():
            if f"M{name}" in motions:
                np.testing.assert_array_equal(motions[f"M{name}"].rotations_TJ3, mirrored_motion(one).rotations_TJ3)
