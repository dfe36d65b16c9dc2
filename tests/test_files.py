"""Files are whole or absent."""

from pathlib import Path

import pytest

from lavimo.files import atomic


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_file_appears_only_when_written(tmp_path):
    path = tmp_path / "deep" / "file.txt"
    with atomic(path) as partial:
        partial.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert names(path.parent) == ["file.txt"]


def test_an_error_leaves_the_old_file_and_no_partial_one(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def interrupted():
        with atomic(path) as partial:
            partial.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert path.read_text() == "old"
    assert names(tmp_path) == ["file.txt"]


def test_a_folder_replaces_a_folder(tmp_path):
    path = tmp_path / "videos"
    path.mkdir()
    (path / "stale.mp4").touch()
    with atomic(path) as partial:
        partial.mkdir()
        (partial / "new.mp4").touch()
    assert names(path) == ["new.mp4"]


def test_what_a_kill_left_is_replaced(tmp_path):
    (tmp_path / ".videos.partial").mkdir()
    (tmp_path / ".videos.partial" / "half.mp4").touch()
    with atomic(tmp_path / "videos") as partial:
        partial.mkdir()
    assert names(tmp_path) == ["videos"]
    assert names(tmp_path / "videos") == []


def test_an_unwritable_place_is_named(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(ValueError, match=r"file.*below.*cannot be written.*choose a folder"),
        atomic(tmp_path / "file" / "below" / "x"),
    ):
        pass


def test_a_full_disk_is_one_error_that_names_the_file(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    told = r"file.txt: cannot be written \(No space left on device\); make room"
    with pytest.raises(ValueError, match=told), atomic(path):
        Path("/dev/full").write_text("more than there is room for")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["file.txt"]
