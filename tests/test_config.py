"""config.yaml is checked, and says what is wrong with it."""

import re
from pathlib import Path

import pytest
import yaml

from lavimo.__main__ import main
from lavimo.config import Config, Options, load_config, merged
from lavimo.config.show import as_yaml

ROOT = Path(__file__).parents[1]


def test_the_shipped_config_holds():
    config = load_config(yaml.safe_load((ROOT / "config.yaml").read_text()))
    assert config.run_section("lavimo-2", "model").modalities == ("text", "motion")
    eyes = {"lavimo-3": "features", "lavimo-2": "", "landmarks": "landmarks"}
    assert {run: config.video_kind(run) for run in config.trained} == eyes
    assert config.of_method("match") == ["match", "landmarks-match"]
    assert (config.of_method("average"), config.video_kind("both")) == (["both"], "features")
    assert [config.seed(run) for run in ("lavimo-3", "match")] == ["0", ""]


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
    """`make docs` writes the file that editors read, and the page for people."""
    for kind, shipped in (("--schema", "workflow/schemas/config.schema.json"), ("--page", "docs/config.md")):
        assert main(["config", kind, "--output", str(tmp_path / "made")]) == 0
        assert (tmp_path / "made").read_text() == (ROOT / shipped).read_text(), "run `make docs`"


def test_every_key_is_described():
    """Editors and docs/config.md show what stands under a key."""

    def bare(model, path=""):
        for name, field in model.model_fields.items():
            if not field.description:
                yield path + name
            if isinstance(field.annotation, type) and issubclass(field.annotation, Options):
                yield from bare(field.annotation, f"{path}{name}.")

    assert list(bare(Config)) == []


def test_the_effective_configuration_comes_back(tmp_path, capsys):
    (tmp_path / "mine.yaml").write_text(
        "source: {demo: {train: 99}, humanml3d: {folder: elsewhere}}\nruns: {mine: {train: {seed: 3}}}\n"
    )
    files = [str(ROOT / "config.yaml"), str(tmp_path / "mine.yaml")]
    assert main(["config", "--configfile", *files]) == 0
    text = capsys.readouterr().out
    config = load_config(yaml.safe_load(text))
    assert config.source.demo.train == 99
    assert config.source.demo.test == 64
    demo = load_config(yaml.safe_load((ROOT / "config.yaml").read_text()))
    assert set(config.runs) == {"mine", *demo.runs}
    assert "# AdamW's, at its highest (1e-4)." in text
    assert "Default: 240." in re.sub(r"\n\s*# ", " ", text), "comments are wrapped"
    assert main(["config", "--changed", "--configfile", *files]) == 0
    changed = yaml.safe_load(capsys.readouterr().out)
    assert changed["source"] == {"demo": {"train": 99}, "humanml3d": {"folder": "elsewhere"}}
    assert "model" not in changed


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ('{"trian": {}}', "found the section 'trian', which there is not; did you mean train?"),
        ('{"source": {"knid": "bvh"}}', "knid: unknown key; did you mean kind?"),
        ("[]", "expected {SECTION"),
        ("{", "found no JSON"),
    ],
)
def test_a_slip_in_the_options_is_no_default(tmp_path, caplog, options, says):
    assert main(["catalogue", str(tmp_path / "c.csv"), "--options", options]) == 1
    assert says in caplog.text
    assert not (tmp_path / "c.csv").exists()


def test_overrides_merge_at_every_depth():
    assert merged({"a": {"b": {"c": 1, "d": 2}}, "e": [1]}, {"a": {"b": {"c": 3}}, "e": [2]}) == {
        "a": {"b": {"c": 3, "d": 2}},
        "e": [2],
    }


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
        "longer-again": {"train": {"epochs": 99}},
        "smaller": {"model": {"dim": 64}, "train": {"seed": 3}},
    }
    config = load_config({"runs": runs})
    families = {run: config.family(run) for run in runs}
    assert families == {
        **dict.fromkeys(("before", "first", "again"), "first"),
        **dict.fromkeys(("longer", "longer-again"), "longer-again"),
        "smaller": "smaller",
    }


def test_further_seeds_are_runs_of_every_trained_run_that_sets_none(tmp_path):
    runs = {
        "plain": {"model": {"dim": 64}},
        "own": {"train": {"seed": 7}},
        "plain-seed2": {"model": {"dim": 64}, "train": {"seed": 2, "epochs": 3}},
        "match": {"method": "match"},
    }
    config = load_config({"runs": runs, "seeds": [1, 2]})
    assert set(config.runs) == {*runs, "plain-seed1"}
    assert [config.seed(run) for run in ("plain", "plain-seed1", "own")] == ["0", "1", "7"]
    assert config.run_section("plain-seed1", "model") == config.run_section("plain", "model")
    assert config.run_section("plain-seed2", "train").epochs == 3, "what a file says stays"
    assert config.family("plain-seed1") == "plain"
    again = load_config(yaml.safe_load(as_yaml(config)))
    assert again.runs == config.runs, "the configuration that a run leaves repeats it"


