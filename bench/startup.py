"""How long a command line answers: `lavimo --help`, median of ten, against the half second of issue 10."""

import statistics
import subprocess
import sys
import time

from table import write_results

ALLOWED_SECONDS = 0.5


def seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    return time.perf_counter() - start


help_s = statistics.median(seconds("lavimo", "--help") for _ in range(10))
write_results("startup", {"lavimo_help": (ALLOWED_SECONDS, help_s, "s")})
