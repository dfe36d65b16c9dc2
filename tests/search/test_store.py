"""An index keeps what is put in, in a folder and in PostgreSQL alike."""

import random
import signal
import time

import numpy as np
import pytest
from entries import ABOUT, DIM, entry
from writer import check_whole, written

from lavimo.describe.columns import WindowFacts
from lavimo.describe.fact import Fact
from lavimo.search.action_filter import ActionFilter
from lavimo.search.folder import FolderStore
from lavimo.search.item import Candidate, Entry, Filters, Window, check_id
from lavimo.search.open_store import create_store, open_store
from lavimo.search.store import About, Store

pytestmark = pytest.mark.xdist_group("search")


def everything(store: Store) -> dict[str, tuple]:
    """What an index says of each item."""
    found = {}
    for item in store.items():
        motion, (points, path) = store.motion(item.id), store.points(item.id)
        arrays = (motion.rotations_TJ3, motion.translation_T3, points, path)
        found[item.id] = (item, store.facts(item.id), *(array.tobytes() for array in arrays))
    return found


def hits(store: Store, seed: int = 0, k: int = 10, filters: Filters = Filters()) -> list[tuple]:  # noqa: B008
    """What a query of that seed finds."""
    query_C = np.random.default_rng(seed).standard_normal(DIM).astype(np.float32)
    found: list[Candidate] = store.search(query_C / np.linalg.norm(query_C), k, filters)
    return [(one.id, one.window.begin_s, one.window.end_s) for one in found]


def test_what_goes_in_comes_out(store):
    entries = [entry(name) for name in ("a", "b", "c")]
    store.add(entries)
    assert store.count() == (3, sum(len(one.windows) for one in entries))
    for one in entries:
        assert store.get(one.item.id) == one.item
        motion = store.motion(one.item.id)
        np.testing.assert_array_equal(motion.rotations_TJ3, one.motion.rotations_TJ3)
        np.testing.assert_array_equal(motion.translation_T3, one.motion.translation_T3)
        assert store.facts(one.item.id) == one.facts
        np.testing.assert_array_equal(store.points(one.item.id)[0], one.points_TK3)
        np.testing.assert_array_equal(store.points(one.item.id)[1], one.path_T3)
        (nearest,) = store.search(one.vectors_RC[0], 1, Filters())
        assert (nearest.id, nearest.window) == (one.item.id, one.windows[0])
        assert nearest.score == pytest.approx(1, abs=2e-3)


def test_what_is_not_there_is_named(store):
    for asked in (store.get, store.motion, store.points, store.facts):
        with pytest.raises(ValueError, match="found no motion of the id '0123456789abcdef'"):
            asked("0123456789abcdef")
    store.remove(["0123456789abcdef"])


def test_filters(store):
    store.add([
        entry("near/a", licence="CC BY 4.0"), entry("far/b", licence="own", travel_m=3.0), entry("far/c", travel_m=0.5)
    ])  # fmt: skip
    name = {one.id: one.name for one in store.items()}

    def found(**filters):
        return {name[id] for id, *_ in hits(store, filters=Filters(**filters))}

    assert found() == {"near/a", "far/b", "far/c"}
    assert found(folder="far/") == {"far/b", "far/c"}
    assert found(licence="cc by") == {"near/a"}
    assert found(travels=True) == {"far/b"}
    assert found(travels=False) == {"near/a", "far/c"}
    assert found(min_s=2.0, max_s=2.0) == {"near/a", "far/b", "far/c"}
    assert found(min_s=2.1) == set()
    assert found(mirrored=True) == set()


