"""An index keeps what is put in, in a folder and in PostgreSQL alike."""

import random
import signal
import time
from dataclasses import replace

import numpy as np
import pytest
from entries import ABOUT, DIM, entry
from writer import check_whole, written

from lavimo.describe.fact import Fact
from lavimo.search.doing import Doing
from lavimo.search.folder import FolderHome
from lavimo.search.home import About, Home, make_home, open_home
from lavimo.search.item import Entry, Found, Wanted, check_id

pytestmark = pytest.mark.xdist_group("search")


def everything(home: Home) -> dict[str, tuple]:
    """What an index says of each item."""
    found = {}
    for item in home.items():
        motion, (points, path) = home.motion(item.id), home.points(item.id)
        arrays = (motion.rotations_TJ3, motion.translation_T3, points, path)
        found[item.id] = (item, home.facts(item.id), *(array.tobytes() for array in arrays))
    return found


def hits(home: Home, seed: int = 0, k: int = 10, wanted: Wanted = Wanted()) -> list[tuple]:  # noqa: B008
    """What a query of that seed finds."""
    query_C = np.random.default_rng(seed).standard_normal(DIM).astype(np.float32)
    found: list[Found] = home.search(query_C / np.linalg.norm(query_C), k, wanted)
    return [(one.id, one.window.begin_s, one.window.end_s) for one in found]


def test_what_goes_in_comes_out(home):
    entries = [entry(name) for name in ("a", "b", "c")]
    home.add(entries)
    assert home.count() == (3, sum(len(one.windows) for one in entries))
    for one in entries:
        assert home.get(one.item.id) == one.item
        motion = home.motion(one.item.id)
        np.testing.assert_array_equal(motion.rotations_TJ3, one.motion.rotations_TJ3)
        np.testing.assert_array_equal(motion.translation_T3, one.motion.translation_T3)
        assert home.facts(one.item.id) == one.facts
        np.testing.assert_array_equal(home.points(one.item.id)[0], one.points_TK3)
        np.testing.assert_array_equal(home.points(one.item.id)[1], one.path_T3)
        (nearest,) = home.search(one.vectors_RC[0], 1, Wanted())
        assert (nearest.id, nearest.window) == (one.item.id, one.windows[0])
        assert nearest.score == pytest.approx(1, abs=2e-3)


def test_what_is_not_there_is_named(home):
    for asked in (home.get, home.motion, home.points, home.facts):
        with pytest.raises(ValueError, match="found no motion of the id '0123456789abcdef'"):
            asked("0123456789abcdef")
    home.remove(["0123456789abcdef"])


def test_filters(home):
    home.add([
        entry("near/a", licence="CC BY 4.0"), entry("far/b", licence="own", travel_m=3.0), entry("far/c", travel_m=0.5)
    ])  # fmt: skip
    name = {one.id: one.name for one in home.items()}

    def found(**wanted):
        return {name[id] for id, *_ in hits(home, wanted=Wanted(**wanted))}

    assert found() == {"near/a", "far/b", "far/c"}
    assert found(folder="far/") == {"far/b", "far/c"}
    assert found(licence="cc by") == {"near/a"}
    assert found(travels=True) == {"far/b"}
    assert found(travels=False) == {"near/a", "far/c"}
    assert found(least_s=2.0, most_s=2.0) == {"near/a", "far/b", "far/c"}
    assert found(least_s=2.1) == set()
    assert found(mirrored=True) == set()


