"""Kill the workflow at random moments until it has ended all the same: `python tests/faults/kill.py 100`.

A small workflow runs once undisturbed. Then it runs again and again in a fresh folder, always by the same command, and
is killed (SIGKILL) at a random moment: its main process, its process group, or one of its stages. When it has come to
its end, its files must equal the undisturbed run's, byte for byte; then the next round begins, until all is done.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path

import psutil
import yaml

ROOT = Path(__file__).parents[2]
CONFIG = {
    "shards": 2,
    "source": {"demo": {"seed": 0, "train": 8, "val": 2, "test": 4}},
    "dress": {"avatars": ["jonas", "mei"]},
    "animate": {"views": 1},
    "render": {"size_px": 64},
    "sample_frames": {"size_px": 32},
    "embed_frames": {"size_px": 64},
    "train": {"epochs": 4, "save_seconds": 0},
    "report": {"queries": 2},
}
TELLS_TIME = ("log.jsonl", "report.html", "last.safetensors")
"""Files that say how long something took, or hold what says so."""
LONGEST_S = 12.0
"""From the start of a run to its kill, at most."""
ENDS_S = 600


def main() -> None:
    """Kill as often as asked; exit status 1 if a file differs or the workflow does not come to its end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    killed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(scratch, "pycache"))  # a hundred megabytes that rounds share
        expected = undisturbed(Path(scratch, "undisturbed"))
        rounds = 0
        while killed.total() < arguments.kills:
            rounds += 1
            folder = prepared(Path(scratch, f"round-{rounds}"))
            disturbed(folder, arguments.kills - killed.total(), chance, killed)
            found = digests(folder)
            if found != expected:
                wrong = [name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)]
                sys.exit(f"round {rounds} (seed {arguments.seed}): other files after {dict(killed)}: {sorted(wrong)}")
            say(f"round {rounds}: {dict(killed)}; {len(found)} files as undisturbed")
    say(f"{killed.total()} kills, {rounds} rounds, 0 differences")


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def prepared(folder: Path) -> Path:
    """A folder with the small workflow's configuration."""
    folder.mkdir()
    (folder / "small.yaml").write_text(yaml.safe_dump(CONFIG))
    return folder


def command(folder: Path) -> list[str]:
    """What a user would type, again and again."""
    options = ["--snakefile", ROOT / "Snakefile", "--directory", folder, "--cores", "2", "--rerun-incomplete"]
    return [sys.executable, "-m", "snakemake", *map(str, options), "--configfile", str(folder / "small.yaml")]


def undisturbed(folder: Path) -> dict[str, str]:
    """The digests of a run that nobody kills."""
    done = subprocess.run(command(prepared(folder)), capture_output=True, text=True, timeout=ENDS_S, check=False)
    if done.returncode:
        sys.exit(f"the undisturbed run failed:\n{done.stderr[-5000:]}")
    return digests(folder)


def disturbed(folder: Path, most: int, chance: random.Random, killed: Counter[str]) -> None:
    """Run the command until it has ended by itself, killing it at most so often."""
    while True:
        with open(folder / "said.txt", "w") as said:
            run = subprocess.Popen(command(folder), stdout=said, stderr=said, start_new_session=True)
        if most > 0:
            kind = chance.choice(("main", "group", "stage"))
            ended = _wait(run, chance.uniform(0, LONGEST_S))
            if not ended and _kill(run, kind):
                killed[kind] += 1
                most -= 1
                run.wait(ENDS_S)
                continue
        if run.wait(ENDS_S) == 0:
            return
        sys.exit(f"the run after {dict(killed)} failed:\n{(folder / 'said.txt').read_text()[-5000:]}")


def _wait(run: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it ends by itself in this time."""
    try:
        run.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill(run: subprocess.Popen[bytes], kind: str) -> bool:
    """Kill the main process, all of its session, or one stage; False if there is no stage at work for ten seconds."""
    if kind == "main":
        run.kill()
        return True
    if kind == "group":
        os.killpg(run.pid, signal.SIGKILL)
        return True
    for _ in range(200):
        if run.poll() is not None:
            return False
        for process in psutil.Process(run.pid).children(recursive=True):
            try:
                if "lavimo" in process.cmdline()[:3]:
                    process.kill()
                    return True
            except psutil.Error:
                continue
        time.sleep(0.05)
    return False


def digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file of the results that does not tell the time."""
    files = sorted(path for path in (folder / "results").rglob("*") if path.is_file() and path.name not in TELLS_TIME)
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


if __name__ == "__main__":
    main()
