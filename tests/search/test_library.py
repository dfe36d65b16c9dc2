"""Queries of every kind find what they should."""

from pathlib import Path

import numpy as np
import pytest
from data_folders import DATA
from library import text

from lavimo.config import ProjectionOptions
from lavimo.export.bvh import write_bvh
from lavimo.export.take import Cut, take_of
from lavimo.landmarks.projection import projected
from lavimo.landmarks.sequence import Landmarks
from lavimo.motion.motion import Motion
from lavimo.search import rerank
from lavimo.search.index import index
from lavimo.search.item import Candidate, Filters, Window
from lavimo.search.library import Library
from lavimo.search.query import Answer, Part, Query, mixed
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


def test_words_that_nobody_knows_are_said_to_be(library):
    answer = library.search(text("a person swims"))
    assert answer.unknown == ("swims",)
    assert answer.found is False
    assert {hit.judgement for hit in answer.hits} == {"hardly"}


@pytest.fixture(scope="module")
def kick(little, tmp_path_factory) -> Library:
    """An index of a kick with the right leg and its mirror image."""
    at = tmp_path_factory.mktemp("kick")
    (at / "one").mkdir()
    (at / "one" / "a.bvh").write_bytes((DATA / "cmu" / "10_03.bvh").read_bytes())
    index([at / "one"], str(at / "index"), little.model, mirrored=True, processes=1)
    return Library(str(at / "index"))


def test_the_leg_that_is_asked_for_is_found(kick):
    """He kicks with the right leg; with the left one his mirror image does, whatever the model says."""
    for side, mirrored in (("right", False), ("left", True)):
        (hit,) = kick.search(text(f"a person kicks with the {side} leg")).hits
        assert hit.window.mirrored is mirrored
        assert hit.judgement != "hardly"


def test_mirror_images_are_found_where_they_are_wanted(kick):
    for mirrored in (False, True):
        (hit,) = kick.search(text("kicks", filters=Filters(mirrored=mirrored))).hits
        assert hit.window.mirrored is mirrored


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


def test_the_ghost_lies_on_the_motion(library):
    item = next(iter(library.store.items()))
    points = library.store.points(item.id)
    video = projected(library.store.motion(item.id), np.random.default_rng(1), CLEAN)
    made_TK3 = rerank.ghost(video, points)
    away_m = np.linalg.norm(made_TK3 - points[0] - points[1][:, None], axis=-1)
    assert made_TK3.shape == points[0].shape
    assert np.median(away_m) < 0.2


def test_a_window_of_points_is_that_of_the_motion(library):
    item = next(item for item in library.store.items() if item.frames > 50)
    points = library.store.points(item.id)
    some = rerank.part(points, Window(1.0, 2.0))
    np.testing.assert_array_equal(some[0], points[0][20:40])
