"""Source files read as ingest reads them: whether they open and can be a person's motion, and how long clips are."""

from collections.abc import Iterable

from tqdm import tqdm

from lavimo.clips import Clip
from lavimo.motion.motion import FPS
from lavimo.motion.resample import TooShort
from lavimo.sources.source import Source
from lavimo.sources.verify.finding import Findings

SHORT_FRAMES = 40
"""Two seconds: what training keeps of HumanML3D; shorter clips are counted."""


def check_files(clips: Iterable[Clip], source: Source, short_is_problem: bool, findings: Findings) -> None:
    """Say of each clip that has a file what ingest will say of it, a file's fault once, and how many are short."""
    there = sorted((clip for clip in clips if clip.file is not None), key=lambda clip: (str(clip.file), clip.id))
    bad: set[str] = set()
    lengths: dict[tuple[object, ...], int] = {}  # a mirror image's window is mostly that of another clip
    short = 0
    for clip in tqdm(there, desc="verify", unit="clip", mininterval=5, disable=None):
        assert clip.file
        try:
            window = (clip.file, clip.animation, clip.start_s, clip.end_s)
            if window not in lengths:
                lengths[window] = source.check(clip)
            source.features(clip)
            short += lengths[window] < SHORT_FRAMES
        except TooShort as error:
            short += 1
            report = findings.problem if short_is_problem else findings.note
            report("lengths", clip.id, f"{error}; ingest will refuse it")
        except ValueError as error:
            if str(clip.file) not in bad:
                findings.problem("files", clip.file.name, str(error))
            bad.add(str(clip.file))
    if there:
        files = {str(clip.file) for clip in there}
        findings.ok("files", "readable", f"{len(files - bad)} of {len(files)}")
        findings.ok("lengths", "shorter than 2 s", f"{short} clips at {FPS:g} frames a second")