@pytest.mark.parametrize(
    ("asked", "filters"),
    [
        ({"hand": "left"}, {"waves", "turns"}),
        ({"hand": "right"}, set()),
        ({"hand": "both"}, {"raises"}),
        ({"leg": "right"}, {"kicks"}),
        ({"direction": "forward"}, {"walks"}),
        ({"direction": "backward"}, {"backs"}),
        ({"direction": "forward left"}, set()),
        ({"gait": "walk"}, {"walks", "backs"}),
        ({"gait": "run"}, {"runs"}),
        ({"turns": "left"}, {"turns"}),
        ({"turns": "right"}, {"runs"}),
        ({"turns": "none"}, {"waves", "raises", "kicks", "walks", "backs", "jumps", "perhaps"}),
        ({"jumps": True}, {"jumps"}),
        ({"jumps": False}, {"waves", "raises", "kicks", "walks", "backs", "runs", "turns", "perhaps"}),
        ({"speed": "slow"}, {"backs"}),
        ({"speed": "normal"}, {"walks"}),
        ({"speed": "quick"}, {"runs"}),
        ({"hand": "left", "turns": "left"}, {"turns"}),
        ({"hand": "left", "turns": "none"}, {"waves"}),
        ({"gait": "walk", "jumps": True}, set()),
    ],
)
def test_filters_by_what_somebody_does(store, asked, filters):
    facts = {
        "waves": (Fact("wave", 0.0, 2.0, "left", "", 0.0, 4),),
        "raises": (Fact("raise", 0.0, 2.0, "both", "above"),),
        "kicks": (Fact("kick", 0.5, 1.0, "right", "forward", 0.8, 1),),
        "walks": (Fact("walk", 0.0, 2.0, "", "forward", 2.4, 4),),
        "backs": (Fact("walk", 0.0, 2.0, "", "backward", 1.2, 3),),
        "runs": (Fact("run", 0.0, 2.0, "", "forward right", 6.0, 6), Fact("curve", 0.2, 1.9, "", "right", 60.0)),
        "turns": (Fact("turn", 0.0, 2.0, "", "left", 180.0), Fact("wave", 0.0, 1.0, "left")),
        "jumps": (Fact("jump", 0.4, 0.9, "", "up", 0.3, 1),),
        "perhaps": (Fact("jump", 0.4, 0.9, "", "up", 0.1, 1, 0.3),),
    }
    store.add([entry(name, does=does) for name, does in facts.items()])
    name = {one.id: one.name for one in store.items()}
    found = hits(store, k=100, filters=Filters(action=ActionFilter(**asked)))
    assert {name[id] for id, begin_s, _ in found if begin_s == 0} == filters


def test_filters_find_what_each_window_shows(store):
    """Of made-up timelines every store finds the windows that `Filters.window` lets through: k of them, the best."""
    entries = [entry(f"m{n}", n) for n in range(60)]
    store.add(entries)
    of = {one.item.id: one for one in entries}
    asked = [
        {"hand": "left"}, {"leg": "left"}, {"direction": "backward"}, {"gait": "sneak"}, {"turns": "none"},
        {"turns": "left", "jumps": False}, {"jumps": True}, {"speed": "quick"}, {"gait": "walk", "speed": "normal"},
    ]  # fmt: skip
    for one in asked:
        filters = Filters(action=ActionFilter(**one))
        fitting = {
            (one.item.id, window.begin_s, window.end_s)
            for one in of.values() for window in one.windows if filters.window(window, one.facts)
        }  # fmt: skip
        assert set(hits(store, k=1000, filters=filters)) == fitting
        assert len(hits(store, k=3, filters=filters)) == min(3, len(fitting))


class Telling:
    """A boost that tells windows apart by all that they show."""

    in_order = False

    def __call__(self, shown: WindowFacts) -> np.ndarray:
        facts = shown.facts
        told_W = np.array([len(kind) + 2 * len(side) + 3 * len(way) for kind, side, way in facts.whats], float)
        told_P = told_W[facts.what] + facts.begin + 2 * facts.end + facts.amount + facts.count + facts.certainty
        return np.bincount(shown.row_P, told_P, len(shown.item_R)).astype(np.float32)


def told(entry: Entry, window: Window) -> float:
    """The same of one window."""
    return sum(
        len(fact.kind) + 2 * len(fact.side) + 3 * len(fact.direction) + fact.begin_s + 2 * fact.end_s + fact.amount
        + fact.count + fact.certainty for fact in window.shows(entry.facts)
    )  # fmt: skip


