"""A job ends with the process that started it: killed, a run leaves none of its jobs at work.

Else the run that goes on in its place would have two of them at the same files. Jobs of a cluster live on without the
process that queued them: their environment says nothing.
"""

import os
import socket
import threading
import time

VARIABLE = "LAVIMO_RUN"
SECONDS = 1.0
"""Between two looks."""
STATUS = 143
"""The exit status of a job whose run has ended: that of a process that was asked to end."""


def end_jobs_with_this_process() -> None:
    """Jobs that this process starts, on this machine, end with it."""
    os.environ[VARIABLE] = f"{os.getpid()}@{socket.gethostname()}"


def let_jobs_live_on() -> None:
    """Jobs that this process starts do not depend on who started it."""
    os.environ.pop(VARIABLE, None)


def end_with_run() -> None:
    """End this process soon after the run that started it, if one did."""
    process, _, host = os.environ.get(VARIABLE, "").partition("@")
    if not process.isdigit() or host != socket.gethostname():
        return
    threading.Thread(target=_watch, args=(int(process),), name="end-with-run", daemon=True).start()


def _watch(process: int) -> None:
    import psutil

    try:
        run = psutil.Process(process)
        while run.is_running() and run.status() != psutil.STATUS_ZOMBIE:
            time.sleep(SECONDS)
    except psutil.NoSuchProcess:
        pass
    os._exit(STATUS)
