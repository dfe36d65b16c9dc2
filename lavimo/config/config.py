"""The whole of config.yaml."""

import json
import os
import re
import sys
from typing import Any, Literal

from pydantic import Field, PositiveInt, ValidationError, model_validator

from lavimo.config.avatar import (
    AnimateOptions,
    DrawSilhouettesOptions,
    DressOptions,
    RenderOptions,
    SampleFramesOptions,
)
from lavimo.config.errors import explain
from lavimo.config.evaluate import EvaluateOptions, ReportOptions
from lavimo.config.landmarks import FindLandmarksOptions, MatchOptions
from lavimo.config.model import (
    DescribeMotionsOptions,
    EmbedFramesOptions,
    EmbedOptions,
    EmbedTextsOptions,
    FactsOptions,
    ModelOptions,
    TrainOptions,
)
from lavimo.config.motion import FeaturizeOptions, IngestOptions, SourceOptions
from lavimo.config.old_names import with_new_names
from lavimo.config.options import EXECUTION_VARIABLE, Options
from lavimo.config.preset import merged, method_preset, size_preset
from lavimo.config.robustness import PerturbOptions, RobustnessOptions
from lavimo.config.run import UNTRAINED, RunOptions, named_by

PLAIN = re.compile(r"\w[\w.-]*")
"""What names files in every shell and system."""


