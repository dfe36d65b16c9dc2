"""Stage `dress`: every avatar dressed once, in one file that the stages after it read."""

import logging
from dataclasses import fields
from pathlib import Path

from tqdm import tqdm

from lavimo.avatar.avatar import avatars
from lavimo.avatar.dress import Dressed, dressed
from lavimo.config import DressOptions
from lavimo.shards import Shard, write_shard

log = logging.getLogger(__name__)


def dress_all(wardrobe: Path, options: DressOptions) -> None:
    """Write `avatar/field` for every avatar and every field of `Dressed` that it has.

    Raises:
        ValueError: an avatar is not known, or a file of the user's SMPL is none.
    """
    arrays = {}
    names = options.avatars or tuple(avatars())
    for name in tqdm(names, desc="dress", unit="avatar", disable=None):
        person = dressed(name, options.bodies)
        for field in fields(person):
            if (array := getattr(person, field.name)) is not None:
                arrays[f"{name}/{field.name}"] = array
    write_shard(wardrobe, arrays, smpl=options.bodies is not None)
    log.info("dressed %d avatars", len(names))


class Wardrobe:
    """The dressed avatars of a file, each read when first asked for.

    Attributes:
        names: theirs.
        smpl: whether they wear the user's SMPL, whose shoulders rest higher than the embedded body's.
    """

    def __init__(self, path: Path):
        """Open the file.

        Raises:
            ValueError: it is missing, damaged, or no file of avatars.
        """
        self._shard = Shard(path)
        if "smpl" not in self._shard.metadata:
            raise ValueError(f"{path}: found a shard of something else, expected avatars as `dress` writes them")
        self.names: list[str] = self._shard.clips
        self.smpl: bool = self._shard.metadata["smpl"]
        self._worn: dict[str, Dressed] = {}

    def __getitem__(self, name: str) -> Dressed:
        """The avatar of that name.

        Raises:
            ValueError: the file has none.
        """
        if name not in self._worn:
            if name not in self.names:
                raise ValueError(
                    f"{self._shard.path}: found no avatar {name!r}, expected one of {', '.join(self.names)}"
                )
            prefix = f"{name}/"
            self._worn[name] = Dressed(
                **{key.removeprefix(prefix): self._shard[key] for key in self._shard.names if key.startswith(prefix)}
            )
        return self._worn[name]
