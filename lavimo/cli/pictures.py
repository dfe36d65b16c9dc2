"""Commands for pictures: from motions to avatars, videos and frames."""

from pathlib import Path
from typing import Annotated

import typer

from lavimo import config
from lavimo.cli.app import command
from lavimo.cli.options import (
    Animations,
    Avatars,
    Json,
    LandmarkFiles,
    Motions,
    Videos,
    file,
    files,
    parsed,
    section,
    sections,
)

PANEL = "Pictures: from motions to videos"

FramesOut = Annotated[Path, file("The shard of frames to write.")]


@command(PANEL)
def dress(avatars: Annotated[Path, file("The dressed avatars to write.")], options: Json = "{}") -> None:
    """Dress every avatar."""
    from lavimo.avatar.wardrobe import dress_all

    dress_all(avatars, section(options, config.DressOptions))


@command(PANEL)
def animate(
    motions: Motions,
    avatars: Avatars,
    animations: Annotated[Path, file("The shard of animations to write.")],
    options: Json = "{}",
) -> None:
    """Give each motion an avatar, a camera and a scene."""
    from lavimo.scene.animate import animate

    splits = parsed(options, {"animate"}).get("splits", {})
    animate(motions, avatars, animations, section(options, config.AnimateOptions), splits)


@command(PANEL)
def render(
    animations: Animations,
    avatars: Avatars,
    videos: Annotated[Path, file("The folder of videos to write.")],
    options: Json = "{}",
) -> None:
    """Render a shard's animations to videos."""
    from lavimo.render.render import render

    render(animations, avatars, videos, section(options, config.RenderOptions))


@command(PANEL)
def sample_frames(videos: Videos, frames: FramesOut, options: Json = "{}") -> None:
    """Sample a shard's videos into one file of frames."""
    from lavimo.video.sample_frames import sample_frames

    sample_frames(videos, frames, section(options, config.SampleFramesOptions))


@command(PANEL)
def draw_frames(animations: Animations, avatars: Avatars, frames: FramesOut, options: Json = "{}") -> None:
    """Draw only the frames that a model sees, without videos."""
    from lavimo.render.draw_frames import draw_frames

    draw_frames(animations, avatars, frames, *sections(options, config.RenderOptions, config.SampleFramesOptions))


@command(PANEL)
def draw_silhouettes(
    animations: Animations,
    motions: Motions,
    avatars: Avatars,
    silhouettes: Annotated[Path, file("The shard of silhouettes to write.")],
    options: Json = "{}",
) -> None:
    """Draw who moves in black and white: before each clip's camera, and from several sides."""
    from lavimo.render.draw_silhouettes import draw_silhouettes

    told = sections(options, config.DrawSilhouettesOptions, config.RenderOptions)
    draw_silhouettes(animations, motions, avatars, silhouettes, *told)


@command(PANEL)
def find_landmarks(
    videos: Videos, landmarks: Annotated[Path, file("The shard of landmarks to write.")], options: Json = "{}"
) -> None:
    """Find the landmarks of the person in each of a shard's videos."""
    from lavimo.landmarks.find import find_landmarks

    find_landmarks(videos, landmarks, section(options, config.FindLandmarksOptions))


@command(PANEL)
def accuracy(
    avatars: Avatars,
    errors: Annotated[Path, file("The errors to write, as JSON.")],
    landmarks: LandmarkFiles = [],  # noqa: B006  (typer copies it)
    animations: Annotated[list[Path], files("Shards of animations.")] = [],  # noqa: B006
    options: Json = "{}",
) -> None:
    """Say how far landmarks of rendered videos are from the avatars' joints."""
    from lavimo.landmarks.accuracy import accuracy

    parsed(options, set())
    accuracy(landmarks, animations, avatars, errors)


@command(PANEL, "lavimo fetch-models")
def fetch_models(
    folder: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to, if not into the environment.")
    ] = None,
) -> None:
    """Bring BlazePose's models, by which landmarks are found, into this environment."""
    from lavimo.landmarks.models import fetch_models

    typer.echo(f"BlazePose's models are in {fetch_models(folder)}")
