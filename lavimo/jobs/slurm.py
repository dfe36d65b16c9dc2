"""What a cluster's SLURM can do, asked of SLURM itself: whether it can tell of jobs that ended, whether it has GPUs.

A cluster without accounting has the command `sacct` all the same; it answers nothing, and who waits for its answer
waits for ever.
"""

import re
import shutil
import subprocess
from functools import cache
from typing import Any

SECONDS = 30
"""For SLURM to answer."""


@cache
def settings() -> dict[str, str]:
    """SLURM's configuration, as `scontrol show config` prints it; empty where there is no SLURM.

    Raises:
        ValueError: SLURM is there and does not answer.
    """
    if shutil.which("scontrol") is None:
        return {}
    command = ["scontrol", "show", "config"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS).stdout
    except subprocess.CalledProcessError as error:
        last = error.stderr.strip().rpartition("\n")[2]
        raise ValueError(f"SLURM does not answer ({last}); try: scontrol ping") from None
    except subprocess.TimeoutExpired:
        raise ValueError(f"SLURM did not answer in {SECONDS} s; try: scontrol ping") from None
    return dict(re.findall(r"^(\w+) +=[ \t]*(.*?)[ \t]*$", said, re.MULTILINE))


def has_gpus() -> bool:
    """Whether jobs can ask this cluster for GPUs."""
    return "gpu" in settings().get("GresTypes", "gpu").split(",")


def status_command() -> str:
    """The command that tells of jobs that ended: `sacct` where SLURM keeps accounts, else `squeue`."""
    return "squeue" if settings().get("AccountingStorageType") == "accounting_storage/none" else "sacct"


def ask_who_answers(executor_settings: Any) -> None:
    """Have Snakemake's SLURM executor ask the command that answers here, whatever it was told or guessed."""
    if hasattr(executor_settings, "status_command") and status_command() == "squeue":
        executor_settings.status_command = "squeue"
