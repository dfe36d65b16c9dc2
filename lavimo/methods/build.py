"""Which method the options name."""

from torch import nn

from lavimo.config import ModelOptions, TrainOptions
from lavimo.methods.lavimo import Lavimo
from lavimo.methods.method import Method
from lavimo.methods.motionclip import MotionClip
from lavimo.methods.motionset import MotionSet
from lavimo.methods.t2m import T2m
from lavimo.methods.temos import Temos
from lavimo.methods.tmr import Tmr

METHODS: dict[str, type[Method]] = {
    "lavimo": Lavimo,
    "temos": Temos,
    "tmr": Tmr,
    "t2m": T2m,
    "motionclip": MotionClip,
    "motionset": MotionSet,
}


def build_method(options: ModelOptions, train: TrainOptions, encoders: nn.ModuleDict) -> Method:
    """The method, before its first step."""
    return METHODS[train.method](options, encoders)
