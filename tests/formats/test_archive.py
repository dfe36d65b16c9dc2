"""Archives: what is in them is read as if it lay in a folder, and what could hurt never is."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from bone_aligned import posture
from data_folders import CMU_BVH, DATA
from gltf_files import unpacked, write_glb

from lavimo.formats import archive, read_motion

TRIAL = CMU_BVH / "09_03.bvh"


def packed(path: Path, members: dict[str, bytes | Path]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content if isinstance(content, bytes) else content.read_bytes())
    return path


def same(found, expected):
    np.testing.assert_array_equal(found.rotations_TJ3, expected.rotations_TJ3)


def test_a_file_is_read_through_the_archive(tmp_path):
    path = packed(tmp_path / "Motions.ZIP", {"in/walk.bvh": TRIAL, "a.txt": b"x"})
    same(read_motion(path / "in/walk.bvh"), read_motion(TRIAL))
    assert archive.is_there(path / "in/walk.bvh")
    assert not archive.is_there(path / "walk.bvh")
    with pytest.raises(ValueError, match=r"Motions\.ZIP/walk\.bvh: found no such file in the archive"):
        read_motion(path / "walk.bvh")
    with pytest.raises(ValueError, match=r"Motions\.ZIP/a\.txt: found a file that begins with b'x'"):
        read_motion(path / "a.txt")
    with pytest.raises(ValueError, match=r"Motions\.ZIP: found an archive, expected a motion"):
        read_motion(path)


def test_what_belongs_to_a_file_comes_along(tmp_path):
    write_glb(tmp_path / "a.glb", {"Walk": posture("crouched"), "Lie#2": posture("lying")})
    whole, binary = unpacked(tmp_path / "a.glb")
    whole["buffers"][0]["uri"] = "bin/the%20data.bin"
    import json

    path = packed(
        tmp_path / "m.zip",
        {
            "g/a.gltf": json.dumps(whole).encode(), "g/bin/the data.bin": binary, "g/other.bin": b"",
            "05.asf": DATA / "acclaim/05.asf", "trials/05_13.amc": DATA / "acclaim/05_13.amc",
        },
    )  # fmt: skip
    same(read_motion(path / "g/a.gltf#Lie#2"), read_motion(Path(f"{tmp_path / 'a.glb'}#Lie#2")))
    same(read_motion(path / "trials/05_13.amc"), read_motion(DATA / "acclaim/05_13.amc"))
    with archive.at_hand(path / "g/a.gltf#Walk") as there:
        room = there.parents[1]
        assert sorted(one.name for one in room.rglob("*") if one.is_file()) == ["a.gltf", "the data.bin"]
    assert not room.exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [("../out.bvh", "leads out"), ("/etc/out.bvh", "leads out"), ("a/../../out.bvh", "leads out"),
     ("C:\\out.bvh", "leads out"), ("..\\out.bvh", "leads out")],
)  # fmt: skip
def test_paths_that_lead_out(tmp_path, name, says):
    path = packed(tmp_path / "m.zip", {name: TRIAL, "in.bvh": TRIAL})
    with pytest.raises(ValueError, match=rf"m\.zip: found .* in it, which {says} of it; unpack it"):
        read_motion(path / "in.bvh")
    assert [one.name for one in tmp_path.iterdir()] == ["m.zip"]


def test_links_hidden_files_and_folders_are_none(tmp_path):
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as made:
        link = zipfile.ZipInfo("link.bvh")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
        for name in (".hidden.bvh", "__MACOSX/._a.bvh", "empty/", "a.bvh", ".git/b.bvh"):
            made.writestr(name, b"")
    assert list(archive.archive(path).members) == ["a.bvh"]
    with pytest.raises(ValueError, match=r"link\.bvh: found no such file"):
        read_motion(path / "link.bvh")


def test_bombs(tmp_path, monkeypatch):
    """A gigabyte of zeros in a megabyte is refused before anything is unpacked."""
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made, made.open("a.bvh", "w", force_zip64=True) as file:
        for _ in range(64):
            file.write(bytes(1 << 24))
    assert path.stat().st_size < 2 << 20
    with pytest.raises(ValueError, match=r"m\.zip: found 1 files of 1073741824 bytes, packed to \d+; expected"):
        read_motion(path / "a.bvh")
    noise = np.random.default_rng(0).bytes(1 << 23)  # hides it from the archive's own ratio
    path = packed(tmp_path / "n.zip", {"a.bvh": bytes(1 << 24), "noise.bin": noise, "b.bvh": TRIAL})
    with pytest.raises(ValueError, match=r"n\.zip/a\.bvh: found 16777216 bytes packed to \d+, expected at most"):
        read_motion(path / "a.bvh")
    same(read_motion(path / "b.bvh"), read_motion(TRIAL))
    monkeypatch.setattr(archive, "MEMBERS", 2)
    path = packed(tmp_path / "many.zip", dict.fromkeys(("a.bvh", "b.bvh", "c.bvh"), b""))
    with pytest.raises(ValueError, match=r"many\.zip: found 3 files of 0 bytes, .* expected at most 2 files"):
        read_motion(path / "a.bvh")


def test_a_size_that_is_a_lie_unpacks_no_more_than_it_says(tmp_path):
    content = packed(tmp_path / "m.zip", {"a.bvh": bytes(1 << 20)}).read_bytes()
    (tmp_path / "m.zip").write_bytes(content.replace(struct.pack("<I", 1 << 20), struct.pack("<I", 100)))
    with pytest.raises(ValueError, match=r"m\.zip/a\.bvh: cannot be read as an archive \(BadZipFile: Bad CRC-32"):
        read_motion(tmp_path / "m.zip" / "a.bvh")


def test_encrypted_ones_are_named(tmp_path):
    content = bytearray(packed(tmp_path / "m.zip", {"a.bvh": TRIAL}).read_bytes())
    for start, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(start) + flags] |= 1
    (tmp_path / "m.zip").write_bytes(content)
    with pytest.raises(ValueError, match=r"m\.zip: found 'a\.bvh' encrypted; unpack it, and name the folder"):
        read_motion(tmp_path / "m.zip" / "a.bvh")


@pytest.mark.parametrize("cut", [0, 10, 1000, -30])
def test_damaged_ones_are_named(tmp_path, cut):
    content = packed(tmp_path / "m.zip", {"a.bvh": TRIAL}).read_bytes()
    (tmp_path / "m.zip").write_bytes(content[:cut])
    with pytest.raises(ValueError, match=r"m\.zip: cannot be read as an archive \(BadZipFile.*: fetch it again"):
        read_motion(tmp_path / "m.zip" / "a.bvh")


def test_names_of_other_programs(tmp_path):
    """UTF-8 without its flag, backslashes for slashes, another code page; none twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in ("Gehen_ä.bvh", "takes\\run.bvh", "x_______.bvh"):
            made.writestr(name, b"")
    content = buffer.getvalue().replace(b"x_______", "歩く".encode("cp932") + b"____")
    flagged = b"\0\x08"  # UTF-8, of the one name that is not ASCII
    assert content.count(b"PK\x03\x04\x14\0" + flagged) == 1
    content = content.replace(b"PK\x03\x04\x14\0" + flagged, b"PK\x03\x04\x14\0\0\0")
    content = content.replace(b"PK\x01\x02\x14\x03\x14\0" + flagged, b"PK\x01\x02\x14\x03\x14\0\0\0")
    (tmp_path / "m.zip").write_bytes(content)
    names = list(archive.archive(tmp_path / "m.zip").members)
    assert names[:2] == ["Gehen_ä.bvh", "takes/run.bvh"]
    assert names[2].endswith("____.bvh")
    assert len(set(names)) == 3
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as made:
        made.writestr("a.bvh", b"")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("a.bvh", b"")
    with pytest.raises(ValueError, match=r"m\.zip: found 'a\.bvh' in it twice"):
        archive.archive(tmp_path / "m.zip")


