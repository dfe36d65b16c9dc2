"""Hits say what they are: how sure, what they show, of which window; and what is alike is one."""

from dataclasses import replace

import pytest
from data_folders import DATA
from library import text

from lavimo.describe.fact import Fact
from lavimo.describe.words.saying import verb_phrases
from lavimo.describe.words.words import summary
from lavimo.search import prepare
from lavimo.search.action_filter import ActionFilter
from lavimo.search.index import index
from lavimo.search.item import Filters, Window
from lavimo.search.judgement import ALONE
from lavimo.search.library import Library
from lavimo.search.query import Answer, Hit
from lavimo.search.show import as_table

pytestmark = pytest.mark.xdist_group("search")


def test_scores_mean_something(library):
    """Of words that facts do not know the model says from its validation clips what a cosine means."""
    assert set(library.retriever.about["calibration"]) >= {"t2m", "v2m"}
    limits = library.retriever.about["calibration"]["t2m"]
    for hit in library.search(text("a person shrugs", k=40)).hits:
        above = sum(hit.score >= limit for limit in (limits["perhaps"], max(limits["probably"], ALONE)))
        assert hit.judgement == ("hardly", "perhaps", "probably")[above]


def test_near_duplicates_are_one_hit(little, tmp_path):
    (tmp_path / "takes").mkdir()
    for name in ("a", "b", "c"):
        (tmp_path / "takes" / f"{name}.bvh").write_bytes((DATA / "cmu" / "10_03.bvh").read_bytes())
    (tmp_path / "takes" / "d.bvh").write_bytes((DATA / "cmu" / "09_03.bvh").read_bytes())
    index([tmp_path / "takes"], str(tmp_path / "index"), little.model, processes=1)
    hits = Library(str(tmp_path / "index")).search(text("a person kicks")).hits
    assert sorted(len(hit.alike) for hit in hits) == [0, 2]


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
