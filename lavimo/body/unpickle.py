"""A pickle read without being run: what it says of objects is written down, and nothing is imported, called or built.

Python's own unpickler, restricted or not, calls what a file names and hands it what the file holds. This one is a
reader of the format (protocols 0 to 5, Python 2's strings as latin-1): plain values come out as they are, anything
else as a `Recorded`, which has no behaviour. Memory stays within a small multiple of the file's size.
"""

import codecs
import io
import re
import struct
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple


class Name(NamedTuple):
    """A class or function that a pickle names."""

    module: str
    name: str


@dataclass(eq=False)
class Recorded:
    """An object that a pickle describes: what makes it, from which arguments, and its state afterwards."""

    maker: Name
    arguments: tuple[Any, ...]
    state: Any = None


ALLOWED = re.compile(
    r"""(numpy|numpy\._?core\.(multiarray|numeric|_multiarray_umath))\.(ndarray|dtype|_reconstruct|scalar|_frombuffer)
    |scipy\.sparse(\._?cs[cr]|\._?coo)?\.(cs[cr]|coo)_(matrix|array)
    |chumpy(\.\w{1,40}){1,3}
    |(__builtin__|builtins)\.(object|set|frozenset|bytes|bytearray)
    |(copy_reg|copyreg)\._reconstructor
    |_codecs\.encode""",
    re.VERBOSE,
)
"""What a file of arrays may name: arrays of numpy, chumpy and scipy.sparse, and what pickle itself puts around them."""

MOST_OPERATIONS = 200_000
"""A file of arrays has a few thousand; each may take some ten bytes more than it has in the file."""


def unpickle(data: bytes) -> Any:
    """The value of a pickle.

    Raises:
        ValueError: the pickle is damaged, or names something that is not in `ALLOWED`.
    """
    try:
        return _Reader(data).run()
    except (IndexError, KeyError, TypeError, struct.error, UnicodeError, OverflowError) as error:
        raise ValueError(f"found a damaged pickle ({type(error).__name__}: {error})") from error


