"""What a cosine means, told from clips whose answers are known."""

import numpy as np

from lavimo.evaluate.calibrate import calibrated


def made(noise: float, clips: int = 200, dim: int = 32) -> dict[str, np.ndarray]:
    """Motions, and words that are near their own."""
    rng = np.random.default_rng(0)
    motion_NC = rng.standard_normal((clips, dim))
    text_NC = motion_NC + noise * rng.standard_normal((clips, dim))
    return {"motion": motion_NC, "text": text_NC}


def cosines(embeddings: dict[str, np.ndarray]) -> np.ndarray:
    """Of words and motions."""
    text_NC, motion_NC = (
        x / np.linalg.norm(x, axis=1, keepdims=True) for x in (embeddings["text"], embeddings["motion"])
    )
    return text_NC @ motion_NC.T


def test_limits_part_right_from_wrong():
    for noise in (0.3, 1.5):
        embeddings = made(noise)
        captions = np.eye(len(embeddings["text"]))
        limits = calibrated(embeddings, captions, 0.9)["t2m"]
        cosine_NN = cosines(embeddings)
        right_N, wrong_N = np.diagonal(cosine_NN), (cosine_NN - 2 * np.eye(len(cosine_NN))).max(1)
        assert limits["perhaps"] <= limits["probably"]
        assert (wrong_N > limits["probably"]).mean() <= 0.1
        assert (right_N < limits["perhaps"]).mean() <= 0.05


def test_clips_with_the_same_words_are_no_wrong_answers():
    embeddings = made(0.3)
    twice = {name: np.concatenate([rows, rows]) for name, rows in embeddings.items()}
    captions = np.concatenate([np.eye(200), np.eye(200)])
    alone, both = (calibrated(e, c, 0.9)["t2m"] for e, c in ((embeddings, np.eye(200)), (twice, captions)))
    assert abs(alone["probably"] - both["probably"]) < 0.01


def test_of_few_clips_nothing_is_said():
    embeddings = made(0.3, clips=7)
    assert calibrated(embeddings, np.eye(7), 0.9) == {}
