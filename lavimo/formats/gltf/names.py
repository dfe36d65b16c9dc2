"""Which animations a glTF file has: without its arrays, so that folders of them are listed quickly."""

from pathlib import Path
from typing import Any

from lavimo.formats.distinct import distinct
from lavimo.formats.gltf.document import MAGIC, parsed


def names_of(json: dict[str, Any]) -> list[str]:
    """The animations' names, each once; one without a name is called by its number, from 1."""
    return distinct(str(one.get("name") or "") for one in json.get("animations", []))


def animations_of(path: Path) -> list[str]:
    """The names of a file's animations.

    Raises:
        ValueError: its JSON cannot be read, or is no glTF's.
    """
    with open(path, "rb") as file:
        head = file.read(20)
        if head.startswith(MAGIC):
            return names_of(parsed(file.read(int.from_bytes(head[12:16], "little"))))
        return names_of(parsed(head + file.read()))