def test_what_is_made_of_runs_has_their_further_seeds():
    runs = {
        "a": {},
        "b": {"model": {"dim": 64}},
        "both": {"method": "average", "members": ["a", "b"]},
        "a-facts": {"method": "facts", "rerank": "a"},
        "facts": {"method": "facts"},
    }
    config = load_config({"runs": runs, "seeds": [1]})
    assert set(config.runs) == {*runs, "a-seed1", "b-seed1", "both-seed1", "a-facts-seed1"}
    assert config.runs["both-seed1"].members == ("a-seed1", "b-seed1")
    assert config.runs["a-facts-seed1"].rerank == "a-seed1"
    assert [config.family(run) for run in ("both-seed1", "a-facts-seed1", "both", "facts")] == [
        "both", "a-facts", "both", "facts",
    ]  # fmt: skip
    assert [config.seed(run) for run in ("both-seed1", "a-facts-seed1", "both", "facts")] == ["1", "1", "0", ""]
    assert load_config(yaml.safe_load(as_yaml(config))).runs == config.runs


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"source": {"folds": 3}}, "folds: found 3 of kind demo, expected 2 or more, and a kind with a table"),
        ({"source": {"kind": "bvh", "folds": 1}}, "folds: found 1 of kind bvh, expected 2 or more"),
        ({"source": {"kind": "bvh", "folds": 3, "fold": 4}}, "fold: found 4, expected 1 to folds = 3"),
        ({"source": {"fold": 2}}, "fold: found 2, expected 1 to folds = 0"),
        (
            {"source": {"kind": "bvh", "folds": 3}, "animate": {"held_out_avatars": ["mei"]}},
            "source.folds: 3, where every clip is tested once .* expected no animate.held_out_avatars",
        ),
    ],
)
def test_folds_that_cannot_be_dealt_are_refused(values, says):
    with pytest.raises(ValueError, match=says):
        load_config({"runs": {"a": {}}, **values})
    assert load_config({"runs": {"a": {}}, "source": {"kind": "mixed", "folds": 2, "fold": 2}}).source.fold == 2


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


def test_a_null_drops_a_run_and_names_are_plain():
    assert set(load_config({"runs": {"a": {}, "b": None}}).runs) == {"a"}
    made = {"both": {"method": "average", "members": ["a", "b"]}, "b-facts": {"method": "facts", "rerank": "b"}}
    assert set(load_config({"runs": {"a": {}, "b": None, **made}}).runs) == {"a"}, "what is made of it goes with it"
    assert set(load_config({"runs": {"a": {}, "b": {}, **made}}).runs) == {"a", "b", *made}
    for name in ("a b", "a&b", "-a", "a/b", "$(x)", ""):
        with pytest.raises(ValueError, match=r"expected letters, digits, - _ [.] only"):
            load_config({"runs": {name: {}}})


@pytest.mark.parametrize(
    ("runs", "says"),
    [
        ({"m": {"method": "match", "train": {"epochs": 3}}}, "run 'm': found entries of model or train"),
        (
            {"m": {"method": "match", "rerank": "a"}, "a": {"model": {"modalities": ["text", "motion"]}}},
            "rerank: a, expected",
        ),
        (
            {"m": {"method": "match", "rerank": "gone"}, "a": {}},
            "rerank: gone, expected a trained run that sees videos",
        ),
        ({"a": {"rerank": "b"}, "b": {}}, "in a run of method match"),
        ({"f": {"method": "facts", "rerank": "a"}, "a": {"method": "motionset"}}, "one that reads words"),
        (
            {"a": {"method": "average", "members": ["b"]}, "b": {}},
            r"found members: \['b'\], expected at least two trained runs",
        ),
        ({"a": {"members": ["b", "c"]}, "b": {}, "c": {}}, "and none in others"),
        ({"a": {"method": "average", "members": ["b", "gone"]}, "b": {}}, "expected at least two trained runs"),
    ],
)
def test_a_match_needs_what_it_ranks_again(runs, says):
    with pytest.raises(ValueError, match=says):
        load_config({"runs": runs})


def test_landmarks_need_videos_of_the_tested_clips():
    runs = {"a": {"model": {"video_encoder": "landmarks"}}}
    assert load_config({"runs": runs, "render": {"videos": "tested"}}).video_kind("a") == "landmarks"
    with pytest.raises(ValueError, match=r"run 'a' sees landmarks of videos; found render\.videos: none"):
        load_config({"runs": runs, "render": {"videos": "none"}})