@pytest.mark.parametrize(
    ("asked", "wanted"),
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
def test_filters_by_what_somebody_does(home, asked, wanted):
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
    home.add([entry(name, does=does) for name, does in facts.items()])
    name = {one.id: one.name for one in home.items()}
    found = hits(home, k=100, wanted=Wanted(doing=Doing(**asked)))
    assert {name[id] for id, begin_s, _ in found if begin_s == 0} == wanted


def test_filters_find_what_each_window_shows(home):
    """Of made-up timelines every home finds the windows that `Wanted.window` lets through: k of them, the best."""
    entries = [entry(f"m{n}", n) for n in range(60)]
    home.add(entries)
    of = {one.item.id: one for one in entries}
    asked = [
        Doing(hand="left"), Doing(leg="left"), Doing(direction="backward"), Doing(gait="sneak"), Doing(turns="none"),
        Doing(turns="left", jumps=False), Doing(jumps=True), Doing(speed="quick"), Doing(gait="walk", speed="normal"),
    ]  # fmt: skip
    for doing in asked:
        wanted = Wanted(doing=doing)
        fitting = {
            (one.item.id, window.begin_s, window.end_s)
            for one in of.values() for window in one.windows if wanted.window(window, one.facts)
        }  # fmt: skip
        assert set(hits(home, k=1000, wanted=wanted)) == fitting
        assert len(hits(home, k=3, wanted=wanted)) == min(3, len(fitting))


def test_what_every_window_shows(home, address):
    """At once, as columns: what `within` says of each; and anew after each change."""
    made = [entry(f"m{n}", n) for n in range(20)]
    home.add(made[:12])
    assert told(home) == shown(made[:12])
    home.add([entry("m3", 100), *made[12:]])
    home.remove([made[5].item.id])
    now = [*made[:3], entry("m3", 100), made[4], *made[6:]]
    assert told(home) == shown(now)
    assert home.window_facts()[0].facts is home.window_facts()[0].facts, "it is read again"
    other = open_home(address)
    other.remove([made[7].item.id])
    other.close()
    home.refresh()
    assert told(home) == shown([one for one in now if one.item.id != made[7].item.id])


def told(home: Home) -> list[tuple]:
    """Every window that counts, and what `window_facts` says of it."""
    found = []
    for part in home.window_facts():
        every = part.facts.rows(slice(None))
        for row in np.flatnonzero(part.alive_R):
            own = tuple(every[place] for place in np.flatnonzero(part.row_P == row))
            span = round(float(part.begin_R[row]), 2), round(float(part.end_R[row]), 2)
            found.append((part.ids[part.item_R[row]], *span, own))
    return sorted(found, key=str)


def shown(entries: list[Entry]) -> list[tuple]:
    """The same, one by one."""
    return sorted(
        (
            (
                one.item.id, window.begin_s, window.end_s,
                tuple(replace(fact, amount=round(fact.amount, 2)) for fact in window.shows(one.facts)),
            )
            for one in entries for window in one.windows
        ),
        key=str,
    )  # fmt: skip


def test_a_thousand_changes_leave_what_a_rebuild_makes(home, tmp_path, weights):
    draw = random.Random(0)
    kept: dict[str, int] = {}
    changes = 1000 if isinstance(home, FolderHome) else 300
    done = 0
    while done < changes:
        names = draw.sample([f"m{n}" for n in range(40)], draw.randint(1, 6))
        if draw.random() < 0.7:
            seeds = {name: draw.randrange(10**6) for name in names}
            home.add([entry(name, seed) for name, seed in seeds.items()])
            kept |= seeds
        else:
            home.remove([entry(name).item.id for name in names])
            for name in names:
                kept.pop(name, None)
        done += len(names)
    rebuilt = make_home(str(tmp_path / "rebuilt"), ABOUT, weights)
    rebuilt.add([entry(name, seed) for name, seed in kept.items()])
    assert everything(home) == everything(rebuilt)
    assert home.count() == rebuilt.count()
    for seed in range(20):
        assert sorted(hits(home, seed)) == sorted(hits(rebuilt, seed))


def test_a_reader_sees_what_a_writer_has_done(home, address):
    reader = open_home(address)
    home.add([entry("a")])
    reader.refresh()
    assert reader.count()[0] == 1
    home.remove([entry("a").item.id])
    reader.refresh()
    assert reader.count() == (0, 0)
    reader.close()


def test_another_models_vectors_are_refused_by_name(home, address, weights):
    home.add([entry("a")])
    with pytest.raises(ValueError, match=r"found vectors of the model 0{12}, but the one given is 1{12}"):
        make_home(address, About("1" * 64, DIM, False), weights)
    with pytest.raises(ValueError, match="mirrored=False, but asked for mirrored=True"):
        make_home(address, About("0" * 64, DIM, True), weights)


def test_the_model_goes_along(home, weights):
    assert home.model().read_bytes() == weights.read_bytes()


@pytest.mark.parametrize(
    "bad", ["", "../../../etc/passwd", "0123456789abcde", "0123456789ABCDEF", "0123456789abcdeg\n"]
)
def test_ids_are_checked(bad):
    with pytest.raises(ValueError, match="expected sixteen"):
        check_id(bad)


@pytest.mark.slow
def test_thirty_kills_leave_a_whole_index(home, address):
    draw = random.Random(1)
    home.close()
    for _ in range(30):
        process = written(address)
        time.sleep(draw.uniform(0.0, 0.4))
        process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        check_whole(address, [int(line) for line in process.stdout if line.endswith("\n")])
        process.wait()


def test_a_killed_write_is_not_half_there(home, address):
    home.close()
    process = written(address)
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    assert process.stdout is not None
    check_whole(address, [int(line) for line in process.stdout if line.endswith("\n")])
    process.wait()
