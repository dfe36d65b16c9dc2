"""Opening and making an index's store: a folder, or a database by its address."""

from pathlib import Path

from lavimo.models import packaged
from lavimo.search.folder import FolderStore
from lavimo.search.store import About, Store


def is_postgres(address: str) -> bool:
    """Whether an address names a database."""
    return address.startswith(("postgresql://", "postgres://"))


def open_store(address: str) -> Store:
    """An index that is there: a folder, or `postgresql://...`.

    Raises:
        ValueError: it is not there, damaged, or another version's.
    """
    if is_postgres(address):
        from lavimo.search.postgres import PostgresStore

        return PostgresStore.open(address)
    return FolderStore.open(Path(address))


def model_of(address: str) -> Path:
    """The model by which an index was made, if it is there; else the packaged one."""
    try:
        store = open_store(address)
    except ValueError:
        return packaged()
    try:
        return store.model()
    finally:
        store.close()


def create_store(address: str, about: About, model: Path) -> Store:
    """An index, empty if it was not there.

    Args:
        model: the model's file; a folder keeps a copy of it, a database its bytes.

    Raises:
        ValueError: it is there, and made with another model or otherwise.
    """
    if is_postgres(address):
        from lavimo.search.postgres import PostgresStore

        store: Store = PostgresStore.make(address, about, model)
    else:
        store = FolderStore.make(Path(address), about, model)
    if store.about != about:
        was, now = store.about, about
        told = (
            f"found vectors of the model {was.model[:12]}, but the one given is {now.model[:12]}"
            if was.model != now.model
            else f"found it made with mirrored={was.mirrored}, but asked for mirrored={now.mirrored}"
        )
        store.close()
        raise ValueError(f"{address}: {told}; vectors of two models cannot be compared: make a new index elsewhere")
    return store
