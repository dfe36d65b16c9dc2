"""`lavimo judge`: sets of generated motions beside the real ones, measured again and again, and what is amiss.

N motions, C dimensions, G texts of R generations each.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.encode.retriever import load
from lavimo.files import sha256_of
from lavimo.judge import measures
from lavimo.judge.notes import notes_on
from lavimo.judge.sets import Motions, is_embeddings, read_set

COPIED = 0.99
"""More like a motion of training than this share of the real ones: copied, perhaps."""
SHOWN = 10
ROUNDED = 1e-6
"""Cosines that differ by less are the same."""


@dataclass(frozen=True)
class Rules:
    """How one measures; the defaults are the authors'.

    Attributes:
        repetitions: how often everything that is drawn is drawn anew.
        seed: of all draws.
    """

    repetitions: int = 20
    seed: int = 0
    batch: int = measures.BATCH
    diversity_pairs: int = measures.DIVERSITY_PAIRS
    multimodality_pairs: int = measures.MULTIMODALITY_PAIRS


@dataclass(frozen=True)
class Inputs:
    """Folders of motions, or files of embeddings.

    Attributes:
        generated: one or more sets, each judged by itself.
        train: what the generator learnt from.
        repeated: many generations of each of some texts, for multimodality.
        ids: of `real` only these count: a file of names, a line each.
    """

    real: Path
    generated: tuple[Path, ...]
    train: Path | None = None
    repeated: Path | None = None
    ids: Path | None = None


def judge(inputs: Inputs, model: str = "", rules: Rules = Rules(), device: str = "cpu") -> dict[str, Any]:
    """Judge generated motions: measures by set, and notes, as JSON has them.

    Raises:
        ValueError: a set cannot be read, or sets are of different spaces.
    """
    paths = [path for path in (inputs.real, *inputs.generated, inputs.train, inputs.repeated) if path]
    retriever = None if all(map(is_embeddings, paths)) else load(model, device)
    several = len(inputs.generated) > 1
    own = [f"generated {n}: {path.stem}" if several else "generated" for n, path in enumerate(inputs.generated, 1)]
    ids = frozenset(inputs.ids.read_text(encoding="utf-8-sig").split()) if inputs.ids else None
    real = read_set(inputs.real, "real", retriever, ids)
    generated = [read_set(path, name, retriever) for path, name in zip(inputs.generated, own)]
    train = read_set(inputs.train, "train", retriever) if inputs.train else None
    repeated = read_set(inputs.repeated, "repeated", retriever) if inputs.repeated else None
    others = [one for one in (train, repeated) if one]
    widths = {one.name: one.motions_NC.shape[1] for one in (real, *generated, *others)}
    if len(set(widths.values())) > 1:
        raise ValueError(f"found vectors of different widths {widths}, expected one space: embed all by one model")
    sets = {one.name: judged(one, real, train, rules) for one in (real, *generated)}
    if repeated:
        sets[own[0]]["measures"] |= _multimodality(repeated, rules)
    deviation_F = retriever.statistics[1] if retriever else None
    return {
        "model": None if retriever is None else {"file": str(retriever.path), "sha256": sha256_of(retriever.path)},
        "rules": asdict(rules),
        "sets": sets,
        "notes": [
            note for one in (real, *generated, *others) for note in notes_on(one, real, sets, deviation_F, rules.batch)
        ],
    }


def judged(motions: Motions, real: Motions, train: Motions | None, rules: Rules) -> dict[str, Any]:
    """What is measured of one set."""
    found: dict[str, Any] = {"motions": len(motions.ids), "dimensions": motions.motions_NC.shape[1]}
    found["measures"] = _repeated(motions, real, rules)
    told_N = [place for place, captions in enumerate(motions.captions) if captions]
    if len(told_N) > 1:
        first = [motions.captions[place][0] for place in told_N]
        every = {caption: place for place, caption in enumerate(dict.fromkeys(first))}
        texts_TC = np.stack([motions.texts[caption] for caption in every])
        text_of_N = np.array([every[caption] for caption in first])
        found["retrieval"] = measures.retrieval(texts_TC, motions.motions_NC[told_N], text_of_N)
    if train is not None:
        found["nearest training motion"] = _nearest(motions, real, train)
    return found


def _repeated(motions: Motions, real: Motions, rules: Rules) -> dict[str, dict[str, float]]:
    """The mean and interval of each measure over repetitions: batches, captions and pairs are drawn anew in each."""
    values: dict[str, list[float]] = {}

    def add(name: str, value: float) -> None:
        values.setdefault(name, []).append(value)

    for repetition in range(rules.repetitions):
        random = np.random.default_rng([rules.seed, repetition])
        rows_M, texts_MC = _shuffled(motions, random, rules.batch)
        motions_MC = motions.motions_NC[rows_M]
        if texts_MC is not None and len(rows_M) >= rules.batch:
            precision, distance = measures.matching(texts_MC, motions_MC, rules.batch)
            for k, value in enumerate(precision, 1):
                add(f"R-precision top {k}", value)
            add("matching distance", distance)
        real_MC = real.motions_NC[_shuffled(real, random, rules.batch)[0]]
        add("FID", measures.frechet(real_MC, motions_MC))
        add("diversity", measures.diversity(motions_MC, min(rules.diversity_pairs, len(motions_MC)), random))
    return {name: measures.interval(some) for name, some in values.items()}


def _shuffled(
    motions: Motions, random: np.random.Generator, batch: int
) -> tuple[NDArray[np.intp], NDArray[np.float32] | None]:
    """Rows in a random order without the last batch if it is not whole, and the vector (M, C) of a caption of each: of
    the motions that have captions; where none has, None."""
    told = np.array([bool(captions) for captions in motions.captions])
    rows_M = random.permutation(np.flatnonzero(told) if told.any() else len(motions.ids))
    rows_M = rows_M[: len(rows_M) // batch * batch or None]
    if not told.any():
        return rows_M, None
    chosen = [motions.captions[row][random.integers(len(motions.captions[row]))] for row in rows_M]
    return rows_M, np.stack([motions.texts[caption] for caption in chosen])


def _multimodality(repeated: Motions, rules: Rules) -> dict[str, dict[str, float]]:
    """The measure of many generations of each text: of texts with more than the pairs that are drawn, as many of each.

    Raises:
        ValueError: no text has as many.
    """
    of_text: dict[str, list[int]] = {}
    for place, captions in enumerate(repeated.captions):
        if captions:
            of_text.setdefault(captions[0], []).append(place)
    enough = [places for places in of_text.values() if len(places) > rules.multimodality_pairs]
    if not enough:
        most = max(map(len, of_text.values()), default=0)
        raise ValueError(
            f"{repeated.name}: found at most {most} motions of a text, expected more than {rules.multimodality_pairs} "
            "of each (30 by the published rule)"
        )
    least = min(map(len, enough))
    motions_GRC = repeated.motions_NC[np.array([places[:least] for places in enough])]
    values = [
        measures.multimodality(motions_GRC, rules.multimodality_pairs, np.random.default_rng([rules.seed, repetition]))
        for repetition in range(rules.repetitions)
    ]
    return {"multimodality": measures.interval(values)}


def _nearest(motions: Motions, real: Motions, train: Motions) -> dict[str, Any]:
    """How like the motions of training these are, and which are more so than real ones."""
    limit = float(np.quantile(measures.nearest(real.motions_NC, train.motions_NC)[0], COPIED))
    cosines_N, places_N = measures.nearest(motions.motions_NC, train.motions_NC)
    order: Sequence[int] = np.argsort(-cosines_N, kind="stable")[:SHOWN].tolist()
    return {
        "cosine": float(cosines_N.mean()),
        "copied": float(100 * (cosines_N > limit + ROUNDED).mean()),
        "most alike": [[motions.ids[n], train.ids[places_N[n]], float(cosines_N[n])] for n in order],
    }
