"""What many tests do with a data source: list its clips, and ingest them."""

from pathlib import Path

from lavimo.clips import Clip
from lavimo.config import IngestOptions, SourceOptions
from lavimo.motion import ingest as stage
from lavimo.motion.catalogue import catalogue
from lavimo.motion.sources import open_source


def clips_of(source: SourceOptions) -> list[Clip]:
    """The source's clips."""
    return open_source(source).clips()


def ingest(shard: str, motions: Path, rejected: Path, source: SourceOptions, options: IngestOptions) -> None:
    """Stages `catalogue` and `ingest`; the clip table lies beside the motions."""
    clips = motions.with_name(f"{motions.name}.clips.csv")
    catalogue(clips, source)
    stage.ingest(shard, clips, motions, rejected, source, options)
