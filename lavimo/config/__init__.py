"""Every option of the product: its range, its unit, its default. config.yaml is checked against this.

One file a phase, one class a section; a stage gets its own section only. Classes refuse unknown keys.
"""

from lavimo.config.avatar import AnimateOptions, RenderOptions, SampleFramesOptions
from lavimo.config.config import Config, RunOptions, explain, load_config
from lavimo.config.evaluate import EvaluateOptions, ReportOptions
from lavimo.config.model import EmbedOptions, EmbedTextsOptions, ModelOptions, TrainOptions
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

__all__ = [
    "AmassOptions",
    "AnimateOptions",
    "BvhOptions",
    "Config",
    "DemoOptions",
    "EmbedOptions",
    "EmbedTextsOptions",
    "EvaluateOptions",
    "FeaturizeOptions",
    "HumanML3DOptions",
    "IngestOptions",
    "KitmlOptions",
    "ModelOptions",
    "Options",
    "RenderOptions",
    "ReportOptions",
    "RunOptions",
    "SampleFramesOptions",
    "SmplOptions",
    "SourceOptions",
    "TrainOptions",
    "explain",
    "load_config",
]
