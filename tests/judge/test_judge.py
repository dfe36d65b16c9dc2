"""`lavimo judge`: what real, shuffled, collapsed, copied sets get, of embeddings and of folders, and what it says."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from data_folders import DATA

from lavimo.__main__ import main
from lavimo.config import DemoOptions, FeaturizeOptions, SourceOptions
from lavimo.encode.retriever import load
from lavimo.formats import read_motion
from lavimo.judge.judge import Inputs, Rules, judge
from lavimo.judge.sets import read_set
from lavimo.judge.table import markdown
from lavimo.motion.features import features_from_joints
from lavimo.motion.featurize import features_of, joints_of
from lavimo.sources import open_source

N, C = 400, 12


@pytest.fixture(scope="module")
def vectors():
    """Texts and motions of a made-up evaluator's space: motions about their words."""
    random = np.random.default_rng(0)
    texts = random.standard_normal((N, C))
    return texts, texts + 0.35 * random.standard_normal((N, C)), random


def saved(path: Path, texts, motions, captions=None) -> Path:
    ids = np.array([f"{n:04d}" for n in range(len(motions))])
    captions = np.array(captions if captions is not None else [f"does {n}" for n in range(len(motions))])
    np.savez(path, ids=ids, captions=captions, text=texts, motion=motions)
    return path


@pytest.fixture
def real(tmp_path, vectors):
    return saved(tmp_path / "real.npz", vectors[0], vectors[1])


def value(found, name, one="generated"):
    return found["sets"][one]["measures"][name]["mean"]


def test_real_motions_judged_by_themselves(real, vectors):
    found = judge(Inputs(real, (real,), train=real))
    for one in ("real", "generated"):
        assert value(found, "FID", one) < 0.05  # 384 of 400 each time
        assert value(found, "R-precision top 1", one) > 0.9
        assert value(found, "diversity", one) == pytest.approx(np.sqrt(2 * C * (1 + 0.35**2)), rel=0.05)
        assert value(found, "matching distance", one) == pytest.approx(0.35 * np.sqrt(C), rel=0.05)
    whole, text = found["sets"]["generated"], found["sets"]["real"]
    assert whole["nearest training motion"]["cosine"] == pytest.approx(1)
    assert whole["nearest training motion"]["copied"] == 0  # no more than the real ones
    assert whole["retrieval"] == text["retrieval"]
    assert whole["retrieval"]["t2m"]["R10"] > 90
    assert found["notes"] == []
    assert judge(Inputs(real, (real,), train=real)) == found
    assert judge(Inputs(real, (real,)), rules=Rules(seed=1))["sets"]["real"] != found["sets"]["real"]


def test_whole_batches_make_no_difference_to_themselves(tmp_path, vectors):
    real = saved(tmp_path / "real.npz", vectors[0][:320], vectors[1][:320])
    assert value(judge(Inputs(real, (real,))), "FID") < 1e-9


def test_shuffled_captions_fall_to_chance(real, tmp_path, vectors):
    texts, motions, random = vectors
    wrong = saved(tmp_path / "wrong.npz", texts, motions[random.permutation(N)])
    found = judge(Inputs(real, (wrong,)))
    assert value(found, "R-precision top 1") == pytest.approx(1 / 32, abs=0.02)
    assert value(found, "R-precision top 3") == pytest.approx(3 / 32, abs=0.03)
    assert found["sets"]["generated"]["retrieval"]["t2m"]["MedR"] == pytest.approx(N / 2, rel=0.15)
    assert value(found, "FID") < 0.05


def test_a_collapsed_set_is_said(real, tmp_path, vectors):
    texts, motions, random = vectors
    flat = saved(tmp_path / "flat.npz", texts, motions[:1] + 1e-3 * random.standard_normal((N, C)))
    found = judge(Inputs(real, (flat,)))
    assert "collapsed" in "".join(found["notes"])
    assert value(found, "R-precision top 1") == pytest.approx(1 / 32, abs=0.03)
    assert value(found, "FID") > 10
    nobody = saved(tmp_path / "same.npz", texts, np.repeat(motions[:1], N, 0))
    assert judge(Inputs(real, (nobody,)))["sets"]["generated"]["retrieval"]["t2m"]["R1"] == 0


