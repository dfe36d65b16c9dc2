"""Every option of the product: its range, its unit, its default. config.yaml is checked against this.

One class a section; a stage gets its own section only. Classes refuse unknown keys.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)


class Options(BaseModel):
    """A section of the configuration: frozen, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DemoOptions(Options):
    """Procedural motions with captions."""

    seed: int = Field(0, ge=0)
    """Draws which combinations go to which split, their wordings, and each clip's variation."""
    train: PositiveInt = 240
    """Clips of the train split; beyond the combinations, they come round again with fresh variation."""
    val: PositiveInt = 16
    """Combinations of known actions and attributes that training does not see; likewise `test`."""
    test: PositiveInt = 64


class BvhOptions(Options):
    """Motion capture as BVH files, with captions."""

    folder: Path = Path("data/bvh")
    """Holds `CLIP.bvh` for each clip. Skeletons are known by the tables of lavimo/motion/skeletons."""
    captions: Path = Path("data/captions.csv")
    """A CSV with the columns clip, split, caption; further columns caption_2, ... hold further captions."""


class SourceOptions(Options):
    """Where motions and captions come from. Read by the stages `catalogue` and `ingest`."""

    name: str = "demo"
    """What the tables call this data."""
    kind: Literal["demo", "bvh"] = "demo"
    demo: DemoOptions = DemoOptions()
    bvh: BvhOptions = BvhOptions()

    @property
    def tables(self) -> list[Path]:
        """The files that the clip table is made from; none where the source is procedural."""
        return [self.bvh.captions] if self.kind == "bvh" else []


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
    azimuth_degrees: tuple[float, float] = (-60.0, 60.0)
    """Where the camera stands around the person; 0 sees the person's face in the first frame."""
    elevation_degrees: tuple[float, float] = (4.0, 20.0)
    yfov_degrees: tuple[float, float] = (30.0, 45.0)
    margin: tuple[float, float] = (1.15, 1.4)
    """Free space around the whole clip: 1 would touch the frame's edge."""
    light_azimuth_degrees: tuple[float, float] = (-60.0, 60.0)
    """Where the light comes from, around the scene; 0 is from behind the camera."""
    light_elevation_degrees: tuple[float, float] = (45.0, 65.0)
    background_lightness: tuple[float, float] = (0.55, 0.95)
    """0 is black, 1 white; hue and saturation are drawn too."""
    floor_lightness: tuple[float, float] = (0.45, 0.85)

    @field_validator("*")
    @classmethod
    def _range_in_order(cls, value: Any) -> Any:
        if isinstance(value, tuple) and value[0] > value[1]:
            raise ValueError(f"found the range {list(value)}, expected [least, most]")
        return value

    @field_validator("elevation_degrees", "light_elevation_degrees")
    @classmethod
    def _above_the_floor(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] < 0 or value[1] >= 90:
            raise ValueError(f"found {list(value)}, expected degrees above the floor, from 0 to less than 90")
        return value

    @field_validator("margin")
    @classmethod
    def _nothing_cut_off(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] < 1.02:
            raise ValueError(f"found {list(value)}, expected at least 1.02, lest the person be cut off")
        return value


