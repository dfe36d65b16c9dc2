"""Options of the stages that judge: evaluate, tabulate, report."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from lavimo.config.options import Options

Protocol = Literal["all", "threshold", "same_caption", "own_texts", "dissimilar", "small_batches"]


class EvaluateOptions(Options):
    """Retrieval protocols (see docs)."""

    protocols: tuple[Protocol, ...] = ("all", "threshold", "same_caption", "dissimilar", "small_batches")
    """Those that are scored; the tables say what each is. `own_texts` is Kimodo's: texts that the method itself embeds
    alike are one."""
    ties: tuple[Literal["average", "optimistic", "pessimistic"], ...] = ("average", "optimistic", "pessimistic")
    """Which of tied places counts. TMR's rule, which tables for people show, is the average."""
    threshold_cosines: tuple[Annotated[float, Field(ge=0.01, le=0.99)], ...] = (0.90, 0.80, 0.60)
    """Captions of a cosine above this count as the same: TMR's published 0.95 is 0.90 here."""
    own_texts_cosine: float = Field(0.96, gt=0, lt=1)
    """Above it `own_texts` takes two texts for one: Kimodo's code says 0.99, and its arithmetic makes this of it."""
    dissimilar_clips: PositiveInt = 100
    """Clips of protocol `dissimilar`; never more than half of the split."""
    dissimilar_list: Path | None = None
    """Names of clips, one a line, on which `dissimilar` is scored too, such as HumanML3D's nsim_test.txt."""
    small_batch_clips: PositiveInt = 32
    """Clips of a batch of protocol `small_batches`; never more than the split."""
    small_batches_seed: int = Field(0, ge=0)
    """Seed of the shuffle into batches; TMR's is 0."""
    small_batches_shuffles: PositiveInt = 20
    """Shuffles, from that seed on, over which `small_batches` is averaged too; 1: no average."""
    galleries: tuple[Annotated[int, Field(ge=2)], ...] = ()
    """Clips drawn at random from the split, to compare with papers whose galleries are smaller (4096, 512)."""
    galleries_seed: int = Field(0, ge=0)
    """Draws these galleries."""
    bootstrap_samples: int = Field(1000, ge=0)
    """Resamplings of the queries behind each 95% interval; 0: no intervals."""
    bootstrap_seed: int = Field(0, ge=0)
    """Draws the resamplings."""


class ReportOptions(Options):
    """The report for people."""

    queries: PositiveInt = 10
    """Test queries shown, spread evenly over the test clips."""
    extremes: int = Field(3, ge=0)
    """Best and worst queries shown, so many of each."""
    top: PositiveInt = 3
    """Retrieved clips shown for each."""
    contact_sheet: PositiveInt = 12
    """Clips shown frame by frame: those with the least similar captions."""
    frame_px: int = Field(128, ge=16, multiple_of=2)
    """Width and height of the pictures and of the videos in the page; even, as H.264 wants it."""
