"""An FBX file's objects, their properties, and which belongs to which."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lavimo.formats.fbx.binary import MAGIC, read_binary
from lavimo.formats.fbx.records import Record
from lavimo.formats.fbx.text import read_text

OLDEST, NEWEST = 7000, 7999
MODERN = "convert it to FBX 2013 or later with Autodesk's FBX Converter, or export it again"


class Link(NamedTuple):
    """An object that belongs to another, or to one of its properties."""

    child: int
    property: str


class Object:
    """An object: a model, a curve, a stack."""

    def __init__(self, record: Record):
        """Raises: ValueError: it has no number of its own."""
        self.record = record
        values = record.values
        if not values or type(values[0]) is not int:
            raise ValueError(f"found a {record.name} without a number: the file is damaged, export it again")
        self.id: int = values[0]
        self.kind = record.name
        self._names = [one for one in values[1:3] if isinstance(one, str)]

    @property
    def name(self) -> str:
        """Its name, without its class: binary files write it behind, ASCII files before it."""
        name = self._names[0] if self._names else ""
        return name.partition("\0\1")[0] if "\0\1" in name else name.partition("::")[2] or name

    @property
    def role(self) -> str:
        """What it is of its kind: LimbNode, Mesh, Camera, Skin ..."""
        return self._names[1] if len(self._names) > 1 else ""


class Document:
    """A file, opened.

    Attributes:
        objects: by number.
        children: of each object, by number, those that belong to it; of 0, the scene, as well.
        settings: the scene's properties.
    """

    def __init__(self, path: Path):
        """Open it.

        Raises:
            ValueError: it cannot be read, is cut short, or is of a version that is not understood.
        """
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise ValueError(f"cannot be read ({error})") from error
        version, top = read_binary(content) if content.startswith(MAGIC) else read_text(content)
        if not OLDEST <= version <= NEWEST:
            found = f"FBX {version / 1000:.1f}" if version else "FBX of no version"
            raise ValueError(f"found {found}, expected 7.1 to 7.7: {MODERN}")
        sections = {record.name: record for record in reversed(top)}
        if missing := [name for name in ("Objects", "Connections") if name not in sections]:
            raise ValueError(f"found no {' and no '.join(missing)}: the file is cut short, or holds no scene")
        self.objects = {one.id: one for one in map(Object, sections["Objects"].within)}
        self.children: dict[int, list[Link]] = defaultdict(list)
        for link in sections["Connections"].all("C"):
            kind, child, parent, *more = link.values
            if kind in ("OO", "OP"):
                self.children[parent].append(Link(child, str(more[0]) if kind == "OP" and more else ""))
        self.settings = properties_of(sections.get("GlobalSettings"))
        self._definitions = sections.get("Definitions")

    def all(self, kind: str) -> Iterator[Object]:
        """The objects of a kind."""
        return (one for one in self.objects.values() if one.kind == kind)

    def below(self, parent: int, kind: str) -> Iterator[tuple[Object, str]]:
        """The objects of a kind that belong to another, each with the property."""
        for child, name in self.children.get(parent, ()):
            one = self.objects.get(child)
            if one is not None and one.kind == kind:
                yield one, name

    def defaults(self, kind: str) -> dict[str, list[Any]]:
        """The properties that objects of a kind have unless they say otherwise."""
        for record in self._definitions.all("ObjectType") if self._definitions else ():
            if record.values[:1] == [kind]:
                return properties_of(record.get("PropertyTemplate"))
        return {}


def properties_of(record: Record | None) -> dict[str, list[Any]]:
    """The values of a record's properties."""
    table = record.get("Properties70") if record else None
    return {str(one.values[0]): one.values[4:] for one in table.all("P")} if table else {}


def number(properties: dict[str, list[Any]], name: str, default: float) -> float:
    """A property's number."""
    found = properties.get(name)
    return float(found[0]) if found else default
