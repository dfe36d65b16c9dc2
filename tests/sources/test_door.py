"""The one door: every kind of source, and any single file that holds a motion."""

import unicodedata

import numpy as np
import pytest
from amass_files import write_amass
from data_folders import DATA
from listed import clips_of
from scipy.spatial.transform import Rotation

from lavimo.clips import id_of, read_clips
from lavimo.config import BvhOptions, IngestOptions, SourceOptions
from lavimo.formats import read_motion, smpl
from lavimo.formats.bvh import read as bvh
from lavimo.motion.features import features_from_joints
from lavimo.motion.featurize import joints_of
from lavimo.motion.motion import read_motions
from lavimo.sources import SOURCES
from lavimo.sources.amass_tree import AmassTree
from lavimo.sources.catalogue import catalogue
from lavimo.sources.ingest import ingest

TRIAL = DATA / "cmu/09_03.bvh"


def test_every_kind_has_its_section():
    assert {*SOURCES, "mixed"} == set(SourceOptions.model_fields["kind"].annotation.__args__)
    assert set(SOURCES) <= set(SourceOptions.model_fields)


def test_any_single_file_is_opened_by_its_content(tmp_path):
    motion = read_motion(TRIAL)
    joints_TJ3 = joints_of(motion)
    np.savez(
        tmp_path / "own.npz", poses=motion.rotations_TJ3, trans=motion.translation_T3, fps=20.0, betas=motion.betas_B
    )
    np.save(tmp_path / "joints.npy", joints_TJ3)
    np.save(tmp_path / "features.npy", features_from_joints(joints_TJ3, joints_TJ3[0], "humanml3d"))
    (tmp_path / "capitals.BVH").write_bytes(TRIAL.read_bytes())
    (tmp_path / "no suffix").write_bytes(TRIAL.read_bytes())
    write_amass(tmp_path / "amass.npz", 240, 120.0, 3, "X")
    own = read_motion((tmp_path / "own.npz").rename(tmp_path / "own.NPZ"))
    np.testing.assert_allclose(own.rotations_TJ3, motion.rotations_TJ3, atol=1e-4)
    for name in ("capitals.BVH", "no suffix"):
        np.testing.assert_array_equal(read_motion(tmp_path / name).rotations_TJ3, motion.rotations_TJ3)
    assert [len(read_motion(tmp_path / name)) for name in ("joints.npy", "features.npy", "amass.npz")] == [
        len(motion), len(motion) - 1, 40,
    ]  # fmt: skip
    assert len(read_motion(TRIAL, 0.5, 1.0)) == 10


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"PK\3\4 cut", b"\x93NUMPY"])
def test_what_is_no_motion_is_named_with_what_would_be(tmp_path, content):
    path = tmp_path / "thing.bvh"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"thing\.bvh: (found|cannot be read)"):
        read_motion(path)
    with pytest.raises(ValueError, match="nowhere: cannot be read"):
        read_motion(tmp_path / "nowhere")


def folder_of(tmp_path, files, table, mirrored=None) -> SourceOptions:
    for name in files:
        path = tmp_path / "bvh" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(TRIAL.read_bytes())
    (tmp_path / "captions.csv").write_text(table)
    options = BvhOptions(folder=tmp_path / "bvh", captions=tmp_path / "captions.csv")
    return SourceOptions(required_splits=(), kind="bvh", bvh=options, mirrored=mirrored)


def test_suffixes_in_capitals_and_clips_in_folders(tmp_path):
    source = folder_of(
        tmp_path, ("Sub/walk.BVH", "run.Bvh"), "clip,caption,split\nSub/walk,walks,train\nrun,runs,test\n"
    )
    catalogue(tmp_path / "clips.csv", source)
    clips = read_clips(tmp_path / "clips.csv")
    assert {clip.id: (clip.name, clip.file) for clip in clips.values()} == {
        "Sub--walk": ("Sub/walk", tmp_path / "bvh/Sub/walk.BVH"),
        "run": ("run", tmp_path / "bvh/run.Bvh"),
    }
    ingest("1-of-1", tmp_path / "m", tmp_path / "r.csv", source, IngestOptions())
    assert set(dict(read_motions(tmp_path / "m"))) == {"Sub--walk", "run"}


def test_ids_that_clash_and_files_that_differ_in_capitals_are_named(tmp_path):
    table = "clip,caption,split\nSub/walk,walks,train\nSub--walk,walks,test\n"
    with pytest.raises(ValueError, match="clip 'Sub--walk': has the id of 'Sub/walk'; rename one"):
        clips_of(folder_of(tmp_path, ("Sub/walk.bvh", "Sub--walk.bvh"), table))
    (tmp_path / "two").mkdir()
    two = folder_of(tmp_path / "two", ("a.BVH", "a.Bvh"), "clip,caption,split\na,walks,train\n")
    with pytest.raises(ValueError, match=r"found a\.BVH and a\.Bvh, expected one of them"):
        clips_of(two)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a b.1", "a b.1"), ("Sub/walk", "Sub--walk"), ("a\\b//c", "a--b--c"), (".hidden", "_hidden"), ('x"y', "x_y")],
)
def test_an_id_is_the_name_wherever_it_can_name_a_file(name, expected):
    assert id_of(name) == expected