class RenderOptions(Options):
    """Animations to videos."""

    size_px: int = Field(512, ge=16, multiple_of=2)
    """Side of the square picture; even, as H.264 wants it."""
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
    """The encoders' sizes. The defaults train from scratch in minutes; the paper's values stand in brackets."""

    modalities: tuple[Literal["text", "motion", "video"], ...] = ("text", "motion", "video")
    """`[text, motion]` is the paper's 2-modal version."""
    dim: PositiveInt = 128
    """Dimensions of the joint space and of every token (512)."""
    heads: PositiveInt = 4
    """Heads of every attention but the image encoder's, whose heads are 64 wide (8)."""
    feedforward: PositiveInt = 256
    """Inner width of the motion, text and decoder layers (1024)."""
    dropout: float = Field(0.1, ge=0, lt=1)
    """Of the motion, text, fusion and decoder layers (0.1)."""
    motion_layers: PositiveInt = 2
    """Layers of the motion encoder (6)."""
    max_motion_frames: PositiveInt = 196
    """Longer motions are cropped: to a random stretch in training, to the leading one in test (196)."""
    text_layers: PositiveInt = 2
    """Layers on top of the language model's token features (2)."""
    video_input: Literal["frames", "movement"] = "movement"
    """What the image encoder sees: frames as they are (frames); or only what moves before a static camera, cropped to
    it, as three channels: without pretraining, nothing else can be learnt from a few hundred videos."""
    image_model: str = "small"
    """`small` takes the four numbers below; any other name is an open_clip model's (ViT-B-32-quickgelu)."""
    image_size_px: PositiveInt = 96
    """Side of the square that a frame is resized to."""
    image_patch_px: PositiveInt = 16
    image_width: PositiveInt = 128
    """Token width of the image encoder, a multiple of 64."""
    image_layers: PositiveInt = 3
    image_patch_dropout: float = Field(0.5, ge=0, lt=1)
    """Share of patches that the image encoder does not see in training (0)."""
    video_layers: PositiveInt = 1
    """Layers of the temporal transformer over frames (6)."""
    max_video_frames: PositiveInt = 8
    """Positions that the temporal transformer knows (8)."""
    decoder_layers: PositiveInt = 1
    """Layers of the motion decoder."""
    fusion: Literal["tokens", "vectors"] = "tokens"
    """Attend over token sequences, or over one vector a modality: equation 7 by the letter, where softmax is 1."""
    temperature: Literal["shared", "per_pair"] = "shared"
    """One learnable temperature for the three pairs of modalities, or one each."""

    @model_validator(mode="after")
    def _sizes_fit(self) -> "ModelOptions":
        if not {"text", "motion"} <= set(self.modalities) or len(set(self.modalities)) < len(self.modalities):
            raise ValueError(f"modalities: found {list(self.modalities)}, expected text, motion and perhaps video")
        if self.dim % (2 * self.heads):
            raise ValueError(f"dim: found {self.dim} with {self.heads} heads, expected a multiple of twice the heads")
        if self.image_width % 64:
            raise ValueError(f"image_width: found {self.image_width}, expected a multiple of 64")
        if self.image_size_px % self.image_patch_px:
            raise ValueError(
                f"image_size_px: found {self.image_size_px}, "
                f"expected a multiple of image_patch_px = {self.image_patch_px}"
            )
        return self


class TrainOptions(Options):
    """How a run is trained. The defaults are for `small` models; the paper's values stand in brackets."""

    seed: int = 0
    epochs: PositiveInt = 28
    """Passes over the train split (400)."""
    batch_size: PositiveInt = 32
    """Most clips a batch; an epoch is cut into equal batches (64)."""
    learning_rate: PositiveFloat = 1e-3
    """AdamW's, at its highest (1e-4)."""
    warmup: float = Field(0.05, ge=0, le=1)
    """Share of the steps in which the learning rate rises linearly from 0 (0)."""
    decay_from: float = Field(0.25, ge=0, le=1)
    """Share of the steps after which the learning rate falls linearly (0.25: after 100 of 400 epochs)."""
    final_learning_rate: float = Field(0.1, ge=0, le=1)
    """Where the fall ends, as a share of learning_rate (0.1)."""
    weight_decay: float = Field(0.01, ge=0)
    """AdamW's; norms, biases and other vectors have none (0.01)."""
    gradient_clip: PositiveFloat = 1.0
    """Largest norm of the gradient (1)."""
    precision: Literal["fp32", "bf16"] = "fp32"
    """`bf16` runs the layers in bfloat16 by autocast; weights, losses and retrieval stay fp32 (bf16)."""
    min_cosine: float = Field(0.8, ge=-1, le=1)
    """Captions whose sentence embeddings have a lower cosine count as unrelated: epsilon of equation 6 (0.8)."""
    target: Literal["softmax", "row_sum"] = "softmax"
    """How a row of similarities becomes a distribution: softmax(target_scale S), or divided by its sum."""
    target_scale: PositiveFloat = 10.0
    reconstruction_weight: float = Field(0.1, ge=0)
    """Lambda of equation 9 (0.1)."""
    crop_scale: tuple[float, float] = (0.6, 1.0)
    """Range of a training crop's area as a share of the frame's; never flipped."""
    brightness: float = Field(0.4, ge=0, lt=1)
    """Brightness is multiplied by 1 - this to 1 + this; contrast and saturation likewise."""
    contrast: float = Field(0.4, ge=0, lt=1)
    saturation: float = Field(0.4, ge=0, lt=1)
    hue_degrees: float = Field(20.0, ge=0, le=180)
    """Hue is turned by at most this, either way."""
    grey_probability: float = Field(0.2, ge=0, le=1)
    blur_probability: float = Field(0.1, ge=0, le=1)
    blur_px: tuple[float, float] = (0.1, 1.5)
    """Range of the blur's standard deviation, in pixels of the crop."""
    save_seconds: float = Field(30.0, ge=0)
    """Time between two savings of the state from which a killed training resumes."""


