"""What the captions say."""

import re
from collections import Counter

import numpy as np

from lavimo.config import DemoOptions
from lavimo.demo import catalogue
from lavimo.demo.actions.vocabulary import Phrase, wider
from lavimo.demo.grammar import sentence, sentences
from lavimo.demo.plan import combinations, plan


def test_choices_nest_and_are_kept_from_training() -> None:
    rng = np.random.default_rng(0)
    pattern = "he [runs [fast|]|~dashes] ,  then stops"
    trained = {sentence(pattern, rng, heldout=False) for _ in range(60)}
    assert trained == {"he runs fast, then stops", "he runs, then stops"}
    assert {sentence(pattern, rng, heldout=True) for _ in range(60)} == trained | {"he dashes, then stops"}
    assert len(set(sentences("[a|b|c]", rng, heldout=False))) == 3


def test_every_combination_has_three_plain_sentences() -> None:
    rng = np.random.default_rng(0)
    for group in combinations("wide").values():
        for item in group:
            for text in sentences(item.pattern, rng, heldout=True):
                assert re.fullmatch(r"[a-z][a-z ,-]*[a-z]", text), f"{item}: {text!r}"
                assert not re.search(r"\b(\w+) \1\b", text), f"{item}: {text!r} repeats a word"


def test_every_wider_action_is_said_in_many_ways_and_some_that_training_never_reads() -> None:
    rng = np.random.default_rng(0)
    assert len(wider()) >= 60
    for action in wider():
        items = combinations("wide")[action]
        assert any("~" in item.pattern for item in items), action
        told = {sentence(items[0].pattern.replace("[a person|", "[|", 1), rng, heldout=False) for _ in range(300)}
        assert len(told) >= 12, action


def test_captions_tell_clips_apart() -> None:
    """Test clips' first captions differ, so that a perfect model can find each by its own."""
    clips = catalogue(DemoOptions())
    assert all(len(set(clip.captions)) == 3 for clip in clips)
    assert max(Counter(clip.captions[0] for clip in clips if clip.split == "test").values()) == 1


def test_left_and_right_are_told() -> None:
    """The mirrored combination's patterns are the same but for left and right."""
    swap = {"left": "right", "right": "left"}
    told = 0
    for group in combinations("wide").values():
        for item in group:
            for phrase in item.phrases:
                mirrored = Phrase(phrase.action, tuple(swap.get(value, value) for value in phrase.values))
                if mirrored != phrase:
                    told += 1
                    assert phrase.pattern != mirrored.pattern
                    assert re.sub(r"\b(left|right)\b", lambda m: swap[m[0]], phrase.pattern) == mirrored.pattern
    assert told > 200


def test_some_words_are_never_read_in_training() -> None:
    clips = catalogue(DemoOptions())
    words = {
        split: {word for clip in clips if clip.split == split for text in clip.captions for word in text.split()}
        for split in ("train", "test")
    }
    assert len(words["test"] - words["train"]) >= 10
    spoken = Counter(bool(set(clip.captions[0].split()) - words["train"]) for clip in clips if clip.split == "test")
    assert spoken[False] > spoken[True] > 5


def test_names_say_what_the_plan_says() -> None:
    for name, (_, item) in plan(DemoOptions()).items():
        assert name.rpartition("_")[0] == str(item)
