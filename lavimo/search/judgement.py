"""What a hit's score means to a person: probably, perhaps or hardly what was asked for in words.

Two witnesses: what facts say of the window, where they know what is asked for, and the model's cosine, as validation
clips gauge it. `probably` is to be right nine times of ten among motions of strangers (bench/strangers).
"""

from dataclasses import dataclass

from lavimo.describe.relevance import WEIGHT, Relevance
from lavimo.search.item import Candidate
from lavimo.search.query import Judgement

KNOWN = 0.7
"""Facts that know so much of what is asked for speak alone; that know less, with the model."""
SHOWN, PARTLY = 0.9, 0.55
"""How far a window shows what is asked for, that probably, and that perhaps, answers."""
NEAR, ALONE = 0.3, 0.8
"""The cosine with which the model does not contradict facts; and the one from which on it is believed alone: validation
clips are of its own world, and lower ones were right one time of five among CMU's subjects left out."""


@dataclass(frozen=True)
class Words:
    """What a query's words are to an index.

    Attributes:
        relevance: what facts read in them.
        unknown: those that neither the model's training nor facts know.
        share: of the words that tell something, how many are known.
    """

    relevance: Relevance
    unknown: tuple[str, ...] = ()
    share: float = 1.0


def judged(words: Words, found: Candidate, limits: dict[str, float] | None) -> Judgement:
    """What a hit is.

    Args:
        limits: cosines from which on the model alone says probably, and perhaps; None: it says nothing.
    """
    if found.boost < 0 or (words.unknown and not words.share):
        return "hardly"
    likes = liked(found.cosine, limits)
    known = words.relevance.known
    if known >= KNOWN:
        fit = found.boost / (WEIGHT * known)
        told: Judgement = "probably" if fit >= SHOWN else "perhaps" if fit >= PARTLY else "hardly"
    elif known > 0:
        fit = found.boost / (WEIGHT * known)
        both = fit >= SHOWN and found.cosine >= NEAR
        told = "probably" if both else "perhaps" if fit >= PARTLY or likes == "probably" else "hardly"
    else:
        told = "perhaps" if likes == "probably" and found.cosine < ALONE else likes
    return "perhaps" if told == "probably" and words.unknown else told


def liked(cosine: float, limits: dict[str, float] | None) -> Judgement:
    """What the model alone says."""
    if limits is None:
        return ""
    return "probably" if cosine >= limits["probably"] else "perhaps" if cosine >= limits["perhaps"] else "hardly"
