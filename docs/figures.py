"""Put the figures of a finished demo into the README: `snakemake --cores all`, then `python docs/figures.py`.

They are kept in docs/demo.json with the versions of the stages and the configuration that they come from, by which a
test says when they are stale.
"""

import csv
import json
import re
from hashlib import sha256
from pathlib import Path

import yaml

from lavimo.config import load_config
from lavimo.versions import VERSIONS

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs/demo.json"
STAGES = (
    "catalogue", "ingest", "featurize", "measure", "dress", "animate", "render", "sample_frames", "draw_frames",
    "embed_frames", "find_landmarks", "embed_texts", "train", "embed", "match", "average", "facts", "evaluate",
)  # fmt: skip
BLOCK = re.compile(r"(?<=<!-- docs/figures.py -->\n).*?(?=<!-- end -->)", re.DOTALL)
WORDS = {
    "t2m": "text to motion", "m2t": "motion to text", "v2m": "video to motion", "m2v": "motion to video",
    "t2v": "text to video",
}  # fmt: skip


def made_from() -> dict[str, object]:
    """What the demo's figures depend on."""
    config = load_config(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")))
    what = config.model_dump(mode="json", exclude={"robustness", "report", "perturb"})
    digest = sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
    return {"versions": {stage: VERSIONS[stage] for stage in STAGES}, "config": digest}


def figures(scores: Path) -> list[dict[str, str]]:
    """R@1, R@10 and MedR of each run and direction, protocol all, the whole test split."""
    with open(scores, newline="", encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["protocol"], row["ties"], row["subset"]) == ("all", "average", "whole")
            and row["direction"] in WORDS
        ]
    return [{key: row[key] for key in ("run", "direction", "gallery", "R1", "R10", "MedR")} for row in rows]


def block(found: list[dict[str, str]]) -> str:
    """The README's table: a row a run, R@1 / R@10 of each direction."""
    lines = [f"| run | {' | '.join(WORDS.values())} |", "|---|" + "---|" * len(WORDS)]
    cells = {(row["run"], row["direction"]): f"{float(row['R1']):.1f} / {float(row['R10']):.1f}" for row in found}
    for run in dict.fromkeys(row["run"] for row in found):
        lines.append(f"| `{run}` | {' | '.join(cells.get((run, direction), '') for direction in WORDS)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    content = {**made_from(), "figures": figures(ROOT / "results/scores.csv")}
    FIGURES.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    readme = ROOT / "README.md"
    readme.write_text(BLOCK.sub(lambda _: block(content["figures"]), readme.read_text("utf-8")), encoding="utf-8")
