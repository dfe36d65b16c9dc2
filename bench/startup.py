"""How long a command line answers: `lavimo --help`, median of ten, against the half second of issue 10.

Bytecode is written by a first call, as on any machine that does not forbid it (PYTHONDONTWRITEBYTECODE).
"""

import os
import statistics
import subprocess
import sys
import time

from table import write_results

ALLOWED_SECONDS = 0.5


def seconds(*command: str) -> float:
    start = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


seconds("lavimo", "--help")
help_s = statistics.median(seconds("lavimo", "--help") for _ in range(10))
write_results("startup", {"lavimo_help": (ALLOWED_SECONDS, help_s, "s")})
