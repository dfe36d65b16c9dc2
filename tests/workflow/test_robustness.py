"""Variants of the test split through the trained run: each changes what it says and nothing else."""

import numpy as np
import pytest

from lavimo.shards import Shard

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workflow")]


def test_a_variant_changes_what_it_says(experiment):
    names = ("view-side", "frames-two", "length-half")
    experiment.snakemake(*(f"results/robustness/{name}/lavimo-3.safetensors" for name in names))
    as_it_is = Shard(experiment.folder / "results/runs/lavimo-3/embeddings.safetensors")
    for name in names:
        folder = experiment.folder / "results/robustness" / name
        found = Shard(folder / "lavimo-3.safetensors")
        assert found.metadata == as_it_is.metadata
        np.testing.assert_array_equal(found["text"], as_it_is["text"])
        assert not np.array_equal(found["video"], as_it_is["video"])
        assert np.array_equal(found["motion"], as_it_is["motion"]) == (name != "length-half")
        frames = [Shard(path) for path in folder.glob("frames/*.safetensors")]
        clips = sorted(clip for shard in frames for clip in shard.clips)
        assert clips == found.metadata["ids"], "the test split alone"
        assert {shard[clip].shape[1] for shard in frames for clip in shard.clips} == {2 if name == "frames-two" else 8}
        assert not [*folder.glob("videos/*/*")], "videos are not kept"
