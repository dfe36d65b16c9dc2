"""The order of windows for a video: by the match of what is near, and by facts of what is far."""

import numpy as np
import pytest
from data_folders import DATA

from lavimo.config import DemoOptions, ProjectionOptions
from lavimo.demo import catalogue, load
from lavimo.describe.agreement import UNDECIDED, agreement
from lavimo.describe.describe import describe
from lavimo.describe.fact import Fact
from lavimo.formats import read_motion
from lavimo.landmarks.movement import Movements, about_hips, joints_of
from lavimo.landmarks.projection import projected
from lavimo.search import rerank, video_ranking
from lavimo.search.item import Candidate, Window
from lavimo.search.video_ranking import AGREES, FACTS_M, Ranked, in_order, judged

SEEN = ProjectionOptions(noise=(1, 1), crop=0, tempo=1, occluded=0, missed_detections=0, elevation_degrees=(0, 15))
WALK, RUN = Fact("walk", 0, 3, "", "forward", 3.0), Fact("run", 0, 3, "", "forward", 3.0)
LEFT, RIGHT = Fact("kick", 1, 2, "left", "forward", 0.5), Fact("kick", 1, 2, "right", "forward", 0.5)
BOTH = Fact("raise", 1, 2, "both", "above")


def test_what_both_show_agrees():
    assert agreement([WALK], [WALK]) == 0.75
    assert agreement([WALK], [RUN]) == pytest.approx(0.5 / 3)
    assert (
        agreement([WALK, LEFT], [WALK, LEFT]) > agreement([WALK, LEFT], [WALK, RIGHT]) > agreement([WALK, LEFT], [RUN])
    )
    assert agreement([BOTH], [BOTH]) > agreement([BOTH], [Fact("raise", 1, 2, "left", "above")])
    assert agreement([WALK, LEFT], [WALK]) == agreement([WALK], [WALK, LEFT]) < agreement([WALK], [WALK])
    assert agreement([WALK, WALK, WALK], [WALK]) == agreement([WALK], [WALK])
    assert agreement([WALK], [Fact("walk", 0, 3, "", "forward", 3.0, certainty=0.4)]) < agreement([WALK], [WALK])


def test_where_nothing_is_told_nothing_is_decided():
    assert agreement([], []) == UNDECIDED
    assert agreement([Fact("stand", 0, 2)], [Fact("slow", 0, 2)]) == UNDECIDED
    assert agreement([], [WALK]) == agreement([WALK], []) < UNDECIDED


@pytest.fixture(scope="module")
def gallery():
    """Joints and facts of one of the demo's motions for each of its actions, by name."""
    by_action = {}
    for clip in catalogue(DemoOptions()):
        by_action.setdefault("_".join(clip.id.split("_")[:2]), clip.id)
    motions = {name: load(name, DemoOptions()) for name in by_action.values()}
    return {name: (joints_of(motion), describe(motion)) for name, motion in motions.items()}


def order(video, gallery):
    """Of a gallery's motions."""
    found = [Candidate(name, Window(0.0, len(joints) / 20), 0.0) for name, (joints, _) in gallery.items()]
    return in_order(
        video,
        found,
        [Movements.of_points(*about_hips(gallery[one.id][0]), rerank.MATCH.moments) for one in found],
        lambda one: gallery[one.id][1],
    )


def test_what_is_near_is_ordered_by_the_match_alone(gallery):
    """The same motion, filmed: facts that the detector errs about change nothing."""
    rng, near = np.random.default_rng(0), 0
    for name in list(gallery)[::5]:
        video = projected(load(name, DemoOptions()), rng, SEEN.model_copy(update={"noise": (0.3, 0.3)}))
        placed = order(video, gallery)
        if placed[0].distance_m < video_ranking.OWN_M:
            near += 1
            assert [one.contrary_m for one in placed] == [0.0] * len(placed)
            assert [one.distance_m for one in placed] == sorted(one.distance_m for one in placed)
    assert near > 3


def test_real_people_are_found_by_what_they_do(gallery, monkeypatch):
    """CMU's walks and runs, in a manner that the demo does not know: more often first than by the match."""
    rng = np.random.default_rng(0)
    videos = [
        (action, projected(read_motion(DATA / f"cmu/{name}.bvh", begin, end), rng, SEEN))
        for name, action, begin, end in (("07_01", "walk_", 0, 2.6), ("09_03", "run_", 0, 1.6))
        for _ in range(5)
    ]

    def right() -> list[int]:
        firsts = [[one.found.id for one in order(video, gallery)[:5]] for _, video in videos]
        return [
            sum(any(name.startswith(action) for name in first[:count]) for (action, _), first in zip(videos, firsts))
            for count in (1, 5)
        ]

    with_facts = right()
    monkeypatch.setattr(video_ranking, "FACTS_M", 0.0)
    without = right()
    assert with_facts[0] > without[0], (with_facts, without)
    assert with_facts[1] >= max(without[1], 8), (with_facts, without)


def test_who_walks_away_does_not_touch_their_toes():
    """Far from everything, and told to be something else: hardly an answer; told to be the same: perhaps one."""
    turns = [Fact("turn", 0, 1, "", "left", 180.0), Fact("walk", 1, 4, "", "forward", 3.0)]
    toes = [Fact("bend", 0, 1, "", "forward", 90.0), Fact("reach down", 0.5, 1, "both")]
    found = Candidate("a", Window(0.0, 3.0), 0.0)
    for distance_m in (0.6, 1.2):
        assert judged(Ranked(found, distance_m, agrees=agreement(turns, toes))) == "hardly"
        assert judged(Ranked(found, distance_m, agrees=agreement(turns, turns))) == "perhaps"
    assert judged(Ranked(found, 1.2, agrees=agreement(turns, toes)), "probably") == "hardly"
    assert judged(Ranked(found, 1.2, agrees=AGREES), "probably") == "perhaps"


def test_facts_order_and_do_not_measure():
    one = Ranked(Candidate("a", Window(0.0, 3.0), 0.0), 0.5, agrees=0.0, contrary_m=FACTS_M)
    assert one.distance_m == 0.5
    assert one.cost_m == pytest.approx(0.5 + FACTS_M)