@pytest.mark.parametrize(
    ("change", "says", "mend"),
    [
        ({"trans": 1000}, "looks like mm: .*set unit: mm", {"unit": "mm"}),
        ({"poses": 180 / np.pi}, "set angles: degrees", {"angles": "degrees"}),
    ],
)
def test_another_unit_is_named_and_mended(tmp_path, change, says, mend):
    motion = read_motion(TRIAL)
    arrays = {"poses": motion.rotations_TJ3, "trans": motion.translation_T3, "betas": motion.betas_B}
    np.savez(tmp_path / "a.npz", fps=20.0, **{name: array * change.get(name, 1.0) for name, array in arrays.items()})
    with pytest.raises(ValueError, match=says):
        smpl.read_motion(tmp_path / "a.npz")
    mended = smpl.read_motion(tmp_path / "a.npz", **mend)
    np.testing.assert_allclose(joints_of(mended), joints_of(motion), atol=1e-3)


def test_a_root_in_another_world_is_named_and_mended(tmp_path, write_bvh):
    """The rest pose stands along y, the root's world has z up: the person would float on the belly."""
    expected = bvh.read_motion(write_bvh(tmp_path / "a.bvh"))
    head, rows = (tmp_path / "a.bvh").read_text().split("Frame Time:")
    first, *numbers = rows.splitlines()
    turned = []
    for row in filter(None, numbers):
        values = np.array(row.split(), float)
        turn = Rotation.from_euler("x", 90, degrees=True)
        values[:3] = turn.apply(values[:3])
        values[3:6] = (turn * Rotation.from_euler("ZYX", values[3:6], degrees=True)).as_euler("ZYX", degrees=True)
        turned.append(" ".join(f"{value:.6f}" for value in values))
    (tmp_path / "a.bvh").write_text("\n".join([f"{head}Frame Time:{first}", *turned]) + "\n")
    with pytest.raises(ValueError, match="set up: z"):
        bvh.read_motion(tmp_path / "a.bvh")
    np.testing.assert_allclose(joints_of(bvh.read_motion(tmp_path / "a.bvh", up="z")), joints_of(expected), atol=1e-3)


def test_paths_in_every_spelling(tmp_path):
    """macOS keeps `é` as two letters, Windows writes backslashes, people `./` and whole paths."""
    apart, one = unicodedata.normalize("NFD", "café"), unicodedata.normalize("NFC", "café")
    assert apart != one
    rows = [f"a,walks,train,{one}.bvh", "b,walks,train,Sub\\walk.bvh", "c,walks,train,./Sub/walk.bvh"]
    rows += [f"d,walks,train,{tmp_path / 'bvh/Sub/walk.bvh'}", "e,walks,train,Sub//walk.BVH"]
    source = folder_of(tmp_path, (f"{apart}.bvh", "Sub/walk.bvh"), "clip,caption,split,path\n" + "\n".join(rows) + "\n")
    files = {clip.id: clip.file for clip in clips_of(source)}
    assert files == {"a": tmp_path / f"bvh/{apart}.bvh", **dict.fromkeys("bcde", tmp_path / "bvh/Sub/walk.bvh")}


def test_a_home_in_a_path(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    source = folder_of(tmp_path, ("walk.bvh",), "clip,caption,split,path\na,walks,train,~/bvh/walk.bvh\n")
    assert clips_of(source)[0].file == tmp_path / "bvh/walk.bvh"
    assert BvhOptions(folder="~/bvh").folder == tmp_path / "bvh"


def test_a_name_that_no_file_can_have_is_refused(tmp_path):
    name = "walk" * 60
    source = folder_of(tmp_path, (f"{name}.bvh",), f"clip,caption,split\n{name},walks,train\n")
    with pytest.raises(ValueError, match=r"found a name of 240 bytes, expected at most 200, .* the column path"):
        clips_of(source)


def test_an_amass_folder_twice_nested(tmp_path):
    """As some of its archives unpack."""
    write_amass(tmp_path / "CMU/CMU/01/01_01_poses.npz", 60, 60)
    assert AmassTree(tmp_path).find("CMU/01/01_01_poses.npy") == tmp_path / "CMU/CMU/01/01_01_poses.npz"


def test_no_rows_at_all_are_named(tmp_path):
    np.savez(tmp_path / "a.npz", poses=np.zeros((0, 156)), trans=np.zeros((0, 3)), mocap_framerate=60.0)
    np.savez(tmp_path / "b.npz", poses=np.zeros((0, 72)), trans=np.zeros((0, 3)), fps=60.0)
    np.save(tmp_path / "c.npy", np.zeros((0, 22, 3)))
    np.save(tmp_path / "d.npy", np.zeros((0, 263)))
    for name in ("a.npz", "b.npz", "c.npy", "d.npy"):
        with pytest.raises(ValueError, match=rf"{name}: found 0 frame\(s\)"):
            read_motion(tmp_path / name)
