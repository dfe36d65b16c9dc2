"""Options that were renamed: old names load, say the new one, and make nothing again."""

import json
import re
from pathlib import Path

import pytest

from lavimo.__main__ import main
from lavimo.cli.old_names import NEW_NAMES
from lavimo.config import Config, TrainOptions, load_config
from lavimo.config.options import EXECUTION_VARIABLE, Options

ROOT = Path(__file__).parents[1]
OLD = {
    "source": {"kind": "bvh", "needed": ["train"], "bvh": {"terse": True}, "demo": {"filmed": 0.5}},
    "animate": {"filmed": 0.5},
    "train": {"target_scale": 5.0, "projection": {"hidden": 0.1}},
    "match": {"warp": 0.2, "path": 1.0},
    "runs": {
        "a": {"train": {"followers": ["video"]}},
        "b": {"train": {"begin_from": "a.safetensors", "begin_share": 0.5}},
        "both": {"method": "average", "of": ["a", "b"]},
    },
}
NEW = {
    "source": {
        "kind": "bvh", "required_splits": ["train"], "bvh": {"split_captions": True}, "demo": {"video_share": 0.5},
    },
    "animate": {"video_share": 0.5},
    "train": {"target_logit_scale": 5.0, "projection": {"occluded": 0.1}},
    "match": {"dtw_band": 0.2, "path_weight": 1.0},
    "runs": {
        "a": {"train": {"stop_gradient": ["video"]}},
        "b": {"train": {"finetune_from": "a.safetensors", "weight_interpolation": 0.5}},
        "both": {"method": "average", "members": ["a", "b"]},
    },
}  # fmt: skip


def sections(model: type[Options]) -> list[type[Options]]:
    """A section, and those in it."""
    inner = [field.annotation for field in model.model_fields.values()]
    return [
        model,
        *(one for kind in inner if isinstance(kind, type) and issubclass(kind, Options) for one in sections(kind)),
    ]


def test_a_configuration_of_old_names_is_that_of_the_new_ones(capsys):
    assert load_config(OLD) == load_config(NEW)
    said = capsys.readouterr().err
    assert "lavimo: source.bvh.terse is split_captions now; the old name is read until version" in said
    assert "lavimo: runs.b.train.begin_from is finetune_from now" in said
    assert len(said.splitlines()) == 12


def test_a_job_says_nothing_that_its_run_has_said(capsys, monkeypatch):
    monkeypatch.setenv(EXECUTION_VARIABLE, "{}")
    load_config(OLD)
    assert capsys.readouterr().err == ""


def test_both_names_at_once_are_refused():
    with pytest.raises(ValueError, match="found terse and split_captions, expected split_captions alone"):
        load_config({"source": {"bvh": {"terse": True, "split_captions": False}}, "runs": {"a": {}}})


def test_results_know_options_by_the_names_under_which_they_were_made():
    """So that a renamed option makes nothing again."""
    outcome = TrainOptions(target_logit_scale=5.0).outcome()
    assert outcome["target_scale"] == 5.0
    assert "target_logit_scale" not in outcome
    assert "hidden" in outcome["projection"]
    assert "save_seconds" not in outcome
    assert TrainOptions.model_validate(json.loads(json.dumps(outcome))) == TrainOptions(target_logit_scale=5.0)


def test_no_old_name_is_a_new_ones():
    for section in sections(Config):
        assert not set(section.old_names()) & set(section.model_fields), section


def test_an_old_flag_is_the_new_one(capsys, tmp_path):
    for flag in ("--unlike", "--negative"):
        assert main(["search", "a person walks", f"{flag}=both arms raised", "--index", str(tmp_path)]) == 1
    old, new = capsys.readouterr().err.strip().splitlines()[0], "lavimo: --unlike is --negative now"
    assert old.startswith(new)


def test_the_page_has_every_old_name():
    page = (ROOT / "docs/names.md").read_text(encoding="utf-8")
    names = set(re.findall(r"[\w-]+", page))
    options = {name for section in sections(Config) for pair in section.old_names().items() for name in pair}
    flags = {flag.strip("-") for (_, old), new in NEW_NAMES.items() for flag in (old, new)}
    assert options <= names
    assert flags <= {name.strip("-") for name in names}
