"""Options of the stages from captions to vectors: describe_motions, embed_texts, train, embed; and of the model."""

from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from lavimo.config.landmarks import ProjectionOptions
from lavimo.config.options import EXECUTION, Options, formerly

Target = Literal["softmax", "row_sum", "identity"]
VIDEO_MOTION = {"motion", "video"}
Pair = Literal["text_motion", "text_video", "motion_video"]


class FactsOptions(Options):
    """Words compared with what geometry says of motions, without training."""

    weight: float = Field(0.5, ge=0)
    """Of facts beside a run's cosines, where they know all that is asked for; facts alone have the same order at any
    weight above 0. Chosen on validation clips of the demo (docs/paper.md)."""


class DescribeMotionsOptions(Options):
    """Captions of what geometry sees of the train split's motions, for runs of `described: true`."""

    captions: PositiveInt = 16
    """Of each motion, at most."""


class EmbedTextsOptions(Options):
    """Captions to sentence embeddings and token features."""

    model: str = "minilm"
    """`minilm` (packaged, offline), or a folder of a sentence-transformers model."""


class EmbedFramesOptions(Options):
    """Frames through a frozen image encoder, for runs of `video_encoder: features`."""

    model: str = "efficientnet-lite0"
    """`efficientnet-lite0` (packaged, offline), or one of OpenAI's CLIP, by open_clip's name (ViT-B-32-quickgelu)."""
    weights: str = "openai"
    """Of a CLIP model: a file, or `openai` for the hub's."""
    video_input: Literal["frames", "moving"] = "moving"
    """Whole frames, or the part of them in which something moves before a static camera."""
    size_px: PositiveInt = 128
    """Side of the square that the encoder sees; CLIP's see 224."""
    depth: int = Field(6, ge=1, le=9)
    """Of EfficientNet's nine stages so many (Tan and Le 2019): a middle one says how somebody stands, the last one what
    it is."""
    grid: PositiveInt = 4
    """EfficientNet's map of features is averaged to so many rows and columns."""


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
    motion_encoder: Literal["features", "silhouettes"] = "features"
    """What is seen of a motion: its features; or `draw_silhouettes`' pictures of it, as MotionSet does."""
    motion_patch_frames: PositiveInt = 4
    """Frames that make one token of the motion encoder, and of the decoder (1)."""
    motion_layers: PositiveInt = 2
    """Layers of the motion encoder (6)."""
    max_motion_frames: PositiveInt = 196
    """Longer motions are cropped: to a random stretch in training, to the leading one in test (196)."""
    text_encoder: str = "features"
    """`features`: on the frozen token features of `embed_texts`; `sentence`: their mean itself, of which nothing is
    trained, so that `dim` is its width; else a language model that is trained along: `minilm` (packaged), a folder of
    transformers' form, or the hub's name (distilbert-base-uncased)."""
    text_layers: PositiveInt = 2
    """Layers on top of the language model's token features (2)."""
    video_encoder: Literal["frames", "features", "images", "landmarks", "silhouettes"] = "frames"
    """What is seen of a video: frames, through an image encoder that is trained along; the features of frames that
    `embed_frames` made, or each of these by itself as a picture (`images`); the landmarks of the person in it, for
    which training needs no video; or, beside motions as silhouettes, the person's silhouettes."""
    max_silhouettes: PositiveInt = 12
    """Silhouettes of a motion, from all sides, that training sees at a time."""
    video_input: Literal["frames", "frame_difference"] = "frame_difference"
    """What the image encoder sees: frames as they are (frames); or only what moves before a static camera, cropped to
    it, as three channels: without pretraining, nothing else can be learnt from a few hundred videos."""
    image_model: str = "small"
    """`small` takes the numbers below; or one of OpenAI's, by open_clip's name (ViT-B-32-quickgelu)."""
    image_weights: str = ""
    """Weights to start from: a file of OpenAI's CLIP, or of Text4Vis, which has the temporal transformer too; `openai`
    fetches the former from the hub; empty: none (k400-vitb-32-f8.pt)."""
    image_size_px: PositiveInt = 96
    """Side of the square that a frame is resized to."""
    image_patch_px: PositiveInt = 16
    """Side of the squares that a frame is cut into."""
    image_width: PositiveInt = 128
    """Token width of the image encoder, a multiple of 64."""
    image_layers: PositiveInt = 3
    """Layers of the image encoder."""
    image_patch_dropout: float = Field(0.5, ge=0, lt=1)
    """Share of patches that the image encoder does not see in training (0)."""
    video_dropout: float = Field(0.3, ge=0, lt=1)
    """Of the features of frames that `embed_frames` made."""
    video_seconds: bool = True
    """Beside the features of its frames the encoder gets how long the video is; the paper's does not."""
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
    layers: Literal["transformer", "recurrent"] = "transformer"
    """`recurrent`: T2M's encoders: motion through strided convolutions, then both through bidirectional GRUs."""
    latent: Literal["vector", "normal"] = "vector"
    """`normal`: text and motion become a normal distribution each, mean and log variance, and its mean is retrieved
    (TEMOS)."""
    space: Literal["cosine", "euclidean"] = "cosine"
    """How near two embeddings are."""
    interaction: Literal["vectors", "tokens"] = "vectors"
    """`tokens`: of words and motions every token counts: the mean over the words of their nearest stretch of the
    motion, and the other way round (late interaction, Khattab and Zaharia 2020)."""

    @model_validator(mode="after")
    def _sizes_fit(self) -> "ModelOptions":
        silhouettes = "silhouettes" in (self.motion_encoder, self.video_encoder)
        if silhouettes and not (self.motion_encoder == self.video_encoder and set(self.modalities) == VIDEO_MOTION):
            raise ValueError("found silhouettes, expected them of both encoders, and modalities [motion, video]")
        if len(set(self.modalities)) < len(self.modalities) or not (
            silhouettes or {"text", "motion"} <= set(self.modalities)
        ):
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


