"""Parts of a split: each holds the clips that it says, and no row of scores hides what it leaves out."""

import csv
import logging

import numpy as np
import pytest

from lavimo.clips import Clip, write_clips
from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.evaluate import Origin, evaluate
from lavimo.evaluate.scores import read_scores
from lavimo.evaluate.subsets import subsets
from lavimo.evaluate.tabulate import tabulate
from lavimo.shards import write_shard

IDS = [f"clip_{i:03}" for i in range(40)]


@pytest.fixture
def files(tmp_path):
    """A clip table and animations: every third test clip's take is learnt, every fifth one's avatar is new."""

    def write(sources=True, new=5):
        test = [
            Clip(clip, "test", ("x",), recording=f"take {i % 3 if i % 3 == 0 else i}") for i, clip in enumerate(IDS)
        ]
        train = [
            Clip("train_0", "train", ("x",), recording="take 0"),
            Clip("train_1", "train", ("x",), recording="take 99"),
        ]
        val = [Clip("val_0", "val", ("x",), recording="take 1")]
        clips = [*test, *train, *val]
        if not sources:
            clips = [Clip(clip.id, clip.split, clip.captions) for clip in clips]
        write_clips(tmp_path / "clips.csv", clips)
        scenes = {clip: [{"avatar": "new" if i % new == 0 else "known"}] for i, clip in enumerate(IDS)}
        scenes |= {"train_0": [{"avatar": "known"}], "train_1": [{"avatar": "other"}], "val_0": [{"avatar": "new"}]}
        paths = []
        for number in range(2):
            paths.append(tmp_path / f"{number}.safetensors")
            of_shard = {clip: scene for clip, scene in scenes.items() if (clip < "clip_020") == bool(number)}
            write_shard(paths[-1], {"a": np.zeros(1)}, scenes=of_shard)
        return tmp_path / "clips.csv", paths

    return write


def ids_of(found):
    return {name: set(part.ids) for name, part in found.items()}


def test_each_part_holds_the_clips_that_it_says(write_embeddings, files):
    embeddings = read_embeddings(write_embeddings())
    clips, animations = files()
    found = ids_of(subsets(embeddings, EvaluateOptions(galleries=(25,)), clips, animations))
    assert set(found) == {"whole", "leak_free", "unseen_avatars", "random_25"}
    assert found["whole"] == set(IDS)
    assert found["leak_free"] == {clip for i, clip in enumerate(IDS) if i % 3}, "val does not feed training"
    assert found["unseen_avatars"] == set(IDS[::5])
    assert len(found["random_25"]) == 25


def test_a_part_keeps_the_rows_of_its_clips(write_embeddings, files):
    embeddings = read_embeddings(write_embeddings())
    part = subsets(embeddings, EvaluateOptions(), *files())["leak_free"]
    rows = [i for i in range(40) if i % 3]
    np.testing.assert_array_equal(part.of["video"], embeddings.of["video"][rows])
    np.testing.assert_array_equal(part.captions_NC, embeddings.captions_NC[rows])
    assert part.captions == tuple(embeddings.captions[i] for i in rows)


def test_what_nobody_tells_is_no_part(write_embeddings, files):
    embeddings = read_embeddings(write_embeddings())
    clips, _ = files(sources=False)
    assert set(subsets(embeddings, EvaluateOptions(), clips)) == {"whole"}
    assert set(subsets(embeddings, EvaluateOptions())) == {"whole"}


def test_a_clip_of_unknown_source_is_not_called_free_of_leaks(write_embeddings, files):
    clips, _ = files()
    clips.write_text(clips.read_text().replace("clip_001,test,x,take 1\n", "clip_001,test,x,\n"))
    found = ids_of(subsets(read_embeddings(write_embeddings()), EvaluateOptions(), clips))
    assert "clip_001" not in found["leak_free"]


def test_a_part_of_all_or_of_none_is_said_and_not_scored(write_embeddings, files, caplog):
    embeddings = read_embeddings(write_embeddings())
    clips, animations = files(new=100)
    with caplog.at_level(logging.INFO):
        assert "unseen_avatars" not in subsets(embeddings, EvaluateOptions(), clips, animations)
        assert "unseen_avatars" not in subsets(embeddings, EvaluateOptions(), *files(new=1))
    assert "subset unseen_avatars is left out: 1 of 40 clips" in caplog.text
    assert "subset unseen_avatars is the whole split" in caplog.text


def test_a_clip_of_which_a_file_tells_nothing_is_named(write_embeddings, files):
    embeddings = read_embeddings(write_embeddings())
    clips, animations = files()
    with pytest.raises(ValueError, match=r"the animations: found nothing of 20 of 40 .*'clip_020'"):
        subsets(embeddings, EvaluateOptions(), clips, animations[1:])
    clips.write_text("clip,split,caption\nclip_000,test,x\n")
    with pytest.raises(ValueError, match=r"clips\.csv: found nothing of 39 of 40 .*'clip_001'"):
        subsets(embeddings, EvaluateOptions(), clips)


def test_parts_are_tables_of_their_own_without_published_rows(write_embeddings, files, tmp_path):
    path = tmp_path / "scores.csv"
    evaluate(
        write_embeddings(),
        path,
        Origin("run", "HumanML3D", benchmark="humanml3d"),
        EvaluateOptions(bootstrap_samples=0),
        *files(),
    )
    assert {row["subset"] for row in csv.DictReader(path.open())} == {"whole", "leak_free", "unseen_avatars"}
    assert len({(s.protocol, s.direction, s.ties, s.subset) for s in read_scores(path)}) == 3 * 8 * 6 * 3
    tabulate([path], tmp_path / "table.md", tmp_path / "merged.csv")
    sections = {p.splitlines()[0]: p for p in (tmp_path / "table.md").read_text().split("## Protocol ")[1:]}
    assert "published" in sections["all"]
    for name in ("without clips of recordings that feed training too", "with avatars that training never shows"):
        assert "published" not in sections[f"all, {name}"]
    assert "N is 20 instead of the usual 100, which is easier" in sections["dissimilar"]
    assert "instead of the usual" not in sections["small_batches"]
    new = sections["small_batches, with avatars that training never shows"]
    assert "N is 8 instead of the usual 32" in new


def test_users_own_mirrored_clips_count_once(tmp_path, write_embeddings):
    """The clip table tells whose mirror image a clip is, whatever it is called."""
    embeddings = read_embeddings(write_embeddings())
    names = list(embeddings.ids)
    rows = ["clip,split,caption,mirror_of"]
    rows += [f"{name},test,x,{names[0] if i == 1 else ''}" for i, name in enumerate(names)]
    (tmp_path / "clips.csv").write_text("\n".join(rows) + "\n")
    found = subsets(embeddings, EvaluateOptions(), tmp_path / "clips.csv")
    assert set(found["unmirrored"].ids) == set(names) - {names[1]}
