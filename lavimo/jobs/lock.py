"""Who works in a folder: locks that a killed run left behind are removed where no process of such a run lives.

Snakemake locks the files that a run makes and unlocks them at its end; killed, or without power, it never does, and
every later run is refused. So each run also holds a lock of the operating system's, which ends with its process,
however that ends; over NFS it holds between machines too, and because not every file system keeps that promise, a lock
that was left on another machine is never removed here.
"""

import fcntl
import os
import shutil
import socket
import sys
import time
from pathlib import Path
from typing import IO

FILE = Path(".snakemake/lavimo.runs")
LEFT = Path(".snakemake/locks")
_held: list[IO[str]] = []


def check_writable(folder: Path) -> None:
    """Whether a folder is there and may be written to, or may be made.

    Raises:
        ValueError: it may not; names what is in the way.
    """
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        raise ValueError(f"{there}: found a file, expected a folder for {folder}; move it away")
    if not os.access(there, os.W_OK):
        raise ValueError(f"{there}: may not be written to; give its owner's leave, or another folder (--directory)")


def begin_run() -> None:
    """Hold the working folder until this process ends; first remove what killed runs of this machine have locked.

    Several runs may hold one folder: whether they are in one another's way is Snakemake's to say, by their files.
    """
    try:
        FILE.parent.mkdir(exist_ok=True)
        file = FILE.open("a+", encoding="utf-8")
    except OSError:  # read only: Snakemake says so
        return
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # others work here, or this file system knows no locks
        _tell_others(file)
    else:
        if not _forget_the_dead(file):
            file.close()  # no note: the next run shall find what this one found
            return
    file.write(f"{_machine()}\t{os.getpid()}\t{time.strftime('%Y-%m-%d %H:%M:%S')}\n")
    file.flush()
    try:
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return
    _held.append(file)


def _runs(file: IO[str]) -> list[list[str]]:
    """Machine, process and time of the runs that were noted."""
    file.seek(0)
    return [row for row in (line.rstrip("\n").split("\t") for line in file) if len(row) == 3]


def _tell_others(file: IO[str]) -> None:
    if not _locked():
        return
    for machine, process, since in _runs(file)[-1:]:
        _say(f"process {process} on {machine.split('/')[0]} works in this folder since {since}; two runs that make the")
        _say("same files cannot: wait for it, or stop it (Ctrl-C there)")


def _forget_the_dead(file: IO[str]) -> bool:
    """Remove the locks of runs that ended without unlocking, and the notes of all that ended; whether it is known."""
    runs = _runs(file)
    foreign = [run for run in runs if run[0] != _machine()]
    if _locked() and (foreign or not runs):
        who = "it left no note, as earlier versions do not"
        for machine, process, since in foreign[-1:]:
            who = f"process {process} on {machine.split('/')[0]}, since {since}"
        _say(f"this folder is locked, and who worked here ({who}) cannot be asked from this machine;")
        _say("if it has ended: snakemake --unlock, then the same command again")
        return False
    if _locked():
        shutil.rmtree(LEFT, ignore_errors=True)
        _say("a run in this folder was killed; no process of it lives, so its lock is removed and its work goes on")
    file.truncate(0)
    return True


def _locked() -> bool:
    """Whether some run has locked files; Snakemake makes the folder of locks in any case."""
    return any(LEFT.glob("*.lock"))


def _machine() -> str:
    """A name for this machine that another with the same host name does not have, where the system keeps one."""
    try:
        number = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        number = ""
    return f"{socket.gethostname()}/{number}"


def _say(text: str) -> None:
    sys.stderr.write(f"lavimo: {text}\n")
