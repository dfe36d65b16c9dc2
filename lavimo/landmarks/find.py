"""Stage `find_landmarks`: the person in each video of a shard, as 33 landmarks a picture."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from PIL import Image

from lavimo.config import FindLandmarksOptions
from lavimo.jobs.progress import progress
from lavimo.landmarks.blazepose import QUICKEST, BlazePose
from lavimo.landmarks.camera import Background
from lavimo.landmarks.sequence import Landmarks
from lavimo.landmarks.tracks import choose, follow
from lavimo.shards import write_shard
from lavimo.video.decode import Picture, decoded, pictures_of
from lavimo.video.sample_frames import open_video, read_manifest

log = logging.getLogger(__name__)


def find_landmarks(videos: Path, landmarks: Path, options: FindLandmarksOptions) -> None:
    """Find the landmarks in the first view of each clip of a shard's folder; writes `clip/field` of `Landmarks`.

    Where nobody is found, a clip has none, and the log says so.

    Raises:
        ValueError: the manifest or a video is missing or damaged (named), or the models of BlazePose are not there.
    """
    pose = BlazePose(options.models)
    arrays: dict[str, NDArray[Any]] = {}
    manifest = read_manifest(videos)
    for clip in progress(sorted(manifest), len(manifest), f"find-landmarks {videos.name}"):
        open_video(videos, clip, 0, *manifest[clip][0])
        frames = decoded(videos / f"{clip}.mp4", options.fps)
        pictures = (Picture(time_s, Image.fromarray(pixels_HW3)) for time_s, pixels_HW3 in frames)
        found = landmarks_of_pictures(pictures, pose, options)
        if not len(found):
            log.warning("clip %r: found nobody in its video", clip)
        arrays |= {f"{clip}/{name}": array for name, array in found.arrays().items()}
    write_shard(landmarks, arrays, fps=options.fps)
    log.info("found landmarks of %d clips", len(arrays) // len(Landmarks.of_nobody().arrays()))


def landmarks_of(video: Path, options: FindLandmarksOptions, pose: BlazePose | None = None) -> Landmarks:
    """The landmarks of the person in anybody's video, which is decoded in a process of its own.

    Raises:
        ValueError: it cannot be read (see `pictures_of`), or nobody is in it.
    """
    pictures = pictures_of(video, options.fps, options.longest_s)
    try:
        found = landmarks_of_pictures(pictures, pose or BlazePose(options.models, QUICKEST), options)
    except ValueError as error:
        told = str(error)
        raise ValueError(told if str(video) in told else f"{video}: {told}") from error
    if not len(found):
        raise ValueError(f"{video}: found nobody in it, expected a person whom one sees from head to foot")
    return found


def landmarks_of_pictures(pictures: Iterable[Picture], pose: BlazePose, options: FindLandmarksOptions) -> Landmarks:
    """The landmarks of the person whom the options ask for; none where nobody is.

    Raises:
        ValueError: there is nobody of that number.
    """
    if options.camera == "static":
        return Landmarks.of_track(choose(follow(pictures, pose), options.person))
    background = Background()
    tracks = follow(background.watch(pictures), pose)
    return Landmarks.of_track(choose(tracks, options.person), background.drift(tracks))
