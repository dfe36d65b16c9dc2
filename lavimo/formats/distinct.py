"""How the animations of a file are called."""

from collections.abc import Iterable, Sequence


def distinct(names: Iterable[str]) -> list[str]:
    """Names, each once; one without a name is called by its number, from 1."""
    found: list[str] = []
    for number, name in enumerate(names, 1):
        name = name or str(number)
        found.append(name if name not in found else f"{name} {number}")
    return found


class SeveralAnimations(ValueError):
    """A file has several animations, or one of another name; which is meant must be said.

    Attributes:
        names: those that there are.
    """

    def __init__(self, message: str, names: Sequence[str] = ()):
        super().__init__(message)
        self.names = tuple(names)
