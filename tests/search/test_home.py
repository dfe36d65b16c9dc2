"""An index keeps what is put in, in a folder and in PostgreSQL alike."""

import random
import signal
import time

import numpy as np
import pytest
from entries import ABOUT, DIM, entry
from writer import check_whole, written

from lavimo.search.folder import FolderHome
from lavimo.search.home import About, Home, make_home, open_home
from lavimo.search.item import Found, Wanted, check_id

pytestmark = pytest.mark.xdist_group("search")


def everything(home: Home) -> dict[str, tuple]:
    """What an index says of each item."""
    found = {}
    for item in home.items():
        motion, (points, path) = home.motion(item.id), home.points(item.id)
        arrays = (motion.rotations_TJ3, motion.translation_T3, points, path)
        found[item.id] = (item, *(array.tobytes() for array in arrays))
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
        np.testing.assert_array_equal(home.points(one.item.id)[0], one.points_TK3)
        np.testing.assert_array_equal(home.points(one.item.id)[1], one.path_T3)
        (nearest,) = home.search(one.vectors_RC[0], 1, Wanted())
        assert (nearest.id, nearest.window) == (one.item.id, one.windows[0])
        assert nearest.score == pytest.approx(1, abs=2e-3)


def test_what_is_not_there_is_named(home):
    with pytest.raises(ValueError, match="found no motion of the id '0123456789abcdef'"):
        home.get("0123456789abcdef")
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
