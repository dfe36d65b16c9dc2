"""What a model's file says of it, read without torch."""

from lavimo.config import ModelOptions
from lavimo.shards import Shard


def model_options(shard: Shard) -> ModelOptions:
    """The options of a model's file.

    Raises:
        ValueError: it is no model of this version's.
    """
    try:
        return ModelOptions.model_validate(shard.metadata["model"])
    except (KeyError, ValueError) as error:
        raise ValueError(f"{shard.path}: not a model of this version of lavimo ({error}); train it again") from error
