import numpy as np
import pytest

from lavimo.__main__ import main
from lavimo.config import EvaluateOptions
from lavimo.evaluate.compare import compare


def rows_of(text):
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return {(row[0], row[1]): row[2:] for row in rows}


def test_a_model_gains_nothing_over_itself(write_embeddings):
    path = write_embeddings()
    found = rows_of(compare(path, path, EvaluateOptions()))
    assert len(found) == 6 * 5
    assert {tuple(row[2:]) for key, row in found.items() if key[1] == "R@1"} == {("+0.00", "[+0.00, +0.00]", "50.0%")}


def test_a_clear_gain_is_certain_and_has_the_right_sign(write_embeddings):
    motions = np.random.default_rng(3).normal(size=(60, 16)).astype(np.float32)
    noise = np.random.default_rng(4).normal(size=(60, 16)).astype(np.float32)
    worse = write_embeddings("worse", clips=60, motion=motions, text=noise, video=None)
    better = write_embeddings("better", clips=60, motion=motions, text=motions + noise / 4, video=None)
    found = rows_of(compare(worse, better, EvaluateOptions()))
    assert set(found) == {
        (d, m) for d in ("text → motion", "motion → text") for m in ("R@1", "R@5", "R@10", "MedR", "MRR")
    }
    for (_, metric), (a, b, gain, interval, certain) in found.items():
        assert float(gain) == pytest.approx(float(b) - float(a), abs=0.011)
        low, high = map(float, interval.strip("[]").split(", "))
        assert low <= float(gain) <= high
        assert (high if metric == "MedR" else -low) < 0
        assert certain == "100.0%"


def test_a_chance_difference_is_not_certain(write_embeddings):
    found = rows_of(compare(write_embeddings("a", seed=1), write_embeddings("b", seed=2), EvaluateOptions()))
    low, high = map(float, found["text → motion", "R@10"][3].strip("[]").split(", "))
    assert low < 0 < high


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"clips": 39}, "1 clip.s. in only one of them, first 'clip_039'"),
        (
            {"captions": ["another", *(f"a person does thing number {i}" for i in range(1, 40))]},
            "clip 'clip_000' has the",
        ),
    ],
)
def test_other_clips_cannot_be_compared(write_embeddings, replaced, message):
    with pytest.raises(ValueError, match=message):
        compare(write_embeddings("a"), write_embeddings("b", **replaced), EvaluateOptions())


def test_no_samples_are_refused(write_embeddings):
    with pytest.raises(ValueError, match="bootstrap_samples: found 0"):
        compare(write_embeddings(), write_embeddings(), EvaluateOptions(bootstrap_samples=0))


def test_the_command_writes_the_table(write_embeddings, capsys):
    path = str(write_embeddings())
    assert main(["compare", path, path]) in (0, None)
    assert "| text → motion | R@1" in " ".join(capsys.readouterr().out.split())
