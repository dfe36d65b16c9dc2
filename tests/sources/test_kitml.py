"""KIT-ML: the 251 features and back, the release as it is, and TMR's annotations over AMASS."""

import json
from pathlib import Path

import numpy as np
import pytest
from amass_files import write_amass

from lavimo.body.body import embedded_body
from lavimo.body.skeleton import MIRROR
from lavimo.clips import read_clips
from lavimo.config import FeaturizeOptions, IngestOptions, KitmlOptions, SourceOptions
from lavimo.formats.joints import read_motion
from lavimo.motion.features import features_from_joints, joints_from_features
from lavimo.motion.featurize import featurize, joints_of
from lavimo.motion.layout import HUMANML3D, KIT
from lavimo.motion.motion import read_motions
from lavimo.shards import Shard
from lavimo.sources import open_source
from lavimo.sources.catalogue import catalogue
from lavimo.sources.ingest import ingest
from lavimo.sources.verify.verify import findings_of

STEP = {"head": [0, 250, 0], "shoulder": [180, 0, 0], "hip": [100, -50, 0], "knee": [0, -450, 0], "ankle": [0, -420, 0],
        "elbow": [0, -280, 10], "wrist": [0, -250, 0], "foot": [0, -60, 30], "toes": [0, -20, 150]}  # fmt: skip


def mmm(frames: int, seed: int = 0) -> np.ndarray:
    """Someone of MMM's 21 joints, in millimetres, who walks ahead with swinging limbs; the left is at +x."""
    generator = np.random.default_rng(seed)
    joints_TJ3 = np.zeros((frames, 21, 3))
    time_T = np.arange(frames) / KIT.fps
    joints_TJ3[:, 0] = np.stack([30 * np.sin(time_T), 1000 + 10 * np.sin(3 * time_T), 700 * time_T], -1)
    for joint in range(1, 21):
        side, _, part = KIT.names[joint].rpartition("_")
        bone_3 = np.array(STEP.get(part, [0, 160, 0]), float) * [-1 if side == "right" else 1, 1, 1]
        swing_T3 = 40 * np.sin(2 * time_T[:, None] + generator.uniform(0, 6, 3)) * (np.abs(bone_3).max() / 450)
        joints_TJ3[:, joint] = joints_TJ3[:, KIT.parents_J[joint]] + bone_3 + swing_T3
    return joints_TJ3


@pytest.mark.parametrize("convention", ["humanml3d", "fixed"])
def test_251_features_and_back(convention):
    joints_TJ3 = mmm(50)
    features_TD = features_from_joints(joints_TJ3, joints_TJ3[0], convention, KIT)
    assert features_TD.shape == (49, 251)
    back_TJ3 = joints_from_features(features_TD)
    assert back_TJ3.shape == (49, 21, 3)
    # Bone lengths are the target's, so the features of what came back are the identity: to a ten-thousandth of a metre.
    again_TD = features_from_joints(back_TJ3, back_TJ3[0], convention, KIT)
    np.testing.assert_allclose(joints_from_features(again_TD), back_TJ3[:-1], atol=0.1)
    assert np.median(again_TD[:, 2]) > 700 / KIT.fps * 0.95  # ahead along z, millimetres a frame


def test_the_groups_are_where_they_were_published():
    ends = [0, 1, 3, 4, 64, 184, 247, 251]
    assert [group.start for group in KIT.groups.values()] + [KIT.features] == ends
    assert [group.stop for group in HUMANML3D.groups.values()] == [1, 3, 4, 67, 193, 259, 263]
    assert sorted(KIT.feet) == [14, 15, 19, 20]


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> SourceOptions:
    """Three clips with a mirror image, in the original layout."""
    folder = tmp_path_factory.mktemp("kit") / "KIT-ML"
    for part in ("texts", "new_joint_vecs", "new_joints"):
        (folder / part).mkdir(parents=True)
    ids = (("train", "00001"), ("train", "M00001"), ("val", "00002"), ("test", "00003"))
    for seed, (split, name) in enumerate(ids):
        joints_TJ3 = mmm(40, seed)
        vecs_TD = features_from_joints(joints_TJ3, joints_TJ3[0], "humanml3d", KIT).astype(np.float32)
        np.save(folder / f"new_joint_vecs/{name}.npy", vecs_TD)
        np.save(folder / f"new_joints/{name}.npy", joints_from_features(vecs_TD).astype(np.float32))
        (folder / f"texts/{name}.txt").write_text("someone walks left#x/V#0.0#0.0\n")
        with open(folder / f"{split}.txt", "a") as file:
            file.write(f"{name}\n")
    return SourceOptions(required_splits=(), kind="kitml", kitml=KitmlOptions(folder=folder))


