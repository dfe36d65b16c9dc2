from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.ranks import similarity
from lavimo.evaluate.scores import read_scores
from lavimo.report.actions import actions_of, by_action, leading_verbs
from lavimo.report.pictures import Pictures, strip
from lavimo.report.plot import histograms
from lavimo.report.queries import examples, extremes, spread
from lavimo.report.retrieval import ranks_of, recall_curves, similarity_histograms
from lavimo.report.runs import curves, read_log, read_rejected
from lavimo.report.watch import watch
from lavimo.shards import write_shard
from lavimo.video.codec import VideoReader


def test_a_strip_is_the_frames_side_by_side():
    colours = np.array([[200, 30, 40], [20, 180, 60], [30, 60, 220]], np.uint8)
    frames_FHW3 = np.broadcast_to(colours[:, None, None], (3, 20, 20, 3))
    image = Image.open(BytesIO(b64decode(strip(frames_FHW3, 32).removeprefix("data:image/jpeg;base64,"))))
    assert image.size == (3 * 32, 32)
    for number, colour in enumerate(colours):
        assert np.abs(np.int32(image.getpixel((number * 32 + 16, 16))) - colour).max() < 12


def test_pictures_take_the_centre_frame_of_each_segment(tmp_path):
    frames = np.zeros((1, 2, 3, 16, 16, 3), np.uint8)
    frames[:, :, 0] = 250
    write_shard(tmp_path / "frames.safetensors", {"clip": frames})
    pictures = Pictures([tmp_path / "frames.safetensors"], [], 16)
    pictures.add_videos(["clip"])
    assert pictures.videos == {}
    assert pictures.frames == 2
    image = Image.open(BytesIO(b64decode(pictures.strips["clip"].partition(",")[2])))
    assert np.asarray(image).min() > 240


def test_clips_of_another_number_of_frames_are_named(tmp_path):
    arrays = {name: np.zeros((1, count, 1, 8, 8, 3), np.uint8) for name, count in (("a", 8), ("b", 6))}
    write_shard(tmp_path / "frames.safetensors", arrays)
    pictures = Pictures([tmp_path / "frames.safetensors"], [], 8)
    pictures.add_strips(["a"])
    with pytest.raises(ValueError, match="clip 'b': found 6 frames, expected 8"):
        pictures.add_strips(["a", "b"])


def test_videos_are_small_whole_and_at_their_speed(workflow, tmp_path):
    pictures = Pictures([], workflow.videos, 32)
    pictures.add_videos(["clip_03", "clip_04", "clip_03"])
    assert [*pictures.videos] == ["clip_03", "clip_04"]
    assert pictures.strips == {}
    (tmp_path / "small.mp4").write_bytes(b64decode(pictures.videos["clip_03"].removeprefix("data:video/mp4;base64,")))
    reader, whole = VideoReader(tmp_path / "small.mp4"), VideoReader(workflow.videos[1] / "clip_03.mp4")
    assert (len(reader), reader.fps) == (24, 20)
    small, large = reader.read(range(24)), whole.read(range(24))
    assert small.shape == (24, 32, 32, 3)
    assert np.abs(small.mean((1, 2)) - large.mean((1, 2))).max() < 8


def test_an_action_is_the_demos_own_or_the_leading_verb():
    ids = ("side_step_left_once_01", "kick_aside_left_low_01", "squat_once_then_kick_left_01", "000021", "02_01", "M1")
    captions = ("x", "x", "x", "A person is slowly walking forward.", "run/jog", "the man walks")
    assert actions_of(ids, captions) == ["side step", "kick aside", "one, then another", "walk", "run", "walk"]


@pytest.mark.parametrize(
    ("captions", "verbs"),
    [
        (("a person raises the arms", "raising both arms"), ["raise", "raise"]),
        (("someone quickly runs", "a man running"), ["run", "run"]),
        (("he punches", "she passes", "jump, balance"), ["punch", "pass", "jump"]),
        (("waving", "the person", "..."), ["waving", "other", "other"]),
    ],
)
def test_leading_verbs_are_one_whatever_their_ending(captions, verbs):
    assert leading_verbs(captions) == verbs


def test_recalls_of_actions_add_up_to_those_of_the_split(workflow):
    embeddings = read_embeddings(workflow.embeddings["lavimo-3"])
    verbs = ["walks", "runs", "jumps", "runs", "runs"] * 4
    renamed = replace(embeddings, captions=tuple(f"a person {verb} {i}" for i, verb in enumerate(verbs)))
    found = by_action(renamed, ranks_of(renamed), ("t2m", "v2m", "none"))
    assert [(action.name, action.clips) for action in found] == [("run", 12), ("jump", 4), ("walk", 4)]
    for direction in ("t2m", "v2m"):
        (whole,) = [
            s for s in read_scores(workflow.scores)
            if (s.run, s.protocol, s.direction, s.ties) == ("lavimo-3", "all", direction, "average")
        ]  # fmt: skip
        for column, metric in enumerate(("R1", "R10")):
            total = sum(action.clips * action.recalls[direction][column] for action in found) / 20
            assert total == pytest.approx(whole.metrics[metric], abs=1e-4)


def cosines_of(embeddings, queries):
    return similarity(embeddings.of[queries], embeddings.of["motion"])