class EmbedOptions(Options):
    """A split's clips through the trained encoders."""

    split: Literal["train", "val", "test"] = "test"
    batch_size: PositiveInt = 1
    """Clips encoded at once. 1 makes an embedding independent of the other clips to the last bit; more suits a GPU."""


class EvaluateOptions(Options):
    """Retrieval protocols (see docs)."""

    protocols: tuple[Literal["all", "threshold", "same_caption", "dissimilar", "small_batches"], ...] = (
        "all",
        "threshold",
        "same_caption",
        "dissimilar",
        "small_batches",
    )
    ties: tuple[Literal["average", "optimistic", "pessimistic"], ...] = ("average", "optimistic", "pessimistic")
    """Which of tied places counts. TMR's rule, which tables for people show, is the average."""
    threshold_cosines: tuple[Annotated[float, Field(ge=0.01, le=0.99)], ...] = (0.90, 0.80, 0.60)
    """Captions of a cosine above this count as the same: TMR's published 0.95 is 0.90 here."""
    dissimilar_clips: PositiveInt = 100
    """Clips of protocol `dissimilar`; never more than half of the split."""
    dissimilar_list: Path | None = None
    """Names of clips, one a line, on which `dissimilar` is scored too, such as HumanML3D's nsim_test.txt."""
    small_batch_clips: PositiveInt = 32
    """Clips of a batch of protocol `small_batches`; never more than the split."""
    small_batches_seed: int = Field(0, ge=0)
    """Seed of the shuffle into batches; TMR's is 0."""
    small_batches_shuffles: PositiveInt = 20
    """Shuffles, from that seed on, over which `small_batches` is averaged too; 1: no average."""
    galleries: tuple[Annotated[int, Field(ge=2)], ...] = ()
    """Clips drawn at random from the split, to compare with papers whose galleries are smaller (4096, 512)."""
    galleries_seed: int = Field(0, ge=0)
    bootstrap_samples: int = Field(1000, ge=0)
    """Resamplings of the queries behind each 95% interval; 0: no intervals."""
    bootstrap_seed: int = Field(0, ge=0)


class ReportOptions(Options):
    """The report for people."""

    queries: PositiveInt = 10
    """Test queries shown, spread evenly over the test clips."""
    extremes: int = Field(3, ge=0)
    """Best and worst queries shown, so many of each."""
    top: PositiveInt = 3
    """Retrieved clips shown for each."""
    contact_sheet: PositiveInt = 12
    """Clips shown frame by frame: those with the least similar captions."""
    frame_px: PositiveInt = 128
    """Width and height of the pictures."""


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
    pathvars: dict[str, str] = {}
    """Snakemake's own: other folders for results, logs and benchmarks, so that experiments stand side by side."""

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
        try:
            return type(base).model_validate({**base.model_dump(), **overrides})
        except ValidationError as error:
            raise ValueError(f"run {run!r}, section {section}: {explain(error)}") from None


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
