"""People followed through a video, a track each: who enters is found, who is lost is looked for.

T pictures of a video, 33 landmarks.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

from lavimo.landmarks.blazepose import BlazePose, Person, without_overlaps
from lavimo.landmarks.names import BONES, LANDMARK
from lavimo.landmarks.region import Region
from lavimo.video.decode import Picture

SEARCH_S, SMALL_S = 1.0, 2.0
"""Time between two searches for people who came in; and for small ones, which takes longer, while somebody is seen."""
PATIENCE_S = 1.0
"""Who is lost for longer is, when found again, another person to us."""
TILED_FROM_PX = 720
"""In larger pictures small people are looked for too: in overlapping tiles of a third of the larger side."""
SAME_REGION = 0.4
SAME_LANDMARKS = 0.06
"""Mean distance between two people's landmarks, as a share of their regions' side, below which they are one."""
LEAST_SEEN = 3
"""Pictures in which a person must be seen to count."""
LEAST_VISIBLE = 0.5
"""Mean visibility of a person's landmarks over the track, without which something was taken for a person."""
LEAST_SURE, LEAST_CLEAR, LEAST_SIZE_M, LEAST_SEEN_S, LEAST_PRESENT = 0.95, 0.75, 0.265, 0.7, 0.7
"""What others than the largest person must have, lest furniture, shadows, and somebody who is seen twice be people: the
network's mean belief, the mean visibility, the mean length of limbs (what is nobody comes out small), the time between
the first picture and the last, and of the pictures between these the share in which they are seen."""
LIMBS = [(a, b) for a, b in BONES if a >= LANDMARK["left_shoulder"] and b < LANDMARK["left_heel"]]


@dataclass
class Track:
    """One person's landmarks over time.

    Attributes:
        number: in order of appearance, from 0.
        picture: width and height of the video's pictures, pixels.
        times: of the pictures in which the person was seen, seconds.
        people: the landmarks in each.
    """

    number: int
    picture: tuple[int, int]
    times: list[float] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)

    @property
    def region(self) -> Region:
        """Where the person was last."""
        return self.people[-1].region

    def see(self, time_s: float, person: Person) -> None:
        """The person, once more."""
        self.times.append(time_s)
        self.people.append(person)

    @property
    def visibility(self) -> float:
        """Of the landmarks, on average."""
        return float(np.mean([person.visibility_L for person in self.people]))

    @property
    def extent(self) -> float:
        """How large, in pixels, and how long the person is in the video."""
        return float(np.median([person.region.side for person in self.people])) * len(self.people)

    @property
    def movement(self) -> float:
        """How far the landmarks move over the whole track, in the person's own size."""
        points_TL2 = np.stack([person.image_L2 for person in self.people])
        sides_T = np.array([person.region.side for person in self.people])
        steps_T = np.linalg.norm(np.diff(points_TL2, axis=0), axis=-1).mean(1) / sides_T[1:]
        return float(steps_T.sum())

    def stands_out(self, step_s: float) -> bool:
        """Whether somebody is there, and nobody else; `step_s` is the time between two pictures."""
        span_s = self.times[-1] - self.times[0] + step_s
        world_TL3 = np.stack([person.world_L3 for person in self.people])
        limbs_m = np.mean([np.linalg.norm(world_TL3[:, a] - world_TL3[:, b], axis=-1) for a, b in LIMBS])
        return (
            span_s >= LEAST_SEEN_S
            and len(self.times) * step_s >= LEAST_PRESENT * span_s
            and float(np.mean([person.score for person in self.people])) >= LEAST_SURE
            and self.visibility >= LEAST_CLEAR
            and float(limbs_m) >= LEAST_SIZE_M
        )

    def overlap(self, box: tuple[float, float, float, float]) -> float:
        """The share of a box (left, top, width, height; pixels) that the person's landmarks fill, at best."""
        left, top, width, height = box
        best = 0.0
        for person in self.people:
            low_2, high_2 = person.image_L2.min(0), person.image_L2.max(0)
            across = min(high_2[0], left + width) - max(low_2[0], left)
            down = min(high_2[1], top + height) - max(low_2[1], top)
            if across > 0 and down > 0:
                union = float(np.prod(high_2 - low_2)) + width * height - across * down
                best = max(best, float(across * down / union))
        return best


