"""How long Snakemake plans a data set, and in how much memory: a dry run for HumanML3D's 29,232 clips, against the 10 s
of issue 16, and for 100,000, which must not take more than clips in proportion, nor more than 2 GB.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from table import write_results

ROOT = Path(__file__).parents[1]
SHARDS = 128
HUMANML3D, MANY = 29_232, 100_000
ALLOWED_S, ALLOWED_MB = 10.0, 2000.0


def planned(clips: int) -> float:
    """Seconds of a dry run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bvh").mkdir()
        rows = ["clip,caption,split"]
        for index in range(clips):
            (folder / f"bvh/{index:06d}.bvh").touch()
            rows.append(f"{index:06d},a person walks,{('train', 'train', 'val', 'test')[index % 4]}")
        (folder / "captions.csv").write_text("\n".join(rows) + "\n")
        source = {"name": "planning", "kind": "bvh", "bvh": {"folder": "bvh", "captions": "captions.csv"}}
        (folder / "experiment.yaml").write_text(yaml.safe_dump({"shards": SHARDS, "source": source}))
        command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
        command += ["--cores", "2", "--dry-run", "--quiet", "all", "--configfile", folder / "experiment.yaml"]
        start = time.perf_counter()
        subprocess.run(list(map(str, command)), check=True, capture_output=True)
        return time.perf_counter() - start


def peak_mb() -> float:
    """The most memory that any child has had so far."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


few_s, few_mb = planned(HUMANML3D), peak_mb()
many_s, many_mb = planned(MANY), peak_mb()
write_results(
    "planning",
    {
        f"dry_run_{HUMANML3D}_clips_{SHARDS}_shards": (ALLOWED_S, few_s, "s"),
        f"dry_run_{HUMANML3D}_clips_memory": (ALLOWED_MB, few_mb, "MB"),
        f"dry_run_{MANY}_clips": (few_s * MANY / HUMANML3D, many_s, "s"),
        f"dry_run_{MANY}_clips_memory": (ALLOWED_MB, many_mb, "MB"),
    },
)
