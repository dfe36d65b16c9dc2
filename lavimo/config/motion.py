"""Options of the stages that make motions and features: catalogue, ingest, featurize."""

from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt

from lavimo.config.options import Options


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
