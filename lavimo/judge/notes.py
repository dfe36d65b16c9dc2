"""What is amiss with a set of motions, in words: collapse, too few samples, another frame rate, features not raw."""

from typing import Any

from lavimo.judge.measures import DIVERSITY_PAIRS
from lavimo.judge.sets import Motions, Vectors

COLLAPSED = 0.5
"""Of the real ones' diversity."""


def notes_on(
    motions: Motions, real: Motions, sets: dict[str, Any], deviation_F: Vectors | None, batch: int
) -> list[str]:
    """A line for each thing that is amiss.

    Args:
        sets: what was measured, by set.
        deviation_F: of the features that the model learnt from.
    """
    found: list[str] = []
    count, dimensions = motions.motions_NC.shape
    if motions.unreadable:
        first = next(iter(motions.unreadable.values()))
        found.append(
            f"{len(motions.unreadable)} of {count + len(motions.unreadable)} files are left out, first {first}"
        )
    silent = sum(not captions for captions in motions.captions)
    if silent == count and motions.name in sets:
        found.append("no motion has a text: R-precision and retrieval are left out")
    elif silent and motions.name in sets:
        found.append(f"{silent} of {count} motions have no text: they are compared with training motions only")
    if motions.looks:
        what = motions.looks.normalised(deviation_F) if deviation_F is not None else ""
        if what:
            found.append(f"features look {what}; raw ones are expected: multiply by Std and add Mean, once")
        elif real.looks and motions is not real and (rate := motions.looks.rate(real.looks)):
            found.append(rate)
    if motions.name in sets:
        own, theirs = (sets[name]["measures"]["diversity"]["mean"] for name in (motions.name, real.name))
        if own < COLLAPSED * theirs:
            found.append(
                f"diversity is {own:.3g} where the real ones' is {theirs:.3g}: it has collapsed, its motions are alike"
            )
        if count - silent < batch and silent < count:
            found.append(f"{count - silent} motions with texts: R-precision needs {batch}, and is left out")
        if count <= dimensions:
            found.append(
                f"{count} motions in {dimensions} dimensions: the covariance is singular, FID says little; "
                f"expected more than {dimensions}, better several times as many"
            )
        if count < DIVERSITY_PAIRS:
            found.append(f"{count} motions: diversity is of {count} random pairs, not {DIVERSITY_PAIRS}")
    return [f"{motions.name}: {note}" for note in found]