def test_a_stamp_changes_with_the_content(tmp_path):
    def stamps(content: bytes) -> dict[str, tuple[int, int]]:
        path = tmp_path / "m.zip"
        with zipfile.ZipFile(path, "w") as made:
            made.writestr(zipfile.ZipInfo("a.bvh", (1980, 0, 0, 0, 0, 0)), content)
            made.writestr(zipfile.ZipInfo("b.bvh", (2020, 2, 2, 2, 2, 2)), b"same")
        return {name: archive.stamp(path / name) for name in ("a.bvh", "b.bvh")}

    before, after = stamps(b"1234"), stamps(b"4321")
    assert before["a.bvh"] != after["a.bvh"]
    assert before["b.bvh"] == after["b.bvh"]
    assert all(0 <= one[1] < 2**63 for one in before.values())
    assert archive.stamp(TRIAL) == (TRIAL.stat().st_size, TRIAL.stat().st_mtime_ns)


def test_an_archive_in_an_archive_stays_closed(tmp_path):
    inner = packed(tmp_path / "inner.zip", {"a.bvh": TRIAL})
    path = packed(tmp_path / "m.zip", {"inner.zip": inner})
    with pytest.raises(ValueError, match=r"m\.zip/inner\.zip/a\.bvh: found no such file"):
        read_motion(path / "inner.zip" / "a.bvh")
