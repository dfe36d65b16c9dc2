"""Whoever comes first is answered first, and never more at once than may be."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import sleep

import pytest

from lavimo.search.turns import Turns


def test_so_many_at_once_in_the_order_in_which_they_came():
    turns, changing = Turns(2), Lock()
    inside, most, order, begin = [], [], [], Event()

    def ask(number):
        with turns():
            begin.wait()
            with changing:
                inside.append(number)
                most.append(len(inside))
                order.append(number)
            sleep(0.003)
            with changing:
                inside.remove(number)

    with ThreadPoolExecutor(20) as pool:
        for number in range(20):
            pool.submit(ask, number)
            sleep(0.005)  # so that they come one after another
        begin.set()
    assert max(most) == 2
    assert all(abs(place - number) <= 1 for place, number in enumerate(order))


def test_a_turn_that_fails_is_over():
    turns = Turns(1)
    with pytest.raises(ValueError, match="bad"), turns():
        raise ValueError("bad")
    with turns():
        pass
