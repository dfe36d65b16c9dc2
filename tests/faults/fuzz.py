"""Damaged files, thousands of them: every reader must end soon, with an error that names the file or with sane numbers.

`python tests/faults/fuzz.py 10000` (`make faults`) damages a good file of each kind that the product reads, at random
but repeatably, and reads it in a process with limits. What breaks a reader is kept in tests/faults/failed.
"""

import json
import multiprocessing
import resource
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from files import Kind, kinds

FAILED = Path(__file__).parent / "failed"
SECONDS, MEMORY = 10, 4 << 30
"""A reader's limits; the address space of torch and numba alone is two thirds of the latter."""
NUMBERS = (
    b"nan",
    b"inf",
    b"-inf",
    b"1e309",
    b"-1",
    b"0",
    b"99999999999999999999",
    b"1e-320",
    b"0x10",
    b"",
    b"--5",
    b"1,5",
)
WORDS = (
    b"\0",
    b"\xff\xfe",
    b"../../x",
    b"$(x)",
    b"\r\n\r\n",
    b"<script>",
    b'"',
    b"{",
    b"}",
    b"\xe2\x80\xa8",
    b"!!python/object",
)


class Late(BaseException):
    """A reader took too long: no `except Exception` of a reader's takes it for a damaged file."""


def damaged(good: bytes, rng: np.random.Generator) -> bytes:
    """A good file with one to four faults."""
    content = bytearray(good)
    for _ in range(int(rng.integers(1, 5))):
        if not content:
            break
        at = int(rng.integers(len(content)))
        span = int(min(rng.geometric(0.05), len(content) - at))
        match int(rng.integers(9)):
            case 0:
                for _ in range(int(rng.integers(1, 9))):
                    content[int(rng.integers(len(content)))] ^= 1 << int(rng.integers(8))
            case 1:
                del content[at:]
            case 2:
                del content[at : at + span]
            case 3:
                content[at:at] = content[at : at + span] * int(rng.integers(1, 4))
            case 4:
                content[at : at + span] = bytes(rng.integers(0, 256, span, np.uint8))
            case 5:
                content = bytearray(number_changed(bytes(content), rng))
            case 6:
                content[at:at] = WORDS[int(rng.integers(len(WORDS)))]
            case 7:
                lines = bytes(content).split(b"\n")
                i, j = rng.integers(len(lines), size=2)
                lines[i], lines[j] = lines[j], lines[i]
                content = bytearray(b"\n".join(lines))
            case 8:
                content[at : at + span] = bytes(span)
    return bytes(content)


def number_changed(content: bytes, rng: np.random.Generator) -> bytes:
    """One of the words that are numbers becomes another."""
    import re

    found = [*re.finditer(rb"-?\d+(\.\d+)?", content[:200_000])]
    if not found:
        return content
    one = found[int(rng.integers(len(found)))]
    return content[: one.start()] + NUMBERS[int(rng.integers(len(NUMBERS)))] + content[one.end() :]


def attempt(kind: Kind, path: Path) -> str:
    """What came of reading a file: `read`, `refused`, or what is wrong with the reader."""

    def late(*_: object) -> None:
        raise Late

    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        arrays = kind.read(path)
    except ValueError as error:
        told = str(error)
        return (
            "refused"
            if path.name in told and len(told) < 4000
            else f"an error that does not name the file: {told[:300]}"
        )
    except Late:
        return f"more than {SECONDS} s"
    except MemoryError:
        return f"more than {MEMORY >> 30} GiB"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    finally:
        signal.alarm(0)
    wrong = [one for one in arrays if one.dtype.kind == "f" and not np.isfinite(one).all()]
    return "numbers that are not finite" if wrong else "read"


def work(task: tuple[str, int, int]) -> list[tuple[str, int, str]]:
    """Some damaged files of a kind, in a process with limits: what came of each."""
    name, begin, end = task
    kind = next(kind for kind in kinds() if kind.name == name)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        good = Path(folder) / "good" / kind.name
        good.parent.mkdir()
        kind.write(good)
        content = good.read_bytes()
        first = attempt(kind, good)
        assert first == "read", f"{kind.name}: of a good file: {first}"
        path = Path(folder) / kind.name
        for number in range(begin, end):
            bad = damaged(content, np.random.default_rng([number, *name.encode()]))
            path.write_bytes(bad)
            outcome = attempt(kind, path)
            found.append((name, number, outcome))
            if outcome not in ("read", "refused"):
                FAILED.mkdir(exist_ok=True)
                (FAILED / f"{number}_{kind.name}").write_bytes(bad)
    return found


def limited() -> None:
    """A process's limits."""
    import logging

    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def fuzz(inputs: int, processes: int = 2, names: tuple[str, ...] = ()) -> Counter[tuple[str, str]]:
    """So many damaged files over all kinds: how often what came of them."""
    chosen = [kind.name for kind in kinds() if not names or kind.name in names]
    each = -(-inputs // len(chosen))
    tasks = [(name, begin, min(begin + 50, each)) for begin in range(0, each, 50) for name in chosen]
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, limited) as pool:
        outcomes = [one for some in pool.imap_unordered(work, tasks) for one in some]
    return Counter((name, outcome) for name, _, outcome in outcomes)


def main() -> int:
    inputs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    counts = fuzz(inputs, names=tuple(sys.argv[2:]))
    for (name, outcome), count in sorted(counts.items()):
        sys.stdout.write(f"{count:6} {name:24} {outcome}\n")
    wrong = sum(count for (_, outcome), count in counts.items() if outcome not in ("read", "refused"))
    sys.stdout.write(json.dumps({"inputs": sum(counts.values()), "wrong": wrong}) + "\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
