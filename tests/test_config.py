"""config.yaml is checked, and says what is wrong with it."""

import json
import re
from pathlib import Path

import pytest
import yaml

from lavimo.__main__ import main
from lavimo.config import load_config

ROOT = Path(__file__).parents[1]


def test_the_shipped_config_holds():
    config = load_config(yaml.safe_load((ROOT / "config.yaml").read_text()))
    assert config.run_section("lavimo-2", "model").modalities == ("text", "motion")
    assert config.run_section("lavimo-3", "model") == config.model


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"runs": {"a": {}}, "trian": {}}, "trian: unknown key"),
        ({"runs": {"a": {}}, "train": {"learning_rat": 1}}, "train.learning_rat: unknown key"),
        ({"runs": {"a": {}}, "train": {"learning_rate": -1}}, "train.learning_rate: found -1"),
        ({"runs": {"a": {}}, "shards": 0}, "shards: found 0"),
        ({}, "runs: missing"),
        ({"runs": {"a": {"render": {}}}}, "runs.a.render: unknown key"),
    ],
)
def test_a_bad_key_is_named(values, says):
    with pytest.raises(ValueError, match=says):
        load_config(values)


def test_a_bad_override_names_its_run():
    with pytest.raises(ValueError, match=r"(?s)run 'mine'.*epoch: unknown key"):
        load_config({"runs": {"mine": {"train": {"epoch": 3}}}})


def test_the_schema_is_fresh(tmp_path):
    """`make schema` writes the file that editors read."""
    assert main(["schema", str(tmp_path / "schema.json")]) == 0
    shipped = ROOT / "workflow/schemas/config.schema.json"
    assert json.loads((tmp_path / "schema.json").read_text()) == json.loads(shipped.read_text()), "run `make schema`"


def test_a_stage_refuses_an_unknown_key(tmp_path, caplog):
    status = main(["catalogue", str(tmp_path / "b"), "--options", '{"source": {"knid": "bvh"}}'])
    assert status == 1
    assert "knid: unknown key" in caplog.text


def test_runs_that_differ_in_the_seed_alone_are_one_family():
    runs = {
        "before": {"train": {"seed": 7}},
        "first": {},
        "again": {"train": {"seed": 3}},
        "longer": {"train": {"seed": 4, "epochs": 99}},
        "longer again": {"train": {"epochs": 99}},
        "smaller": {"model": {"dim": 64}, "train": {"seed": 3}},
    }
    config = load_config({"runs": runs})
    families = {run: config.family(run) for run in runs}
    assert families == {
        **dict.fromkeys(("before", "first", "again"), "first"),
        **dict.fromkeys(("longer", "longer again"), "longer again"),
        "smaller": "smaller",
    }


def test_a_variant_overrides_its_sections_and_no_others():
    config = load_config(yaml.safe_load(Path("config.yaml").read_text()))
    assert {name.partition("-")[0] for name in config.robustness.variants} == {
        "frames", "view", "background", "avatar", "scene", "frame_rate", "length",
    }  # fmt: skip
    assert config.variant_section("view-side", "animate").azimuth_degrees == (90, 90)
    assert config.variant_section("view-side", "render") == config.render
    assert config.variant_section("length-half", "perturb").share == 0.5


@pytest.mark.parametrize(
    ("factors", "says"),
    [
        ({"view": {"side": {"animate": {"azimut": 1}}}}, "variant 'view-side', section animate.*azimut: unknown key"),
        ({"view": {"side": {"train": {"epochs": 1}}}}, "train: unknown key"),
        ({"view": {"side": {}}}, "found nothing that it changes"),
        ({"view": {"A side": {"animate": {"seed": 1}}}}, "found the name 'A side'"),
        ({"length": {"none": {"perturb": {"share": 0}}}}, "variant 'length-none'.*greater than 0"),
    ],
)
def test_a_bad_variant_is_named(factors, says):
    with pytest.raises(ValueError, match=re.compile(says, re.DOTALL)):
        load_config({"runs": {"run": {}}, "robustness": {"factors": factors}})
