"""Which clips there are: combinations of actions and attributes, and how they are divided among the splits.

A combination is one action with a value for each attribute, or two of them in a row. Those kept for val and test are
never trained on, while each of their actions and values is: a model must compose what it knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain, cycle, islice, repeat, zip_longest
from typing import Literal
from zlib import crc32

import numpy as np

from lavimo.clips import Clip
from lavimo.config import DemoOptions
from lavimo.demo.actions.vocabulary import Phrase, actions, parse, phrases, vocabulary
from lavimo.demo.grammar import sentences

HELDOUT = 0.35
"""The part of each action's combinations that is kept from training."""


@dataclass(frozen=True)
class Combination:
    """What happens in a clip: one action, or two in a row. `group` is the action's name, or the kind of sequence."""

    group: str
    phrases: tuple[Phrase, ...]

    def __str__(self) -> str:
        """Its name, fit for a file."""
        return "_then_".join(map(str, self.phrases))

    @property
    def values(self) -> frozenset[tuple[str, str]]:
        """What it is made of: attributes with their values; of a sequence, its two actions."""
        if len(self.phrases) == 1:
            return frozenset(self.phrases[0].attributes.items())
        return frozenset(zip(("first", "second"), map(str, self.phrases)))

    @property
    def pattern(self) -> str:
        """Its sentence (see `grammar`)."""
        told = self.phrases[0].pattern
        if len(self.phrases) == 2:
            told = vocabulary()["sequences"]["says"]
            told = told.replace("{first}", self.phrases[0].pattern).replace("{second}", self.phrases[1].pattern)
        return f"{vocabulary()['subject']} {told}"


def combinations(kinds: Literal["everyday", "wide"] = "everyday") -> dict[str, list[Combination]]:
    """Every combination by group."""
    groups = {action: [Combination(action, (phrase,)) for phrase in phrases(action)] for action in actions(kinds)}
    sequences = vocabulary()["sequences"]
    for group, firsts in sequences["first"].items():
        groups[group] = [
            Combination(group, (parse(first), parse(second)))
            for first in firsts
            for second in sequences["second"]
            if first.split()[0] != second.split()[0]
        ]
    return groups


@cache
def plan(options: DemoOptions) -> dict[str, tuple[str, Combination]]:
    """Each clip's split and combination, by name.

    Raises:
        ValueError: more val and test clips than there are combinations to keep from training.
    """
    rng = np.random.default_rng(options.seed)
    groups = combinations(options.kinds)
    divided = {group: _divide(groups[group], rng) for group in rng.permutation(sorted(groups)).tolist()}
    # Every group gives a combination in turn, and begins again when it has no more: fresh variations of the same.
    turns = options.train // len(divided) + 1
    trained = _interleaved([list(islice(cycle(training), turns)) for training, _ in divided.values()])[: options.train]
    known = {item.group for item in trained}
    seen = frozenset[tuple[str, str]]().union(*(item.values for item in trained))
    heldout = _interleaved(
        [item for item in kept if item.values <= seen] for group, (_, kept) in divided.items() if group in known
    )
    if options.test + options.val > len(heldout):
        raise ValueError(
            f"source.demo: found test: {options.test} and val: {options.val}, but with train: {options.train} there "
            f"are {len(heldout)} combinations of known actions and attributes that training does not see; ask for "
            f"fewer, or for more train clips"
        )
    splits = chain(repeat("train", options.train), repeat("test", options.test), repeat("val", options.val))
    clips: dict[str, tuple[str, Combination]] = {}
    takes: dict[str, int] = {}
    for split, item in zip(splits, chain(trained, heldout)):
        takes[str(item)] = takes.get(str(item), 0) + 1
        clips[f"{item}_{takes[str(item)]:02d}"] = (split, item)
    return clips


def _divide(group: list[Combination], rng: np.random.Generator) -> tuple[list[Combination], list[Combination]]:
    """A group's combinations for training, those that show new values first, and those kept from it."""
    pool = [group[i] for i in rng.permutation(len(group))]
    kept: list[Combination] = []
    for item in list(pool):
        others = [other for other in pool if other is not item]
        shown = frozenset[tuple[str, str]]().union(*(other.values for other in others))
        if len(kept) < round(HELDOUT * len(group)) and item.values <= shown:
            pool, kept = others, [*kept, item]
    ordered: list[Combination] = []
    counts: dict[tuple[str, str], int] = {}
    while pool:
        item = min(pool, key=lambda item: sorted(counts.get(value, 0) for value in item.values))
        pool.remove(item)
        ordered.append(item)
        for value in item.values:
            counts[value] = counts.get(value, 0) + 1
    return ordered, kept


def _interleaved(groups: Iterable[list[Combination]]) -> list[Combination]:
    """The first of each group, then the second of each, to the end."""
    return [item for turn in zip_longest(*groups) for item in turn if item is not None]


def catalogue(options: DemoOptions) -> list[Clip]:
    """Every clip with its split and three captions, by name; no motion is made.

    Raises:
        ValueError: more val and test clips than there are combinations to keep from training.
    """
    clips = []
    for name, (split, combination) in sorted(plan(options).items()):
        rng = np.random.default_rng([options.seed, crc32(name.encode()), 1])
        clips.append(Clip(name, split, sentences(combination.pattern, rng, heldout=split != "train")))
    return clips