def test_released_features_are_used_as_they_are(release, tmp_path):
    catalogue(tmp_path / "c.csv", release)
    assert set(read_clips(tmp_path / "c.csv")) == {"00001", "M00001", "00002", "00003"}
    ingest("1-of-1", tmp_path / "m", tmp_path / "r", release, IngestOptions())
    featurize(tmp_path / "m", tmp_path / "f", FeaturizeOptions())
    shard = Shard(tmp_path / "f")
    for name in shard.clips:
        np.testing.assert_array_equal(shard[name], np.load(release.kitml.folder / f"new_joint_vecs/{name}.npy"))
    motions = dict(read_motions(tmp_path / "m"))
    assert len(motions["00001"]) == 61  # 39 frames at 12.5 are 3.04 s
    joints_TJ3 = joints_of(motions["00001"])
    legs = np.linalg.norm(np.diff(joints_TJ3[:, [1, 4, 7]], axis=1), axis=-1).sum(1)
    assert ((legs > 0.7) & (legs < 0.95)).all()
    travelled = joints_TJ3[-1, 0, 2] - joints_TJ3[0, 0, 2]
    assert travelled == pytest.approx(0.7 * 3.04 * legs.mean() / 0.87, rel=0.1)
    assert (joints_TJ3[:, 15, 1] > joints_TJ3[:, 0, 1] + 0.3).all()
    assert (joints_TJ3[:, 1, 0] > joints_TJ3[:, 2, 0]).all()  # left is left


def test_verify_counts_and_computes_again(release):
    found = findings_of(release, with_features=True)
    assert {finding.check for finding in found if finding.status == "problem"} == {"counts"}
    assert sum(finding.check == "features" for finding in found) == 4


def test_annotations_over_amass(tmp_path):
    folder, amass = tmp_path / "KIT-ML", tmp_path / "amass"
    folder.mkdir()
    write_amass(amass / "KIT/3/kick_stageii.npz", 401, 100, release="X")
    entries = {
        "00001": {"path": "KIT/3/kick_poses", "duration": 4.0, "annotations": [
            {"seg_id": "00001_0", "text": "kicks with the left leg", "start": 0.5, "end": 2.5},
            {"seg_id": "00001_1", "text": "a kick", "start": 0.5, "end": 2.5},
            {"seg_id": "00001_2", "text": "walks on", "start": 2.5, "end": 4.0}]},
        "00002": {"path": "CMU/01/01_01_poses", "duration": 2.0, "annotations": [
            {"seg_id": "00002_0", "text": "climbs", "start": 0.0, "end": 2.0}]},
    }  # fmt: skip
    (folder / "annotations.json").write_text(json.dumps(entries))
    for split, ids in (("train", "00001"), ("val", ""), ("test", "00002\n77777")):
        (folder / f"{split}.txt").write_text(ids)
    source = SourceOptions(
        required_splits=(), kind="kitml", kitml=KitmlOptions(layout="annotations", folder=folder, amass=amass)
    )
    catalogue(tmp_path / "c.csv", source)
    clips = read_clips(tmp_path / "c.csv")
    assert set(clips) == {"00001", "M00001", "00001~2.5-4", "M00001~2.5-4", "00002", "M00002"}
    assert clips["M00001"].captions == ("kicks with the right leg", "a kick")
    ingest("1-of-1", tmp_path / "m", tmp_path / "r", source, IngestOptions(on_rejection="continue"))
    motions = dict(read_motions(tmp_path / "m"))
    assert {name: len(motion) for name, motion in motions.items()} == {
        "00001": 40, "M00001": 40, "00001~2.5-4": 30, "M00001~2.5-4": 30,
    }  # fmt: skip
    problems = {(f.check, f.subject): f.text for f in findings_of(source) if f.status == "problem"}
    assert "missing: no folder CMU" in problems["subsets", "CMU"]
    assert ("ids", "77777") in problems


