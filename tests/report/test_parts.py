from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.scores import read_scores
from lavimo.report.pictures import Pictures, strip
from lavimo.report.plot import histograms
from lavimo.report.queries import examples, extremes, spread
from lavimo.report.retrieval import recall_curves
from lavimo.report.runs import curves, read_log, read_refused
from lavimo.shards import write_shard


def test_a_strip_is_the_frames_side_by_side():
    colours = np.array([[200, 30, 40], [20, 180, 60], [30, 60, 220]], np.uint8)
    frames_FHW3 = np.broadcast_to(colours[:, None, None], (3, 20, 20, 3))
    image = Image.open(BytesIO(b64decode(strip(frames_FHW3, 32).removeprefix("data:image/jpeg;base64,"))))
    assert image.size == (3 * 32, 32)
    for number, colour in enumerate(colours):
        assert np.abs(np.int32(image.getpixel((number * 32 + 16, 16))) - colour).max() < 12


def test_pictures_take_the_centre_frame_of_each_segment(tmp_path):
    frames = np.zeros((2, 3, 16, 16, 3), np.uint8)
    frames[:, 0] = 250
    write_shard(tmp_path / "frames.safetensors", {"clip": frames})
    pictures = Pictures([tmp_path / "frames.safetensors"], 16)
    pictures.add("clip")
    assert pictures.frames == 2
    image = Image.open(BytesIO(b64decode(pictures.strips["clip"].partition(",")[2])))
    assert np.asarray(image).min() > 240


def test_clips_of_another_number_of_frames_are_named(tmp_path):
    arrays = {name: np.zeros((count, 1, 8, 8, 3), np.uint8) for name, count in (("a", 8), ("b", 6))}
    write_shard(tmp_path / "frames.safetensors", arrays)
    pictures = Pictures([tmp_path / "frames.safetensors"], 8)
    pictures.add("a")
    with pytest.raises(ValueError, match="clip 'b': found 6 frames, expected 8"):
        pictures.add("b")


def test_examples_are_the_best_by_cosine(workflow):
    embeddings = read_embeddings(workflow.embeddings["lavimo-3"])
    found = examples(embeddings, "video", "motion", [0, 7, 19], top=4)
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
    every = examples(embeddings, "text", "motion", list(range(20)), top=1)
    best, worst = extremes(embeddings, "text", "motion", 6)
    ranks = sorted(query.rank for query in every)
    assert [every[i].rank for i in best] == ranks[:6]
    assert [every[i].rank for i in worst] == ranks[::-1][:6]
    assert tuple(map(len, extremes(embeddings, "text", "motion", 50))) == (10, 10), "never one query twice"


def test_recall_curves_pass_through_the_scores(workflow, monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        "lavimo.report.retrieval.lines", lambda name, points, runs, percent: drawn.update({name: points})
    )
    recall_curves({run: read_embeddings(path) for run, path in workflow.embeddings.items()}, [*workflow.embeddings])
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
        read_refused([tmp_path / "other.csv"])
    for read in (read_log, lambda path: read_refused([path])):
        with pytest.raises(ValueError, match=r"nowhere: cannot be read"):
            read(tmp_path / "nowhere")
