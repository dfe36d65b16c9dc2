"""The whole of config.yaml, and how its errors read."""

from typing import Any

from pydantic import Field, PositiveInt, ValidationError, model_validator

from lavimo.config.avatar import AnimateOptions, DressOptions, RenderOptions, SampleFramesOptions
from lavimo.config.evaluate import EvaluateOptions, ReportOptions
from lavimo.config.model import EmbedOptions, EmbedTextsOptions, ModelOptions, TrainOptions
from lavimo.config.motion import FeaturizeOptions, IngestOptions, SourceOptions
from lavimo.config.options import Options
from lavimo.config.robustness import PerturbOptions, RobustnessOptions


class RunOptions(Options):
    """What a run changes: entries of `model` and `train` that override the sections of those names."""

    model: dict[str, Any] = Field(default_factory=dict)
    train: dict[str, Any] = Field(default_factory=dict)


class Config(Options):
    """The whole of config.yaml."""

    shards: PositiveInt = 4
    source: SourceOptions = SourceOptions()
    ingest: IngestOptions = IngestOptions()
    featurize: FeaturizeOptions = FeaturizeOptions()
    dress: DressOptions = DressOptions()
    animate: AnimateOptions = AnimateOptions()
    render: RenderOptions = RenderOptions()
    sample_frames: SampleFramesOptions = SampleFramesOptions()
    embed_texts: EmbedTextsOptions = EmbedTextsOptions()
    model: ModelOptions = ModelOptions()
    train: TrainOptions = TrainOptions()
    embed: EmbedOptions = EmbedOptions()
    evaluate: EvaluateOptions = EvaluateOptions()
    report: ReportOptions = ReportOptions()
    perturb: PerturbOptions = PerturbOptions()
    robustness: RobustnessOptions = RobustnessOptions()
    runs: dict[str, RunOptions] = Field(min_length=1)
    pathvars: dict[str, str] = Field(default_factory=dict)
    """Snakemake's own: other folders for results, logs and benchmarks, so that experiments stand side by side."""

    @model_validator(mode="after")
    def _every_run_is_valid(self) -> "Config":
        for name in self.runs:
            self.run_section(name, "model")
            self.run_section(name, "train")
        for name, variant in self.robustness.variants.items():
            for section in type(variant).model_fields:
                self.variant_section(name, section)
        return self

    def run_section(self, run: str, section: str) -> Options:
        """`model` or `train` as the run has it: the section with the run's overrides.

        Raises:
            ValueError: an override that the section does not know or allow.
        """
        return self._overridden(f"run {run!r}", section, getattr(self.runs[run], section))

    def variant_section(self, variant: str, section: str) -> Options:
        """A section as a variant of the robustness page has it.

        Raises:
            ValueError: an override that the section does not know or allow.
        """
        overrides = getattr(self.robustness.variants[variant], section)
        return self._overridden(f"variant {variant!r}", section, overrides)

    def _overridden(self, by: str, section: str, overrides: dict[str, Any]) -> Options:
        base: Options = getattr(self, section)
        try:
            return type(base).model_validate({**base.model_dump(), **overrides})
        except ValidationError as error:
            raise ValueError(f"{by}, section {section}: {explain(error)}") from None

    def family(self, run: str) -> str:
        """Which of the runs that are alike but for `train.seed`, and whose scores so have a mean, names them all.

        One that does not override the seed, if there is one: further seeds change nothing of the others.
        """

        def without_seed(name: str) -> list[dict[str, Any]]:
            sections = [self.run_section(name, section).model_dump() for section in ("model", "train")]
            return [{key: value for key, value in section.items() if key != "seed"} for section in sections]

        alike = [name for name in self.runs if without_seed(name) == without_seed(run)]
        return min(alike, key=lambda name: ("seed" in self.runs[name].train, name))


def load_config(values: dict[str, Any]) -> Config:
    """The configuration, checked.

    Raises:
        ValueError: one line for each key that is unknown or out of range, with what was found.
    """
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise ValueError(explain(error)) from None


def explain(error: ValidationError) -> str:
    """A validation error as one line a key: where, what was found, what was expected."""
    lines = [f"the configuration has {error.error_count()} error(s):"]
    for fault in error.errors():
        key = ".".join(map(str, fault["loc"])) or "(the whole)"
        if fault["type"] == "extra_forbidden":
            lines.append(f"  {key}: unknown key; see config.yaml for the keys there are")
        elif fault["type"] == "missing":
            lines.append(f"  {key}: missing")
        else:
            lines.append(f"  {key}: found {fault['input']!r}: {fault['msg']}")
    return "\n".join(lines)