def follow(pictures: Iterable[Picture], pose: BlazePose) -> list[Track]:
    """Everyone who is clearly seen in at least three pictures of a video, in order of appearance."""
    tracks: list[Track] = []
    search_s, small_s = 0.0, 0.0
    shown: list[float] = []
    for picture in pictures:
        time_s, image = picture.time_s, picture.image
        shown.append(time_s)
        active = [track for track in tracks if time_s - track.times[-1] <= PATIENCE_S]
        seen: list[Track] = []
        for track in active:
            person = pose.landmarks(image, track.region)
            if person is None:
                continue
            if any(same(person, other.people[-1]) for other in seen):
                continue  # two tracks ran into one person: the older goes on
            track.see(time_s, person)
            seen.append(track)
        if not seen or time_s >= search_s:
            small = not seen or time_s >= small_s
            search_s, small_s = time_s + SEARCH_S, time_s + SMALL_S if small else small_s
            for region in search(image, pose, small):
                if any(region.overlap(track.region) > SAME_REGION for track in seen):
                    continue
                person = pose.landmarks(image, region)
                if person is None or any(same(person, track.people[-1]) for track in seen):
                    continue
                if seen and person.score < LEAST_SURE:
                    continue
                lost = [track for track in active if track not in seen and near(track.region, region)]
                track = lost[0] if lost else Track(len(tracks), image.size)
                track.see(time_s, person)
                seen.append(track)
                if not lost:
                    tracks.append(track)
    people = real(tracks, float(np.median(np.diff(shown))) if len(shown) > 1 else 0.0)
    return [replace(track, number=number) for number, track in enumerate(people)]


def real(tracks: list[Track], step_s: float) -> list[Track]:
    """The largest person, and of the others those who are surely there."""
    people = [track for track in tracks if len(track.people) >= LEAST_SEEN and track.visibility >= LEAST_VISIBLE]
    largest = choose(people, "largest")
    return [track for track in people if track is largest or track.stands_out(step_s)]


def search(image: Image.Image, pose: BlazePose, small: bool = True) -> list[Region]:
    """Where people are in a picture, perhaps also small ones in a large picture."""
    found = pose.people(image)
    if small and max(image.size) >= TILED_FROM_PX:
        for left, top, side in tiles(*image.size):
            tile = image.crop((left, top, left + side, top + side))
            found += [
                (score, Region(region.x + left, region.y + top, region.side, region.angle))
                for score, region in pose.people(tile)
            ]
    return [region for _, region in without_overlaps(found)]


def tiles(width: int, height: int) -> Iterator[tuple[int, int, int]]:
    """Squares (left, top, side) that overlap by half and cover a picture."""
    side = -(-max(width, height) // 3)
    for top in starts(height, side):
        for left in starts(width, side):
            yield left, top, side


def starts(length: int, side: int) -> list[int]:
    """Where tiles begin along a side."""
    if length <= side:
        return [0]
    count = -(-(length - side) // (side // 2)) + 1
    return np.linspace(0, length - side, count).round().astype(int).tolist()


def near(last: Region, now: Region) -> bool:
    """Whether a region may be the one that was lost a moment ago."""
    reach = max(last.side, now.side) / 2
    return abs(last.x - now.x) < reach and abs(last.y - now.y) < reach and 0.5 < last.side / now.side < 2


def same(one: Person, other: Person) -> bool:
    """Whether two sets of landmarks are of one person."""
    distance_L = np.linalg.norm(one.image_L2 - other.image_L2, axis=1)
    return float(distance_L.mean()) < SAME_LANDMARKS * max(one.region.side, other.region.side)


Choice = str | tuple[float, float, float, float]

CHOICES: dict[str, Callable[[Track], float]] = {
    "largest": lambda track: track.extent,
    "moving": lambda track: track.movement,
}


def choose(tracks: list[Track], who: Choice) -> Track | None:
    """The person that is asked for: the `largest`, the most `moving`, `person N` in order of appearance from 0, or who
    is in a box (left, top, width, height; pixels); None if nobody is.

    Raises:
        ValueError: no person of that number, or nobody in the box.
    """
    if not tracks:
        return None
    if not isinstance(who, str):
        best = max(tracks, key=lambda track: track.overlap(who))
        if not best.overlap(who):
            raise ValueError(f"found nobody in the box {who}; there are {len(tracks)} people in the video")
        return best
    if who in CHOICES:
        return max(tracks, key=CHOICES[who])
    number = who.removeprefix("person ")
    if not number.isdigit() or int(number) >= len(tracks):
        raise ValueError(
            f"found the choice {who!r}; there are {len(tracks)} people in the video, "
            f"expected largest, moving, or `person 0` to `person {len(tracks) - 1}`"
        )
    return tracks[int(number)]
