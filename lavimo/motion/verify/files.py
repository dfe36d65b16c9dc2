"""Source files looked at without reading their motion: whether they open, and how many frames they hold."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from lavimo.clips import Clip
from lavimo.motion.formats.npz import npz_shapes, read_npz
from lavimo.motion.motion import FPS
from lavimo.motion.resample import checked_fps, frame_range, instants
from lavimo.motion.verify.finding import Findings

SHORT_FRAMES = 40
"""Two seconds: what training keeps of HumanML3D; shorter clips are counted."""


def check_files(
    clips: Iterable[Clip],
    every_nth: bool,
    short_is_problem: bool,
    findings: Findings,
    skeletons: Path | None = None,
) -> None:
    """Say of each clip's file whether it can be read, and of each clip whether its window of it is long enough."""
    by_file: dict[Path, list[Clip]] = {}
    for clip in clips:
        if clip.file is not None:
            by_file.setdefault(clip.file, []).append(clip)
    good, short = 0, 0
    for path, cut in sorted(by_file.items()):
        try:
            frames = frames_of(path, every_nth, skeletons)
        except ValueError as error:
            findings.problem("files", path.name, str(error))
            continue
        good += 1
        for clip in cut:
            begin, end = frame_range(clip.start_s, clip.end_s)
            length = len(range(frames)[begin:end])
            if length < 2:
                report = findings.problem if short_is_problem else findings.note
                report("lengths", clip.id, f"{length} frame(s) of {path} at {FPS:g} a second; ingest will refuse it")
            short += length < SHORT_FRAMES
    if by_file:
        findings.ok("files", "readable", f"{good} of {len(by_file)}")
        findings.ok("lengths", "shorter than 2 s", f"{short} clips")


def frames_of(path: Path, every_nth: bool, skeletons: Path | None = None) -> int:
    """How many frames a file holds at 20 a second.

    Raises:
        ValueError: it cannot be read, or is no motion; it is named.
    """
    match path.suffix.lower():
        case ".npz":
            return _frames_of_npz(path, every_nth)
        case ".bvh":
            from lavimo.motion.formats.bvh.parser import read_bvh
            from lavimo.motion.skeletons import map_of

            bvh = read_bvh(path)
            try:
                skip = map_of(bvh.names, skeletons).skip_frames
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from error
            return len(instants(max(len(bvh.values_TC) - skip, 0), bvh.frame_s, FPS)[0])
    return _frames_of_npy(path)


def _frames_of_npz(path: Path, every_nth: bool) -> int:
    shapes = npz_shapes(path)
    rate = next((name for name in ("mocap_framerate", "mocap_frame_rate", "fps") if name in shapes), None)
    if "trans" not in shapes or rate is None or not ("poses" in shapes or "pose_body" in shapes):
        raise ValueError(f"{path}: found {', '.join(sorted(shapes))}, expected poses, trans and a frame rate")
    fps = read_npz(path, [rate])[rate]
    if fps.size != 1:
        raise ValueError(f"{path}: found {fps.size} frame rates, expected one")
    frames = shapes["trans"][0] if shapes["trans"] else 0
    try:
        if every_nth:
            return -(-frames // max(int(checked_fps(fps.item()) / FPS), 1))
        return len(instants(frames, 1 / checked_fps(fps.item()), FPS)[0])
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _frames_of_npy(path: Path) -> int:
    from lavimo.motion.layout import KIT

    try:
        shape = np.load(path, mmap_mode="r", allow_pickle=False).shape
    except Exception as error:  # numpy raises a dozen kinds on damaged files
        raise ValueError(f"{path}: cannot be read as npy ({type(error).__name__}: {error})") from error
    if len(shape) not in (2, 3):
        raise ValueError(f"{path}: found shape {shape}, expected joints (T, J, 3) or features (T, D)")
    kit = shape[1:] in ((KIT.joints, 3), (KIT.features,))
    return len(instants(shape[0], 1 / (KIT.fps if kit else FPS), FPS)[0])
