"""HumanML3D from AMASS, and from the processed release alone: the table, the motions, the features, what is missing."""

import csv
import json
import shutil

import numpy as np
import pytest
from data_folders import DATA
from listed import clips_of

from lavimo.__main__ import main
from lavimo.body.skeleton import MIRROR
from lavimo.clips import read_clips
from lavimo.config import FeaturizeOptions, HumanML3DOptions, IngestOptions, SourceOptions
from lavimo.formats import read_motion
from lavimo.motion.features import features_from_joints, joints_from_features
from lavimo.motion.featurize import featurize, joints_of
from lavimo.motion.motion import read_motions
from lavimo.shards import Shard
from lavimo.sources import open_source
from lavimo.sources.catalogue import catalogue
from lavimo.sources.humanml3d.index import read_index
from lavimo.sources.ingest import ingest
from lavimo.sources.verify.verify import findings_of, verify

TRIALS = {"000000": "07_01", "007005": "10_03", "012314": "13_40"}
CONTINUE = IngestOptions(on_rejection="continue")


@pytest.fixture(scope="module")
def done(tree, tmp_path_factory):
    """The folder of a tree's clips, motions, features and refusals."""
    at = tmp_path_factory.mktemp("done")
    catalogue(at / "clips.csv", tree.source)
    ingest("1-of-1", at / "motions", at / "rejected.csv", tree.source, CONTINUE)
    featurize(at / "motions", at / "features", FeaturizeOptions())
    return at


def test_the_table_has_every_id_and_its_mirror_image(tree, done):
    clips = read_clips(done / "clips.csv")
    names = {name for both in tree.ids.values() for name in both}
    assert set(clips) == names | {f"M{name}" for name in names}
    some = tree.ids["KIT"][0]
    assert clips[some].captions == ("a person walks to the left", f"{some} waves")
    assert clips[f"M{some}"].captions == ("a person walks to the right", f"{some} waves")
    assert clips[f"M{some}"].split == clips[some].split
    assert (
        clips[some].recording == clips[f"M{some}"].recording == read_index(tree.source.humanml3d.index_file)[some].path
    )


def test_the_rest_runs_and_the_missing_are_named(tree, done):
    with open(done / "rejected.csv", newline="") as file:
        refused = {row["clip"]: row["reason"] for row in csv.DictReader(file)}
    missing = set(tree.ids["DFaust_67"])
    truncated = {name for name in refused if "cannot be read as npz" in refused[name]}
    assert {name.removeprefix("M") for name in refused} == missing | {name.removeprefix("M") for name in truncated}
    assert len({name.removeprefix("M") for name in truncated}) == 1
    assert all("DFaust_67/" in refused[name] for name in missing)
    features = Shard(done / "features")
    assert set(features.clips) == set(read_clips(done / "clips.csv")) - set(refused)
    assert all(np.isfinite(features[name]).all() for name in features.clips)


def test_clips_are_as_long_as_the_index_says(tree, done):
    index = read_index(tree.source.humanml3d.index_file)
    lengths = {name: len(motion) for name, motion in read_motions(done / "motions")}
    for name in (name for subset, both in tree.ids.items() if subset != "humanact12" for name in both):
        if name in lengths:
            assert lengths[name] == round((index[name].end_s - index[name].start_s) * 20), name
    assert all(lengths[name] == 50 for name in tree.ids["humanact12"])


def test_heads_are_trimmed(tree):
    """HDM05's recordings start three seconds late, before the index counts."""
    index = read_index(tree.source.humanml3d.index_file)
    rows = {row["new_name"][:6]: row for row in csv.DictReader(open(tree.source.humanml3d.index_file))}  # noqa: SIM115
    for subset, head_s in (("MPI_HDM05", 3.0), ("KIT", 0.0)):
        for name in tree.ids[subset]:
            assert index[name].start_s == pytest.approx(int(rows[name]["start_frame"]) / 20 + head_s)
            assert index[name].end_s == pytest.approx(int(rows[name]["end_frame"]) / 20 + head_s)


def test_mirror_images_are_mirror_images(tree, done):
    motions = dict(read_motions(done / "motions"))
    for name, motion in motions.items():
        if f"M{name}" in motions:
            image_TJ3 = joints_of(motion)[:, MIRROR[:22]] * [-1, 1, 1]
            np.testing.assert_allclose(joints_of(motions[f"M{name}"]), image_TJ3, atol=0.02, err_msg=name)


