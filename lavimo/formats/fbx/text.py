"""ASCII FBX: `Name: value, value {` with records within, and arrays `*3 { a: 1,2,3 }`."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.formats.fbx.records import LONGEST, Record, Value

VERSION = re.compile(rb"FBXVersion\s*:\s*(\d+)")
TOKEN = re.compile(
    rb"""[ \t\r]* (?: ;[^\n]* | (?P<line>\n) | "(?P<text>[^"]*)" | (?P<name>[A-Za-z_][\w.|-]*)[ \t]*:
    | \*(?P<count>\d+)\s*\{\s*a\s*: | (?P<mark>[{},]) | (?P<word>[^\s"{},:;*]+) | (?P<odd>\S) | (?P<end>\Z) )""",
    re.VERBOSE,
)
BRACE = re.compile(rb'"[^"]*"|;[^\n]*|([{}])')
NEEDED = {b"Model", b"Deformer", b"Pose", b"AnimationStack", b"AnimationLayer", b"AnimationCurveNode",
          b"AnimationCurve"}  # fmt: skip
"""Objects that are read; what is within others (meshes, pictures) is passed over."""


@dataclass(frozen=True)
class Written:
    """An array as it is written in the file."""

    text: bytes
    count: int

    def read(self) -> NDArray[Any]:
        """Its numbers.

        Raises:
            ValueError: it is damaged, or does not hold as many as it says.
        """
        if self.count > LONGEST:
            raise ValueError(f"found an array of {self.count} numbers, expected at most {LONGEST}")
        words = self.text.replace(b",", b" ").split()
        if len(words) != self.count:
            raise ValueError(f"found {len(words)} numbers of an array, expected {self.count}: fetch the file again")
        try:
            whole = all(word.lstrip(b"-").isdigit() for word in words)
            return np.array(words).astype(np.int64 if whole else np.float64)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"found an array that holds no numbers ({error}): fetch the file again") from error


def read_text(content: bytes) -> tuple[int, list[Record]]:
    """The version and the topmost records.

    Raises:
        ValueError: a bracket is missing, or there is something that is no record.
    """
    told = VERSION.search(content, 0, 4096)
    version = int(told[1][:9]) if told else 0
    top: list[Record] = []
    open_records: list[tuple[bytes, list[Record]]] = [(b"", top)]
    values: list[Value] = []
    name, comma, at = b"", False, 0

    def put(within: list[Record]) -> None:
        nonlocal name, values
        if name:
            open_records[-1][1].append(Record(name.decode("latin-1"), values, within))
        name, values = b"", []

    while at < len(content) and (token := TOKEN.match(content, at)):
        at = token.end()
        kind = token.lastgroup
        if kind == "name":
            put([])
            name = token["name"]
        elif kind == "line":
            if not comma and values:
                put([])
            continue
        elif kind == "text":
            values.append(token["text"].decode("utf-8", "replace").replace("&quot;", '"'))
        elif kind == "word":
            values.append(_number(token["word"]))
        elif kind == "count":
            end = content.find(b"}", at)
            if end < 0:
                raise ValueError("found an array without an end: the file is cut short, fetch it again")
            values.append(Written(content[at:end], int(token["count"][:18])))
            at = end + 1
        elif token["mark"] == b"{":
            if not name:
                raise ValueError(f"found a bracket without a name at {at}: the file is damaged, fetch it again")
            if open_records[-1][0] == b"Objects" and len(open_records) == 2 and name not in NEEDED:
                at = _closed(content, at)
                put([])
            else:
                within: list[Record] = []
                opened = name
                put(within)
                open_records.append((opened, within))
        elif token["mark"] == b"}":
            put([])
            open_records.pop()
            if not open_records:
                raise ValueError(f"found a bracket too many at {at}: the file is damaged, fetch it again")
        elif kind == "odd":
            raise ValueError(f"found {token['odd']!r} at {at}, expected a record: the file is damaged, fetch it again")
        comma = kind == "mark" and token["mark"] == b","
    put([])
    if len(open_records) > 1:
        raise ValueError("found a bracket that is not closed: the file is cut short, fetch it again")
    return version, top


def _closed(content: bytes, at: int) -> int:
    """The place behind the bracket that closes the one before a place."""
    depth = 1
    for brace in BRACE.finditer(content, at):
        depth += {b"{": 1, b"}": -1}.get(brace[1], 0)
        if not depth:
            return brace.end()
    raise ValueError("found a bracket that is not closed: the file is cut short, fetch it again")


def _number(word: bytes) -> Value:
    """A number, or else the word: `Y`, `T`."""
    try:
        return int(word) if len(word) < 20 else float(word)
    except ValueError:
        pass
    try:
        return float(word)
    except ValueError:
        return word.decode("latin-1")
