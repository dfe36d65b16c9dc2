"""How true and how complete the facts of procedural clips are, kind by kind, and what they cost: see README.md."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from time import process_time

from score import Score, score
from tqdm import tqdm

from lavimo.config import DemoOptions
from lavimo.demo.load import load
from lavimo.demo.plan import plan
from lavimo.describe.describe import facts_of
from lavimo.describe.fact import Fact
from lavimo.landmarks.movement import joints_of
from lavimo.motion.motion import FPS

WIDE = DemoOptions(kinds="wide", train=2400, val=32, test=64)
PRECISION, RECALL = 0.97, 0.9


def described(clip: str, options: DemoOptions) -> tuple[tuple[Fact, ...], float]:
    """A clip's facts, and the processor's milliseconds for five seconds of it."""
    motion = load(clip, options)
    began = process_time()
    facts = facts_of(joints_of(motion))
    return facts, (process_time() - began) * 1000 * 5 * FPS / len(motion)


def judged(clips: Iterable[str], options: DemoOptions) -> tuple[dict[str, Score], dict[str, Counter[str]], float]:
    """The scores over clips, the faults, and the mean milliseconds of five seconds."""
    known, names = plan(options), list(clips)
    with ProcessPoolExecutor() as pool:
        found = list(tqdm(pool.map(partial(described, options=options), names, chunksize=32), total=len(names)))
    pairs = ((known[name][1].phrases, facts) for name, (facts, _) in zip(names, found))
    return *score(pairs), sum(ms for _, ms in found) / len(found)


def table(scores: dict[str, Score], faults: dict[str, Counter[str]]) -> str:
    """A line a kind; where it is less true or complete than asked, of which actions."""
    lines = [f"{'fact':14} {'precision':>9}  {'said':>5} {'recall':>8}  {'asked':>5}"]
    for kind, one in sorted(scores.items()):
        lacks = one.precision < PRECISION or one.recall < RECALL
        why = ", ".join(f"{fault} ({n})" for fault, n in faults[kind].most_common(4)) if lacks else ""
        numbers = f"{one.precision:9.3f}  {one.right + one.wrong:5} {one.recall:8.3f}  {one.asked:5}"
        lines.append(f"{kind:14} {numbers}  {why}".rstrip())
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=len(plan(WIDE)), help="only so many, evenly chosen")
    told = parser.parse_args()
    names = sorted(plan(WIDE))
    scores, faults, cost_ms = judged(names[:: max(len(names) // told.clips, 1)], WIDE)
    sys.stdout.write(table(scores, faults))
    sys.stdout.write(f"{cost_ms:.1f} ms of a core for five seconds of motion\n")


if __name__ == "__main__":
    main()
