"""bench/strangers judges an index as it answers."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from library import Little

from lavimo.export.bvh import write_bvh
from lavimo.export.take import Cut, take_of
from lavimo.formats import read_motion
from lavimo.landmarks.movement import joints_of
from lavimo.motion.mirror import mirrored_caption
from lavimo.search.library import Library
from lavimo.search.query import Part, Query

pytestmark = pytest.mark.xdist_group("search")
STRANGERS = Path(__file__).parents[2] / "bench/strangers"
sys.path.insert(0, str(STRANGERS))

from asked import Meant, answered, by_vectors, read_queries  # noqa: E402
from judge import QUERIES, Report, by_action, judge, scored, table, table_of_several  # noqa: E402
from sides import Side, contraries, judge_sides, read_labels, read_sides, sided  # noqa: E402

LEFT, RIGHT = frozenset({"arm left"}), frozenset({"arm right"})


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two wordings each of the first and the third action."""
    lines = QUERIES.read_text().splitlines()
    path = tmp_path_factory.mktemp("few") / "queries.csv"
    path.write_text("\n".join(lines[:3] + lines[9:11]) + "\n")
    return path


@pytest.fixture(scope="module")
def report(little: Little, few: Path) -> Report:
    return judge(str(little.index), few, [], 1)


def test_a_ranking_is_judged_by_its_relevant_motions():
    judged = scored("walk", "a person walks", np.array([True, False, True, False, False, False, False, True]))
    assert judged.relevant == 3
    assert judged.precision == pytest.approx(2 / 5)
    assert judged.average_precision == pytest.approx((1 / 1 + 2 / 3 + 3 / 8) / 3)
    assert judged.chance == pytest.approx(3 / 8)


def test_each_action_has_three_other_wordings():
    asked = read_queries(QUERIES)
    actions = {one.action: [other for other in asked if other.action == one.action] for one in asked}
    assert len(actions) == 8
    assert all(len(ones) == 4 and len({one.words for one in ones}) == 1 for ones in actions.values())
    assert len({one.query for one in asked}) == 32


def test_an_index_is_judged_as_it_answers(little: Little, library: Library, few: Path, report: Report) -> None:
    asked = {one.query: one for one in read_queries(few)}
    assert [one.query for one in report.judged] == [*asked]
    assert not report.sided
    hits = 0
    for one in report.judged:
        answer = library.search(Query((Part("text", one.query),), k=1000)).hits
        hits += len(answer)
        relevant = asked[one.query].relevant(answer[0].item)
        assert one.average_precision * one.relevant >= 1 - 1e-9 if relevant else one.precision < 1
        assert 0 < one.chance < 1
        assert one.relevant == round(one.chance * library.store.count()[0])
    assert sum(report.meant.hits.values()) == hits
    with pytest.raises(ValueError, match="no query with at least 1000 relevant motions"):
        judge(str(little.index), few, [], 1000)


def test_the_order_is_the_users_and_the_models_is_another_question(library: Library) -> None:
    ids = [item.id for item in library.store.items()]
    order, judged = answered(library, "a person walks", ids)
    hits = library.search(Query((Part("text", "a person walks"),), k=1000)).hits
    assert order == [id for hit in hits for id in (hit.item.id, *hit.alike)]
    assert sorted(order) == sorted(ids)
    assert judged == {hit.item.id: hit.judgement for hit in hits}
    vectors, nothing = by_vectors(library, "a person walks", ids)
    assert not nothing
    assert sorted(vectors) == sorted(ids)
    assert answered(library, "a person walks", ids[:3])[0] == [id for id in order if id in ids[:3]]


def test_what_judgements_mean_is_counted_where_the_truth_is_known():
    meant = Meant()
    truth = {"a": True, "b": False, "c": None, "d": True}
    meant.count({"a": "probably", "b": "probably", "c": "probably", "d": "hardly"}, truth.__getitem__)
    meant.count({"a": ""}, truth.__getitem__)
    assert (meant + meant).lines("to it") == [
        "  relevant to it, of hits judged probably 0.50 (2 of 4), hardly 1.00 (2 of 2)"
    ]
    assert "does not judge" in Meant().lines("to it")[0]