Method = Literal["lavimo", "temos", "tmr", "t2m", "motionclip", "motionset"]


class TrainOptions(Options):
    """How a run is trained. The defaults are for `small` models; the paper's values stand in brackets."""

    method: Method = "lavimo"
    """Whose losses; a run's own `method` sets it."""
    seed: int = 0
    """Draws the initial weights, the order of clips, and every crop, caption and colour."""
    epochs: PositiveInt = 48
    """Passes over the train split (400)."""
    batch_size: PositiveInt = 64
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
    pretrained_rate: float = Field(0.1, ge=0)
    """Learning rate of weights that somebody trained before, as a share; 0 freezes them (0.1)."""
    chunk: int = Field(0, ge=0)
    """Clips encoded at once: a batch that memory cannot hold goes through in parts, with the same gradient (Gao et al.
    2021); 0: the whole batch."""
    ema: float = Field(0.0, ge=0, lt=1)
    """Decay of a moving average of the weights, which is then what is validated and kept; 0: none."""
    compile: bool = Field(False, json_schema_extra=EXECUTION)
    """Compile the encoders with torch.compile."""
    precision: Literal["fp32", "medium", "bf16"] = "medium"
    """`bf16` runs the layers in bfloat16 by autocast; `medium` as the device is quickest: so on a processor that has
    instructions for it, else with products of TF32 or fp32; weights, losses and retrieval stay fp32 (bf16)."""
    min_cosine: float = Field(0.8, ge=-1, le=1)
    """Captions whose sentence embeddings have a lower cosine count as unrelated: epsilon of equation 6 (0.8)."""
    target: Target = "softmax"
    """How a row of similarities becomes a distribution: softmax(target_logit_scale S), or divided by its sum (its L1
    norm); or only the clip's own caption is right."""
    target_logit_scale: PositiveFloat = Field(10.0, json_schema_extra=formerly("target_scale"))
    """Of target `softmax` (10)."""
    pair_targets: dict[Pair, Target] = Field(default_factory=dict)
    """Another target for some of the three pairs: a video and a motion of one clip are alike whatever its caption."""
    reconstruction_weight: float = Field(0.1, ge=0)
    """Lambda of equation 9 (0.1); 0: no reconstruction."""
    reconstruct_from: Literal["all", "motion"] = "all"
    """What is fused to decode a motion from: every modality, or motion alone."""
    stop_gradient: tuple[Literal["video"], ...] = Field((), json_schema_extra=formerly("followers"))
    """Modalities that learn where the others are and move them nowhere: what they lose changes their own encoder alone
    (Zhai et al. 2022 lock a trained one; here all learn at once)."""
    finetune_from: Path | None = Field(None, json_schema_extra=formerly("begin_from"))
    """A trained model's file whose encoders training begins with, to tune it to motions of one's own; `model` and
    features must be as they were then."""
    weight_interpolation: float = Field(0.0, ge=0, lt=1, json_schema_extra=formerly("begin_share"))
    """With `finetune_from`: share of the weights of then in those that are kept (Wortsman et al. 2022)."""
    captioned: float = Field(1.0, ge=0, le=1)
    """Share of the train split's clips whose captions are used; the others train motions and videos alone."""
    described: bool = False
    """Whether those others get described captions, which say what geometry sees of a motion (`describe_motions`)."""
    kl_weight: float = Field(1e-5, ge=0)
    """Of TEMOS and TMR: how far distributions are from each other and from the standard normal one."""
    latent_weight: float = Field(1e-5, ge=0)
    """Of TEMOS and TMR: how far the means are apart."""
    contrastive_weight: float = Field(0.1, ge=0)
    """Of TMR: the contrastive loss beside the others."""
    contrastive_temperature: PositiveFloat = 0.1
    """Of TMR's contrastive loss."""
    margin: PositiveFloat = 10.0
    """Of T2M: how far a motion should be from another one's words; of MotionSet: how much farther another's silhouettes
    should be than its own."""
    cosine_weight: float = Field(0.01, ge=0)
    """Of MotionCLIP: motions to words and to pictures, beside the reconstruction."""
    pair_weights: dict[Pair, float] = Field(default_factory=dict)
    """Weights of the three pairs' alignment, 1 if left out; 0 leaves a pair out."""
    crop_scale: tuple[float, float] = (0.6, 1.0)
    """Range of a training crop's area as a share of the frame's; never flipped."""
    brightness: float = Field(0.4, ge=0, lt=1)
    """Brightness is multiplied by 1 - this to 1 + this; contrast and saturation likewise."""
    contrast: float = Field(0.4, ge=0, lt=1)
    """As for brightness."""
    saturation: float = Field(0.4, ge=0, lt=1)
    """As for brightness."""
    hue_degrees: float = Field(20.0, ge=0, le=180)
    """Hue is turned by at most this, either way."""
    grey_probability: float = Field(0.2, ge=0, le=1)
    """Share of clips that lose their colours."""
    blur_probability: float = Field(0.1, ge=0, le=1)
    """Share of clips that are blurred."""
    blur_px: tuple[float, float] = (0.1, 1.5)
    """Range of the blur's standard deviation, in pixels of the crop."""
    motion_noise: float = Field(0.0, ge=0)
    """Of training motions, in the deviations by which they are normalised: shifts of the whole clip, and slow shaking;
    for models that are to meet other people's motions than they learnt from."""
    video_tempo: float = Field(1.1, ge=1)
    """With `video_seconds`: factor by which the length that is told of a training video is wrong at most, either way:
    nobody cuts a video exactly as its motion."""
    projection: ProjectionOptions = ProjectionOptions()
    """Of the motions that a video encoder by landmarks is trained on."""
    feature_spread: Literal["each", "group"] = "group"
    """Motions are normalised by each feature's deviation, or by the mean one of its group (positions, rotations ...),
    as HumanML3D's Std.npy is: for models that are to meet other people's motions than they learnt from."""
    feature_mean: Path | None = None
    """A released Mean.npy to normalise motions with, together with `feature_std`; else the train split's own."""
    feature_std: Path | None = None
    """A released Std.npy, of the features' width."""
    save_seconds: float = Field(30.0, ge=0, json_schema_extra=EXECUTION)
    """Time between two savings of the state from which a killed training resumes."""

    @model_validator(mode="after")
    def _fit_together(self) -> "TrainOptions":
        if (self.feature_mean is None) != (self.feature_std is None):
            raise ValueError("feature_mean and feature_std: found one of the two, expected both or neither")
        if self.finetune_from and self.feature_mean:
            raise ValueError("finetune_from and feature_mean: found both; a tuned model normalises motions as before")
        if self.weight_interpolation and not self.finetune_from:
            raise ValueError(
                f"weight_interpolation: found {self.weight_interpolation} without finetune_from, "
                "expected a model's file there"
            )
        return self


class EmbedOptions(Options):
    """A split's clips through the trained encoders."""

    split: Literal["train", "val", "test"] = "test"
    """The split that is embedded, and so scored."""
    batch_size: PositiveInt = 1
    """Clips encoded at once. 1 makes an embedding independent of the other clips to the last bit; more suits a GPU."""
