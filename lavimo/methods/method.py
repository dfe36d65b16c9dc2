"""What training asks of a method: encoders, losses that a whole batch decides, and losses of each clip by itself.

B batch, C dimensions of the joint space, S of sentence embeddings.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.encoded import Encoded, Inputs


@dataclass(frozen=True)
class Embedded:
    """The clips of all processes' batches in the joint space.

    Attributes:
        embeddings_BC: by modality; zeros where a clip has none.
        has_B: which clips have a modality.
        sentences_BS: the captions' sentence embeddings.
        encoded: with tokens; of one process, where nothing is chunked.
    """

    embeddings_BC: dict[str, Tensor]
    has_B: dict[str, Tensor]
    sentences_BS: Tensor
    encoded: dict[str, Encoded] | None = None

    def both(self, one: str, other: str) -> Tensor:
        """Which clips have both modalities, (B,)."""
        return self.has_B[one] & self.has_B[other]

    def pair(self, one: str, other: str) -> tuple[Tensor, Tensor]:
        """The embeddings of the clips that have both modalities."""
        both_B = self.both(one, other)
        return self.embeddings_BC[one][both_B], self.embeddings_BC[other][both_B]


class Method(nn.Module):
    """A method that encodes and loses nothing yet: each says what its losses are.

    Attributes:
        encoders: one a modality of the options.
    """

    def __init__(self, options: ModelOptions, encoders: nn.ModuleDict):
        super().__init__()
        self.options = options
        self.encoders = encoders

    def encode(self, inputs: dict[str, Inputs]) -> dict[str, Encoded]:
        """Each modality's clips, encoded."""
        return {modality: self.encoders[modality](some) for modality, some in inputs.items()}

    def alignment(self, batch: Embedded, options: TrainOptions) -> dict[str, Tensor]:
        """The losses of the clips beside each other, weighted, by name."""
        return {}

    def local(
        self, encoded: dict[str, Encoded], rows: dict[str, Tensor], motion: Inputs, options: TrainOptions
    ) -> dict[str, Tensor]:
        """The losses of each clip by itself, by name, as sums over some numbers, so that parts of a batch add up.

        Args:
            rows: which clips of the batch each modality's are.
        """
        return {}

    def counts(self, motion: Inputs, options: TrainOptions) -> dict[str, Tensor]:
        """Over how many numbers `local` sums for these motions: the loss is the sum by the count."""
        return {}

    def weights(self, options: TrainOptions) -> dict[str, float]:
        """What each of `local`'s losses weighs."""
        return {}

    def clamp(self) -> None:
        """Keep parameters within bounds, after a step of the optimiser."""