def test_copies_are_counted_and_named(real, tmp_path, vectors):
    texts, _, random = vectors
    train = saved(tmp_path / "train.npz", texts, random.standard_normal((N, C)))
    motions = random.standard_normal((N, C))
    motions[:100] = np.load(train)["motion"][100:200] * 1.01
    found = judge(Inputs(real, (saved(tmp_path / "mine.npz", texts, motions),), train=train))
    nearest = found["sets"]["generated"]["nearest training motion"]
    assert nearest["copied"] == pytest.approx(25 + 0.75, abs=2)
    assert found["sets"]["real"]["nearest training motion"]["copied"] == pytest.approx(1, abs=0.5)
    assert len(nearest["most alike"]) == 10
    for own, theirs, cosine in nearest["most alike"]:
        assert int(theirs) == int(own) + 100
        assert cosine == pytest.approx(1)


def test_many_generations_of_a_text(real, tmp_path, vectors):
    texts, _, random = vectors
    motions = (texts[:20, None] + 0.5 * random.standard_normal((20, 30, C))).reshape(-1, C)
    captions = [f"does {n}" for n in range(20) for _ in range(30)]
    repeated = saved(tmp_path / "repeated.npz", np.repeat(texts[:20], 30, 0), motions, captions)
    found = judge(Inputs(real, (real,), repeated=repeated))
    assert value(found, "multimodality") == pytest.approx(0.5 * np.sqrt(2 * C), rel=0.1)
    with pytest.raises(ValueError, match="repeated: found at most 1 motions of a text, expected more than 10"):
        judge(Inputs(real, (real,), repeated=real))


def test_too_few_are_said(tmp_path, vectors):
    few = saved(tmp_path / "few.npz", vectors[0][:10], vectors[1][:10])
    found = judge(Inputs(few, (few,)))
    notes = "\n".join(found["notes"])
    assert "generated: 10 motions in 12 dimensions: the covariance is singular" in notes
    assert "generated: 10 motions with texts: R-precision needs 32" in notes
    assert "generated: 10 motions: diversity is of 10 random pairs" in notes
    assert "R-precision top 1" not in found["sets"]["generated"]["measures"]


def test_other_spaces_are_refused(real, tmp_path, vectors):
    other = saved(tmp_path / "other.npz", vectors[0][:, :5], vectors[1][:, :5])
    with pytest.raises(ValueError, match=r"found vectors of different widths .*'real': 12, 'generated': 5"):
        judge(Inputs(real, (other,)))


FEATURES = 40


@pytest.fixture(scope="module")
def motions():
    source = open_source(SourceOptions(kind="demo", demo=DemoOptions(seed=0, train=FEATURES, val=1, test=1)))
    return [(clip.captions[0], source.motion(clip)) for clip in source.clips()[:FEATURES]]


