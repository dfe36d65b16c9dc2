"""Who asks at once is answered together, each with the own sentence's vector."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from time import sleep

import numpy as np
import pytest

from lavimo.search import sentences
from lavimo.search.sentences import Sentences


class Model:
    """Embeds slowly, one batch at a time, and remembers the batches."""

    def __init__(self):
        self.batches, self._busy = [], Lock()

    def __call__(self, some):
        assert self._busy.acquire(blocking=False), "two at once"
        sleep(0.02)
        self.batches.append(list(some))
        self._busy.release()
        if "bad" in some:
            raise ValueError("found a bad one")
        return np.array([[len(one), sum(map(ord, one))] for one in some], np.float32)


def test_many_askers_share_passes_and_get_their_own():
    model, count = Model(), 40
    asked, together = Sentences(model), Barrier(40)

    def ask(number):
        together.wait()
        return asked.vector(f"sentence {number % 20}")

    with ThreadPoolExecutor(count) as pool:
        found = list(pool.map(ask, range(count)))
    for number, vector in enumerate(found):
        np.testing.assert_array_equal(vector, Model()([f"sentence {number % 20}"])[0])
    embedded = [one for batch in model.batches for one in batch]
    assert sorted(embedded) == sorted({f"sentence {number}" for number in range(20)}), "each once"
    assert len(model.batches) < 10
    assert max(map(len, model.batches)) <= sentences.TOGETHER


def test_what_is_known_is_not_embedded_again_and_the_oldest_is_forgotten(monkeypatch):
    monkeypatch.setattr(sentences, "KEPT", 2)
    model = Model()
    asked = Sentences(model)
    for one in ("a", "b", "a", "c", "a", "b"):
        asked.vector(one)
    assert model.batches == [["a"], ["b"], ["c"], ["b"]]


def test_an_error_is_of_who_asked_and_the_others_go_on():
    asked = Sentences(Model())
    with pytest.raises(ValueError, match="a bad one"):
        asked.vector("bad")
    assert asked.vector("good")[0] == 4


def test_an_error_among_many_is_of_who_asked():
    model, together = Model(), Barrier(12)
    asked = Sentences(model)

    def ask(number):
        together.wait()
        try:
            return asked.vector("bad" if number == 5 else f"sentence {number}")[1]
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(ask, range(12)))
    assert found == ["found a bad one" if n == 5 else sum(map(ord, f"sentence {n}")) for n in range(12)]
    assert asked.vector("afterwards")[0] == 10
