"""How long a command line answers, from a cold start: its help, words to hits with and without bytecode, and the app's
first answer. Medians of five.

Baseline of words: what they were before a query had encoders of its own, transformers, torch and the model's modules
imported for one sentence, in the same run. Beside the time on the clock stands the processor's, which other work on the
machine changes less.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from table import Figure, write_results

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests/helpers"))

from data_folders import DATA  # noqa: E402
from served import served  # noqa: E402

ROUNDS = 5
HELP_S, WORDS_S, COLD_S, APP_S, LARGEST_MB = 0.3, 2.5, 4.0, 4.0, 600.0
WORDS = "a person kicks"
BY_TORCH = """
import sys
from lavimo.encode.checkpoint import load_model
from lavimo.encode.embed import in_batches
from lavimo.models import packaged
from lavimo.search.library import Library
from lavimo.search.query import Part, Query
from lavimo.text.minilm import minilm_folder
from lavimo.text.sentence_model import SentenceModel

def tokens(captions):
    model = SentenceModel(minilm_folder(), quiet=True)
    return [told for _, told in model.encode(model.token_ids(captions))]

library = Library(sys.argv[1])
encoders, _ = load_model(packaged(), tokens)
library.retriever.embed_texts = lambda sentences: in_batches(encoders["text"], sentences, 1, "cpu")
library._sentences._embed = library.retriever.embed_texts
assert library.search(Query((Part("text", sys.argv[2]),))).hits
"""


def seconds(*command: str, bytecode: str = "") -> tuple[float, float, float]:
    """On the clock, of the processor, and its most memory (MB); `bytecode` is a folder that keeps it."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": bytecode or "/nowhere"}
    env |= {} if bytecode else {"PYTHONDONTWRITEBYTECODE": "1"}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def median(*command: str, bytecode: str = "") -> tuple[float, float, float]:
    """Of `ROUNDS`, after one that writes the bytecode."""
    seconds(*command, bytecode=bytecode)
    return tuple(map(statistics.median, zip(*(seconds(*command, bytecode=bytecode) for _ in range(ROUNDS)))))


def app(index: str) -> float:
    """Until the app has answered the first words."""
    start = time.perf_counter()
    with served(index) as server:
        assert server.search(text=WORDS).status == 200
        return time.perf_counter() - start


def main() -> None:
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory() as name:
        index, kept = f"{name}/index", f"{name}/bytecode"
        subprocess.run([sys.executable, "-m", "lavimo", "index", DATA / "cmu", "--index", index], check=True)
        figures["help_allowed"] = (HELP_S, median("-m", "lavimo", "--help", bytecode=kept)[0], "s")
        words = ("-m", "lavimo", "search", WORDS, "--index", index)
        for what, folder, allowed_s in (("words", kept, WORDS_S), ("words_without_bytecode", "", COLD_S)):
            clock_s, processor_s, memory_mb = median(*words, bytecode=folder)
            was_s, was_processor_s, was_mb = median("-c", BY_TORCH, index, WORDS, bytecode=folder)
            figures |= {
                what: (was_s, clock_s, "s"),
                f"{what}_processor": (was_processor_s, processor_s, "s"),
                f"{what}_memory": (was_mb, memory_mb, "MB"),
                f"{what}_allowed": (allowed_s, clock_s, "s"),
                f"{what}_memory_allowed": (LARGEST_MB, memory_mb, "MB"),
            }
        figures["app_allowed"] = (APP_S, statistics.median(app(index) for _ in range(ROUNDS)), "s")
    write_results("startup", figures)


if __name__ == "__main__":
    main()
