"""Without torch a query's vectors are torch's, and the words' features transformers'."""

import numpy as np
import pytest

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.build import build_encoders
from lavimo.encode.embed import in_batches
from lavimo.encode.numpy_encoder import numpy_encoder
from lavimo.encode.retriever import FEW, load
from lavimo.landmarks.names import NAMES
from lavimo.landmarks.sequence import Landmarks
from lavimo.shards import Shard, write_shard
from lavimo.text.bert import Bert, knows
from lavimo.text.minilm import minilm_folder
from lavimo.text.sentence_model import SentenceModel

WORDS = ("a person kicks", "A man walks slowly, then turns LEFT & waves — twice!", "ünïcödé 漢字 " * 60, "x")
ENOUGH = 1e-5
SMALL = {"dim": 32, "heads": 2, "feedforward": 48, "motion_layers": 2, "text_layers": 2, "video_encoder": "landmarks"}
TOKENS, FEATURES = 48, 263


def test_words_become_what_transformers_makes_of_them():
    folder = minilm_folder()
    assert knows(folder)
    plain, model = Bert(folder), SentenceModel(folder, quiet=True)
    ids = plain.token_ids(WORDS)
    assert ids == model.token_ids(WORDS)
    for (sentence, tokens), (true_sentence, true_tokens) in zip(plain.encode(ids), model.encode(ids)):
        np.testing.assert_allclose(tokens, true_tokens, atol=ENOUGH)
        np.testing.assert_allclose(sentence, true_sentence, atol=ENOUGH)


def test_another_language_model_is_left_to_transformers(tmp_path):
    (tmp_path / "tokenizer.json").write_text("{}")
    for told in ('{"model_type": "distilbert"}', '{"model_type": "bert", "hidden_act": "relu"}', "no JSON"):
        (tmp_path / "config.json").write_text(told)
        assert not knows(tmp_path)
    assert not knows(tmp_path / "nowhere")


def features(captions):
    """Token features that a language model might give."""
    return [np.random.default_rng(len(one)).standard_normal((len(one), TOKENS)).astype(np.float32) for one in captions]


def landmarks(moments, rng):
    """Somebody's, at ten a second."""
    shapes = ((len(NAMES), 3), (len(NAMES), 2), (len(NAMES),))
    arrays = [rng.random((moments, *shape)).astype(np.float32) for shape in shapes]
    return Landmarks(np.arange(moments, dtype=np.float32) / 10, *arrays)


@pytest.mark.parametrize(
    "more", [{}, {"latent": "normal"}, {"text_encoder": "sentence", "dim": TOKENS}, {"motion_patch_frames": 1}]
)
def test_every_default_encoder_is_torch_s(more, tmp_path):
    options, rng = ModelOptions(**SMALL | more), np.random.default_rng(0)
    statistics = (rng.standard_normal(FEATURES).astype(np.float32), 1 + rng.random(FEATURES).astype(np.float32))
    encoders = build_encoders(options, TrainOptions(), statistics, (TOKENS, 0), features).eval()
    arrays = {name: tensor.numpy() for name, tensor in encoders.state_dict().items()}
    write_shard(tmp_path / "model.safetensors", arrays)
    items = {
        "text": ["a", "a person", "somebody who runs in a circle"],
        "motion": [rng.standard_normal((frames, FEATURES)).astype(np.float32) for frames in (7, 60, 400)],
        "video": [landmarks(5, rng), landmarks(60, rng), Landmarks.of_nobody()],
    }
    for modality, some in items.items():
        plain = numpy_encoder(modality, Shard(tmp_path / "model.safetensors"), options, features)
        assert plain is not None
        np.testing.assert_allclose(plain(some), in_batches(encoders[modality], some, 1, "cpu"), atol=ENOUGH)


@pytest.mark.parametrize(
    ("modality", "more"), [("text", {"layers": "recurrent"}), ("video", {"video_encoder": "frames"})]
)
def test_other_encoders_are_left_to_torch(modality, more, tmp_path):
    write_shard(tmp_path / "model.safetensors", {"x": np.zeros(1, np.float32)})
    assert (
        numpy_encoder(modality, Shard(tmp_path / "model.safetensors"), ModelOptions(**SMALL | more), features) is None
    )


def test_few_sentences_are_embedded_as_many_are():
    model = load()
    many = [f"a person walks {number} steps" for number in range(FEW + 1)]
    np.testing.assert_allclose(model.embed_texts(many)[:3], model.embed_texts(many[:3]), atol=ENOUGH)