def test_verify_names_all_that_is_wrong(tree, tmp_path, capsys):
    found = {(finding.status, finding.check, finding.subject): finding.text for finding in findings_of(tree.source)}
    assert "no folder DFaust_67 or DFaust" in found["problem", "subsets", "DFaust_67"]
    assert "2 clips need it" in found["problem", "subsets", "DFaust_67"]
    assert found["note", "subsets", "BioMotionLab_NTroje"] == "renamed: is here as BMLrub"
    assert found["note", "subsets", "MPI_HDM05"] == "renamed: is here as HDM05"
    assert "present" in found["ok", "subsets", "ACCAD"]
    assert "present: 2 of 2" in found["ok", "subsets", "humanact12"]
    assert "published are 23,384/1,460/4,384" in found["problem", "counts", "ids"]
    unreadable = [text for (status, check, _), text in found.items() if (status, check) == ("problem", "files")]
    assert len(unreadable) == 1
    assert "EKUT" in unreadable[0]
    assert sum(status == "problem" for status, *_ in found) == 3
    arguments = [
        "--json",
        str(tmp_path / "v.json"),
        "--options",
        json.dumps({"source": tree.source.model_dump(mode="json")}),
    ]
    assert main(["verify", *arguments]) == 1
    assert "DFaust_67" in capsys.readouterr().out
    report = json.loads((tmp_path / "v.json").read_text())
    assert report["problems"] == 3
    assert {tuple(f[key] for key in ("status", "check", "subject")) for f in report["findings"]} == set(found)


def test_verify_goes_on_after_every_problem(tree, tmp_path):
    """Nothing there at all, a text that is none, an id without a row: all are named in one go."""
    folder = tmp_path / "HumanML3D"
    shutil.copytree(tree.source.humanml3d.folder, folder)
    (folder / "train.txt").write_text((folder / "train.txt").read_text() + "\n999999\n")
    some = tree.ids["KIT"][0]
    (folder / f"texts/{some}.txt").write_text("walks#x/NOUN#zero#0.0\n")
    (folder / f"texts/{tree.ids['CMU'][0]}.txt").unlink()
    options = tree.source.humanml3d.model_copy(update={"folder": folder, "amass": tmp_path / "nowhere"})
    text, problems = verify(SourceOptions(kind="humanml3d", humanml3d=options), False)
    assert problems > 4
    for words in (
        "nowhere: found no such folder",
        f"{some}.txt, line 1: found could not convert",
        "999999",
        "has no captions",
    ):
        assert words in text


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> SourceOptions:
    """Three clips in the form of the processed release."""
    folder = tmp_path_factory.mktemp("release") / "HumanML3D"
    for inner in ("new_joints", "new_joint_vecs", "texts"):
        (folder / inner).mkdir(parents=True)
    for name, trial in TRIALS.items():
        joints_TJ3 = joints_of(read_motion(DATA / f"cmu/{trial}.bvh"))[:150]
        vecs_TD = features_from_joints(joints_TJ3, joints_TJ3[0], "humanml3d").astype(np.float32)
        np.save(folder / f"new_joint_vecs/{name}.npy", vecs_TD)
        np.save(folder / f"new_joints/{name}.npy", joints_from_features(vecs_TD).astype(np.float32))
    (folder / "texts/000000.txt").write_text("a man walks.#a/DET man/NOUN walk/VERB#0.0#0.0\n")
    (folder / "texts/007005.txt").write_text("walks#x/V#0.0#0.0\nturns left#x/V#1.0#2.5\nwalks on#x/V#0.0#0.0\n")
    (folder / "texts/012314.txt").write_text("hops#x/V#0.5#1.5\nturns#x/V#nan#nan\n")
    for split, name in (("train", "007005"), ("val", "000000"), ("test", "012314")):
        (folder / f"{split}.txt").write_text(name + "\n")
    return SourceOptions(required_splits=(), kind="humanml3d", humanml3d=HumanML3DOptions(folder=folder))


def test_the_release_alone_is_used_as_it_is(release, tmp_path):
    catalogue(tmp_path / "clips.csv", release)
    clips = read_clips(tmp_path / "clips.csv")
    assert {name: clip.captions for name, clip in clips.items() if clip.split != "val"} == {
        "007005": ("walks", "walks on"),
        "007005~1-2.5": ("turns left",),
        "012314": ("hops",),
    }
    ingest("1-of-1", tmp_path / "m", tmp_path / "r.csv", release, CONTINUE)
    featurize(tmp_path / "m", tmp_path / "f", FeaturizeOptions())
    features, motions = Shard(tmp_path / "f"), dict(read_motions(tmp_path / "m"))
    vecs = {name: np.load(release.humanml3d.folder / f"new_joint_vecs/{name}.npy") for name in TRIALS}
    np.testing.assert_array_equal(features["000000"], vecs["000000"])
    np.testing.assert_array_equal(features["007005~1-2.5"], vecs["007005"][20:50])
    np.testing.assert_array_equal(features["012314"], vecs["012314"][10:30])
    assert len(motions["007005~1-2.5"]) == 30
    assert len(motions["000000"]) == len(vecs["000000"])


