"""A folder is listed once, links followed, none of them round and round."""

import pytest

from lavimo.sources.folder import Folder, files_under


def test_files_in_folders_and_behind_links(tmp_path):
    (tmp_path / "a/b c").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    for path in ("top.npz", "a/b c/é.1.npz", "elsewhere/far.npz"):
        (tmp_path / path).touch()
    (tmp_path / "a/link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "a/round").symlink_to(tmp_path)
    assert {"a/b c/é.1.npz"} <= set(files_under(tmp_path))
    assert sorted(files_under(tmp_path / "a/b c")) == ["é.1.npz"]
    assert any(path.endswith("far.npz") for path in files_under(tmp_path / "a"))
    find = Folder(tmp_path).find
    assert find("top.npz") == tmp_path / "top.npz"
    assert find("no.npz") is None


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere: found no such folder.*docs"):
        files_under(tmp_path / "nowhere")
