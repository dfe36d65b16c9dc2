"""Commands for pictures: from motions to avatars, videos and frames."""

from pathlib import Path
from typing import Annotated

from lavimo import config
from lavimo.cli.app import command
from lavimo.cli.options import Animations, Avatars, Json, Motions, Videos, file, parsed, section, sections

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

    own = section(options, config.AnimateOptions)
    given = parsed(options, {"animate"})
    animate(motions, avatars, animations, own, given.get("test_clips", ()), given.get("unfilmed", ()))


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
