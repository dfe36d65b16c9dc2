"""Queries of every kind find what they should."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from data_folders import DATA

from lavimo.config import ProjectionOptions
from lavimo.describe.fact import Fact
from lavimo.describe.words.saying import verb_phrases
from lavimo.describe.words.words import summary
from lavimo.export.bvh import write_bvh
from lavimo.export.take import Cut, take_of
from lavimo.landmarks.projection import projected
from lavimo.landmarks.sequence import Landmarks
from lavimo.motion.motion import Motion
from lavimo.search import prepare, rerank
from lavimo.search.action_filter import ActionFilter
from lavimo.search.index import index
from lavimo.search.item import Candidate, Filters, Window
from lavimo.search.judgement import ALONE
from lavimo.search.library import Library
from lavimo.search.query import Answer, Hit, Part, Query, mixed
from lavimo.search.query_files import LocalReader
from lavimo.search.show import as_table
from lavimo.search.video_ranking import Ranked, judged

pytestmark = pytest.mark.xdist_group("search")
CLEAN = ProjectionOptions(noise=(0.0, 0.0), occluded=0, missed_detections=0, shape_std=0, crop=0, tempo=1)


class Projector(LocalReader):
    """Sees videos that nobody made: projections of a motion."""

    def __init__(self, motion: Motion):
        self.video = projected(motion, np.random.default_rng(0), CLEAN)

    def landmarks(self, video: Path, person: str) -> Landmarks:
        """Whatever the file."""
        return self.video


@pytest.fixture(scope="module")
def library(little) -> Library:
    """The little library."""
    return Library(str(little.index))


def text(words: str, **options) -> Query:
    """A query by words."""
    return Query((Part("text", words),), **options)


def test_words_find_what_they_describe(library):
    """The model was trained for seconds: to be far better than chance is enough; how good one is, evaluation says."""
    ranks = []
    for item in list(library.store.items())[::4]:
        hits = library.search(text(item.captions[0], k=100)).hits
        ids = [id for hit in hits for id in (hit.item.id, *hit.alike)]
        ranks.append(ids.index(item.id))
    assert np.median(ranks) < 16, ranks


def test_a_motion_finds_itself(library, tmp_path):
    item = next(iter(library.store.items()))
    write_bvh(tmp_path / "query.bvh", take_of(library.store.motion(item.id), Cut()))
    answer = library.search(Query((Part("motion", tmp_path / "query.bvh"),)))
    assert answer.hits[0].item.id == item.id or item.id in answer.hits[0].alike
    assert answer.hits[0].score > 0.99
    assert answer.found is None


def test_a_video_finds_its_motion_by_landmarks(little):
    library = Library(str(little.index))
    items = list(library.store.items())
    right = 0
    for item in items[::8]:
        seeing = Library(str(little.index), reader=Projector(library.store.motion(item.id)))
        answer = seeing.search(Query((Part("video", Path("any.mp4")),), k=5))
        found = [answer.hits[0].item.id, *answer.hits[0].alike]
        right += item.id in found
        assert answer.hits[0].distance_m is not None
        assert answer.hits[0].judgement in ("probably", "perhaps", "hardly")
    assert right >= 7


def test_a_hit_says_which_seconds_of_the_video_it_answers(little):
    """Standing before and after changes neither the hit nor what it is called; far from everything is hardly a hit."""
    library = Library(str(little.index))
    item = next(item for item in library.store.items() if "kick" in item.name)

    class Standing(Projector):
        def landmarks(self, video: Path, person: str) -> Landmarks:
            seen = super().landmarks(video, person)
            frames = np.r_[np.zeros(20, int), np.arange(len(seen)), np.full(20, len(seen) - 1)]
            times_T = np.arange(len(frames), dtype=np.float32) / 10
            return Landmarks(times_T, seen.world_TL3[frames], seen.image_TL2[frames], seen.visibility_TL[frames])

    query = Query((Part("video", Path("any.mp4")),), k=3)
    plain, padded = (
        Library(str(little.index), reader=reader(library.store.motion(item.id))).search(query).hits[0]
        for reader in (Projector, Standing)
    )
    assert item.id in (padded.item.id, *padded.alike)
    assert padded.judgement == plain.judgement
    assert padded.video_s is not None
    assert padded.video_s[0] == pytest.approx(2.0, abs=0.5)
    assert padded.to_json()["video_s"] == [round(second, 2) for second in padded.video_s]
    assert f"(video {padded.video_s[0]:.1f} to" in as_table(Answer((padded,), True))
    far = [Ranked(Candidate("a", padded.window, 0.0), metres) for metres in (0.1, 0.3, 0.7, 1.2)]
    assert [judged(one) for one in far] == ["probably", "perhaps", "hardly", "hardly"]
    assert [judged(one, "perhaps") for one in far] == ["perhaps", "perhaps", "perhaps", "hardly"]


@pytest.fixture(scope="module")
def long(little, tmp_path_factory) -> tuple[str, list[Motion]]:
    """An index of one recording, and the three motions that it is made of."""
    at = tmp_path_factory.mktemp("long")
    store = Library(str(little.index)).store
    items = [item for item in store.items() if item.frames > 40]
    parts = [store.motion(item.id) for item in (items[3], items[30], items[60])]
    rotations_TJ3, translation_T3 = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("rotations_TJ3", "translation_T3")
    )
    write_bvh(at / "takes" / "long.bvh", take_of(Motion(rotations_TJ3, translation_T3, np.zeros(10)), Cut()))
    index([at / "takes"], str(at / "index"), little.model, processes=1)
    return str(at / "index"), parts


def test_a_long_recording_is_found_where_it_happens(long):
    """Each part at its own place, with borders that are refined."""
    address, parts = long
    begin_s = 0.0
    for part in parts:
        (hit,) = Library(address, reader=Projector(part)).search(Query((Part("video", Path("any.mp4")),))).hits
        middle_s = (hit.window.begin_s + hit.window.end_s) / 2
        assert abs(middle_s - begin_s - len(part) / 40) < 0.6
        assert hit.window.end_s - hit.window.begin_s == pytest.approx(len(part) / 20, rel=0.4)
        begin_s += len(part) / 20


def test_moments_do_not_overlap(long):
    """Whatever is asked: a model so small may find the whole recording best for one sentence, and has then no other."""
    asked = ("jumps", "walks forward", "waves", "bows", "sits down", "kicks", "turns around", "raises both arms")
    several = 0
    for what in asked:
        (hit,) = Library(long[0]).search(text(f"a person {what}")).hits
        windows = [hit.window, *(moment.window for moment in hit.moments)]
        several += len(windows) > 1
        for place, one in enumerate(windows):
            for other in windows[:place]:
                shared = min(one.end_s, other.end_s) - max(one.begin_s, other.begin_s)
                assert shared <= 0.25 * min(one.end_s - one.begin_s, other.end_s - other.begin_s) + 1e-6
    assert several


def test_filters_and_counts(library):
    answer = library.search(text("a person walks", filters=Filters(travels=True), k=3))
    assert len(answer.hits) <= 3
    assert all(hit.item.travel_m > 1 for hit in answer.hits)
    assert library.search(text("a person walks", filters=Filters(folder="nowhere"))).hits == ()
    assert "no motion of the library fits" in as_table(library.search(text("walks", filters=Filters(folder="nowhere"))))


def test_what_it_is_not_like_moves_away(library):
    words = "a person claps"
    plain = library.search(text(words, k=20))
    without = library.search(Query(mixed(words, None, None, plain.hits[0].item.captions[0], []), k=20))
    place = [hit.item.id for hit in plain.hits].index(plain.hits[0].item.id)
    ids = [hit.item.id for hit in without.hits]
    assert plain.hits[0].item.id not in ids or ids.index(plain.hits[0].item.id) > place


def test_scores_mean_something(library):
    """Of words that facts do not know the model says from its validation clips what a cosine means."""
    assert set(library.retriever.about["calibration"]) >= {"t2m", "v2m"}
    limits = library.retriever.about["calibration"]["t2m"]
    for hit in library.search(text("a person shrugs", k=40)).hits:
        above = sum(hit.score >= limit for limit in (limits["perhaps"], max(limits["probably"], ALONE)))
        assert hit.judgement == ("hardly", "perhaps", "probably")[above]


def test_words_that_nobody_knows_are_said_to_be(library):
    answer = library.search(text("a person swims"))
    assert answer.unknown == ("swims",)
    assert answer.found is False
    assert {hit.judgement for hit in answer.hits} == {"hardly"}


def test_the_leg_that_is_asked_for_is_found(little, tmp_path):
    """He kicks with the right leg; with the left one his mirror image does, whatever the model says."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.bvh").write_bytes((DATA / "cmu" / "10_03.bvh").read_bytes())
    index([tmp_path / "one"], str(tmp_path / "index"), little.model, mirrored=True, processes=1)
    library = Library(str(tmp_path / "index"))
    for side, mirrored in (("right", False), ("left", True)):
        (hit,) = library.search(text(f"a person kicks with the {side} leg")).hits
        assert hit.window.mirrored is mirrored
        assert hit.judgement != "hardly"


