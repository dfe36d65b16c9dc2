"""A line in the terminal of who watches, from a stage whose output goes to a log.

The workflow tells its jobs by `LAVIMO_TERMINAL` on which machine and terminal it runs; a stage that is run by hand has
its own. Elsewhere nothing is shown.
"""

import os
import socket
import sys

VARIABLE = "LAVIMO_TERMINAL"


def export_terminal() -> None:
    """Tell jobs of this process's terminal, if it has one."""
    if sys.stderr.isatty():
        os.environ[VARIABLE] = f"{socket.gethostname()}:{os.ttyname(sys.stderr.fileno())}"


def live_line(text: str, ends: bool = False) -> None:
    """Write a line over the last one; `ends` leaves it there."""
    if VARIABLE not in os.environ:
        export_terminal()
    host, _, terminal = os.environ.get(VARIABLE, "").rpartition(":")
    if not terminal or host != socket.gethostname():
        return
    try:
        with open(terminal, "w", encoding="utf-8") as file:
            file.write(f"\r\x1b[2K{text}" + ("\n" if ends else ""))
    except OSError:  # the terminal was closed, or is somebody else's
        os.environ.pop(VARIABLE)