class Config(Options):
    """The whole of config.yaml."""

    preset: Literal["small", "paper", "tiny"] = "small"
    """Where the sections start from (lavimo/config/presets): what the file says overrides it."""
    shards: PositiveInt = 4
    """Jobs that each per-clip stage is cut into."""
    source: SourceOptions = SourceOptions()
    """Section `source`."""
    ingest: IngestOptions = IngestOptions()
    """Section `ingest`."""
    featurize: FeaturizeOptions = FeaturizeOptions()
    """Section `featurize`."""
    dress: DressOptions = DressOptions()
    """Section `dress`."""
    animate: AnimateOptions = AnimateOptions()
    """Section `animate`."""
    render: RenderOptions = RenderOptions()
    """Section `render`."""
    sample_frames: SampleFramesOptions = SampleFramesOptions()
    """Section `sample_frames`."""
    draw_silhouettes: DrawSilhouettesOptions = DrawSilhouettesOptions()
    """Section `draw_silhouettes`."""
    find_landmarks: FindLandmarksOptions = FindLandmarksOptions()
    """Section `find_landmarks`."""
    embed_frames: EmbedFramesOptions = EmbedFramesOptions()
    """Section `embed_frames`."""
    describe_motions: DescribeMotionsOptions = DescribeMotionsOptions()
    """Section `describe_motions`."""
    embed_texts: EmbedTextsOptions = EmbedTextsOptions()
    """Section `embed_texts`."""
    model: ModelOptions = ModelOptions()
    """Section `model`."""
    train: TrainOptions = TrainOptions()
    """Section `train`."""
    embed: EmbedOptions = EmbedOptions()
    """Section `embed`."""
    match: MatchOptions = MatchOptions()
    """Section `match`."""
    facts: FactsOptions = FactsOptions()
    """Section `facts`."""
    evaluate: EvaluateOptions = EvaluateOptions()
    """Section `evaluate`."""
    report: ReportOptions = ReportOptions()
    """Section `report`."""
    perturb: PerturbOptions = PerturbOptions()
    """Section `perturb`."""
    robustness: RobustnessOptions = RobustnessOptions()
    """Section `robustness`."""
    runs: dict[str, RunOptions] = Field(min_length=1)
    """Models to train and score, by name; all share everything upstream. A null drops one that another file has, and
    what is made of it."""
    seeds: tuple[int, ...] = ()
    """Further seeds: of every trained run that sets none, and of what is made of it, so many runs more, each named
    NAME-seedN, whose scores have a mean and a deviation with its own."""
    pathvars: dict[str, str] = Field(default_factory=dict)
    """Snakemake's own: other folders for results, logs and benchmarks, so that experiments stand side by side."""

    @model_validator(mode="before")
    @classmethod
    def _preset_first(cls, values: Any) -> Any:
        """The preset's sections, with the file's own entries."""
        if isinstance(values, dict) and isinstance(name := values.get("preset"), str):
            return merged(size_preset(name), values)
        return values

    @model_validator(mode="before")
    @classmethod
    def _null_drops_a_run(cls, values: Any) -> Any:
        """Configurations are merged: only a null can take away what another file has."""
        if isinstance(values, dict) and isinstance(values.get("runs"), dict):
            dropped = {name for name, run in values["runs"].items() if run is None}
            runs = {name: run for name, run in values["runs"].items() if not named_by(run) & dropped}
            return {**values, "runs": {name: run for name, run in runs.items() if run is not None}}
        return values

    @model_validator(mode="after")
    def _runs_of_further_seeds(self) -> "Config":
        """The runs that `seeds` asks for; what a file says of one of them itself stays."""
        trained = [name for name in self.trained if "seed" not in self.runs[name].train]
        made = [name for name, run in self.runs.items() if run.made_of & set(trained)]
        for seed in self.seeds:
            named = {name: f"{name}-seed{seed}" for name in trained}
            for name in trained:
                train = {**self.runs[name].train, "seed": seed}
                self.runs.setdefault(named[name], self.runs[name].model_copy(update={"train": train}))
            for name in made:
                self.runs.setdefault(f"{name}-seed{seed}", self.runs[name].made_of_others(named))
        return self

    @model_validator(mode="after")
    def _folds_hold_no_view_out(self) -> "Config":
        if self.source.folds and (self.animate.held_out_avatars or self.animate.held_out_azimuth_degrees):
            raise ValueError(
                f"found source.folds: {self.source.folds}, where every clip is tested once and else learnt from; "
                "expected no animate.held_out_avatars and animate.held_out_azimuth_degrees"
            )
        return self

    @model_validator(mode="after")
    def _names_are_plain(self) -> "Config":
        for what, names in (("run", self.runs), ("variant", self.robustness.variants)):
            for name in names:
                if not PLAIN.fullmatch(name):
                    raise ValueError(
                        f"found the {what} {name!r}, expected letters, digits, - _ . only, the first no sign: "
                        "files and folders are called by it"
                    )
        return self

    @model_validator(mode="after")
    def _every_run_is_valid(self) -> "Config":
        for name, run in self.runs.items():
            self.run_section(name, "model")
            self.run_section(name, "train")
            if run.method in UNTRAINED and (run.model or run.train):
                raise ValueError(
                    f"run {name!r}: found entries of model or train, expected none where nothing is trained"
                )
            if run.rerank and not self._can_rerank(run):
                raise ValueError(
                    f"run {name!r}: found rerank: {run.rerank}, expected a trained run that sees videos, in a run of "
                    "method match, or one that reads words, in a run of method facts"
                )
            if (run.method == "average") != (len(run.members) > 1) or not set(run.members) <= set(self.trained):
                raise ValueError(
                    f"run {name!r}: found members: {list(run.members)}, expected at least two trained runs in a run of "
                    "method average, and none in others"
                )
            if self.video_kind(name) == "landmarks" and self.render.videos == "none":
                raise ValueError(f"run {name!r} sees landmarks of videos; found render.videos: none")
        for name, variant in self.robustness.variants.items():
            for section in type(variant).model_fields:
                self.variant_section(name, section)
        return self

    @property
    def trained(self) -> list[str]:
        """The runs that are trained."""
        return [name for name, run in self.runs.items() if run.method not in UNTRAINED]

    def of_method(self, method: str) -> list[str]:
        """The runs of a method."""
        return [name for name, run in self.runs.items() if run.method == method]

    def _can_rerank(self, run: RunOptions) -> bool:
        if run.rerank not in self.trained or run.method not in ("match", "facts"):
            return False
        model = self.run_section(run.rerank, "model")
        assert isinstance(model, ModelOptions)
        return ("video" if run.method == "match" else "text") in model.modalities

    def video_kind(self, run: str) -> Literal["frames", "features", "landmarks", "silhouettes", ""]:
        """What a run sees of videos, if it sees any."""
        if self.runs[run].method in ("match", "facts"):
            return "landmarks" if self.runs[run].method == "match" else ""
        if self.runs[run].method == "average":
            return next((kind for kind in map(self.video_kind, self.runs[run].members) if kind), "")
        model = self.run_section(run, "model")
        assert isinstance(model, ModelOptions)
        if "video" not in model.modalities:
            return ""
        return "features" if model.video_encoder == "images" else model.video_encoder

    def seed(self, run: str) -> str:
        """The seed of a run's training, or of the first run that it is made of; empty where nothing is trained."""
        first = run if run in self.trained else min(self.runs[run].made_of, default="")
        if not first:
            return ""
        train = self.run_section(first, "train")
        assert isinstance(train, TrainOptions)
        return str(train.seed)

    def run_section(self, run: str, section: str) -> Options:
        """`model` or `train` as the run has it: the section with the run's overrides.

        Raises:
            ValueError: an override that the section does not know or allow.
        """
        told = self.runs[run]
        if told.method in UNTRAINED:
            return self._overridden(f"run {run!r}", section, {})
        preset = method_preset(told.method, self.preset == "paper").get(section, {})
        return self._overridden(f"run {run!r}", section, merged(preset, getattr(told, section)))

    def variant_section(self, variant: str, section: str) -> Options:
        """A section as a variant of the robustness page has it.

        Raises:
            ValueError: an override that the section does not know or allow.
        """
        overrides = getattr(self.robustness.variants[variant], section)
        return self._overridden(f"variant {variant!r}", section, overrides)

    def video_share(self) -> float:
        """Of the train split's clips, how many get a video."""
        return self.animate.video_share * (self.source.demo.video_share if self.source.kind == "demo" else 1.0)

    def export_execution(self) -> None:
        """Put what says how the work is done into the environment, where a stage finds it (`lavimo.cli.options`)."""
        runs = {run: {"train": self.run_section(run, "train").execution()} for run in self.runs}
        os.environ[EXECUTION_VARIABLE] = json.dumps(
            {"render": self.render.execution(), "train": self.train.execution(), "runs": runs}
        )

    def _overridden(self, by: str, section: str, overrides: dict[str, Any]) -> Options:
        base: Options = getattr(self, section)
        try:
            return type(base).model_validate(merged(base.model_dump(), overrides))
        except ValidationError as error:
            raise ValueError(f"{by}, section {section}: {explain(error, type(base))}") from None

    def family(self, run: str) -> str:
        """Which of the runs that are alike but for `train.seed`, and whose scores so have a mean, names them all.

        One that does not override the seed, if there is one: further seeds change nothing of the others.
        """

        def without_seed(name: str) -> list[dict[str, Any]]:
            sections = [self.run_section(name, section).model_dump() for section in ("model", "train")]
            return [{key: value for key, value in section.items() if key != "seed"} for section in sections]

        if run not in self.trained:
            parents = {name: self.family(name) for name in self.runs[run].made_of}
            plain = self.runs[run].made_of_others(parents)
            return next((name for name, one in self.runs.items() if parents and one == plain), run)
        alike = [name for name in self.trained if without_seed(name) == without_seed(run)]
        return min(alike, key=lambda name: ("seed" in self.runs[name].train, name))


def load_config(values: dict[str, Any]) -> Config:
    """The configuration, checked.

    Raises:
        ValueError: one line for each key that is unknown or out of range, with what was found.
    """
    sections = {name: field.annotation for name, field in Config.model_fields.items()}
    lines: list[str] = []
    values = with_new_names(Config, values, sections, lines)
    if EXECUTION_VARIABLE not in os.environ:  # what a job would say, its run has said
        sys.stderr.writelines(f"lavimo: {line}\n" for line in lines)
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise ValueError(explain(error, Config)) from None