def test_a_contrary_before_a_relevant_motion_counts():
    one = sided("left", [True, False, False, True, False], [False, True, False, False, True])
    assert (one.relevant, one.contrary) == (2, 2)
    assert one.share == pytest.approx(1 / 2)  # two are relevant, so the first two are asked
    assert one.contraries == pytest.approx(1 / 4)
    assert np.isnan(sided("left", [True], [False]).contraries)


def test_a_trial_is_relevant_contrary_neither_or_unclear():
    side = Side("the left arm", LEFT, RIGHT, frozenset({"arm some"}))
    assert side.truth({"arm left", "arm right"}) is True
    assert side.truth({"arm right", "arm some"}) is False
    assert side.truth({"arm some"}) is None
    assert side.truth({"leg left"}) is False
    assert contraries(side, ["a", "b"], {"a": {"arm left", "arm right"}, "b": {"arm right"}}) == [False, True]


def test_sides_are_judged_among_labelled_motions(library: Library) -> None:
    items = list(library.store.items())
    sides = [Side("with the left arm", LEFT, RIGHT, frozenset()), Side("never", frozenset({"no"}), LEFT, RIGHT)]
    labels = {Path(item.name).stem: {"arm left" if place % 2 else "arm right"} for place, item in enumerate(items)}
    judged, meant = judge_sides(library, items, sides, labels)
    (one,) = judged
    assert (one.relevant, one.contrary) == (len(items) // 2, len(items) - len(items) // 2)
    assert 0 <= one.contraries <= 1
    assert sum(meant.hits.values()) == len(library.search(Query((Part("text", one.query),), k=1000)).hits)
    assert judge_sides(library, items, sides, labels, model_only=True)[1] == Meant()


def test_the_labels_are_those_that_are_asked_for():
    labels, sides = read_labels(), read_sides()
    known = set().union(*labels.values())
    for side in sides:
        assert side.relevant | side.contrary | side.unclear <= known, side.query
        assert not side.relevant & (side.contrary | side.unclear)
        # Where there are mirror images, each query finds something, and each that names a side has a contrary.
        assert side.relevant & known
        assert side.contrary & known
        if swapped := [other for other in sides if other.query == mirrored_caption(side.query) != side.query]:
            assert swapped[0].relevant == set(map(mirrored_caption, side.relevant))
            assert swapped[0].contrary == set(map(mirrored_caption, side.contrary))
    assert len({side.query for side in sides}) == len(sides)


def test_a_table_names_what_it_has(report: Report) -> None:
    one = sided("with the left arm", [True, False], [False, True])
    known = Report(report.judged, report.meant, [one], Meant())
    lines = "\n".join(table(known, each=True))
    assert all(judged.query in lines for judged in report.judged)
    assert all(f"  {action} " in lines for action in by_action(report.judged))
    assert "with the left arm" in lines
    assert "no motion is known by its sides" in "\n".join(table(report))
    several = "\n".join(table_of_several([known, known]))
    assert "sides: contrary first        0.000 +- 0.000" in several
    assert "other wordings: mAP" in several


def test_mirror_images_of_labelled_trials(library: Library, tmp_path: Path) -> None:
    motion = library.store.motion(next(iter(library.store.items())).id)
    (tmp_path / "bvh").mkdir()
    for clip in ("10_01", "02_01"):
        write_bvh(tmp_path / "bvh" / f"{clip}.bvh", take_of(motion, Cut()))
    (tmp_path / "captions.csv").write_text("clip,caption\n10_01,kicks left\n02_01,walk\n")
    script = [sys.executable, STRANGERS / "mirror.py", tmp_path / "mirrored", tmp_path / "captions.csv"]
    told = subprocess.run(script, check=True, capture_output=True, text=True).stdout
    assert "1 mirror images" in told
    rows = (tmp_path / "mirrored/captions.csv").read_text().splitlines()
    assert rows == ["clip,caption", "10_01,kicks left", "02_01,walk", "M10_01,kicks right"]
    joints = joints_of(read_motion(tmp_path / "bvh/10_01.bvh"))
    image = joints_of(read_motion(tmp_path / "mirrored/M10_01.npz"))
    left, right = 20, 21  # wrists
    height = np.corrcoef(joints[:, left, 1] - joints[:, 0, 1], image[:, right, 1] - image[:, 0, 1])[0, 1]
    assert height > 0.99
    assert read_labels()["M10_01"] >= {"kick left"}
