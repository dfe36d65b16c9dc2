"""Training that begins with a trained model's encoders: tuning to motions of one's own.

What was learnt before stays for a share: the kept weights are the mean of the old and the tuned ones (Wortsman et al.
2022, robust fine-tuning of zero-shot models), which find what the new motions show and still what they do not.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.checkpoint import statistics_in
from lavimo.encode.samples import Samples
from lavimo.motion.statistics import Statistics
from lavimo.shards import Shard

Weights = dict[str, Tensor]

OF_TRAINING = {
    "dropout",
    "video_dropout",
    "image_patch_dropout",
    "image_weights",
    "decoder_layers",
    "fusion",
    "temperature",
}
"""Options of a model by which its trained encoders embed nothing otherwise."""


@dataclass(frozen=True)
class Pretrained:
    """A trained model's encoders.

    Attributes:
        weights: as a method's state names them.
        statistics: of the motions that it learnt from, by which it normalises.
        share: of them in the weights that are kept.
        source: the data that it learnt from, and those of the model that it began from itself, as its file names them.
    """

    weights: Weights
    statistics: Statistics
    share: float
    source: dict[str, Any]

    @classmethod
    def of(cls, train: TrainOptions, options: ModelOptions, samples: Samples, about: dict[str, Any]) -> "Pretrained":
        """Read the file of `train.finetune_from`.

        Args:
            about: what the new model's file will say of its data.

        Raises:
            ValueError: it is missing or damaged, or its options, features or language model are others than the run's.
        """
        assert train.finetune_from
        path = train.finetune_from
        shard = Shard(path)
        try:
            old = ModelOptions.model_validate(shard.metadata["model"])
        except (KeyError, ValueError) as error:
            raise ValueError(f"train.finetune_from {path}: not a model of this version of lavimo ({error})") from error
        told: dict[str, Any] = {"convention": samples.convention, "texts": samples.texts.model}
        told |= {"token_width": samples.texts.token_width, "frame_width": samples.frame_width}
        told |= {"embed_frames": about["embed_frames"]} if "embed_frames" in about else {}
        expected = _told(options) | told
        found = _told(old) | {name: shard.metadata.get(name) for name in told}
        if other := [name for name in expected if found[name] != expected[name]]:
            was = ", ".join(f"{name} {found[name]!r}" for name in other)
            wanted = ", ".join(f"{name} {expected[name]!r}" for name in other)
            raise ValueError(
                f"train.finetune_from {path}: found a model of {was}, but this run has {wanted}; they must be the same"
            )
        weights = {name: torch.from_numpy(shard[name]) for name in shard.names}
        statistics = statistics_in(weights, options)
        encoders = {f"encoders.{name}": tensor for name, tensor in weights.items()}
        source = dict(shard.metadata.get("source") or {})
        source |= {"began_from": shard.metadata["began_from"]} if "began_from" in shard.metadata else {}
        return cls(encoders, statistics, train.weight_interpolation, source)

    def put_into(self, method: nn.Module) -> None:
        """Give a new method these encoders; what else it has, a decoder and the like, stays new."""
        method.load_state_dict({**method.state_dict(), **self.weights})

    def kept(self, tuned: Weights) -> Weights:
        """The weights that are kept of tuned ones."""
        if not self.share:
            return tuned
        old = {name: tensor for name, tensor in self.weights.items() if tensor.is_floating_point()}
        return tuned | {
            name: tuned[name].lerp(tensor.to(tuned[name].device), self.share) for name, tensor in old.items()
        }


def _told(options: ModelOptions) -> dict[str, Any]:
    """What must agree, by the names that configurations have."""
    return {f"model.{name}": value for name, value in options.model_dump(mode="json", exclude=OF_TRAINING).items()}