def test_mirror_images_are_found_where_they_are_wanted(little, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.bvh").write_bytes((DATA / "cmu" / "10_03.bvh").read_bytes())
    index([tmp_path / "one"], str(tmp_path / "index"), little.model, mirrored=True, processes=1)
    library = Library(str(tmp_path / "index"))
    for mirrored in (False, True):
        (hit,) = library.search(text("kicks", filters=Filters(mirrored=mirrored))).hits
        assert hit.window.mirrored is mirrored


def test_near_duplicates_are_one_hit(little, tmp_path):
    (tmp_path / "takes").mkdir()
    for name in ("a", "b", "c"):
        (tmp_path / "takes" / f"{name}.bvh").write_bytes((DATA / "cmu" / "10_03.bvh").read_bytes())
    (tmp_path / "takes" / "d.bvh").write_bytes((DATA / "cmu" / "09_03.bvh").read_bytes())
    index([tmp_path / "takes"], str(tmp_path / "index"), little.model, processes=1)
    hits = Library(str(tmp_path / "index")).search(text("a person kicks")).hits
    assert sorted(len(hit.alike) for hit in hits) == [0, 2]


def test_the_ghost_lies_on_the_motion(library):
    item = next(iter(library.store.items()))
    points = library.store.points(item.id)
    video = projected(library.store.motion(item.id), np.random.default_rng(1), CLEAN)
    made_TK3 = rerank.ghost(video, points)
    away_m = np.linalg.norm(made_TK3 - points[0] - points[1][:, None], axis=-1)
    assert made_TK3.shape == points[0].shape
    assert np.median(away_m) < 0.2


def test_an_answer_as_json_and_as_a_table(library):
    answer = library.search(text("a person waves", k=2))
    told = answer.to_json()
    assert {"id", "begin_s", "end_s", "score", "judgement", "licence", "captions"} <= set(told["hits"][0])
    lines = as_table(answer).splitlines()
    assert lines[-1].split()[0] == answer.hits[-1].item.id


def test_hits_say_what_they_show(library):
    facts = (Fact("wave", 0.2, 1.2, "left", "", 0.0, 4), Fact("walk", 1.0, 4.0, "", "forward", 3.0, 5))
    item = replace(next(iter(library.store.items())), captions=())
    hit = Hit(item, Window(0.0, 4.0), 0.5, facts=facts)
    told = hit.to_json()
    assert told["description"] == summary(facts)
    assert [one["words"] for one in told["facts"]] == [verb_phrases(fact)[0] for fact in facts]
    assert told["facts"][1] | {"amount": 3.0, "unit": "m", "count": 5, "begin_s": 1.0} == told["facts"][1]
    captioned = replace(hit, item=replace(item, captions=("he greets somebody",)))
    assert f"  {hit.description}  " in as_table(Answer((hit,), None))
    assert f"he greets somebody; shows: {hit.description}" in as_table(Answer((captioned,), None))
    assert replace(hit, facts=()).description == ""


def test_hits_show_what_their_window_shows(little, tmp_path, monkeypatch):
    """Each its own part of the timeline, a mirror image the other side; and the filters go by it, for a picture too."""
    timeline = (Fact("wave", 0.0, 1.6, "left"), Fact("kick", 2.0, 2.6, "right", "forward", 0.8, 1))
    monkeypatch.setattr(prepare, "facts_of", lambda joints_TJ3: timeline)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.bvh").write_bytes((DATA / "cmu" / "07_01.bvh").read_bytes())
    (tmp_path / "one" / "b.bvh").write_bytes((DATA / "cmu" / "10_03.bvh").read_bytes())
    index([tmp_path / "one"], str(tmp_path / "index"), little.model, mirrored=True, processes=1)
    library = Library(str(tmp_path / "index"))
    for side, other in (("left", "right"), ("right", "left")):
        hits = library.search(text("waves", filters=Filters(action=ActionFilter(hand=side)))).hits
        assert hits
        for hit in hits:
            assert hit.window.mirrored is (side == "right")
            assert ("wave", side) in [(fact.kind, fact.side) for fact in hit.facts]
            assert ("kick", side) not in [(fact.kind, fact.side) for fact in hit.facts]
        both = Filters(action=ActionFilter(hand=side, leg=other))
        assert {fact.kind for hit in library.search(text("waves", filters=both)).hits for fact in hit.facts} == {
            "wave", "kick",
        }  # fmt: skip
    library.close()


@pytest.mark.parametrize(
    ("parts", "options", "message"),
    [
        ((), {}, "found an empty query"),
        ((Part("text", "  "),), {}, "found an empty text"),
        ((Part("text", "a", -1.0),), {}, "found only what a hit should not be like"),
        ((Part("text", "a"),), {"k": 0}, "found k = 0, expected 1 to 1000"),
    ],
)
def test_what_cannot_be_asked(parts, options, message):
    with pytest.raises(ValueError, match=message):
        Query(parts, **options)


def test_weights_are_one_each():
    assert [part.weight for part in mixed("a", Path("v"), None, "b", [0.5, 2.0])] == [0.5, 2.0, -0.5]
    with pytest.raises(ValueError, match=r"found 3 weight\(s\) for 2 part\(s\)"):
        mixed("a", Path("v"), None, "", [1, 1, 1])


def test_a_window_of_points_is_that_of_the_motion(library):
    item = next(item for item in library.store.items() if item.frames > 50)
    points = library.store.points(item.id)
    some = rerank.part(points, Window(1.0, 2.0))
    np.testing.assert_array_equal(some[0], points[0][20:40])
