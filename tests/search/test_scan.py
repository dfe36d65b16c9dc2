"""What of a folder is indexed, and with which words."""

from pathlib import Path

import pytest
from bone_aligned import posture
from fbx_files import write_fbx
from gltf_files import packed, unpacked, write_glb

from lavimo.formats import LFS
from lavimo.search.folders import passed_over
from lavimo.search.scan import licence_of, read_captions, scan


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two motions at different depths, and what is none."""
    for name in ("a.bvh", "deep/er/b.BVH", "notes.txt", ".hidden.bvh", ".git/c.bvh", "empty/.keep"):
        path = tmp_path / "mocap" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("HIERARCHY")
    return tmp_path / "mocap"


def test_motions_at_any_depth_and_nothing_hidden(folder):
    found = scan(folder, {})
    assert [one.name for one in found] == ["a.bvh", "deep/er/b.BVH"]
    assert len({one.id for one in found}) == 2
    assert (found[0].captions, found[0].licence) == ((), "")
    assert found[0].id == scan(folder, {})[0].id


def test_captions_by_name_or_by_path(folder, tmp_path):
    table = tmp_path / "captions.csv"
    table.write_text("clip,caption,caption_2\na,walks,\ndeep/er/b,runs,is running\n", encoding="utf-8-sig")
    told = {one.name: one.captions for one in scan(folder, read_captions(table))}
    assert told == {"a.bvh": ("walks",), "deep/er/b.BVH": ("runs", "is running")}


def test_a_table_in_the_folder_is_taken(folder):
    (folder / "captions.csv").write_text("clip,caption\na,walks\n")
    assert scan(folder, {})[0].captions == ("walks",)


@pytest.mark.parametrize("content", ["", "name,words\na,b\n", "clip\na\n"])
def test_a_table_of_something_else_is_named(tmp_path, content):
    (tmp_path / "c.csv").write_text(content)
    with pytest.raises(ValueError, match=r"c\.csv: found the columns .*, expected clip and caption"):
        read_captions(tmp_path / "c.csv")


def test_the_licence_is_read_or_given(folder):
    assert licence_of(folder) == ""
    (folder / "LICENSE").write_text("\n  CC BY 4.0  \nmore\n")
    assert scan(folder, {})[0].licence == "CC BY 4.0"
    assert scan(folder, {}, "own")[0].licence == "own"


def test_no_folder_and_no_motion(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere: found no such folder"):
        scan(tmp_path / "nowhere", {})
    with pytest.raises(
        ValueError, match=r"found no file that ends in \.bvh, \.glb, \.gltf, \.fbx, \.amc, \.npz, \.npy"
    ):
        scan(tmp_path, {})


def test_a_loop_of_links_ends(folder):
    (folder / "deep" / "again").symlink_to(folder)
    assert len(scan(folder, {})) == 2


def test_the_axis_is_part_of_the_content(folder):
    """So that an index that is told another one reads its files again."""
    told = [scan(folder, {}, up=up)[0] for up in (None, "y", "z")]
    assert [one.up for one in told] == [None, "y", "z"]
    assert len({one.sha256() for one in told}) == 3
    assert len({one.id for one in told}) == 1


def test_what_is_passed_over_is_counted(folder, tmp_path):
    assert passed_over([folder]) == "1 .txt"
    for name in ("a.ma", "b.MA", "c.c3d", "Makefile", "captions.csv", "LICENSE"):
        (folder / "deep" / name).write_text("x")
    (folder / "d.ma").write_bytes(LFS + b"v1\noid sha256:0\nsize 1\n")
    (folder / "e.usd").write_bytes(LFS + b"v1\noid sha256:0\nsize 1\n")
    assert passed_over([folder, folder / "empty"]) == (
        "3 .ma (1 of them Git LFS pointers: `git lfs pull` fetches the files), 1 .c3d, 1 .txt, "
        "1 .usd (Git LFS pointers: `git lfs pull` fetches the files), 1 without a suffix"
    )


def test_a_pointer_is_called_one(folder):
    (folder / "a.bvh").write_bytes(LFS + b"v1\noid sha256:0\nsize 1\n")
    with pytest.raises(ValueError, match=r"a\.bvh: found a Git LFS pointer, expected the file itself"):
        scan(folder, {})[0].read()


def test_animations_of_a_file_are_motions(folder):
    write_glb(folder / "one.glb", {"Walk": posture("crouched")})
    write_glb(folder / "two.glb", {"Walk": posture("crouched"), "Lie": posture("lying")})
    whole, binary = unpacked(folder / "one.glb")
    whole["animations"] = []
    (folder / "chair.glb").write_bytes(packed(whole, binary))
    (folder / "cut.glb").write_bytes((folder / "one.glb").read_bytes()[:100])
    (folder / "captions.csv").write_text("clip,caption\none,walks\ntwo#Lie,lies\ntwo,something\n")
    found = {one.name: one for one in scan(folder, {}) if one.name.endswith(("glb", "Walk", "Lie"))}
    assert {name: one.captions for name, one in found.items()} == {
        "cut.glb": (), "one.glb": ("walks",), "two.glb#Lie": ("lies",), "two.glb#Walk": ("something",),
    }  # fmt: skip
    assert len({one.id for one in found.values()}) == len({one.sha256() for one in found.values()}) == 4
    assert [found["two.glb#Lie"].format, len(found["two.glb#Lie"].read())] == ["glb", 101]
    with pytest.raises(ValueError, match="cut short"):
        found["cut.glb"].read()
    write_fbx(folder / "five.fbx", {"Walk": posture("crouched"), "Lie": posture("lying")})
    write_fbx(folder / "six.fbx", {})
    assert passed_over([folder]) == "1 .fbx without animations, 1 .glb without animations, 1 .txt"
    names = [one.name for one in scan(folder, {}) if one.format == "fbx"]
    assert names == ["five.fbx#Lie", "five.fbx#Walk"]
