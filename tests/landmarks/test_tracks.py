"""People followed: two at once, who leave and come back, and a real street with a man on a roof."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from wheels import file_of_wheel

from lavimo.landmarks.sequence import Landmarks
from lavimo.landmarks.tracks import Track, choose, follow, real, starts, tiles
from lavimo.video.codec import VideoReader
from lavimo.video.decode import Picture, pictures_of

pytestmark = pytest.mark.xdist_group("filmed")


@pytest.fixture(scope="module")
def people(filmed):
    """Frames (T, 256, 256, 3) of two clips."""
    videos = [VideoReader(path) for path in sorted((filmed / "videos").glob("*.mp4"))[:2]]
    return [video.read(range(0, len(video), 2)) for video in videos]


def shown(frames):
    return [Picture(number / 10, Image.fromarray(frame)) for number, frame in enumerate(frames)]


def side_by_side(people, gap=0):
    """Two people in one picture, 512 wide; the second is lower by `gap`."""
    count = min(len(frames) for frames in people)
    canvas = np.full((count, 256 + gap, 512, 3), 128, np.uint8)
    canvas[:, :256, :256] = people[0][:count]
    canvas[:, gap : 256 + gap, 256:] = people[1][:count]
    return canvas


def test_two_people_have_a_track_each(pose, people):
    tracks = follow(shown(side_by_side(people, 40)), pose)
    assert [track.number for track in tracks] == [0, 1]
    middles = sorted(np.mean([person.image_L2[:, 0].mean() for person in track.people]) for track in tracks)
    assert middles[0] < 256 < middles[1]
    assert all(len(track.people) > 0.9 * len(side_by_side(people)) for track in tracks)
    left = choose(tracks, (0, 0, 256, 256))
    assert np.mean([person.image_L2[:, 0].mean() for person in left.people]) < 256
    assert choose(tracks, "person 1") is tracks[1]
    assert choose(tracks, "largest") is max(tracks, key=lambda track: track.extent)
    assert choose(tracks, "moving") is max(tracks, key=lambda track: track.movement)
    for wrong in ("person 2", "tallest"):
        with pytest.raises(
            ValueError, match="there are 2 people in the video, expected largest, moving, or `person 0`"
        ):
            choose(tracks, wrong)
    with pytest.raises(ValueError, match="nobody in the box"):
        choose(tracks, (500, 280, 5, 5))


def test_furniture_and_shadows_are_nobody(pose, people):
    """Beside the largest person: who is hardly believed, small, seen briefly or off and on; and one who is there."""
    man, woman = follow(shown(side_by_side(people, 40)), pose)
    smaller = min(man, woman, key=lambda track: track.extent)
    larger = woman if smaller is man else man

    def changed(keep=slice(None), **how):
        some = [replace(one, **{name: change(one) for name, change in how.items()}) for one in smaller.people[keep]]
        return Track(1, smaller.picture, smaller.times[keep], some)

    assert real([larger, smaller], 0.1) == [larger, smaller]
    for nobody in (
        changed(score=lambda one: 0.9),
        changed(visibility_L=lambda one: 0.7 * np.ones(33)),
        changed(world_L3=lambda one: 0.7 * one.world_L3),
        changed(slice(0, 6)),
        changed(slice(None, None, 2)),
    ):
        assert real([larger, nobody], 0.1) == [larger]
        assert real([nobody], 0.1) == [nobody], "alone, somebody whom one sees badly is better than nobody"


def test_who_is_hidden_for_a_moment_is_the_same_person(pose, people):
    frames = people[0].copy()
    frames[8:13] = 128
    (track,) = follow(shown(frames), pose)
    seen = {round(10 * time_s) for time_s in track.times}
    assert seen & {*range(8, 13)} == set()
    assert {7, 14} <= seen


def test_who_comes_later_is_found_and_a_long_absence_is_another_person(pose, people):
    grey = np.full_like(people[0], 128)
    frames = np.concatenate([grey[:15], people[0][:12], grey[:20], people[0][:12]])
    tracks = follow(shown(frames), pose)
    assert [round(track.times[0], 1) for track in tracks] == [
        pytest.approx(1.5, abs=0.11),
        pytest.approx(4.7, abs=0.11),
    ]


def test_nobody_is_no_track(pose):
    grey = np.full((10, 96, 128, 3), 128, np.uint8)
    assert follow(shown(grey), pose) == []
    assert choose([], "largest") is None
    assert len(Landmarks.of_track(None)) == 0


def test_small_people_in_large_pictures_are_seen(pose, people):
    """A sixth of the picture's height: only the tiles show them."""
    frame = np.full((1080, 1920, 3), 128, np.uint8)
    small = [np.asarray(Image.fromarray(one).resize((240, 240))) for one in people[0][:6]]
    frames = np.stack([frame] * len(small))
    frames[:, 300:540, 1500:1740] = small
    assert pose.people(Image.fromarray(frames[0])) == []
    (track,) = follow(shown(frames), pose)
    assert 1500 < track.people[0].image_L2[:, 0].mean() < 1740


def test_tiles_cover_the_picture_and_overlap():
    for width, height in ((1768, 994), (720, 1280), (4000, 300), (900, 900)):
        covered = np.zeros((height, width), int)
        for left, top, side in tiles(width, height):
            covered[top : top + side, left : left + side] += 1
        assert covered.min() >= 1
    assert starts(10, 20) == [0]
    assert starts(60, 20) == [0, 10, 20, 30, 40]


def test_landmarks_of_a_track_are_in_units_of_the_picture(pose, people):
    (track,) = follow(shown(people[0][:8]), pose)
    landmarks = Landmarks.of_track(track)
    first = track.people[0].image_L2
    np.testing.assert_allclose(landmarks.image_TL2[0, :, 0], (first[:, 0] - 128) / 256, atol=1e-6)
    np.testing.assert_allclose(landmarks.image_TL2[0, :, 1], (128 - first[:, 1]) / 256, atol=1e-6)
    assert Track(0, (10, 10)).times == []


@pytest.mark.slow
def test_a_real_street_with_a_man_on_a_roof_and_a_woman_who_walks_by(pose, tmp_path):
    video = file_of_wheel("sports2d==0.8.34", "Demo/demo.mp4", tmp_path)
    tracks = follow(pictures_of(video, 10.0), pose)
    man, woman = sorted(tracks, key=lambda track: -len(track.people))[:2]
    if man.times[0] > woman.times[0]:
        man, woman = woman, man
    assert man.times[0] < 0.2
    assert man.times[-1] > 5, "until he jumps"
    assert np.mean([person.image_L2[:, 1].mean() for person in man.people[:20]]) < 400, "on the roof, in the upper part"
    assert 1.5 < woman.times[0] < 2.5, "she comes from behind the tree"
    assert woman.times[-1] > 6
    path = [person.image_L2[:, 0].mean() for person in woman.people]
    assert path[0] > 1300 > 300 > path[-1], "from right to left"
    assert np.median(np.diff(path)) < 0
    wrists_T = np.array([person.world_L3[[15, 16], 1].mean() for person in man.people])
    assert wrists_T.max() > 0.6, "his hands above his head"