def folder_of(path: Path, features, captions=()) -> Path:
    path.mkdir()
    for number, one in enumerate(features):
        np.save(path / f"{number:03d}.npy", one)
        if number < len(captions):
            (path / f"{number:03d}.txt").write_text(f"{captions[number]}#a/DET walk/NOUN#0.0#0.0\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def released(motions):
    """Features and captions, as HumanML3D releases them."""
    return [features_of(one, FeaturizeOptions()) for _, one in motions], [caption for caption, _ in motions]


def test_folders_of_features(released, tmp_path):
    features, captions = released
    real = folder_of(tmp_path / "real", features, captions)
    found = judge(Inputs(real, (real,)))
    assert found["sets"]["real"]["motions"] == FEATURES
    assert found["model"]["sha256"]
    assert value(found, "R-precision top 3", "real") > 0.4  # of the very motions that the model learnt actions of
    assert not [note for note in found["notes"] if "look" in note]
    model = load()
    texts, vectors = model.embed_texts(captions), model.embed_motions(features)
    file = saved(tmp_path / "own.npz", texts, vectors, captions)
    assert judge(Inputs(file, (file,)))["sets"]["real"]["retrieval"]["t2m"] == pytest.approx(
        found["sets"]["real"]["retrieval"]["t2m"]
    )


def test_features_that_are_not_raw_are_said(released, tmp_path):
    features, captions = released
    real = folder_of(tmp_path / "real", features, captions)
    mean_F, deviation_F = load().statistics
    once = [(one - mean_F) / deviation_F for one in features]
    twice = [(one - mean_F) / deviation_F for one in once]
    for name, some in (("normalised", once), ("normalised twice", twice)):
        found = judge(Inputs(real, (folder_of(tmp_path / name, some, captions),)))
        assert f"generated: features look {name}; raw ones are expected" in "\n".join(found["notes"])


@pytest.mark.parametrize("fps", [10, 30, 60])
def test_another_frame_rate_is_said(released, motions, tmp_path, fps):
    features, captions = released
    real = folder_of(tmp_path / "real", features, captions)
    others = []
    for _, motion in motions:
        joints_TJ3 = joints_of(motion)
        at_T = np.linspace(0, len(joints_TJ3) - 1, len(joints_TJ3) * fps // 20)
        below_T = np.minimum(at_T.astype(int), len(joints_TJ3) - 2)
        share_T11 = (at_T - below_T)[:, None, None]
        others.append((1 - share_T11) * joints_TJ3[below_T] + share_T11 * joints_TJ3[below_T + 1])
    wrong = [features_from_joints(one, joints_of(motions[0][1])[0], "humanml3d").astype(np.float32) for one in others]
    found = judge(Inputs(real, (folder_of(tmp_path / "wrong", wrong, captions),)))
    (note,) = (note for note in found["notes"] if "frames a second" in note)
    assert abs(int(note.split("looks like ")[1].split()[0]) - fps) <= 2


def test_any_motion_files_and_what_is_amiss_with_them(tmp_path, caplog):
    """BVH beside features beside joints, captions of a table; a broken file; motions without words."""
    folder = tmp_path / "mine"
    shutil.copytree(DATA / "cmu", folder)
    known = read_motion(folder / "07_01.bvh")
    np.save(folder / "joints.npy", joints_of(known))
    np.savez(folder / "own.npz", poses=known.rotations_TJ3, trans=known.translation_T3, fps=20.0)
    (folder / "broken.bvh").write_text("HIERARCHY")
    to = tmp_path / "judge.json"
    words = ["judge", "--real", str(folder), "--generated", str(folder), "--output", str(to), "--repetitions", "2"]
    assert main([*words, "--table", str(tmp_path / "judge.md")]) == 0
    found = json.loads(to.read_text())
    assert found["sets"]["real"]["motions"] == 7
    notes = "\n".join(found["notes"])
    assert re.search(r"real: 1 of 8 files are left out, first .*broken\.bvh: found", notes)
    assert "real: 2 of 7 motions have no text" in notes
    assert (tmp_path / "judge.md").read_text() == markdown(found)
    (tmp_path / "empty").mkdir()
    assert main(["judge", "--real", str(tmp_path / "empty"), "--generated", str(folder)]) == 1
    assert "empty: found no file that ends in" in caplog.text


def test_ids_and_windows(released, tmp_path):
    features, captions = released
    real = folder_of(tmp_path / "new_joint_vecs", features[:6], ())
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(6):
        lines = f"{captions[number]}#a/DET#0.5#1.5\nanother#b/DET#0.0#0.0\nagain#b/DET#0.5#1.5\n"
        (texts / f"{number:03d}.txt").write_text(lines)
    (tmp_path / "test.txt").write_text("001\n002\n004\n")
    found = read_set(tmp_path, "real", load(), frozenset((tmp_path / "test.txt").read_text().split()))
    assert found.ids == ("001.npy", "002.npy", "004.npy")
    assert found.captions[0] == (captions[1], "again")
    assert found.looks.frames == [20, 20, 20]
    assert real.exists()
    assert markdown(judge(Inputs(tmp_path, (tmp_path,), ids=tmp_path / "test.txt"))).count("| 3 ") == 1


def test_the_table_has_a_row_a_measure_and_a_column_a_set(real):
    told = markdown(judge(Inputs(real, (real, real), train=real), rules=Rules(repetitions=2)))
    lines = told.splitlines()
    assert [cell.strip() for cell in lines[0].split("|")[1:-1]] == [
        "",
        "real",
        "generated 1: real",
        "generated 2: real",
    ]
    assert {line.count("|") for line in lines if line.startswith("|")} == {5}
    for word in (
        "R-precision top 1 ↑",
        "FID ↓",
        "diversity →",
        "text to motion, all: R@1 ↑",
        "nearer than real ones, %",
    ):
        assert word in told
