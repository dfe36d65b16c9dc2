"""A picture of a pose finds where somebody stands like that."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lavimo.avatar.dress import dressed
from lavimo.export.take import Cut, take_of
from lavimo.export.video import frames
from lavimo.landmarks.models import models_folder
from lavimo.search.library import Library
from lavimo.search.poses import pose_of
from lavimo.search.query import Query

pytestmark = [
    pytest.mark.xdist_group("search"),
    pytest.mark.skipif(not models_folder().is_dir(), reason="run `lavimo fetch-models`"),
]


def test_a_drawn_frame_finds_its_pose(little, tmp_path):
    library = Library(str(little.index))
    items = [item for item in library.home.items() if "balance" in item.name or "kick" in item.name][:6]
    near = []
    for item in items:
        motion = library.home.motion(item.id)
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
