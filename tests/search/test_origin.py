"""The file that a hit came from, if it is what it was."""

import shutil

import pytest
from data_folders import DATA
from gltf_files import write_glb

from lavimo.formats import read_motion
from lavimo.search.index import index
from lavimo.search.open_store import open_store
from lavimo.search.origin import origin_of

pytestmark = pytest.mark.xdist_group("search")


@pytest.fixture
def indexed(tmp_path, little):
    """A recording, indexed with an axis that was said."""
    (tmp_path / "mocap").mkdir()
    shutil.copy(DATA / "cmu" / "09_03.bvh", tmp_path / "mocap")
    address = str(tmp_path / "index")
    index([tmp_path / "mocap"], address, little.model, processes=1, up="y")
    (item,) = open_store(address).items()
    return item, tmp_path / "mocap" / "09_03.bvh"


def test_it_is_found_as_long_as_it_is_the_same(indexed):
    item, file = indexed
    file.touch()
    assert origin_of(item) == file
    file.write_text(file.read_text() + "\n")
    with pytest.raises(ValueError, match=r"09_03\.bvh: found the file changed after .*`lavimo index`"):
        origin_of(item)
    file.unlink()
    with pytest.raises(ValueError, match=r"09_03\.bvh: found no file any more from which the motion was read"):
        origin_of(item)


def test_an_animation_in_an_archive(tmp_path, little):
    motion = read_motion(DATA / "cmu" / "09_03.bvh")
    write_glb(tmp_path / "pack" / "run.glb", {"one": motion, "two#b": motion})
    shutil.make_archive(str(tmp_path / "mocap" / "all"), "zip", tmp_path / "pack")
    index([tmp_path / "mocap"], str(tmp_path / "index"), little.model, processes=1)
    found = {origin_of(item).name: origin_of(item) for item in open_store(str(tmp_path / "index")).items()}
    assert set(found) == {"run.glb#one", "run.glb#two#b"}
    for file in found.values():
        assert len(read_motion(file)) == len(motion)


def test_a_clip_has_none(little):
    item = next(iter(open_store(str(little.index)).items()))
    with pytest.raises(ValueError, match="found a clip of a workflow, which has no skeleton of its own"):
        origin_of(item)
