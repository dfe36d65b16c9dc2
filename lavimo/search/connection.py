"""Talking to a PostgreSQL server: what it refuses is a message that tells no password."""

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
