"""The encoders of a run, from its options: new, with weights that others trained, or for a checkpoint to fill."""

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.motion import MotionEncoder
from lavimo.encode.text import Features, FeatureTextEncoder, LanguageModelEncoder, SentenceTextEncoder

Vector = NDArray[np.float32]


def build_encoders(
    options: ModelOptions,
    augmentation: TrainOptions,
    statistics: tuple[Vector, Vector],
    widths: tuple[int, int],
    features: Features,
    pretrained: bool = True,
) -> nn.ModuleDict:
    """The encoders by modality, in the order of `options.modalities`' pairs: text, motion, video.

    Args:
        augmentation: of what the video encoder sees in training.
        statistics: mean and deviation of motion features, by which they are normalised.
        widths: of the token features of captions, and of the features of frames; 0 where a model sees none of them.
        features: gives the token features of captions.
        pretrained: load the weights of others that the options name; not where a checkpoint's follow.

    Raises:
        ValueError: such weights are not there, or are of another model.
    """
    encoders = nn.ModuleDict()
    if options.motion_encoder == "silhouettes":
        from lavimo.encode.silhouettes import SilhouetteSetEncoder

        encoders["motion"] = SilhouetteSetEncoder(options, one_view=False)
        encoders["video"] = SilhouetteSetEncoder(options, one_view=True)
        return encoders
    if options.layers == "recurrent":
        from lavimo.encode.recurrent import RecurrentMotionEncoder, RecurrentTextEncoder

        encoders["text"] = RecurrentTextEncoder(options, widths[0], features)
        encoders["motion"] = RecurrentMotionEncoder(options, *statistics, augmentation.motion_noise)
        return encoders
    if options.text_encoder == "features":
        encoders["text"] = FeatureTextEncoder(options, widths[0], features)
    elif options.text_encoder == "sentence":
        encoders["text"] = SentenceTextEncoder(options, widths[0], features)
    else:
        encoders["text"] = LanguageModelEncoder.from_pretrained(options, pretrained)
    encoders["motion"] = MotionEncoder(options, *statistics, augmentation.motion_noise)
    if "video" in options.modalities and options.video_encoder == "landmarks":
        from lavimo.encode.landmarks import LandmarkVideoEncoder

        encoders["video"] = LandmarkVideoEncoder(options, augmentation)
    elif "video" in options.modalities and options.video_encoder in ("features", "images"):
        from lavimo.encode.features import FeatureVideoEncoder, ImagesVideoEncoder

        images = options.video_encoder == "images"
        encoders["video"] = (
            ImagesVideoEncoder(options, widths[1]) if images else FeatureVideoEncoder(options, augmentation, widths[1])
        )
    elif "video" in options.modalities:
        from lavimo.encode.video import FrameVideoEncoder

        video = FrameVideoEncoder(options, augmentation)
        if options.image_weights and pretrained:
            video.load_pretrained(options.image_weights)
        encoders["video"] = video
    return encoders
