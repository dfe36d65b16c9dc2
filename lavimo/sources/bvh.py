"""Data source `bvh`: a folder of BVH, FBX, glTF (GLB) or Acclaim files (AMC), and a CSV of their captions."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lavimo.clips import Clip
from lavimo.config import SourceOptions
from lavimo.formats import trees
from lavimo.motion.mirror import mirrored_motion, with_mirrored
from lavimo.sources.caption_table import clips_of_table
from lavimo.sources.folder import Folder
from lavimo.sources.source import Source

if TYPE_CHECKING:
    from lavimo.motion.motion import Motion
    from lavimo.motion.world import Up

AMC = ".amc"
OTHERS = (*trees.SUFFIXES, AMC)


class BvhSource(Source):
    """The clips of a caption table; the clip `NAME` is the file `NAME.bvh`, else `NAME.glb`, `NAME.gltf` or `NAME.fbx`
    of one animation, or `NAME.amc`, for which the ASF is looked for."""

    def __init__(self, options: SourceOptions):
        self._options, self._mirrored = options.bvh, options.with_mirrored
        self._folds = options.folds, options.fold

    def tables(self) -> list[Path]:
        """The caption table, and the user's own skeleton maps."""
        own = self._options.skeletons
        return [self._options.captions, *([own] if own else [])]

    def clips(self) -> list[Clip]:
        """The clips that the CSV names (`lavimo.sources.caption_table`)."""
        own = self._options
        folder = Folder(own.folder)

        def find(path: str) -> Path | None:
            others = [path[: -len(".bvh")] + suffix for suffix in OTHERS] if path.lower().endswith(".bvh") else []
            return next((there for name in (path, *others) if (there := folder.find(name))), None)

        found = clips_of_table(own.captions, ".bvh", find, split_captions=own.split_captions, folds=self._folds)
        return with_mirrored(found, self._mirrored)

    def motion(self, clip: Clip) -> "Motion":
        """A clip's file, or its window of it; of a skeleton that a map knows."""
        # scipy and the body stay out of the workflow's planning, which lists clips only.
        assert clip.file
        own = self._options
        if clip.file.suffix.lower() in trees.SUFFIXES:
            how = own.model_dump(include={"skeletons", "plausible"})
            motion = trees.read_motion(clip.file, clip.animation, clip.start_s, clip.end_s, **how)
            return mirrored_motion(motion) if clip.mirror_of else motion
        if clip.file.suffix.lower() == AMC:
            from lavimo.formats.acclaim.read import read_motion as read_amc

            how = own.model_dump(include={"skeletons", "up", "plausible"})
            motion = read_amc(clip.file, clip.start_s, clip.end_s, **how, fps=own.amc_fps)
            return mirrored_motion(motion) if clip.mirror_of else motion
        from lavimo.formats.bvh.read import read_motion

        how = own.model_dump(include={"skeletons", "up", "plausible", "trust_rows"})
        motion = read_motion(clip.file, clip.start_s, clip.end_s, **how, library=None if own.up else self._ups)
        return mirrored_motion(motion) if clip.mirror_of else motion

    @cached_property
    def _ups(self) -> "dict[tuple[str, ...], Up]":
        """The axes that point upwards, as the clips of each skeleton tell them together."""
        from lavimo.formats.bvh.read import library_ups

        files = sorted({clip.file for clip in self.clips() if clip.file and clip.file.suffix.lower() == ".bvh"})
        return library_ups(files, self._options.skeletons, self._options.trust_rows)
