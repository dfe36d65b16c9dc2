"""Whoever comes first is answered first, and never more at once than may be."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import sleep

import pytest

from lavimo.search.turns import Turns


@pytest.mark.parametrize("at_once", [1, 2])
def test_so_many_at_once_in_the_order_in_which_they_came(at_once):
    turns, changing = Turns(at_once), Lock()
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
            while len(turns._waiting) < number + 1 - at_once:  # so that they come one after another
                sleep(0.001)
        begin.set()
    assert max(most) == at_once
    assert sorted(order) == list(range(20))
    if at_once == 1:
        assert order == sorted(order)


def test_a_turn_that_fails_is_over():
    turns = Turns(1)
    with pytest.raises(ValueError, match="bad"), turns():
        raise ValueError("bad")
    with turns():
        pass
