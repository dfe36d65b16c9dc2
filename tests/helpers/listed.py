"""The clips of a data source, which many tests ask for."""

from lavimo.clips import Clip
from lavimo.config import SourceOptions
from lavimo.sources import open_source


def clips_of(source: SourceOptions) -> list[Clip]:
    """The source's clips."""
    return open_source(source).clips()
