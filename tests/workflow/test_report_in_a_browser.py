"""The finished workflow's report in a headless Chromium, copied away from its results."""

import shutil

import pytest
from browser import browser, chromium

pytestmark = [
    pytest.mark.xdist_group("workflow"),
    pytest.mark.skipif(chromium() is None, reason="no Chromium here; on Debian and Ubuntu: apt-get install chromium"),
]


def test_its_videos_play_and_nothing_is_complained_of(finished, tmp_path):
    shutil.copy(finished.folder / "results/report.html", tmp_path / "report.html")
    with browser() as tab:
        tab.open(tmp_path / "report.html")
        assert len(tab.play_videos()) > 10
        assert tab.errors == []
