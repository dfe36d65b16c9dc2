"""How far a stage is, as its log and a terminal tell it."""

import logging
import os
import socket

import pytest
from screen import shown

from lavimo.jobs import progress as module
from lavimo.jobs.progress import progress
from lavimo.jobs.terminal import VARIABLE


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by ten seconds an item."""
    times = iter(range(0, 10_000, 10))
    monkeypatch.setattr(module, "monotonic", lambda: float(next(times)))


def test_the_items_come_through_and_the_log_says_how_many_and_how_long(clock, caplog):
    caplog.set_level(logging.INFO)
    assert list(progress("abcdefghij", 10, "animate 1-of-4")) == list("abcdefghij")
    assert caplog.messages == ["animate 1-of-4: 5 of 10 clips, 60 s left"]


def test_a_terminal_sees_each_step_and_the_end(clock, monkeypatch):
    reader, writer = os.openpty()
    monkeypatch.setenv(VARIABLE, f"{socket.gethostname()}:{os.ttyname(writer)}")
    list(progress("abc", 3, "render 1-of-4"))
    text = shown(reader)
    assert "render 1-of-4: 1 of 3 clips, 40 s left" in text
    assert text.endswith("render 1-of-4: 3 clips in 40 s\r\n")


def test_of_nothing_nothing_is_said_but_the_end(caplog):
    caplog.set_level(logging.INFO)
    assert list(progress([], 0, "render 1-of-4")) == []
    assert caplog.messages == []
