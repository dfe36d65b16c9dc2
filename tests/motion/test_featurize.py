"""Motions to features, clip by clip."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavimo.body.body import embedded_body
from lavimo.config import FeaturizeOptions
from lavimo.motion.features import joints_from_features
from lavimo.motion.featurize import featurize, joints_of
from lavimo.motion.layout import HUMANML3D
from lavimo.motion.motion import Motion, write_motions
from lavimo.shards import Shard

PARENTS = HUMANML3D.parents_J


def motion(seed: int, frames: int) -> Motion:
    generator = np.random.default_rng(seed)
    rotations_TJ3 = np.cumsum(generator.normal(0, 0.03, (frames, 24, 3)), 0)
    translation_T3 = np.cumsum(generator.normal(0, 0.02, (frames, 3)), 0)
    return Motion(rotations_TJ3, translation_T3, generator.normal(0, 1, 10))


@settings(max_examples=10, deadline=None)
@given(frames=st.integers(2, 400))
def test_one_row_less_than_frames(tmp_path_factory, frames):
    folder = tmp_path_factory.mktemp("features")
    write_motions(folder / "m.safetensors", {"a": motion(0, frames), "b c.d": motion(1, 2)})
    featurize(folder / "m.safetensors", folder / "f.safetensors", FeaturizeOptions())
    shard = Shard(folder / "f.safetensors")
    assert shard.clips == ["a", "b c.d"]
    assert shard["a"].shape == (frames - 1, 263)
    assert shard["b c.d"].shape == (1, 263)
    assert shard["a"].dtype == np.float32
    assert np.isfinite(shard["a"]).all()
    assert shard.metadata["convention"] == "humanml3d"


def test_another_body_gets_the_mean_bodys_bones(tmp_path):
    """Bone lengths are data of the dataset, not of the person."""
    tall = motion(2, 30)
    write_motions(tmp_path / "m.safetensors", {"tall": tall})
    featurize(tmp_path / "m.safetensors", tmp_path / "f.safetensors", FeaturizeOptions(convention="fixed"))
    joints_TJ3 = joints_from_features(Shard(tmp_path / "f.safetensors")["tall"])
    mean_J3 = embedded_body().rest(np.zeros(10, np.float32))[1][:22]
    lengths_B = np.linalg.norm(mean_J3[1:] - mean_J3[PARENTS[1:]], axis=-1)
    found_TB = np.linalg.norm(joints_TJ3[:, 1:] - joints_TJ3[:, PARENTS[1:]], axis=-1)
    np.testing.assert_allclose(found_TB, np.tile(lengths_B, (29, 1)), atol=1e-5)
    tall_TB = np.linalg.norm(np.diff(joints_of(tall)[:, [1, 4, 7]], axis=1), axis=-1)
    assert np.abs(tall_TB[0] - lengths_B[[3, 6]]).max() > 1e-3


def test_an_empty_shard_gives_an_empty_shard(tmp_path):
    write_motions(tmp_path / "m.safetensors", {})
    featurize(tmp_path / "m.safetensors", tmp_path / "f.safetensors", FeaturizeOptions())
    assert Shard(tmp_path / "f.safetensors").clips == []


def test_a_damaged_shard_is_named(tmp_path):
    (tmp_path / "m.safetensors").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"m\.safetensors: cannot be read"):
        featurize(tmp_path / "m.safetensors", tmp_path / "f.safetensors", FeaturizeOptions())
