"""What the command finds is what the evaluation scores: the same cosines, so the same ranks."""

import json

import pytest

from lavimo.__main__ import main
from lavimo.encode.checkpoint import load_model
from lavimo.encode.embed import embed_clips
from lavimo.encode.samples import Samples
from lavimo.search.windows import UNCUT_S

pytestmark = pytest.mark.xdist_group("search")
ROUNDED = 1e-3
"""An index keeps its vectors in half precision."""


def test_the_command_s_scores_are_the_evaluation_s(little, capsys):
    results = little.results
    samples = Samples(
        results / "clips.csv", results / "texts.safetensors", [results / "features" / "1-of-1.safetensors"], None
    )
    encoders, _ = load_model(little.model, samples.token_features, "cpu")
    del encoders["video"]
    names = samples.split("val")
    arrays = embed_clips(encoders, samples, names, 64, "cpu")
    compared = 0
    for name, cosines_N in zip(names, arrays["text"] @ arrays["motion"].T):
        caption = samples.clips[name].captions[0]
        assert main(["search", caption, "-k", "100", "--json", "--index", str(little.index)]) == 0
        hits = {hit["name"]: hit for hit in json.loads(capsys.readouterr().out)["hits"]}
        for other, cosine in zip(names, cosines_N):
            if other not in hits:
                continue  # nearly the same as one before it
            compared += 1
            if hits[other]["duration_s"] > UNCUT_S:  # found by the best of its windows
                assert hits[other]["cosine"] > cosine - ROUNDED
            else:
                assert hits[other]["cosine"] == pytest.approx(cosine, abs=ROUNDED)
    assert compared > 0.8 * len(names) ** 2
