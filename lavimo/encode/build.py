"""The encoders of a run, from its options: new, with weights that others trained, or for a checkpoint to fill."""

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.motion import MotionEncoder
from lavimo.encode.text import Features, FeatureTextEncoder, LanguageModelEncoder

Vector = NDArray[np.float32]


def build_encoders(
    options: ModelOptions,
    augmentation: TrainOptions,
    statistics: tuple[Vector, Vector],
    token_width: int,
    features: Features,
    pretrained: bool = True,
) -> nn.ModuleDict:
    """The encoders by modality, in the order of `options.modalities`' pairs: text, motion, video.

    Args:
        augmentation: of the frames that the video encoder sees in training.
        statistics: mean and deviation of motion features, by which they are normalised.
        token_width: of the token features that `features` gives of captions; both for a frozen language model.
        pretrained: load the weights of others that the options name; not where a checkpoint's follow.

    Raises:
        ValueError: such weights are not there, or are of another model.
    """
    encoders = nn.ModuleDict()
    if options.text_encoder == "features":
        encoders["text"] = FeatureTextEncoder(options, token_width, features)
    else:
        encoders["text"] = LanguageModelEncoder.from_pretrained(options, pretrained)
    encoders["motion"] = MotionEncoder(options, *statistics)
    if "video" in options.modalities:
        from lavimo.encode.video import FrameVideoEncoder

        video = FrameVideoEncoder(options, augmentation)
        if options.image_weights and pretrained:
            video.load_pretrained(options.image_weights)
        encoders["video"] = video
    return encoders
