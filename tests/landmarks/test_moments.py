"""Stretches of long motions and long videos that belong together; and a real street."""

from pathlib import Path

import numpy as np
import pytest
from wheels import file_of_wheel

from lavimo import demo
from lavimo.config import DemoOptions, MatchOptions, ProjectionOptions
from lavimo.formats import read_motion
from lavimo.landmarks.moments import best_moment, cut, windows
from lavimo.landmarks.movement import about_hips, joints_of
from lavimo.landmarks.projection import projected
from lavimo.landmarks.sequence import Landmarks
from lavimo.landmarks.tracks import follow
from lavimo.video.decode import pictures_of

CMU = Path(__file__).parents[1] / "data/cmu"
GENTLE = ProjectionOptions(
    crop=0, tempo=1, noise=(0.3, 0.3), occluded=0, missed_detections=0, elevation_degrees=(0, 10)
)


@pytest.fixture(scope="module")
def parts(motions):
    """Joints of a few motions, and landmarks of their videos."""
    rng = np.random.default_rng(0)
    return [(joints_of(motion), projected(motion, rng, GENTLE)) for motion in motions.values()]


def test_a_video_finds_its_stretch_of_a_long_motion(parts):
    whole = np.concatenate([joints - joints[:1, :1] * [1, 0, 1] for joints, _ in parts])
    begin = 0.0
    for joints, video in parts:
        found = best_moment(video, about_hips(whole), MatchOptions())
        assert abs(found.motion_s[0] - begin) <= 0.6
        assert abs(found.motion_s[1] - begin - len(joints) / 20) <= 0.6
        assert found.video_s == (video.times_T[0], video.times_T[-1])
        begin += len(joints) / 20


def test_a_short_motion_is_found_in_a_long_video(parts):
    joints, video = parts[0]
    later = Landmarks(video.times_T + 9, *(array for name, array in video.arrays().items() if name != "times"))
    others = parts[1][1]
    both = Landmarks(*(np.concatenate([a, b]) for a, b in zip(others.arrays().values(), later.arrays().values())))
    found = best_moment(both, about_hips(joints), MatchOptions())
    assert found.motion_s == (0.0, len(joints) / 20)
    assert found.video_s[0] == pytest.approx(9, abs=0.6)


def test_nobody_matches_nothing(parts):
    with pytest.raises(ValueError, match="found nobody in the video"):
        best_moment(Landmarks.of_nobody(), about_hips(parts[0][0]), MatchOptions())


def test_windows_cover_from_begin_to_end():
    assert list(windows(0, 1, 1, 0.2)) == [(0, 1)]
    assert list(windows(2, 3, 4, 0.2)) == [(2, 3)]
    found = list(windows(0, 3, 1, 0.5))
    assert (found[0], found[-1]) == ((0, 1), (2, 3))
    assert max(np.diff([begin for begin, _ in found])) <= 0.5


@pytest.mark.slow
def test_a_real_walk_finds_walks_and_real_jumping_jacks_find_jumping_jacks(pose, tmp_path):
    """A woman walks by, a man on a roof jumps with arms and legs spread; among motions of the demo and of CMU."""
    video = file_of_wheel("sports2d==0.8.34", "Demo/demo.mp4", tmp_path)
    man, woman = follow(pictures_of(video, 10.0), pose)[:2]
    options = DemoOptions()
    library = {clip.id: joints_of(demo.load(clip.id, options)) for clip in demo.catalogue(options)}
    library |= {path.stem: joints_of(read_motion(path)) for path in CMU.glob("*.bvh")}

    def nearest(landmarks):
        options = MatchOptions()
        near = {
            name: best_moment(landmarks, about_hips(joints), options, 0.5).distance for name, joints in library.items()
        }
        return sorted(near, key=near.get)

    assert nearest(Landmarks.of_track(woman))[0] == "07_01", "CMU's walk"
    found = nearest(cut(Landmarks.of_track(man), 0.0, 2.2))[:5]
    assert "jumping_jack" in found[0]
    assert any("raise" in name or "jumping_jack" in name for name in found[1:]), found
