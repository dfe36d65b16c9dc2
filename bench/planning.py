"""How long Snakemake plans HumanML3D: a dry run for 29,232 clips in 128 shards, against the 15 s of issue 2."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from table import write_results

ROOT = Path(__file__).parents[1]
CLIPS, SHARDS, ALLOWED_SECONDS = 29_232, 128, 15.0

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    (folder / "bvh").mkdir()
    rows = ["clip,caption,split"]
    for index in range(CLIPS):
        (folder / f"bvh/{index:06d}.bvh").touch()
        rows.append(f"{index:06d},a person walks,{('train', 'train', 'val', 'test')[index % 4]}")
    (folder / "captions.csv").write_text("\n".join(rows) + "\n")
    source = {"name": "planning", "kind": "bvh", "bvh": {"folder": "bvh", "captions": "captions.csv"}}
    (folder / "experiment.yaml").write_text(yaml.safe_dump({"shards": SHARDS, "source": source}))
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--cores", "2", "--dry-run", "--quiet", "all", "--configfile", folder / "experiment.yaml"]
    start = time.perf_counter()
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    seconds = time.perf_counter() - start

write_results("planning", {"dry_run_29232_clips_128_shards": (ALLOWED_SECONDS, seconds, "s")})
