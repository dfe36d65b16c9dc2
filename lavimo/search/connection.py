"""Talking to a PostgreSQL server: what it refuses is a message that tells no password."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def connected(address: str) -> Any:
    """A connection on which each statement stands for itself.

    Raises:
        ValueError: psycopg is not installed, or the server does not answer.
    """
    try:
        import psycopg
    except ImportError as error:
        raise ValueError("an index in PostgreSQL needs psycopg: pip install 'lavimo[postgres]'") from error
    try:
        return psycopg.connect(address, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise ValueError(f"{shown(address)}: cannot be opened ({first_line(error)})") from error


@contextmanager
def talking(address: str) -> Iterator[Any]:
    """A transaction on a connection of its own; what the server refuses is a message."""
    import psycopg

    with connected(address) as talk:
        try:
            with talk.transaction():
                yield talk
        except psycopg.Error as error:
            raise ValueError(f"{shown(address)}: refused ({first_line(error)})") from error


def shown(address: str) -> str:
    """An address without its password."""
    scheme, _, rest = address.partition("://")
    user, at, place = rest.rpartition("@")
    return f"{scheme}://{user.split(':')[0]}{at}{place.split('?')[0]}"


def first_line(error: Exception) -> str:
    """Of what an error says."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class Connections:
    """A connection for each thread that asks."""

    def __init__(self, address: str, first: str):
        """`first` is said on each."""
        self._address, self._first = address, first
        self._local = threading.local()

    @contextmanager
    def __call__(self) -> Iterator[Any]:
        """This thread's connection, a new one if the server was started again."""
        import psycopg

        talk = getattr(self._local, "talk", None)
        if talk is None or talk.closed or talk.broken:
            talk = self._local.talk = connected(self._address)
            self._local.settings = {}
            talk.execute(self._first)
        try:
            yield talk
        except psycopg.OperationalError as error:
            talk.close()
            raise ValueError(f"{shown(self._address)}: the server hung up ({first_line(error)})") from error

    def set(self, talk: Any, name: str, value: int) -> None:
        """Change a setting of this thread's connection, where it is another."""
        if self._local.settings.get(name) != value:
            talk.execute(f"SET {name} = {value:d}")
            self._local.settings[name] = value

    def close(self) -> None:
        """Let go of this thread's."""
        if (talk := getattr(self._local, "talk", None)) is not None:
            talk.close()
            self._local.talk = None
