"""The finished workflow's report in a headless Chromium, copied away from its results."""

import shutil

import pytest
from browser import NEEDS_CHROMIUM

pytestmark = [pytest.mark.xdist_group("workflow"), NEEDS_CHROMIUM]


def test_its_videos_play_and_nothing_is_complained_of(finished, tab, tmp_path):
    shutil.copy(finished.folder / "results/report.html", tmp_path / "report.html")
    tab.open(tmp_path / "report.html")
    assert len(tab.play_videos()) > 10
    assert tab.errors == []