def test_humanml3ds_annotations(tmp_path):
    """TMR's: images are entries of their own with paths `M/...`, HumanAct12's clips are joints beside AMASS."""
    folder, amass, acts = tmp_path / "H", tmp_path / "amass", tmp_path / "acts"
    (folder / "splits").mkdir(parents=True)
    acts.mkdir()
    write_amass(amass / "CMU/01/01_01_poses.npz", 241, 120)

    def entry(path, text, end=1.9):
        return {"path": path, "duration": 2.0, "annotations": [{"seg_id": "0", "text": text, "start": 0, "end": end}]}

    act = "humanact12/humanact12/P11G01R02F1812T1847A0402"
    entries = {
        "000001": entry("CMU/01/01_01_poses", "walks to the left"),
        "M000001": entry("M/CMU/01/01_01_poses", "walks to his right"),
        "000002": entry("CMU/01/01_01_poses", "lifts the left arm", 1.5),
        "M000002": entry("M/CMU/01/01_01_poses", "lifts his right arm", 1.5),
        "000003": entry(act, "sits"),
        "M000003": entry(f"M/{act}", "sits down"),
    }
    (folder / "annotations.json").write_text(json.dumps(entries))
    for split, ids in (("train", "000001 M000001"), ("val", "000002"), ("test", "000003")):
        (folder / f"splits/{split}.txt").write_text(ids)
    np.save(acts / f"{Path(act).name}.npy", embedded_body().rest(np.zeros(10))[1] + np.zeros((50, 1, 1)))
    options = KitmlOptions(layout="annotations", folder=folder, amass=amass, humanact12=acts)
    source = open_source(SourceOptions(kind="kitml", kitml=options))
    clips = {clip.id: clip for clip in source.clips()}
    assert set(clips) == {"000001", "M000001", "000002", "M000002", "000003", "M000003"}
    assert [clips[name].captions for name in ("M000001", "M000002", "M000003")] == [
        ("walks to his right",), ("lifts his right arm",), ("sits down",),
    ]  # fmt: skip
    assert [clips[name].mirror_of for name in ("000001", "M000001", "M000002")] == ["", "000001", "000002"]
    one, image = source.motion(clips["000001"]), source.motion(clips["M000001"])
    np.testing.assert_allclose(joints_of(image), joints_of(one)[:, MIRROR[:22]] * [-1, 1, 1], atol=0.02)
    assert len(source.motion(clips["M000003"])) == 38
    problems = [
        f for f in findings_of(SourceOptions(required_splits=(), kind="kitml", kitml=options)) if f.status == "problem"
    ]
    assert [(f.check, f.subject) for f in problems] == [("counts", "ids")]


def test_a_rate_that_is_labelled_too_high_is_told_by_the_captions(tmp_path):
    folder, amass = tmp_path / "K", tmp_path / "amass"
    folder.mkdir()
    write_amass(amass / "KIT/3/kick_poses.npz", 401, 200)  # four seconds, at 100
    said = [{"seg_id": "0", "text": "kicks", "start": 0.0, "end": 4.0}]
    (folder / "annotations.json").write_text(json.dumps({"1": {"path": "KIT/3/kick_poses", "annotations": said}}))
    for split, ids in (("train", "1"), ("val", ""), ("test", "")):
        (folder / f"{split}.txt").write_text(ids)
    options = KitmlOptions(layout="annotations", folder=folder, amass=amass)
    source = open_source(SourceOptions(kind="kitml", kitml=options))
    with pytest.raises(ValueError, match=r"found 401 frames labelled 200 a second, which make 2\.05 s; expected 4 s"):
        source.motion(source.clips()[0])


def test_other_arrays_are_named(tmp_path):
    path = Path(tmp_path / "a.npy")
    for array in (np.zeros((5, 7)), np.zeros(3), np.zeros((4, 23, 3))):
        np.save(path, array)
        with pytest.raises(ValueError, match=r"a\.npy: found shape"):
            read_motion(path)
    path.write_bytes(b"\x93NUMPY nothing")
    with pytest.raises(ValueError, match=r"a\.npy: cannot be read as npy"):
        read_motion(path)
