"""A set of motions as the judge sees it: vectors of motions and of their words, of files and a model or of embeddings.

N motions, T different texts, C dimensions, F features of a frame.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lavimo.config import FeaturizeOptions
from lavimo.encode.retriever import Retriever
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.formats import archive
from lavimo.formats.joints import read_features
from lavimo.jobs.progress import progress
from lavimo.judge.looks import Looks
from lavimo.motion.featurize import features_of
from lavimo.npz import read_npy
from lavimo.search.item import Window as Moment
from lavimo.search.prepare import cut
from lavimo.search.scan import Source, scan
from lavimo.sources.humanml3d.texts import Window, read_captions

Vectors = NDArray[np.float32]

EMBEDDINGS = (".npz", ".safetensors")
RELEASED = "new_joint_vecs"
"""Of a folder in HumanML3D's layout this part is read."""
TOGETHER = 256


@dataclass(frozen=True)
class Motions:
    """A set of motions.

    Attributes:
        name: what tables call it.
        captions: of each motion; none where nobody told any.
        texts: the vector (C,) of each caption.
        looks: what can be seen of the motions themselves; None where only vectors are known.
        unreadable: the reason, by file.
    """

    name: str
    ids: tuple[str, ...]
    motions_NC: Vectors
    captions: tuple[tuple[str, ...], ...]
    texts: dict[str, Vectors]
    looks: Looks | None = None
    unreadable: dict[str, str] = field(default_factory=dict)


def is_embeddings(path: Path) -> bool:
    """Whether a path is a file of embeddings, for which no model is needed."""
    return path.is_file() and path.suffix.lower() in EMBEDDINGS


def read_set(path: Path, name: str, retriever: Retriever | None, ids: frozenset[str] | None = None) -> Motions:
    """A set of a folder of motions (or an archive of them), or of a file of embeddings.

    Args:
        retriever: embeds the motions of a folder, and their words.
        ids: of a folder only these files count, by name without suffix; None: all.

    Raises:
        ValueError: it holds no motion that can be read, or too few.
    """
    if is_embeddings(path):
        found = read_embeddings(path)
        captions = found.captions or found.ids
        texts = dict(zip(captions, found.of["text"]))
        return Motions(name, found.ids, found.of["motion"], tuple((one,) for one in captions), texts)
    assert retriever is not None
    folder = path / RELEASED if (path / RELEASED).is_dir() else path
    sources = [one for one in scan(folder, {}) if ids is None or Path(one.name).stem in ids]
    clips = [(source, *_words(source)) for source in sources]
    unreadable: dict[str, str] = {}
    kept: list[tuple[str, tuple[str, ...]]] = []
    looks, vectors = Looks(), []
    for features, some in _in_lots(clips, retriever, unreadable, name):
        vectors.append(retriever.embed_motions(features))
        looks.add(features)
        kept += some
    if len(kept) < 2:
        reason = next(iter(unreadable.values()), f"{len(sources)} files")
        raise ValueError(f"{path}: found {len(kept)} motion(s) that can be read, expected at least 2 ({reason})")
    every = sorted({caption for _, captions in kept for caption in captions})
    texts = dict(zip(every, retriever.embed_texts(every))) if every else {}
    names, captions_N = zip(*kept)
    return Motions(name, names, np.concatenate(vectors), captions_N, texts, looks, unreadable)


def _in_lots(
    clips: Sequence[tuple[Source, tuple[str, ...], Window]], retriever: Retriever, unreadable: dict[str, str], name: str
) -> Iterator[tuple[list[Vectors], list[tuple[str, tuple[str, ...]]]]]:
    """Features of motions, and their names and captions, some at a time."""
    features: list[Vectors] = []
    kept: list[tuple[str, tuple[str, ...]]] = []
    for source, captions, window in progress(clips, len(clips), f"judge {name}", "motions"):
        try:
            features.append(_features(source, window, retriever))
        except ValueError as error:
            unreadable[source.name] = str(error)
            continue
        kept.append((source.name, captions))
        if len(kept) == TOGETHER:
            yield features, kept
            features, kept = [], []
    if kept:
        yield features, kept


def _features(source: Source, window: Window, retriever: Retriever) -> Vectors:
    """A motion's features: as they are where the file holds a model's own, else computed.

    Raises:
        ValueError: the file cannot be read.
    """
    start_s, end_s = window
    if source.format == "npy":
        with archive.at_hand(source.file) as there:
            if read_npy(there).shape[1:] == retriever.statistics[1].shape:
                return read_features(there, start_s, end_s)
    motion = source.read()
    if window != (0.0, None):
        motion = cut(motion, Moment(start_s, end_s if end_s is not None else len(motion)))
    convention = retriever.about.get("convention") or FeaturizeOptions().convention
    return features_of(motion, FeaturizeOptions(convention=convention))


def _words(source: Source) -> tuple[tuple[str, ...], Window]:
    """A motion's captions, those of the library or HumanML3D's `NAME.txt`, and the window that they describe: the first
    one's, of which all are.

    Raises:
        ValueError: a text file is damaged.
    """
    whole: Window = (0.0, None)
    if source.captions or source.shard:
        return source.captions, whole
    folder = source.file.parent
    for place in (folder, folder / "texts", folder.parent / "texts"):
        path = place / f"{source.file.stem}.txt"
        if archive.is_there(path):
            with archive.at_hand(path) as there:
                told = read_captions(there)
            window = told[0][1] if told else whole
            return tuple(caption for caption, own in told if own == window), window
    return (), whole
