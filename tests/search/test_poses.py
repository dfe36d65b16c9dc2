"""A picture of a pose finds where somebody stands like that."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lavimo.avatar.dress import dressed
from lavimo.export.bvh import write_bvh
from lavimo.export.take import Cut, take_of
from lavimo.export.video import frames
from lavimo.landmarks.models import models_folder
from lavimo.landmarks.movement import Movements
from lavimo.search.index import index
from lavimo.search.item import Filters
from lavimo.search.library import Library
from lavimo.search.open_store import open_store
from lavimo.search.poses import pose_of, still
from lavimo.search.query import Query
from lavimo.search.query_files import LocalReader

pytestmark = [
    pytest.mark.xdist_group("search"),
    pytest.mark.skipif(not models_folder().is_dir(), reason="run `lavimo fetch-models`"),
]


def test_a_drawn_frame_finds_its_pose(little, tmp_path):
    library = Library(str(little.index))
    items = [item for item in library.store.items() if "balance" in item.name or "kick" in item.name][:6]
    near = []
    for item in items:
        motion = library.store.motion(item.id)
        middle = len(motion) // 2
        (picture,) = frames(take_of(motion, Cut(item.id)), dressed("mei"), item.id, 384, range(middle, middle + 1))
        Image.fromarray(picture).save(tmp_path / "pose.png")
        answer = library.search(Query(image=tmp_path / "pose.png", k=10))
        ids = [id for hit in answer.hits for id in (hit.item.id, *hit.alike)]
        near.append(ids.index(item.id) if item.id in ids else 99)
        if near[-1] == 0:
            assert answer.hits[0].window.begin_s <= middle / 20 <= answer.hits[0].window.end_s
    assert np.median(near) < 5, near


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_picture_is_named(tmp_path: Path, content: bytes):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.png: cannot be read as a picture"):
        pose_of(tmp_path / "a.png")


def test_a_huge_picture_is_refused_unread(tmp_path):
    Image.new("1", (20_000, 20_000)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"found 20000 x 20000 pixels|exceeds limit"):
        pose_of(tmp_path / "a.png")


def test_nobody_in_a_picture(tmp_path):
    Image.new("RGB", (200, 200), "grey").save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="found nobody in it"):
        pose_of(tmp_path / "a.png")


def test_poses_are_those_of_now(little, tmp_path):
    """A library that has as many motions as before, but others, is looked at anew; filters hold for poses too."""
    store = open_store(str(little.index))
    ids = [item.id for item in store.items()]
    for name, id in (("first", ids[0]), ("second", ids[40])):
        write_bvh(tmp_path / name / "a.bvh", take_of(store.motion(id), Cut()))
    (tmp_path / "mocap").mkdir()
    shutil.copy(tmp_path / "first" / "a.bvh", tmp_path / "mocap" / "a.bvh")
    index([tmp_path / "mocap"], str(tmp_path / "index"), little.model, processes=1)
    library = Library(str(tmp_path / "index"), reader=Stands(store.points(ids[40])[0][20]))
    query = Query(image=tmp_path / "any.png")
    (before,) = library.search(query).hits
    shutil.copy(tmp_path / "second" / "a.bvh", tmp_path / "mocap" / "a.bvh")
    index([tmp_path / "mocap"], str(tmp_path / "index"), little.model, processes=1)
    (after,) = library.search(query).hits
    assert after.distance_m < 0.05 < before.distance_m
    assert library.search(Query(image=tmp_path / "any.png", filters=Filters(mirrored=True))).hits == ()


class Stands(LocalReader):
    """Sees a pose in whatever picture."""

    def __init__(self, points_K3: np.ndarray):
        self.points_K3 = points_K3

    def pose(self, image: Path) -> Movements:
        """That one."""
        return still(self.points_K3[None])
