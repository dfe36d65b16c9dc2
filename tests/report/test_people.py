"""Who is in a video: the table and the picture."""

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from lavimo.config import FindLandmarksOptions
from lavimo.landmarks.blazepose import Person
from lavimo.landmarks.region import Region
from lavimo.landmarks.tracks import Track
from lavimo.report import people as page
from lavimo.report.people import SHOWN, thinned
from lavimo.video.codec import write_video
from lavimo.video.decode import Picture


def track(number, x, seconds):
    image = np.linspace([x, 20], [x + 20, 140], 33).astype(np.float32)
    person = Person(np.zeros((33, 3), np.float32), image, np.ones(33, np.float32), 1.0, Region(x, 80, 150))
    made = Track(number, (200, 160))
    for time_s in seconds:
        made.see(time_s, person)
    return made


@pytest.fixture
def video(tmp_path):
    write_video(tmp_path / "video.mp4", [np.full((160, 200, 3), 90, np.uint8)] * 30, 10, 18)
    return tmp_path / "video.mp4"


def test_everybody_has_a_line_and_a_colour(video, tmp_path, monkeypatch):
    tracks = [track(0, 30, np.arange(10) / 10), track(1, 150, np.arange(30) / 10)]
    monkeypatch.setattr(page, "BlazePose", lambda folder, threads: None)
    monkeypatch.setattr(page, "follow", lambda pictures, pose: tracks * bool([*pictures]))
    table = page.people(video, tmp_path / "people.jpg", FindLandmarksOptions())
    first, second = table.splitlines()[2:]
    assert first.split("|")[1:5] == [" person 0 ", " 0.0     ", "   0.9 ", "       10 "]
    assert "chosen" in second
    assert "chosen" not in first
    assert "chosen" in page.people(video, None, FindLandmarksOptions(person="person 0")).splitlines()[2]
    picture = np.asarray(Image.open(tmp_path / "people.jpg")).astype(int)
    red = (picture[..., 0] - picture[..., 2] > 90).any()
    teal = (picture[..., 1] - picture[..., 0] > 60).any()
    assert red
    assert teal


def test_a_video_without_people_is_said(video, monkeypatch):
    monkeypatch.setattr(page, "BlazePose", lambda folder, threads: None)
    monkeypatch.setattr(page, "follow", lambda pictures, pose: [])
    with pytest.raises(ValueError, match=r"video\.mp4: found nobody in it"):
        page.people(video, None, FindLandmarksOptions())


def test_a_picture_shows_twelve_moments():
    pictures = [Picture(number / 10, Image.new("RGB", (200, 160))) for number in range(50)]
    assert page.sheet(pictures, []).size == (4 * page.WIDTH_PX, 3 * 384)
    assert page.sheet(pictures[:1], []).size == (page.WIDTH_PX, 384)


def test_of_a_long_video_a_few_pictures_are_kept_evenly():
    pictures = [Picture(number / 10, Image.new("RGB", (4, 4))) for number in range(1000)]
    kept = []
    assert [one.time_s for one in thinned(pictures, kept)] == [one.time_s for one in pictures]
    times = [one.time_s for one in kept]
    assert SHOWN <= len(kept) < 2 * SHOWN
    assert times[0] == 0
    assert len({round(after - before, 3) for before, after in pairwise(times)}) == 1
    assert times[-1] > 90
