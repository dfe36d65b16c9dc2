"""Every number of TMR's own metric code on three reference matrices, to 1e-9."""

import json
from functools import partial

import numpy as np
import pytest
from data_folders import DATA

from lavimo.evaluate.metrics import metrics
from lavimo.evaluate.protocols import Protocol, own_clip, shuffled_batches, similar_captions, whole

SCORES = DATA / "evaluation"
EXPECTED = json.loads((SCORES / "expected.json").read_text())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_scores_are_those_of_the_reference(name):
    arrays = np.load(SCORES / f"{name}.npz")
    clips = len(arrays["similarity"])
    compared = 0
    for protocol, values in EXPECTED[name].items():
        for direction, similarity_NN in (("t2m", arrays["similarity"]), ("m2t", arrays["similarity"].T)):
            if protocol == "all":
                made = Protocol(protocol, whole(clips), own_clip)
            elif protocol == "small_batches":
                made = Protocol(protocol, shuffled_batches(clips, 32, seed=0)[None])
            else:
                cosine = float(protocol.removeprefix("threshold_cosine_"))
                made = Protocol(protocol, whole(clips), partial(similar_captions, cosine=cosine))
            placements = made.rank_queries(np.arange(clips), arrays["caption_similarity"])(similarity_NN)
            found = metrics(made.arrange(placements.ranks()))
            del found["MRR"]
            for metric, value in found.items():
                key = metric if metric == "MedR" else f"R{int(metric[1:]):02}"
                assert value == pytest.approx(values[f"{direction}/{key}"], rel=0, abs=1e-9), (protocol, direction, key)
                compared += 1
    assert compared == 5 * 2 * 6


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_batches_are_tmrs(name):
    order_N = np.load(SCORES / f"{name}.npz")["small_batch_order"]
    batches_BK = shuffled_batches(len(order_N), 32, seed=0)
    np.testing.assert_array_equal(batches_BK.ravel(), order_N[: batches_BK.size])
