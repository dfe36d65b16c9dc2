"""Stage `facts`: words find motions by what geometry says of them, without training; alone, or beside a run's cosines.

As in `lavimo search` a motion's facts add to its cosine as far as they show what the words ask for; here they have a
weight of their own, and a motion is one window.

N clips of a split.
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.config import EmbedOptions, FactsOptions
from lavimo.describe.columns import WindowFacts
from lavimo.describe.describe import describe
from lavimo.describe.relevance import Relevance
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.jobs.progress import progress
from lavimo.methods.similarities import split_with_motions, write_similarities
from lavimo.motion.motion import FPS, read_motion

log = logging.getLogger(__name__)


def facts(
    clips: Path,
    texts: Path,
    motions: list[Path],
    embeddings: Path,
    options: FactsOptions,
    embed: EmbedOptions,
    first: Path | None = None,
) -> None:
    """Write how far each motion of a split shows what each caption asks for, as `similarity_t2m`.

    Args:
        first: the embeddings of a run, to whose cosines it is added; they are written along.

    Raises:
        ValueError: a damaged file, no clip of the split with a motion, or a run of other clips or without texts.
    """
    table, moving = split_with_motions(clips, motions, embed.split)
    names = progress(table, len(table), "describe")
    whole = [(len(motion) / FPS, describe(motion)) for motion in (read_motion(moving[name], name) for name in names)]
    captions = [clip.captions[0] for clip in table.values()]
    similarity_NN = relevance(captions, WindowFacts.whole(whole), options.weight)
    arrays: dict[str, NDArray[Any]] = {}
    if first is not None:
        run = read_embeddings(first)
        if list(run.ids) != list(table) or "t2m" not in run.directions:
            raise ValueError(
                f"{first}: found {len(run.ids)} clips in {', '.join(run.directions)}, expected the split's, with t2m"
            )
        similarity_NN += run.similarity("t2m")
        arrays = dict(run.of)
    write_similarities(embeddings, arrays | {"similarity_t2m": similarity_NN}, table, texts)
    log.info("facts: %d captions with %d motions", *similarity_NN.shape)


def relevance(captions: list[str], shown: WindowFacts, weight: float) -> NDArray[np.float64]:
    """What facts of this weight add to each caption's cosine with each window, (N, R); 0 where they know no word."""
    asked = [Relevance.of(caption) for caption in captions]
    blank_R = np.zeros(len(shown.item_R))
    return np.stack([one.boost(shown, weight) if one.speaks else blank_R for one in asked]).astype(np.float64)
