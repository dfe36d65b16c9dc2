"""The report in a headless Chromium: its videos play, alone from a folder of its own, and nothing is complained of."""

import shutil

import pytest
from browser import NEEDS_CHROMIUM, Browser

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def opened(tab, workflow, tmp_path):
    """Opens a page that was copied to a folder of its own."""

    def open_(path=None) -> Browser:
        copied = tmp_path / "elsewhere" / "copied.html"
        copied.parent.mkdir(exist_ok=True)
        shutil.move(path or workflow.folder / "report.html", copied)
        tab.open(copied)
        return tab

    return open_


def test_every_video_plays(page, opened, workflow):
    page(queries=2, extremes=1, videos=workflow.videos)
    tab = opened()
    videos = tab.play_videos()
    assert len(videos) > 2 * 4 * 3, "three answers to each query, and the queries by video"
    for video in videos:
        assert video["duration"] == pytest.approx(24 / 20, abs=0.06)
        assert video["width"] == 16
        assert video["shown"] > 50
    assert tab.errors == []


def test_a_video_out_of_sight_rests(page, opened, workflow):
    page(queries=2, extremes=1, videos=workflow.videos)
    tab = opened()
    playing = "[...document.querySelectorAll('video')].filter((video) => video.src && !video.paused).length"
    assert tab.run("scrollTo(0, 0); new Promise((done) => setTimeout(done, 300))") is None
    assert tab.run(playing) == 0


def test_who_wants_no_movement_gets_controls(page, opened, workflow, tab):
    page(queries=2, extremes=1, videos=workflow.videos)
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
    opened()
    tab.run("document.querySelector('video').scrollIntoView(); new Promise((done) => setTimeout(done, 500))")
    assert tab.run("[document.querySelector('video').controls, document.querySelector('video').paused]") == [True, True]


def test_without_videos_the_frames_play(page, opened):
    page()
    tab = opened()
    place = "getComputedStyle(document.querySelector('.answer .picture')).backgroundPositionX"
    tab.run("document.querySelector('.answer').scrollIntoView()")
    places = {tab.run(f"new Promise((done) => setTimeout(() => done({place}), 350))") for _ in range(8)}
    assert len(places) > 1
    assert tab.errors == []
