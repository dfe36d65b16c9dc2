"""`lavimo index`: folders of motions become an index, or bring one up to date."""

import logging
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

from tqdm import tqdm

from lavimo.encode.retriever import Retriever, load
from lavimo.files import sha256_of
from lavimo.motion.world import Up
from lavimo.search.item import Entry
from lavimo.search.open_store import create_store
from lavimo.search.prepare import Prepared, prepare
from lavimo.search.scan import Source, read_captions, scan
from lavimo.search.store import About, Known, Store

log = logging.getLogger(__name__)

TOGETHER = 256
"""Motions that are put into the index at once."""
LONGEST_WAIT_S = 30.0
"""After so long what there is is put into the index: no more is lost by a kill."""
AHEAD = 4
"""Files that a process has before it."""


@dataclass
class Outcome:
    """What came of indexing.

    Attributes:
        unreadable: the reason, by file.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    unreadable: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged, {self.removed} removed, "
            f"{len(self.unreadable)} unreadable"
        )


def index(
    folders: Sequence[Path],
    address: str,
    model: Path,
    captions: Path | None = None,
    licence: str = "",
    mirrored: bool = False,
    processes: int = 0,
    device: str = "cpu",
    up: Up | None = None,
) -> Outcome:
    """Bring an index up to date with folders: of other folders' motions in it nothing changes.

    A killed run leaves what it has put in, and the next goes on from there.

    Args:
        address: a folder or `postgresql://...`.
        captions: a CSV (see `read_captions`); a workflow's clips have their own.
        licence: of the motions; empty: as a licence file in the folder says.
        mirrored: make each motion's mirror image findable too.
        processes: that read files; 0: as many as there are cores.
        up: the axis that points upwards in files of kinds that do not say it; None: as each kind has it.

    Raises:
        ValueError: a folder is missing or holds no motion, the index was made with another model, or the model's
            vectors are not compared by their cosines.
    """
    retriever = load(model, device)
    if retriever.about["model"].get("space", "cosine") != "cosine":
        raise ValueError(f"{retriever.path}: found a model of a euclidean space, expected one that goes by cosines")
    about = About(sha256_of(retriever.path), retriever.about["model"]["dim"], mirrored)
    told = read_captions(captions) if captions else {}
    sources = {source.id: source for folder in folders for source in scan(folder, told, licence, up)}
    store = create_store(address, about, retriever.path)
    try:
        outcome = _bring_up(store, sources, {str(folder.resolve()) for folder in folders}, retriever, processes)
        store.finish()
        return outcome
    finally:
        store.close()


def _bring_up(
    store: Store, sources: dict[str, Source], libraries: set[str], retriever: Retriever, processes: int
) -> Outcome:
    known = store.known()
    outcome = Outcome()
    gone = [id for id, one in known.items() if one.library in libraries and id not in sources]
    store.remove(gone)
    outcome.removed = len(gone)
    wanted: list[tuple[Source, str]] = []
    for source in sources.values():
        was = known.get(source.id)
        try:
            content = "" if was and not source.shard and not source.up and untouched(source, was) else source.sha256()
        except ValueError as error:
            _refuse(store, outcome, source, error, was)
            continue
        if was and content in ("", was.sha256):
            outcome.unchanged += 1
        else:
            wanted.append((source, content))
    _index(store, wanted, known, retriever, processes or os.cpu_count() or 1, outcome)
    log.info("index: %s", outcome)
    return outcome


def untouched(source: Source, was: Known) -> bool:
    """Whether a file has the size and time of change that it had: then it is not read."""
    return (source.size, source.modified_ns) == (was.size, was.modified_ns)


def _index(
    store: Store,
    wanted: list[tuple[Source, str]],
    known: dict[str, Known],
    retriever: Retriever,
    processes: int,
    outcome: Outcome,
) -> None:
    convention = retriever.about.get("convention") or "humanml3d"
    ready: list[Prepared] = []
    since = monotonic()
    bar = tqdm(wanted, desc="index", unit="motion", mininterval=1, disable=None)
    for source, found in _prepared(wanted, convention, store.about.mirrored, processes):
        bar.update()
        if isinstance(found, ValueError):
            _refuse(store, outcome, source, found, known.get(source.id))
            continue
        ready.append(found)
        outcome.changed += source.id in known
        outcome.new += source.id not in known
        if len(ready) >= TOGETHER or monotonic() - since > LONGEST_WAIT_S:
            store.add(embedded(ready, retriever))
            ready, since = [], monotonic()
    store.add(embedded(ready, retriever))
    bar.close()


def embedded(prepared: Sequence[Prepared], retriever: Retriever) -> list[Entry]:
    """Prepared motions with their windows' vectors."""
    features = [one for motion in prepared for one in motion.features]
    vectors_RC = retriever.embed_motions(features)
    entries, row = [], 0
    for one in prepared:
        own_RC = vectors_RC[row : row + len(one.windows)]
        row += len(one.windows)
        entries.append(Entry(one.item, one.motion, one.points_TK3, one.path_T3, one.windows, own_RC, one.facts))
    return entries


def _prepared(
    wanted: list[tuple[Source, str]], convention: str, mirrored: bool, processes: int
) -> Iterator[tuple[Source, Prepared | ValueError]]:
    """Each motion prepared, or why not; in order, some ahead in other processes."""
    tasks = [(source, content, convention, mirrored) for source, content in wanted]
    if processes == 1 or len(tasks) < 2 * AHEAD:
        yield from ((task[0], _attempt(*task)) for task in tasks)
        return
    with _pool(min(processes, len(tasks))) as pool:
        coming: list[Future[Prepared | ValueError]] = [
            pool.submit(_attempt, *task) for task in tasks[: AHEAD * processes]
        ]
        for place, task in enumerate(tasks):
            yield task[0], coming.pop(0).result()
            if place + AHEAD * processes < len(tasks):
                coming.append(pool.submit(_attempt, *tasks[place + AHEAD * processes]))


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes of their own start: a fork would copy torch's threads' locks."""
    pool = ProcessPoolExecutor(processes, get_context("forkserver"))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _attempt(source: Source, content: str, convention: str, mirrored: bool) -> Prepared | ValueError:
    try:
        return prepare(source, content, convention, mirrored)  # type: ignore[arg-type]
    except ValueError as error:
        return ValueError(str(error))


def _refuse(store: Store, outcome: Outcome, source: Source, error: ValueError, was: Known | None) -> None:
    """What cannot be read is named; what the index had of it is no more true, and goes."""
    outcome.unreadable[str(source.file if not source.shard else source.name)] = str(error)
    if was:
        store.remove([source.id])