def test_examples_are_the_best_by_cosine(workflow):
    embeddings = read_embeddings(workflow.embeddings["lavimo-3"])
    found = examples(embeddings, cosines_of(embeddings, "video"), ranks_of(embeddings)["v2m"], [0, 7, 19], top=4)
    for i, query in zip([0, 7, 19], found):
        video, motions = embeddings.of["video"][i], embeddings.of["motion"]
        cosines = [float(video @ m / np.linalg.norm(video) / np.linalg.norm(m)) for m in motions]
        order = sorted(range(20), key=lambda j: -cosines[j])
        assert [answer.clip for answer in query.answers] == [embeddings.ids[j] for j in order[:4]]
        assert [answer.right for answer in query.answers] == [j == i for j in order[:4]]
        assert query.rank == order.index(i) + 1
        assert query.answers[0].cosine == pytest.approx(max(cosines), abs=1e-6)


def test_extremes_are_the_ends_of_all_ranks(workflow):
    embeddings = read_embeddings(workflow.embeddings["lavimo-3"])
    similarity_NN, rank_N = cosines_of(embeddings, "text"), ranks_of(embeddings)["t2m"]
    every = examples(embeddings, similarity_NN, rank_N, list(range(20)), top=1)
    best, worst = extremes(similarity_NN, rank_N, 6)
    ranks = sorted(query.rank for query in every)
    assert [every[i].rank for i in best] == ranks[:6]
    assert [every[i].rank for i in worst] == ranks[::-1][:6]
    assert tuple(map(len, extremes(similarity_NN, rank_N, 50))) == (10, 10), "never one query twice"


def test_a_training_is_watched_in_the_terminal(workflow, capsys):
    run = next(iter(workflow.logs.values())).parent
    watch(run, once=True)
    first, *curves = capsys.readouterr().out.splitlines()
    epochs = read_log(run / "log.jsonl")
    assert f"epoch {epochs[-1]['epoch']}" in first
    assert f"{epochs[-1]['train']['total']:.4g}" in curves[0]
    assert any("text to motion R@1" in curve for curve in curves)
    with pytest.raises(ValueError, match="cannot be read"):
        watch(run / "nowhere", once=True)


def test_recall_curves_pass_through_the_scores(workflow, monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        "lavimo.report.retrieval.lines", lambda name, points, runs, percent: drawn.update({name: points})
    )
    ranks = {run: ranks_of(read_embeddings(path)) for run, path in workflow.embeddings.items()}
    recall_curves(ranks, [*workflow.embeddings])
    for score in read_scores(workflow.scores):
        if (score.protocol, score.ties) == ("all", "average"):
            points = dict(drawn[f"recall {score.direction}"][score.run])
            assert len(points) == 20
            for k in (1, 2, 3, 5, 10):
                assert points[k] == pytest.approx(score.metrics[f"R{k}"], abs=1e-4)


def test_histograms_have_the_colours_of_right_and_wrong():
    generator = np.random.default_rng(0)
    svg = histograms("cosines", generator.normal(0.5, 0.1, 30), generator.normal(0, 0.2, 900))
    assert svg.startswith("<svg")
    assert svg.count("var(--right)") == 2
    assert "var(--soft)" in svg
    assert histograms("cosines", np.ones(3), np.ones(9)).startswith("<svg"), "no spread at all"


def test_a_run_that_has_similarities_alone_has_its_histograms(tmp_path):
    similarity_NN = np.random.default_rng(0).random((5, 5))
    arrays = {"similarity_t2m": similarity_NN, "similarity_v2m": similarity_NN}
    write_shard(tmp_path / "average", arrays, ids=list("abcde"), captions=list("abcde"), split="test")
    made = similarity_histograms(read_embeddings(tmp_path / "average"))
    assert [title for title, _ in made] == ["text and motion", "video and motion"]
    assert all(svg.startswith("<svg") for _, svg in made)


def test_queries_are_spread_over_all_clips():
    assert spread(64, 10)[0] == 0
    assert spread(64, 10)[-1] == 63
    assert len(set(spread(64, 10))) == 10
    assert spread(3, 10) == [0, 1, 2]


def test_curves_hold_each_runs_points(workflow):
    logs = {run: read_log(path) for run, path in workflow.logs.items()}
    assert curves(logs, "val")["t2m_R10"] == {run: [(1, 10.0), (2, 20.0), (3, 30.0)] for run in logs}


@pytest.mark.parametrize("line", ['{"epoch": 4, "train": {}', '{"epoch": 4}', "[4]"])
def test_a_bad_line_of_a_log_is_named(workflow, line):
    path = workflow.logs["lavimo-3"]
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(ValueError, match=r"log\.jsonl, line 4: no epoch"):
        read_log(path)


def test_missing_and_strange_files_are_named(tmp_path):
    (tmp_path / "other.csv").write_text("name,why\n")
    with pytest.raises(ValueError, match=r"other\.csv: found the columns \['name', 'why'\], expected clip, reason"):
        read_rejected([tmp_path / "other.csv"])
    for read in (read_log, lambda path: read_rejected([path])):
        with pytest.raises(ValueError, match=r"nowhere: cannot be read"):
            read(tmp_path / "nowhere")
