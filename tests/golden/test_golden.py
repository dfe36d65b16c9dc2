"""Golden frames: a picture that changes is seen, and costs a version."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("golden_draw", HERE / "draw.py")
golden = importlib.util.module_from_spec(spec)
spec.loader.exec_module(golden)

MEAN, MOST = 0.6, 0.004
"""Tolerated: grey levels in the mean, and the share of values that are off by more than 24."""


@pytest.mark.parametrize("kind", ["cpu", "egl"])
def test_frames_are_as_they_were(request, kind, tmp_path):
    renderer = request.getfixturevalue(kind)
    wrong = []
    for person, frame in golden.draw(renderer, tmp_path).items():
        expected = np.asarray(Image.open(HERE / f"{person}.png").convert("RGB")).astype(int)
        difference = np.abs(frame.astype(int) - expected)
        if difference.mean() > MEAN or (difference > 24).mean() > MOST:
            failed = HERE / "failed"
            failed.mkdir(exist_ok=True)
            Image.fromarray(frame).save(failed / f"{person}_{kind}.png")
            Image.fromarray(np.minimum(difference * 4, 255).astype(np.uint8)).save(failed / f"{person}_{kind}_off.png")
            wrong.append(f"{person}: off by {difference.mean():.2f} in the mean; see {failed}/{person}_{kind}*.png")
    assert not wrong, "\n".join(wrong)


def test_the_golden_frames_are_those_of_todays_versions():
    known = golden.digests()
    assert golden.VERSION in known, "a stage's version was raised: run tests/golden/draw.py and look at the pictures"
    assert known[golden.VERSION] == golden.digest(), "golden frames changed without a raised version"
