"""Every class and function of the configuration, by name."""

from lavimo.config.avatar import (
    AnimateOptions,
    DrawSilhouettesOptions,
    DressOptions,
    RenderOptions,
    SampleFramesOptions,
)
from lavimo.config.config import Config, load_config, merged
from lavimo.config.errors import explain, nearest
from lavimo.config.evaluate import EvaluateOptions, ReportOptions
from lavimo.config.landmarks import FindLandmarksOptions, MatchOptions, ProjectionOptions
from lavimo.config.model import (
    DescribeMotionsOptions,
    EmbedFramesOptions,
    EmbedOptions,
    EmbedTextsOptions,
    FactsOptions,
    ModelOptions,
    TrainOptions,
)
from lavimo.config.motion import (
    AmassOptions,
    BvhOptions,
    DemoOptions,
    FeaturizeOptions,
    HumanML3DOptions,
    IngestOptions,
    KitmlOptions,
    SmplOptions,
    SourceOptions,
)
from lavimo.config.options import Options
from lavimo.config.robustness import PerturbOptions, RobustnessOptions, VariantOptions
from lavimo.config.run import RunOptions

__all__ = [
    "AmassOptions",
    "AnimateOptions",
    "BvhOptions",
    "Config",
    "DemoOptions",
    "DescribeMotionsOptions",
    "DrawSilhouettesOptions",
    "DressOptions",
    "EmbedFramesOptions",
    "EmbedOptions",
    "EmbedTextsOptions",
    "EvaluateOptions",
    "FactsOptions",
    "FeaturizeOptions",
    "FindLandmarksOptions",
    "HumanML3DOptions",
    "IngestOptions",
    "KitmlOptions",
    "MatchOptions",
    "ModelOptions",
    "Options",
    "PerturbOptions",
    "ProjectionOptions",
    "RenderOptions",
    "ReportOptions",
    "RobustnessOptions",
    "RunOptions",
    "SampleFramesOptions",
    "SmplOptions",
    "SourceOptions",
    "TrainOptions",
    "VariantOptions",
    "explain",
    "load_config",
    "merged",
    "nearest",
]
