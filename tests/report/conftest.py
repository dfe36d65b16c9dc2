import json
from types import SimpleNamespace

import numpy as np
import pytest

from lavimo.clips import Clip, write_clips
from lavimo.config import EvaluateOptions, ReportOptions
from lavimo.evaluate.evaluate import Origin, evaluate
from lavimo.evaluate.tabulate import tabulate
from lavimo.report.report import report
from lavimo.shards import write_shard
from lavimo.video.codec import write_video

CLIPS, FRAMES, SIZE_PX = 20, 4, 24


@pytest.fixture(scope="session")
def videos(tmp_path_factory):
    """The folders of two shards' videos, 1.2 s of a moving line each; not to be changed."""
    folders = [tmp_path_factory.mktemp("videos") / f"{number}-of-2" for number in (1, 2)]
    for number, folder in enumerate(folders):
        folder.mkdir()
        for i in range(number, CLIPS, 2):
            moving = (np.roll(np.eye(64, dtype=np.uint8)[..., None] * [200, 90, 30], t, 1) for t in range(24))
            write_video(folder / f"clip_{i:02}.mp4", (np.uint8(frame) for frame in moving), 20, 18)
    return folders


@pytest.fixture
def workflow(tmp_path, videos):
    """A small workflow's outputs in the files' formats: a run of three modalities, a run of two, two shards."""
    generator = np.random.default_rng(0)
    ids = [f"clip_{i:02}" for i in range(CLIPS)]
    captions = ["a person <script>jumps</script>", *(f"a person does thing {i}" for i in range(1, CLIPS))]
    paths = SimpleNamespace(folder=tmp_path, clips=tmp_path / "clips.csv", scores=tmp_path / "scores.csv")
    test = [Clip(clip, "test", (caption, "another wording")) for clip, caption in zip(ids, captions)]
    write_clips(paths.clips, [*test, Clip("train_00", "train", ("a person sits",))])

    meaning_NC = generator.normal(size=(CLIPS, 16))
    sentences_NC = generator.normal(size=(CLIPS, 32)).astype(np.float32)
    paths.embeddings, paths.logs, scores = {}, {}, []
    for run, modalities in {"lavimo-3": ("text", "motion", "video"), "lavimo-2": ("text", "motion")}.items():
        arrays = {name: np.float32(meaning_NC + generator.normal(size=meaning_NC.shape)) for name in modalities}
        paths.embeddings[run] = tmp_path / run / "embeddings.safetensors"
        metadata = {"ids": ids, "captions": captions, "split": "test"}
        write_shard(paths.embeddings[run], {**arrays, "caption_embeddings": sentences_NC}, **metadata)
        scores.append(tmp_path / run / "scores.csv")
        evaluate(
            paths.embeddings[run], scores[-1], Origin(run, "demo", "0", run), EvaluateOptions(bootstrap_samples=50)
        )
        paths.logs[run] = tmp_path / run / "log.jsonl"
        epochs = [
            {
                "epoch": epoch,
                "train": {"align_text_motion": 3 / epoch, "total": 4 / epoch},
                "val": {"t2m_R10": 10.0 * epoch, "t2m_MedR": 8.0 - epoch},
                "learning_rate": 1e-4,
                "seconds": 30.0,
            }
            for epoch in (1, 2, 3)
        ]
        paths.logs[run].write_text("".join(json.dumps(epoch) + "\n" for epoch in epochs))
    tabulate(scores, tmp_path / "table.md", paths.scores)

    paths.frames = [tmp_path / f"{number}-of-2.safetensors" for number in (1, 2)]
    paths.rejected = [tmp_path / f"{number}-of-2.rejected.csv" for number in (1, 2)]
    for number, path in enumerate(paths.frames):
        shape = (1, FRAMES, 2, SIZE_PX, SIZE_PX, 3)
        write_shard(path, {clip: generator.integers(0, 255, shape, np.uint8) for clip in ids[number::2]})
    paths.videos = videos
    paths.rejected[0].write_text("clip,reason\n")
    paths.rejected[1].write_text('clip,reason\nbroken,"found NaN, expected numbers"\n')
    return paths


@pytest.fixture
def page(workflow):
    """Writes the report, without videos unless told, any input of it replaced, and gives its text."""

    def write(name="report.html", queries=5, extremes=2, videos=(), **replaced):
        html = workflow.folder / name
        inputs = {
            key: getattr(workflow, key) for key in ("clips", "scores", "logs", "embeddings", "frames", "rejected")
        }
        options = ReportOptions(queries=queries, extremes=extremes, frame_px=16)
        report(**{**inputs, **replaced}, videos=videos, html=html, options=options)
        return html.read_text(encoding="utf-8")

    return write
