"""Score embeddings that any model made: write them to an npz, one row a clip, and ask for every protocol.

python examples/score_embeddings.py

Here they are random vectors with a little in common; put your own model's in their place.
"""

import sys
from pathlib import Path

import numpy as np

from lavimo.config import EvaluateOptions
from lavimo.evaluate.evaluate import Origin, evaluate
from lavimo.evaluate.table import markdown, tables

CLIPS, WIDTH = 100, 64
rng = np.random.default_rng(0)
common_NC = rng.normal(size=(CLIPS, WIDTH))
text_NC, motion_NC = (common_NC + rng.normal(size=(CLIPS, WIDTH)) for _ in range(2))
theirs = Path("theirs.npz")
np.savez(
    theirs,
    ids=[f"clip_{number:03d}" for number in range(CLIPS)],
    captions=[f"somebody does thing {number}" for number in range(CLIPS)],
    text=text_NC,
    motion=motion_NC,
)
scores = evaluate(theirs, Path("theirs.scores.csv"), Origin("theirs", "random vectors"), EvaluateOptions())
sys.stdout.write(markdown(tables(scores)))
