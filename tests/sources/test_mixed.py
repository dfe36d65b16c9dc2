"""Several sources as one."""

import numpy as np
import pytest

from lavimo.config import SourceOptions
from lavimo.sources import open_source

DEMO = {"train": 6, "val": 2, "test": 2}


@pytest.fixture
def options(tmp_path, write_bvh):
    """The demo and two files of one's own."""
    for name in ("sway_1", "sway_2"):
        write_bvh(tmp_path / f"bvh/{name}.bvh", frames=60)
    (tmp_path / "captions.csv").write_text("clip,caption,split\nsway_1,a person sways,train\nsway_2,she sways,test\n")
    bvh = {"folder": tmp_path / "bvh", "captions": tmp_path / "captions.csv"}
    return {"kind": "mixed", "mixed": ["demo", "bvh"], "demo": DEMO, "bvh": bvh}


def test_every_clip_is_its_own_sources(options):
    source = open_source(SourceOptions.model_validate(options))
    clips = {clip.id: clip for clip in source.clips()}
    assert len(clips) == 12
    assert clips["sway_2"].split == "test"
    for kind in ("demo", "bvh"):
        alone = open_source(SourceOptions.model_validate({**options, "kind": kind}))
        for clip in alone.clips():
            assert clips[clip.id] == clip
            found, expected = source.motion(clip), alone.motion(clip)
            np.testing.assert_array_equal(found.rotations_TJ3, expected.rotations_TJ3)
            assert source.features(clip) is None
            assert source.check(clip) == len(expected)


def test_a_change_of_either_table_lists_the_clips_anew(options):
    source = open_source(SourceOptions.model_validate(options))
    assert source.tables() == [options["bvh"]["captions"]]


def test_a_clip_of_two_sources_is_refused(options, tmp_path, write_bvh):
    taken = open_source(SourceOptions.model_validate({"kind": "demo", "demo": DEMO})).clips()[0].id
    write_bvh(tmp_path / f"bvh/{taken}.bvh", frames=60)
    with open(tmp_path / "captions.csv", "a") as file:
        file.write(f"{taken},the same name,train\n")
    source = open_source(SourceOptions.model_validate(options))
    with pytest.raises(ValueError, match=f"'{taken}': found in demo and in bvh"):
        source.clips()
