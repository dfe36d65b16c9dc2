"""Who is in a video: a table, and a picture with everyone's landmarks in a colour of their own.

T pictures of a video, H W pixels.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from lavimo.config import FindLandmarksOptions
from lavimo.evaluate.table import markdown_grid
from lavimo.files import atomic
from lavimo.landmarks.blazepose import QUICKEST, BlazePose, Person
from lavimo.landmarks.names import BONES
from lavimo.landmarks.tracks import Track, choose, follow
from lavimo.video.decode import Picture, pictures_of

COLOURS = ("#ff3b30", "#00c7be", "#ffcc00", "#af52de", "#34c759", "#ff9500", "#5ac8fa", "#ffffff")
SHOWN, COLUMNS, WIDTH_PX = 12, 4, 480
HEADER = ("person", "from, s", "to, s", "pictures", "height, px", "movement", "")


def people(video: Path, picture: Path | None, options: FindLandmarksOptions) -> str:
    """A table of the people in a video, and, where a path is given, twelve of its pictures with their landmarks.

    Raises:
        ValueError: the video cannot be read, or BlazePose's models are not there.
    """
    some: list[Picture] = []
    tracks = follow(
        thinned(pictures_of(video, options.fps, options.longest_s), some), BlazePose(options.models, QUICKEST)
    )
    if not tracks:
        raise ValueError(f"{video}: found nobody in it, expected a person whom one sees from head to foot")
    if picture is not None:
        with atomic(picture) as partial:
            sheet(some, tracks).save(partial, "JPEG", quality=88)
    chosen = choose(tracks, options.person)
    return markdown_grid([HEADER, *(row(track, track is chosen) for track in tracks)])


def thinned(pictures: Iterable[Picture], kept: list[Picture]) -> Iterator[Picture]:
    """The pictures, of which some are kept, spread evenly: a long video's would not fit into memory."""
    stride = 1
    for number, picture in enumerate(pictures):
        if number % stride == 0:
            kept.append(picture)
            if len(kept) == 2 * SHOWN:
                del kept[1::2]
                stride *= 2
        yield picture


def row(track: Track, chosen: bool) -> tuple[str, ...]:
    """A person's line of the table."""
    heights = [float(np.ptp(person.image_L2[:, 1])) for person in track.people]
    return (
        f"person {track.number}",
        f"{track.times[0]:.1f}",
        f"{track.times[-1]:.1f}",
        str(len(track.people)),
        f"{np.median(heights):.0f}",
        f"{track.movement:.1f}",
        "chosen" if chosen else "",
    )


def sheet(pictures: list[Picture], tracks: list[Track]) -> Image.Image:
    """Pictures from begin to end, side by side."""
    shown = [pictures[i] for i in np.linspace(0, len(pictures) - 1, min(SHOWN, len(pictures))).round().astype(int)]
    tiles = []
    for picture in shown:
        drawn = picture.image.copy()
        for track in tracks:
            if picture.time_s in track.times:
                draw(drawn, track.people[track.times.index(picture.time_s)], COLOURS[track.number % len(COLOURS)])
        tiles.append(drawn.resize((WIDTH_PX, round(WIDTH_PX * drawn.height / drawn.width))))
    columns = min(COLUMNS, len(tiles))
    height = tiles[0].height
    whole = Image.new("RGB", (columns * WIDTH_PX, -(-len(tiles) // columns) * height))
    for number, tile in enumerate(tiles):
        whole.paste(tile, (number % columns * WIDTH_PX, number // columns * height))
    return whole


def draw(image: Image.Image, person: Person, colour: str) -> None:
    """Lines between a person's landmarks."""
    pencil, width = ImageDraw.Draw(image), max(round(person.region.side / 120), 2)
    for a, b in BONES:
        pencil.line([tuple(person.image_L2[a].tolist()), tuple(person.image_L2[b].tolist())], colour, width)
