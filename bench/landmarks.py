"""What landmarks cost a picture, and a comparison of a video with a motion.

On one core, decoding included, against the 40 ms that issue 13 allows, and against looking for the person anew in every
picture; on two cores, while another process decodes, against its 15 ms. Videos as the workflow renders them, and one
of 1080p. A comparison against the same sums in numpy, pair by pair.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PIL import Image
from table import write_results

from lavimo import demo
from lavimo.avatar.wardrobe import dress_all
from lavimo.config import AnimateOptions, DemoOptions, DressOptions, FindLandmarksOptions, MatchOptions, RenderOptions
from lavimo.landmarks.blazepose import BlazePose
from lavimo.landmarks.match import distances
from lavimo.landmarks.movement import Movements, joints_of
from lavimo.landmarks.tracks import follow, search
from lavimo.motion.motion import write_motions
from lavimo.render.render import render
from lavimo.scene.animate import animate
from lavimo.video.codec import write_video
from lavimo.video.decode import Picture, decoded, pictures_of

CLIPS = 8
ALLOWED_ONE_CORE_MS, ALLOWED_TWO_CORES_MS = 40.0, 15.0
FPS = FindLandmarksOptions().fps


def videos(folder: Path) -> list[Path]:
    """The first demo clips as videos."""
    options = DemoOptions(train=16, val=4, test=4)
    names = sorted(clip.id for clip in demo.catalogue(options))[:CLIPS]
    write_motions(folder / "motions", {name: demo.load(name, options) for name in names})
    dress_all(folder / "avatars", DressOptions(avatars=("jonas", "mei")))
    animate(folder / "motions", folder / "avatars", folder / "animations", AnimateOptions())
    render(folder / "animations", folder / "avatars", folder / "videos", RenderOptions(renderer="cpu"))
    return sorted((folder / "videos").glob("*.mp4"))


def here(path: Path) -> Iterable[Picture]:
    """Pictures decoded in this process."""
    return (Picture(time_s, Image.fromarray(pixels)) for time_s, pixels in decoded(path, FPS))


def milliseconds(work: Callable[[Path], int], paths: list[Path]) -> float:
    """A picture's, the least of three rounds after one that does not count."""
    rounds = []
    for _ in range(4):
        start = time.perf_counter()
        pictures = sum(work(path) for path in paths)
        rounds.append(1000 * (time.perf_counter() - start) / pictures)
    return min(rounds[1:])


def large(path: Path, to: Path) -> Path:
    """A clip as a part of a picture of 1080p."""
    frames = [pixels for _, pixels in decoded(path, 1000.0)]

    def wide(pixels: np.ndarray) -> np.ndarray:
        whole = np.full((1080, 1920, 3), 128, np.uint8)
        whole[400:912, 700:1212] = pixels
        return whole

    write_video(to, map(wide, frames), 20, 18)
    return to


def joined(paths: list[Path], to: Path) -> Path:
    """The clips one after another, so that the start of the process that decodes is paid once for half a minute."""
    write_video(to, (pixels for path in paths for _, pixels in decoded(path, 1000.0)), 20, 18)
    return to


def plain(query: Movements, motion: Movements, options: MatchOptions) -> float:
    """The distance of a pair, a plain numpy expression a step."""
    q, g = query.points_GNK3[0], motion.points_GNK3[0]
    p, r = (path - path.mean(0) for path in (query.path_GN3[0], motion.path_GN3[0]))
    best = np.inf
    for degrees in options.tilts_degrees:
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        tilt = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
        seen, way = q @ tilt.T, p @ tilt.T
        scale = np.sqrt((seen**2).sum() / (g**2).sum())
        along = (g[..., [0, 2]] * seen[..., [0, 2]]).sum() + 5 * options.path_weight * (
            r[:, [0, 2]] * way[:, [0, 2]]
        ).sum()
        across = (g[..., 2] * seen[..., 0] - g[..., 0] * seen[..., 2]).sum()
        yaw = np.arctan2(across + 5 * options.path_weight * (r[:, 2] * way[:, 0] - r[:, 0] * way[:, 2]).sum(), along)
        c, s = scale * np.cos(yaw), scale * np.sin(yaw)
        turn = np.array([[c, 0, s], [0, scale, 0], [-s, 0, c]])
        posed, walked = g @ turn.T, r @ turn.T
        apart = np.linalg.norm(posed - seen, axis=-1).mean()
        moved = np.linalg.norm(np.diff(posed - seen, axis=0), axis=-1).mean()
        gap = np.linalg.norm((walked - way) * [1, 1, 0.5], axis=-1).mean()
        best = min(best, apart + options.velocity_weight * moved + options.path_weight * gap)
    return float(best)


def main() -> None:
    pose, options = BlazePose(), MatchOptions()

    def follows(path: Path) -> int:
        return sum(len(track.people) for track in follow(here(path), pose))

    def follows_another(path: Path) -> int:
        return sum(len(track.people) for track in follow(pictures_of(path, FPS), pose))

    def anew(path: Path) -> int:
        return sum(pose.landmarks(picture.image, search(picture.image, pose)[0]) is not None for picture in here(path))

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = videos(folder)
        hd = [large(paths[0], folder / "large.mp4")]
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(cores)})
        one, each, one_hd = milliseconds(follows, paths), milliseconds(anew, paths), milliseconds(follows, hd)
        os.sched_setaffinity(0, cores)
        two = milliseconds(follows_another, [joined(paths, folder / "joined.mp4")])
    names = sorted(clip.id for clip in demo.catalogue(DemoOptions()))[:64]
    motions = Movements.stack([Movements.of_joints(joints_of(demo.load(name, DemoOptions())), 32) for name in names])
    distances(motions, motions, options)
    start = time.perf_counter()
    distances(motions, motions, options)
    pair_us = 1e6 * (time.perf_counter() - start) / len(motions) ** 2
    single = Movements(*(array[:1] for array in vars(motions).values()))
    start = time.perf_counter()
    for _ in range(50):
        plain(single, single, options)
    write_results(
        "landmarks",
        {
            "picture_one_core": (ALLOWED_ONE_CORE_MS, one, "ms"),
            "picture_one_core_1080p": (ALLOWED_ONE_CORE_MS, one_hd, "ms"),
            "picture_two_cores": (ALLOWED_TWO_CORES_MS, two, "ms"),
            "picture_anew": (each, one, "ms"),
            "match_pair": (1e6 * (time.perf_counter() - start) / 50, pair_us, "us"),
        },
    )


if __name__ == "__main__":
    main()
