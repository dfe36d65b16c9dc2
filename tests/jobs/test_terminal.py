"""Who watches a local run sees its training move; elsewhere nothing is written."""

import os
import socket

import pytest
from screen import shown

from lavimo.jobs.terminal import VARIABLE, export_terminal, live_line


@pytest.fixture
def terminal():
    """A terminal of our own: what is read from it, and its name."""
    reader, writer = os.openpty()
    yield reader, os.ttyname(writer)
    os.close(reader)
    os.close(writer)


def test_a_line_is_written_over_the_last_one(terminal, monkeypatch):
    reader, name = terminal
    monkeypatch.setenv(VARIABLE, f"{socket.gethostname()}:{name}")
    live_line("train lavimo-2: epoch 1 of 2")
    live_line("train lavimo-2: epoch 2 of 2", ends=True)
    assert shown(reader) == "\r\x1b[2Ktrain lavimo-2: epoch 1 of 2\r\x1b[2Ktrain lavimo-2: epoch 2 of 2\r\n"


@pytest.mark.parametrize("where", ["", "elsewhere:/dev/pts/0", f"{socket.gethostname()}:/nowhere/tty"])
def test_without_a_terminal_here_nothing_happens(where, monkeypatch):
    monkeypatch.setenv(VARIABLE, where)
    live_line("train")


def test_a_process_without_a_terminal_tells_of_none(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    export_terminal()
    assert VARIABLE not in os.environ
