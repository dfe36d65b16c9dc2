"""Which actions are found and which are not: recalls by what the person does.

The demo's clips carry the action in their names. Elsewhere it is the leading verb of the caption, found by leaving out
who acts and how: rough, but the same for every run.
"""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from lavimo.demo.actions.vocabulary import vocabulary
from lavimo.evaluate.embeddings import Embeddings
from lavimo.report.retrieval import Ranks

WHO = re.compile(
    "an?|the|th[ia][st]|one|two|three|persons?|people|m[ae]n|wom[ae]n|humans?|individual|some(?:one|body)|figures?|"
    "character|subject|guy|girl|boy|s?he|they|it|there|is|are|was|were|be|being|ha[sd]|have|his|her|their|its|then|"
    "first|begins?|starts?|to|and|at|in|on|from|with|while|.+ly"
)
"""Words before the verb: who acts, auxiliaries, adverbs."""


@dataclass(frozen=True)
class Action:
    """How well the clips of one action are retrieved.

    Attributes:
        clips: how many there are.
        recalls: R@1, R@10 (percent) and MedR among all clips of the split, under protocol `all`, by direction.
    """

    name: str
    clips: int
    recalls: dict[str, tuple[float, float, float]]


def by_action(embeddings: Embeddings, ranks: Ranks, directions: tuple[str, ...]) -> list[Action]:
    """The actions of a split, those of the most clips first."""
    action_N = np.array(actions_of(embeddings.ids, embeddings.captions))
    wanted = {direction: ranks[direction] for direction in directions if direction in ranks}
    made = []
    for name, clips in sorted(Counter(action_N.tolist()).items(), key=lambda item: (-item[1], item[0])):
        chosen = {direction: rank_N[action_N == name] for direction, rank_N in wanted.items()}
        recalls = {
            direction: (100 * float((r < 1).mean()), 100 * float((r < 10).mean()), float(np.median(r)) + 1)
            for direction, r in chosen.items()
        }
        made.append(Action(name, clips, recalls))
    return made


def actions_of(ids: tuple[str, ...], captions: tuple[str, ...]) -> list[str]:
    """Each clip's action: by its name, if the demo made it; else the leading verb of its caption."""
    demo = sorted(vocabulary()["actions"], key=len, reverse=True)
    verbs = leading_verbs(captions)
    return [named(clip, demo) or verb for clip, verb in zip(ids, verbs)]


def named(clip: str, actions: list[str]) -> str:
    """`side step` of `side_step_left_once_01`; empty for a name that is not the demo's."""
    if "_then_" in clip and all(named(part, actions) for part in clip.split("_then_")):
        return "one, then another"
    return next((action.replace("_", " ") for action in actions if clip.startswith(f"{action}_")), "")


def leading_verbs(captions: tuple[str, ...]) -> list[str]:
    """The first word of each caption that is neither who acts nor how, without the endings -s and -ing."""
    words = [re.findall(r"[a-z]+(?:-[a-z]+)*", caption.lower()) for caption in captions]
    left = [[word for word in some if not WHO.fullmatch(word)] for some in words]
    firsts = [some[0] if some else "other" for some in left]
    plain = Counter(without_s(word) for word in firsts if not word.endswith("ing"))

    def verb(word: str) -> str:
        if not word.endswith("ing") or len(word) < 6:
            return without_s(word)
        stem = word.removesuffix("ing")
        forms = (stem, f"{stem}e", stem[:-1])  # walking, raising, running
        return max(forms, key=lambda form: plain[form]) if any(plain[form] for form in forms) else word

    return [verb(word) for word in firsts]


def without_s(word: str) -> str:
    """`walk` of `walks`, `punch` of `punches`."""
    if re.search(r"(ch|sh|ss|x|o)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