class _Reader:
    """The pickle format's stack and memo."""

    def __init__(self, data: bytes):
        self._file = io.BytesIO(data)
        self._stack: list[Any] = []
        self._marks: list[list[Any]] = []
        self._memo: dict[int, Any] = {}

    def run(self) -> Any:
        for _ in range(MOST_OPERATIONS):
            if (code := self._bytes(1)) == b".":
                return self._pop()
            operation = _OPERATIONS.get(code)
            if operation is None:
                raise ValueError(
                    f"found the pickle operation {code!r} at byte {self._file.tell() - 1}, which is no array"
                )
            operation(self)
        raise ValueError(f"found a pickle of more than {MOST_OPERATIONS} operations, expected a few arrays")

    def _protocol(self) -> None:
        if (protocol := self._number("<B")) > 5:
            raise ValueError(f"found a pickle of protocol {protocol}, expected at most 5")

    def _bytes(self, count: int) -> bytes:
        data = self._file.read(count)
        if len(data) < count:
            raise ValueError("found a pickle that ends too early")
        return data

    def _sized(self, layout: str) -> bytes:
        """Bytes with their number in front, of the given struct layout."""
        (count,) = struct.unpack(layout, self._bytes(struct.calcsize(layout)))
        if count < 0:
            raise ValueError("found a negative length in a pickle")
        return self._bytes(count)

    def _number(self, layout: str) -> Any:
        return struct.unpack(layout, self._bytes(struct.calcsize(layout)))[0]

    def _line(self) -> bytes:
        line = self._file.readline()
        if not line.endswith(b"\n"):
            raise ValueError("found a pickle that ends too early")
        return line[:-1].rstrip(b"\r")

    def _pop(self) -> Any:
        return self._stack.pop()

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _mark(self) -> None:
        self._marks.append(self._stack)
        self._stack = []

    def _pop_mark(self) -> list[Any]:
        items, self._stack = self._stack, self._marks.pop()
        return items

    def _memoize(self, key: int) -> None:
        self._memo[key] = self._stack[-1]

    def _append(self, items: list[Any]) -> None:
        if type(self._stack[-1]) is not list:
            raise ValueError(f"found a pickle that appends to {_kind(self._stack[-1])}, expected a list")
        self._stack[-1].extend(items)

    def _set(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if type(target) is not dict:
            raise ValueError(f"found a pickle that sets items of {_kind(target)}, expected a dict")
        target.update(_pairs(items))

    def _global(self, module: str, name: str) -> None:
        if not isinstance(module, str) or not isinstance(name, str) or not ALLOWED.fullmatch(f"{module}.{name}"):
            raise ValueError(
                f"found {f'{module}.{name}'[:80]!r} in a pickle, expected arrays only (numpy, chumpy, scipy.sparse)"
            )
        self._push(Name(module, name))

    def _reduce(self) -> None:
        arguments, maker = self._pop(), self._pop()
        if type(maker) is not Name or type(arguments) is not tuple:
            raise ValueError(f"found a pickle that calls {_kind(maker)}, expected a class")
        if maker.name == "_reconstructor":
            if not arguments or type(arguments[0]) is not Name:
                raise ValueError("found a pickle that reconstructs no class")
            maker, arguments = arguments[0], arguments[1:]
        self._push(Recorded(maker, arguments))

    def _build(self) -> None:
        state, target = self._pop(), self._stack[-1]
        if type(target) is not Recorded:
            raise ValueError(f"found a pickle that gives a state to {_kind(target)}, expected an array")
        target.state = state

    def _string(self) -> None:
        quoted = self._line().strip()
        if len(quoted) < 2 or quoted[:1] != quoted[-1:] or quoted[:1] not in b"'\"":
            raise ValueError("found a string without quotes in a pickle")
        self._push(codecs.escape_decode(quoted[1:-1])[0].decode("latin-1"))

    def _written(self) -> Any:
        """A number written out."""
        text = self._line().removesuffix(b"L")
        if text in (b"00", b"01"):
            return text == b"01"
        try:
            return int(text) if text.lstrip(b"-").isdigit() else float(text)
        except ValueError:
            raise ValueError(f"found {text[:20]!r} in a pickle, expected a number") from None


def _kind(value: Any) -> str:
    if isinstance(value, Recorded):
        value = value.maker
    return f"{value.module}.{value.name}" if isinstance(value, Name) else f"a {type(value).__name__}"


def _pairs(items: list[Any]) -> dict[Hashable, Any]:
    keys, values = items[::2], items[1::2]
    if len(keys) != len(values) or not all(type(key) in (str, int) for key in keys):
        raise ValueError("found a dict in a pickle whose keys are not all words or numbers")
    return dict(zip(keys, values))


def _value(read: Callable[[_Reader], Any]) -> Callable[[_Reader], object]:
    return lambda reader: reader._push(read(reader))


def _last(count: int) -> Callable[[_Reader], object]:
    return _value(lambda reader: tuple(reader._pop() for _ in range(count))[::-1])


_OPERATIONS: dict[bytes, Callable[[_Reader], object]] = {
    b"\x80": _Reader._protocol,
    b"\x95": lambda r: r._bytes(8),  # a frame's length: all is in memory already
    # values
    b"N": _value(lambda r: None),
    b"\x88": _value(lambda r: True),
    b"\x89": _value(lambda r: False),
    b"I": _value(_Reader._written),
    b"L": _value(_Reader._written),
    b"J": _value(lambda r: r._number("<i")),
    b"K": _value(lambda r: r._number("<B")),
    b"M": _value(lambda r: r._number("<H")),
    b"\x8a": _value(lambda r: int.from_bytes(r._sized("<B"), "little", signed=True)),
    b"\x8b": _value(lambda r: int.from_bytes(r._sized("<i"), "little", signed=True)),
    b"F": _value(_Reader._written),
    b"G": _value(lambda r: r._number(">d")),
    b"S": _Reader._string,
    b"T": _value(lambda r: r._sized("<i").decode("latin-1")),
    b"U": _value(lambda r: r._sized("<B").decode("latin-1")),
    b"V": _value(lambda r: r._line().decode("raw-unicode-escape")),
    b"X": _value(lambda r: r._sized("<I").decode("utf-8", "surrogatepass")),
    b"\x8c": _value(lambda r: r._sized("<B").decode("utf-8", "surrogatepass")),
    b"\x8d": _value(lambda r: r._sized("<Q").decode("utf-8", "surrogatepass")),
    b"B": _value(lambda r: r._sized("<I")),
    b"C": _value(lambda r: r._sized("<B")),
    b"\x8e": _value(lambda r: r._sized("<Q")),
    b"\x96": _value(lambda r: r._sized("<Q")),
    # containers
    b"(": _Reader._mark,
    b")": _value(lambda r: ()),
    b"]": _value(lambda r: []),
    b"}": _value(lambda r: {}),
    b"\x8f": _value(lambda r: Recorded(Name("builtins", "set"), ())),
    b"\x90": lambda r: r._pop_mark(),  # a set's members: no array is made of any
    b"\x91": _value(lambda r: Recorded(Name("builtins", "frozenset"), (r._pop_mark(),))),
    b"\x85": _last(1),
    b"\x86": _last(2),
    b"\x87": _last(3),
    b"t": lambda r: r._push(tuple(r._pop_mark())),
    b"l": lambda r: r._push(r._pop_mark()),
    b"d": lambda r: r._push(_pairs(r._pop_mark())),
    b"a": lambda r: r._append([r._pop()]),
    b"e": lambda r: r._append(r._pop_mark()),
    b"s": lambda r: r._set([r._pop(), r._pop()][::-1]),
    b"u": lambda r: r._set(r._pop_mark()),
    # stack and memo
    b"0": lambda r: r._pop() if r._stack else r._pop_mark(),
    b"1": lambda r: r._pop_mark(),
    b"2": lambda r: r._push(r._stack[-1]),
    b"p": lambda r: r._memoize(r._written()),
    b"q": lambda r: r._memoize(r._number("<B")),
    b"r": lambda r: r._memoize(r._number("<I")),
    b"\x94": lambda r: r._memoize(len(r._memo)),
    b"g": lambda r: r._push(r._memo[r._written()]),
    b"h": lambda r: r._push(r._memo[r._number("<B")]),
    b"j": lambda r: r._push(r._memo[r._number("<I")]),
    # objects
    b"c": lambda r: r._global(r._line().decode(), r._line().decode()),
    b"\x93": lambda r: r._global(*[r._pop(), r._pop()][::-1]),
    b"R": _Reader._reduce,
    b"\x81": _Reader._reduce,
    b"b": _Reader._build,
}
"""The format's operations; those that are missing are refused: extension codes, persistent ids, instances of Python 2's
old classes, calls with keywords, buffers outside the file."""
