"""Every option of the product: its range, its unit, its default. config.yaml is checked against this.

One class a section; a stage gets its own section only. Classes refuse unknown keys.
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, model_validator


class Options(BaseModel):
    """A section of the configuration: frozen, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DemoOptions(Options):
    """Procedural motions with captions."""

    seed: int = 0
    train: PositiveInt = 240
    """Clips of the train split."""
    val: PositiveInt = 16
    test: PositiveInt = 64


class BvhOptions(Options):
    """A folder of BVH files and a CSV with the columns clip, caption, split."""

    folder: Path = Path("data/bvh")
    captions: Path = Path("data/captions.csv")


class SourceOptions(Options):
    """Where motions and captions come from. Read by the stages `catalogue` and `ingest`."""

    name: str = "demo"
    """What the tables call this data."""
    kind: Literal["demo", "bvh"] = "demo"
    demo: DemoOptions = DemoOptions()
    bvh: BvhOptions = BvhOptions()


class IngestOptions(Options):
    """Source files to SMPL motions."""

    on_refusal: Literal["stop", "continue"] = "stop"
    """What to do when a clip cannot be read: `stop` after naming every bad clip, or `continue` without them."""


class FeaturizeOptions(Options):
    """SMPL motions to HumanML3D's 263 features."""

    convention: Literal["humanml3d", "fixed"] = "humanml3d"
    """`humanml3d` reproduces the published procedure with its bugs; `fixed` does not."""


class AnimateOptions(Options):
    """Motions to avatars in front of a camera. Ranges are [least, most], drawn per clip from the seed."""

    seed: int = 0
    azimuth_degrees: tuple[float, float] = (-40.0, 40.0)
    """Where the camera stands around the person; 0 sees the person's face in the first frame."""
    elevation_degrees: tuple[float, float] = (5.0, 20.0)
    yfov_degrees: tuple[float, float] = (35.0, 45.0)
    margin: tuple[float, float] = (1.1, 1.4)
    """Free space around the whole clip: 1 would touch the frame's edge."""


class RenderOptions(Options):
    """Animations to videos."""

    size_px: PositiveInt = 512
    crf: int = Field(18, ge=0, le=51)
    """H.264's constant rate factor; lower is better and larger."""


class SampleFramesOptions(Options):
    """Videos to cached frames."""

    seed: int = 0
    count: PositiveInt = 8
    """Equal segments of a video, one frame of each to the model."""
    candidates: PositiveInt = 2
    """Frames cached a segment: its centre first, then random ones among which training picks."""
    size_px: PositiveInt = 128


class EmbedTextsOptions(Options):
    """Captions to sentence embeddings and token features."""

    model: str = "minilm"
    """`minilm` (packaged, offline), or a folder of a sentence-transformers model."""


class ModelOptions(Options):
    """The encoders' sizes (PAPER: 512-dimensional space, 6 layers)."""

    modalities: tuple[Literal["text", "motion", "video"], ...] = ("text", "motion", "video")


class TrainOptions(Options):
    """How a run is trained."""

    seed: int = 0
    epochs: PositiveInt = 40
    batch_size: PositiveInt = 64
    learning_rate: PositiveFloat = 1e-4


class EmbedOptions(Options):
    """A split's clips through the trained encoders."""

    split: Literal["train", "val", "test"] = "test"


class EvaluateOptions(Options):
    """Retrieval protocols (see docs)."""

    protocols: tuple[Literal["all", "threshold", "dissimilar", "small_batches"], ...] = (
        "all",
        "threshold",
        "dissimilar",
        "small_batches",
    )


class ReportOptions(Options):
    """The report for people."""

    queries: PositiveInt = 10
    top: PositiveInt = 3


class RunOptions(Options):
    """What a run changes: entries of `model` and `train` that override the sections of those names."""

    model: dict[str, Any] = {}
    train: dict[str, Any] = {}


class Config(Options):
    """The whole of config.yaml."""

    shards: PositiveInt = 4
    source: SourceOptions = SourceOptions()
    ingest: IngestOptions = IngestOptions()
    featurize: FeaturizeOptions = FeaturizeOptions()
    animate: AnimateOptions = AnimateOptions()
    render: RenderOptions = RenderOptions()
    sample_frames: SampleFramesOptions = SampleFramesOptions()
    embed_texts: EmbedTextsOptions = EmbedTextsOptions()
    model: ModelOptions = ModelOptions()
    train: TrainOptions = TrainOptions()
    embed: EmbedOptions = EmbedOptions()
    evaluate: EvaluateOptions = EvaluateOptions()
    report: ReportOptions = ReportOptions()
    runs: dict[str, RunOptions] = Field(min_length=1)

    @model_validator(mode="after")
    def _every_run_is_valid(self) -> "Config":
        for name in self.runs:
            self.run_section(name, "model")
            self.run_section(name, "train")
        return self

    def run_section(self, run: str, section: str) -> Options:
        """`model` or `train` as the run has it: the section with the run's overrides.

        Raises:
            ValueError: an override that the section does not know or allow.
        """
        base: Options = getattr(self, section)
        overrides = getattr(self.runs[run], section)
        return type(base).model_validate({**base.model_dump(), **overrides})