def test_what_every_window_shows(store, address):
    """Whoever adds something for it to the cosines sees what `within` says of each; and anew after each change."""

    def check(now: list[Entry]):
        of = {one.item.id: one for one in now}
        found = store.search(now[0].vectors_RC[0], 1000, Filters(), Telling())
        assert {(one.id, one.window) for one in found} == {(id, w) for id, one in of.items() for w in one.windows}
        for one in found:
            assert one.boost == pytest.approx(told(of[one.id], one.window), abs=0.02)
            assert one.score == pytest.approx(
                one.boost + float(vector(of[one.id], one.window) @ now[0].vectors_RC[0]), abs=5e-3
            )

    def vector(entry: Entry, window: Window) -> np.ndarray:
        return entry.vectors_RC[entry.windows.index(window)]

    made = [entry(f"m{n}", n) for n in range(20)]
    store.add(made[:12])
    check(made[:12])
    store.add([entry("m3", 100), *made[12:]])
    store.remove([made[5].item.id])
    now = [*made[:3], entry("m3", 100), made[4], *made[6:]]
    check(now)
    other = open_store(address)
    other.remove([made[7].item.id])
    other.close()
    store.refresh()
    check([one for one in now if one.item.id != made[7].item.id])


def test_a_thousand_changes_leave_what_a_rebuild_makes(store, tmp_path, weights):
    draw = random.Random(0)
    kept: dict[str, int] = {}
    changes = 1000 if isinstance(store, FolderStore) else 300
    done = 0
    while done < changes:
        names = draw.sample([f"m{n}" for n in range(40)], draw.randint(1, 6))
        if draw.random() < 0.7:
            seeds = {name: draw.randrange(10**6) for name in names}
            store.add([entry(name, seed) for name, seed in seeds.items()])
            kept |= seeds
        else:
            store.remove([entry(name).item.id for name in names])
            for name in names:
                kept.pop(name, None)
        done += len(names)
    rebuilt = create_store(str(tmp_path / "rebuilt"), ABOUT, weights)
    rebuilt.add([entry(name, seed) for name, seed in kept.items()])
    assert everything(store) == everything(rebuilt)
    assert store.count() == rebuilt.count()
    for seed in range(20):
        assert sorted(hits(store, seed)) == sorted(hits(rebuilt, seed))


def test_a_reader_sees_what_a_writer_has_done(store, address):
    reader = open_store(address)
    store.add([entry("a")])
    reader.refresh()
    assert reader.count()[0] == 1
    store.remove([entry("a").item.id])
    reader.refresh()
    assert reader.count() == (0, 0)
    reader.close()


def test_another_models_vectors_are_refused_by_name(store, address, weights):
    store.add([entry("a")])
    with pytest.raises(ValueError, match=r"found vectors of the model 0{12}, but the one given is 1{12}"):
        create_store(address, About("1" * 64, DIM, False), weights)
    with pytest.raises(ValueError, match="mirrored=False, but asked for mirrored=True"):
        create_store(address, About("0" * 64, DIM, True), weights)


def test_the_model_goes_along(store, weights):
    assert store.model().read_bytes() == weights.read_bytes()


@pytest.mark.parametrize(
    "bad", ["", "../../../etc/passwd", "0123456789abcde", "0123456789ABCDEF", "0123456789abcdeg\n"]
)
def test_ids_are_checked(bad):
    with pytest.raises(ValueError, match="expected sixteen"):
        check_id(bad)


@pytest.mark.slow
def test_thirty_kills_leave_a_whole_index(store, address):
    draw = random.Random(1)
    store.close()
    for _ in range(30):
        process = written(address)
        time.sleep(draw.uniform(0.0, 0.4))
        process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        check_whole(address, [int(line) for line in process.stdout if line.endswith("\n")])
        process.wait()


def test_a_killed_write_is_not_half_there(store, address):
    store.close()
    process = written(address)
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    assert process.stdout is not None
    check_whole(address, [int(line) for line in process.stdout if line.endswith("\n")])
    process.wait()
