"""A killed run's lock is removed where nobody of it lives, and nowhere else."""

import os
import socket
import subprocess
import sys

import pytest

from lavimo.jobs import lock

HOLD = "from lavimo.jobs import lock; lock.begin_run(); print('held', flush=True); input()"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder; what this process holds in it is let go of afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lock, "_held", [])
    return tmp_path


@pytest.fixture
def other(folder):
    """Another process that works in the folder."""
    command = [sys.executable, "-c", HOLD]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def locked(folder):
    """Lock the folder as Snakemake does, and say where."""
    file = folder / ".snakemake/locks/0.output.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("results/table.md\n")
    return file


def test_the_lock_of_a_killed_run_is_removed_and_said(folder, other, capsys):
    file = locked(folder)
    other.kill()
    other.wait()
    lock.begin_run()
    assert not file.exists()
    assert "was killed" in capsys.readouterr().err


def test_an_empty_folder_of_locks_is_no_lock(folder, capsys):
    (folder / ".snakemake/locks").mkdir(parents=True)
    lock.begin_run()
    assert capsys.readouterr().err == ""


def test_the_lock_of_a_run_that_lives_stays_and_its_process_is_named(folder, other, capsys):
    file = locked(folder)
    lock.begin_run()
    assert file.exists()
    said = capsys.readouterr().err
    assert str(other.pid) in said
    assert socket.gethostname() in said


def test_the_lock_of_another_machine_stays_and_says_what_to_do(folder, capsys):
    file = locked(folder)
    (folder / lock.FILE).write_text("node7/0123\t4711\t2026-01-01 00:00:00\n")
    lock.begin_run()
    assert file.exists()
    said = capsys.readouterr().err
    assert "node7" in said
    assert "--unlock" in said


def test_a_lock_of_which_nobody_left_a_note_stays(folder, capsys):
    file = locked(folder)
    lock.begin_run()
    lock.begin_run()
    assert file.exists(), "an earlier version's run may live, however often one tries"
    assert "left no note" in capsys.readouterr().err


def test_a_run_that_ended_well_elsewhere_is_forgotten(folder, capsys):
    (folder / ".snakemake").mkdir()
    (folder / lock.FILE).write_text("node7/0123\t4711\t2026-01-01 00:00:00\n")
    lock.begin_run()
    assert "node7" not in (folder / lock.FILE).read_text()
    assert str(os.getpid()) in (folder / lock.FILE).read_text()
    assert capsys.readouterr().err == ""


def test_a_folder_for_results_must_be_one_and_may_be_made(folder, monkeypatch):
    lock.check_writable(folder / "new/results")
    (folder / "results").write_text("")
    with pytest.raises(ValueError, match="found a file, expected a folder"):
        lock.check_writable(folder / "results")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ValueError, match="may not be written to"):
        lock.check_writable(folder / "elsewhere")


def test_several_runs_may_hold_a_folder_that_nobody_locked(folder, other, capsys):
    lock.begin_run()
    assert capsys.readouterr().err == ""
    assert len((folder / lock.FILE).read_text().splitlines()) == 2


def test_a_folder_that_cannot_be_written_to_is_left_alone(folder):
    (folder / ".snakemake").write_text("a file where Snakemake wants a folder")
    lock.begin_run()
    assert not lock._held
