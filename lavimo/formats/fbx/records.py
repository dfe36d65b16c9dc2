"""What every FBX file is made of: named records with values, and records within them.

The format has no public specification; what is read is what files of many programs have in common, as described at
https://code.blender.org/2013/08/fbx-binary-file-format-specification/.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 2**24
"""So many numbers an array of a curve has at most."""
Value = Any
"""A number, a text, or an array that is read when it is asked for."""


class Record:
    """A name, values, and records within."""

    __slots__ = ("_values", "_within", "name")

    def __init__(self, name: str, values: list[Value] | None = None, within: list["Record"] | None = None):
        self.name = name
        self._values, self._within = values, within

    @property
    def values(self) -> list[Value]:
        """Its values.

        Raises:
            ValueError: they cannot be read.
        """
        if self._values is None:
            self._values = self._read_values()
        return self._values

    @property
    def within(self) -> list["Record"]:
        """The records within it.

        Raises:
            ValueError: they cannot be read.
        """
        if self._within is None:
            self._within = self._read_within()
        return self._within

    def _read_values(self) -> list[Value]:
        """What is found only when it is asked for."""
        return []

    def _read_within(self) -> list["Record"]:
        """See `_read_values`."""
        return []

    def all(self, name: str) -> Iterator["Record"]:
        """The records of a name within it."""
        return (one for one in self.within if one.name == name)

    def get(self, name: str) -> "Record | None":
        """The first record of a name within it, if there is one."""
        return next(self.all(name), None)


def numbers_of(record: Record | None) -> NDArray[Any]:
    """The array that a record holds, of the kind that the file has; empty where there is no record.

    Raises:
        ValueError: it cannot be read, or is no array of numbers.
    """
    if record is None:
        return np.zeros(0)
    found = record.values[0] if len(record.values) == 1 else record.values
    numbers = found.read() if hasattr(found, "read") else np.atleast_1d(np.array(found))
    if numbers.ndim != 1 or numbers.dtype.kind not in "iufb":
        raise ValueError(f"found {record.name} that is no array of numbers: export the file again")
    return numbers
