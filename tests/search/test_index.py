"""`lavimo index`: only what is new, changed or gone costs; what cannot be read is named."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from data_folders import DATA

from lavimo.encode.retriever import load
from lavimo.formats import read_motion
from lavimo.search import index as module
from lavimo.search.index import index
from lavimo.search.item import Filters
from lavimo.search.open_store import open_store

pytestmark = pytest.mark.xdist_group("search")


@pytest.fixture
def mocap(tmp_path: Path) -> Path:
    """Five real recordings."""
    shutil.copytree(DATA / "cmu", tmp_path / "mocap")
    return tmp_path / "mocap"


def told(outcome) -> tuple[int, int, int, int, int]:
    """An outcome in numbers."""
    return outcome.new, outcome.changed, outcome.unchanged, outcome.removed, len(outcome.unreadable)


def test_only_changes_cost(mocap, little, tmp_path, monkeypatch):
    address = str(tmp_path / "index")
    assert told(index([mocap], address, little.model, processes=1)) == (5, 0, 0, 0, 0)

    monkeypatch.setattr(module.Source, "read", lambda self: pytest.fail(f"{self.name} is read again"))
    assert told(index([mocap], address, little.model, processes=1)) == (0, 0, 5, 0, 0)
    (mocap / "05_03.bvh").touch()
    assert told(index([mocap], address, little.model, processes=1)) == (0, 0, 5, 0, 0)
    monkeypatch.undo()

    shutil.copy(mocap / "07_01.bvh", mocap / "05_03.bvh")
    (mocap / "09_03.bvh").unlink()
    shutil.copy(mocap / "10_03.bvh", mocap / "new.bvh")
    assert told(index([mocap], address, little.model, processes=1)) == (1, 1, 3, 1, 0)
    store = open_store(address)
    assert [item.name for item in store.items()] == ["05_03.bvh", "07_01.bvh", "10_03.bvh", "13_40.bvh", "new.bvh"]


def test_vectors_are_the_models(mocap, little, tmp_path):
    address = str(tmp_path / "index")
    index([mocap], address, little.model, processes=1)
    motion = read_motion(mocap / "09_03.bvh")  # shorter than 4 s: one window
    (vector_C,) = load(little.model).embed_motions([motion])
    store = open_store(address)
    (best,) = store.search(vector_C, 1, Filters())
    assert best.score == pytest.approx(1, abs=2e-3)
    assert store.get(best.id).name == "09_03.bvh"
    assert store.get(best.id).captions == ("run",)
    assert store.get(best.id).travel_m > 1


def test_unreadable_files_are_named_and_the_others_go_on(mocap, little, tmp_path):
    (mocap / "broken.bvh").write_text("HIERARCHY\nROOT")
    (mocap / "picture.npz").write_bytes(b"PK\x03\x04 no")
    content = (mocap / "13_40.bvh").read_bytes()
    (mocap / "13_40.bvh").write_bytes(content[: len(content) // 2])
    outcome = index([mocap], str(tmp_path / "index"), little.model, processes=2)
    assert outcome.new == 4
    assert {Path(name).name for name in outcome.unreadable} == {"broken.bvh", "picture.npz", "13_40.bvh"}
    assert all(reason for reason in outcome.unreadable.values())


def test_a_file_that_broke_goes_from_the_index(mocap, little, tmp_path):
    address = str(tmp_path / "index")
    index([mocap], address, little.model, processes=1)
    (mocap / "05_03.bvh").write_text("broken")
    outcome = index([mocap], address, little.model, processes=1)
    assert told(outcome) == (0, 0, 4, 0, 1)
    assert "05_03.bvh" not in [item.name for item in open_store(address).items()]


def test_another_folder_stays(mocap, little, tmp_path):
    address = str(tmp_path / "index")
    index([little.results], address, little.model, processes=1)
    before = open_store(address).count()[0]
    index([mocap], address, little.model, processes=1)
    assert open_store(address).count()[0] == before + 5
    assert told(index([mocap], address, little.model, processes=1)) == (0, 0, 5, 0, 0)


def test_a_workflows_clips_have_their_captions(little):
    store = open_store(str(little.index))
    items = list(store.items())
    assert len(items) == 80
    assert all(item.captions and item.format == "clip" and item.licence == "MIT" for item in items)


def test_another_model_is_refused(mocap, little, tmp_path):
    address = str(tmp_path / "index")
    index([mocap], address, little.model, processes=1)
    other = tmp_path / "other.safetensors"
    from lavimo.shards import Shard, write_shard

    shard = Shard(little.model)
    write_shard(other, {name: shard[name] for name in shard.names}, **{**shard.metadata, "epoch": 99})
    with pytest.raises(ValueError, match="found vectors of the model"):
        index([mocap], address, other, processes=1)


def test_a_model_of_distances_is_refused(mocap, little, tmp_path):
    from lavimo.shards import Shard, write_shard

    shard, other = Shard(little.model), tmp_path / "other.safetensors"
    about = {**shard.metadata, "model": {**shard.metadata["model"], "space": "euclidean"}}
    write_shard(other, {name: shard[name] for name in shard.names}, **about)
    with pytest.raises(ValueError, match="found a model of a euclidean space"):
        index([mocap], str(tmp_path / "index"), other, processes=1)


def test_processes_make_the_same_index(mocap, little, tmp_path):
    for number in range(8):
        shutil.copy(mocap / "07_01.bvh", mocap / f"more_{number}.bvh")
    stores = []
    for processes in (1, 2):
        index([mocap], str(tmp_path / f"{processes}"), little.model, processes=processes)
        stores.append(open_store(str(tmp_path / f"{processes}")))
    first, second = (
        [(replace(item, modified_ns=0), store.motion(item.id).rotations_TJ3.tobytes()) for item in store.items()]
        for store in stores
    )
    assert first == second
