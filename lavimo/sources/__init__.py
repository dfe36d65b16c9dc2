"""Where clips come from: one door to every kind of data source.

A kind is a file here, whose class says which tables list its clips, which clips there are, and what each one's motion
is; a line in `SOURCES`; and its section in `lavimo.config.motion`.
"""

from lavimo.config import SourceOptions
from lavimo.sources.amass import AmassSource
from lavimo.sources.bvh import BvhSource
from lavimo.sources.demo import DemoSource
from lavimo.sources.humanml3d import HumanML3DSource
from lavimo.sources.kitml import KitmlSource
from lavimo.sources.mixed import MixedSource
from lavimo.sources.smpl import SmplSource
from lavimo.sources.source import Source

SOURCES: dict[str, type[Source]] = {
    "demo": DemoSource,
    "bvh": BvhSource,
    "smpl": SmplSource,
    "amass": AmassSource,
    "humanml3d": HumanML3DSource,
    "kitml": KitmlSource,
}


def open_source(options: SourceOptions) -> Source:
    """The configured source. Nothing is read yet."""
    if options.kind == "mixed":
        return MixedSource({kind: SOURCES[kind](options) for kind in options.mixed})
    return SOURCES[options.kind](options)
