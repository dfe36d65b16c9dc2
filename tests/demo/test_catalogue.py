"""Which clips there are, and what is said of them."""

from collections import Counter

import pytest

from lavimo.config import DemoOptions
from lavimo.demo import catalogue
from lavimo.demo.plan import combinations, plan


def test_counts_and_names() -> None:
    clips = catalogue(DemoOptions())
    assert Counter(clip.split for clip in clips) == {"train": 240, "test": 64, "val": 16}
    assert len({clip.id for clip in clips}) == 320
    assert all(set(clip.id) <= set("abcdefghijklmnopqrstuvwxyz_0123456789") for clip in clips)


def test_test_clips_compose_what_training_knows() -> None:
    clips = plan(DemoOptions()).values()
    trained = {item for split, item in clips if split == "train"}
    heldout = [item for split, item in clips if split != "train"]
    assert len(set(heldout)) == len(heldout)
    assert not trained & set(heldout)
    for item in heldout:
        known = {value for other in trained if other.group == item.group for value in other.values}
        if len(item.phrases) == 1:
            assert item.values <= known, f"{item}: training does not know {item.values - known} of this action"
    seen = {value for item in trained for value in item.values}
    assert all(item.values <= seen for item in heldout)


def test_actions_are_covered_evenly() -> None:
    clips = plan(DemoOptions()).values()
    for split, most in (("train", 1), ("test", 1)):
        counts = Counter(item.group for its, item in clips if its == split)
        assert set(counts) == set(combinations())
        assert max(counts.values()) - min(counts.values()) <= most
    assert len(combinations()) >= 24


def test_another_seed_divides_otherwise() -> None:
    assert set(plan(DemoOptions())) != set(plan(DemoOptions(seed=1)))
    assert catalogue(DemoOptions(seed=1)) == catalogue(DemoOptions(seed=1))


@pytest.mark.parametrize(("train", "val", "test"), [(12, 4, 8), (6, 1, 2), (600, 16, 64)])
def test_other_counts(train: int, val: int, test: int) -> None:
    clips = catalogue(DemoOptions(train=train, val=val, test=test))
    assert Counter(clip.split for clip in clips) == {"train": train, "val": val, "test": test}
    assert len({clip.id for clip in clips}) == len(clips)


def test_too_many_test_clips_are_refused() -> None:
    with pytest.raises(ValueError, match=r"found test: 5000 and val: 16.*combinations.*ask for fewer"):
        catalogue(DemoOptions(test=5000))
