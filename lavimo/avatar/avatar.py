"""The avatars: people and outfits in words and colours, read from avatars.yaml."""

from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal
from zlib import crc32

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field

Hex = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
Weave = Literal["jersey", "cotton", "knit", "denim", "wool", "sport"]


class Part(BaseModel):
    """A part of an avatar: frozen, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Hair(Part):
    """Hair, brows, and what grows on the chin."""

    style: Literal["shaved", "cropped", "short", "quiff", "bob", "long", "bun", "ponytail", "curly", "afro", "bald"]
    color: Hex
    beard: Literal["none", "stubble", "moustache", "full"] = "none"


class Pattern(Part):
    """What is printed on a top, or sewn to it."""

    kind: Literal["stripes", "bars", "checks", "disc", "raglan", "yoke", "dots", "band"]
    color: Hex
    size_m: float = Field(0.06, gt=0.004, le=0.5)
    """A stripe's, bar's or check's width, a disc's radius, the distance of dots."""


class Top(Part):
    """What is worn above the waist."""

    sleeves: Literal["none", "short", "long"]
    neck: Literal["round", "vee", "scoop", "collar"] = "round"
    front: Literal["plain", "placket", "buttons", "zip", "jacket"] = "plain"
    color: Hex
    weave: Weave = "jersey"
    pattern: Pattern | None = None
    trim: Hex | None = None
    """Cuffs, hem and neckband, where they differ."""
    under: Hex | None = None
    """A jacket's shirt."""
    tie: Hex | None = None
    pocket: Literal["none", "chest", "kangaroo"] = "none"
    hood: bool = False
    tucked: bool = False
    loose_m: float = Field(0.010, ge=0, le=0.03)


class Bottom(Part):
    """What is worn below the waist."""

    cut: Literal["trousers", "slim", "leggings", "capri", "shorts", "skirt"]
    color: Hex
    weave: Weave = "cotton"
    stripe: Hex | None = None
    """A stripe down the outside of each leg."""
    belt: Hex | None = None
    length: float = Field(1.0, ge=0.5, le=1.5)
    """Of a skirt: 1 ends at the knee."""
    loose_m: float = Field(0.012, ge=0, le=0.03)


class Shoes(Part):
    """Shoes and socks."""

    color: Hex
    sole: Hex
    laces: Hex | None = None
    socks: Hex | None = None
    high: bool = False
    """Boots."""


class Avatar(Part):
    """A person: shape coefficients, and what they look like."""

    name: str
    age: int = Field(ge=18, le=90)
    looks: str
    """In words, for people."""
    sex: Literal["male", "female"]
    """Which of a user's SMPL bodies this person has."""
    betas: tuple[float, ...] = Field(min_length=10, max_length=10)
    skin: Hex
    lips: Hex
    eyes: Hex
    hair: Hair
    glasses: Hex | None = None
    top: Top
    bottom: Bottom
    shoes: Shoes


@cache
def avatars() -> dict[str, Avatar]:
    """Every avatar by name, in the file's order."""
    entries = yaml.safe_load((files("lavimo.avatar") / "avatars.yaml").read_text(encoding="utf-8"))
    people = [Avatar.model_validate(entry) for entry in entries]
    assert len({person.name for person in people}) == len(people), "two avatars of one name"
    return {person.name: person for person in people}


def clip_generator(clip: str, seed: int, purpose: str) -> np.random.Generator:
    """The clip's own random numbers for a purpose: whatever its neighbours, its shard and the order of work."""
    return np.random.default_rng([seed, crc32(clip.encode()), crc32(purpose.encode())])


def choose_avatar(
    rng: np.random.Generator, names: Sequence[str], held_out: Collection[str] = (), tested: bool = False
) -> str:
    """One of the named avatars, each equally often; where some are held out, one of these if `tested`, else another.

    Raises:
        ValueError: a held-out avatar is not among them, or all are held out.
    """
    if set(held_out) - set(names) or set(held_out) >= set(names):
        raise ValueError(
            f"held_out_avatars: found {', '.join(held_out)}, expected some, not all, of {', '.join(names)}"
        )
    among = [name for name in names if not held_out or (name in held_out) == tested]
    return among[int(rng.integers(len(among)))]


def rgb(color: str) -> tuple[float, float, float]:
    """`#rrggbb` as three numbers from 0 to 1."""
    red, green, blue = bytes.fromhex(color[1:])
    return red / 255, green / 255, blue / 255