def test_the_release_becomes_motions_that_stand_where_it_does(release):
    """SMPL motion by inverse kinematics: the joints are the released ones, given the embedded body's bones."""
    clip = next(clip for clip in clips_of(release) if clip.id == "000000")
    joints_TJ3 = joints_of(open_source(release).motion(clip))
    released_TJ3 = joints_from_features(np.load(clip.file))
    middle = [joints[:, [1, 2]].mean(1) for joints in (joints_TJ3, released_TJ3)]
    np.testing.assert_allclose(np.ptp(middle[0], 0)[[0, 2]], np.ptp(middle[1], 0)[[0, 2]], atol=0.08)
    arm = [joints[:, 20] - joints[:, 16] for joints in (joints_TJ3, released_TJ3)]
    cosine_T = (arm[0] * arm[1]).sum(-1) / np.linalg.norm(arm[0], axis=-1) / np.linalg.norm(arm[1], axis=-1)
    assert cosine_T.min() > 0.98


def test_verify_computes_the_features_again(release):
    found = [finding for finding in findings_of(release, with_features=True) if finding.check == "features"]
    assert sorted(finding.subject for finding in found) == ["000000", "007005", "012314"]
    distances = [float(finding.text.split("distance ")[1].split(",")[0]) for finding in found]
    assert distances == sorted(distances, reverse=True)
    assert 0 < distances[0] < 1e-3


def test_released_features_over_amass_are_used_as_they_are(tree, tmp_path):
    """Parts are counted within the clip, wherever in the recording that lies."""
    folder = tmp_path / "HumanML3D"
    shutil.copytree(tree.source.humanml3d.folder, folder)
    (folder / "new_joint_vecs").mkdir()
    some = tree.ids["CMU"][0]
    row = read_index(folder / "index.csv")[some]
    rows = round((row.end_s - row.start_s) * 20) - 1
    vecs_TD = np.random.default_rng(0).normal(size=(rows, 263)).astype(np.float32)
    np.save(folder / f"new_joint_vecs/{some}.npy", vecs_TD)
    (folder / f"texts/{some}.txt").write_text("walks#x/V#0.0#0.0\nturns#x/V#0.25#0.75\n")
    for split, ids in (("train", some), ("val", tree.ids["KIT"][0]), ("test", "")):
        (folder / f"{split}.txt").write_text(ids)
    options = tree.source.humanml3d.model_copy(update={"folder": folder})
    source = SourceOptions(kind="humanml3d", humanml3d=options)
    ingest("1-of-1", tmp_path / "m", tmp_path / "r.csv", source, CONTINUE)
    featurize(tmp_path / "m", tmp_path / "f", FeaturizeOptions())
    features, motions = Shard(tmp_path / "f"), dict(read_motions(tmp_path / "m"))
    np.testing.assert_array_equal(features[some], vecs_TD)
    np.testing.assert_array_equal(features[f"{some}~0.25-0.75"], vecs_TD[5:15])
    assert len(motions[some]) == rows + 1
    assert len(motions[f"{some}~0.25-0.75"]) == 10
    assert f"{tree.ids['KIT'][0]}.npy: cannot be read" in (tmp_path / "r.csv").read_text()
    computed = source.model_copy(update={"humanml3d": options.model_copy(update={"features": "computed"})})
    ingest("1-of-1", tmp_path / "m2", tmp_path / "r2.csv", computed, CONTINUE)
    featurize(tmp_path / "m2", tmp_path / "f2", FeaturizeOptions())
    assert set(Shard(tmp_path / "f2").clips) == {some, f"{some}~0.25-0.75", tree.ids["KIT"][0]}
    assert not np.array_equal(Shard(tmp_path / "f2")[some], vecs_TD)


def test_smplx_files_are_refused_by_name(tree):
    """Thousands of them say twice their frame rate: the index would cut another stretch, at double speed."""
    options = tree.source.humanml3d.model_copy(update={"smplx": False})
    source = open_source(SourceOptions(kind="humanml3d", humanml3d=options))
    clips = {clip.id: clip for clip in source.clips()}
    some = clips[tree.ids["ACCAD"][0]]
    for read in (source.motion, source.check):
        with pytest.raises(ValueError, match=r"_stageii\.npz: found a file of AMASS's SMPL-X release, .*SMPL-H G"):
            read(some)
    source.check(clips[tree.ids["KIT"][0]])


def test_a_rate_that_is_labelled_too_high_is_told_by_the_index(tree, tmp_path):
    """Even of a clip whose own window the file still has."""
    amass, some = tmp_path / "amass", tree.ids["CMU"][0]
    shutil.copytree(tree.source.humanml3d.amass, amass)
    options = tree.source.humanml3d.model_copy(update={"amass": amass})
    source = open_source(SourceOptions(kind="humanml3d", humanml3d=options))
    clip = next(clip for clip in source.clips() if clip.id == some)
    source.check(clip)
    with np.load(clip.file) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["mocap_framerate"] = 2 * arrays["mocap_framerate"]
    np.savez(clip.file, **arrays)
    with pytest.raises(ValueError, match=r"labelled 240 a second, which make .* as the data set counts: the label"):
        source.motion(clip)
