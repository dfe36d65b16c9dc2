"""Damaged files, thousands of them: every reader must end soon, with an error that names the file or with sane numbers.

`python tests/faults/fuzz.py 10000` (`make faults`) damages a good file of each kind that the product reads, at random
but repeatably, and reads it in a process with limits. What breaks a reader is kept in tests/faults/failed.
"""

import csv
import io
import json
import multiprocessing
import resource
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))
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


@dataclass(frozen=True)
class Kind:
    """A kind of file: how a good one is written, and what reads it and gives arrays to look at."""

    name: str
    write: Callable[[Path], None]
    read: Callable[[Path], list[np.ndarray]]


def kinds() -> list[Kind]:
    """Every kind."""
    return [
        Kind("motion.bvh", write_bvh, read_motion), Kind("amass.npz", write_amass, read_motion),
        Kind("smpl.npz", write_smpl, read_motion), Kind("joints.npy", write_joints, read_motion),
        Kind("features.npy", write_features, read_motion), Kind("captions.csv", write_captions, read_captions),
        Kind("clips.csv", write_clips, read_clips), Kind("config.yaml", write_config, read_config),
        Kind("shard.safetensors", write_motions, read_motions), Kind("embeddings.npz", write_npz, read_embeddings),
        Kind("embeddings.safetensors", write_embeddings, read_embeddings), Kind("index.json", write_state, read_state),
        Kind("segment.safetensors", write_segment, read_segment), Kind("picture.png", write_picture, read_picture),
        Kind("skeleton.yaml", write_skeleton, read_skeleton), Kind("video.mp4", write_video, read_video),
    ]  # fmt: skip


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


# What is written and read.


def write_bvh(path: Path) -> None:
    path.write_bytes((ROOT / "tests/data/cmu/09_03.bvh").read_bytes())


def read_motion(path: Path) -> list[np.ndarray]:
    from lavimo.motion.formats import read_motion

    motion = read_motion(path)
    return [motion.rotations_TJ3, motion.translation_T3]


def write_amass(path: Path) -> None:
    from lavimo.export.amass import write_amass
    from lavimo.export.take import Cut, take_of
    from lavimo.motion.formats import read_motion

    write_amass(path, take_of(read_motion(ROOT / "tests/data/cmu/09_03.bvh"), Cut()))


def write_smpl(path: Path) -> None:
    from lavimo.motion.formats import read_motion

    motion = read_motion(ROOT / "tests/data/cmu/09_03.bvh")
    np.savez(path, poses=motion.rotations_TJ3, trans=motion.translation_T3, fps=20.0, betas=motion.betas_B)


def write_joints(path: Path) -> None:
    from lavimo.landmarks.movement import joints_of
    from lavimo.motion.formats import read_motion

    np.save(path, joints_of(read_motion(ROOT / "tests/data/cmu/09_03.bvh"))[:, :22].astype(np.float32))


def write_features(path: Path) -> None:
    from lavimo.config import FeaturizeOptions
    from lavimo.motion.featurize import features_of
    from lavimo.motion.formats import read_motion

    np.save(path, features_of(read_motion(ROOT / "tests/data/cmu/09_03.bvh"), FeaturizeOptions()))


def write_captions(path: Path) -> None:
    clips = ("05_03", "07_01", "09_03", "10_03", "13_40")
    rows = [("clip", "caption", "caption_2", "split", "start", "end")]
    splits = ("train", "train", "val", "test", "test")
    rows += [(clip, f'someone says "{clip}", twice', "walks", split, "0", "1.5") for clip, split in zip(clips, splits)]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8-sig")


def read_captions(path: Path) -> list[np.ndarray]:
    from lavimo.config import BvhOptions, SourceOptions
    from lavimo.motion.sources import open_source

    options = SourceOptions(kind="bvh", bvh=BvhOptions(folder=ROOT / "tests/data/cmu", captions=path))
    for clip in open_source(options).clips():
        assert clip.captions
    return []


def write_clips(path: Path) -> None:
    from lavimo.clips import Clip, write_clips

    write_clips(path, [Clip(f"c{n}", "train", (f"a person does {n}", "else"), recording=f"r{n}") for n in range(20)])


def read_clips(path: Path) -> list[np.ndarray]:
    from lavimo.clips import read_clips

    return [np.array([clip.start_s for clip in read_clips(path).values()], float)]


def write_config(path: Path) -> None:
    path.write_bytes((ROOT / "config.yaml").read_bytes())


def read_config(path: Path) -> list[np.ndarray]:
    from lavimo.cli.options import merged_files
    from lavimo.config import load_config

    values = merged_files([path])
    try:
        load_config(values)
    except ValueError as error:  # names keys; the files that were merged are the command's to name
        raise ValueError(f"{path.name}: {error}"[:3000]) from error
    return []


def write_motions(path: Path) -> None:
    from lavimo.motion.formats import read_motion
    from lavimo.motion.motion import write_motions

    write_motions(path, {"a": read_motion(ROOT / "tests/data/cmu/09_03.bvh", 0, 0.5)})


def read_motions(path: Path) -> list[np.ndarray]:
    from lavimo.motion.motion import read_motions

    return [array for _, motion in read_motions(path) for array in (motion.rotations_TJ3, motion.translation_T3)]


def arrays_of_embeddings() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal((5, 8)).astype(np.float32) for name in ("text", "motion", "caption_embeddings")}


def write_npz(path: Path) -> None:
    ids = np.array([f"c{n}" for n in range(5)])
    np.savez(path, ids=ids, captions=np.array([f"does {n}" for n in range(5)]), **arrays_of_embeddings())


def write_embeddings(path: Path) -> None:
    from lavimo.shards import write_shard

    ids = [f"c{n}" for n in range(5)]
    write_shard(path, arrays_of_embeddings(), ids=ids, captions=[f"does {n}" for n in range(5)], split="test")


def read_embeddings(path: Path) -> list[np.ndarray]:
    from lavimo.evaluate.embeddings import read_embeddings

    return [*read_embeddings(path).of.values()]


def write_state(path: Path) -> None:
    from entries import ABOUT

    from lavimo.search.snapshot import State

    State(ABOUT, ("a.safetensors", "b.safetensors"), {"a.safetensors": ["0" * 16]}).write(path.parent)


def read_state(path: Path) -> list[np.ndarray]:
    from lavimo.search.snapshot import State

    State.read(path.parent)
    return []


def write_segment(path: Path) -> None:
    from entries import entry

    from lavimo.search.segment import write_segment

    write_segment(path, [entry("a"), entry("b")])


def read_segment(path: Path) -> list[np.ndarray]:
    from lavimo.search.exact import best
    from lavimo.search.item import Wanted
    from lavimo.search.segment import Segment

    segment = Segment(path)
    segment.allowed(Wanted(folder="a"), np.ones(len(segment.items), bool))
    query_C = np.eye(16, dtype=np.float32)[0]
    _, scores = best(segment["codes"], segment["scale"], segment.error, segment["vectors"], query_C, 5)
    return [scores, *(segment.motion(n).rotations_TJ3 for n in range(len(segment.items)))]


def write_picture(path: Path) -> None:
    from PIL import Image

    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 48, 3), np.uint8)).save(path)


def read_picture(path: Path) -> list[np.ndarray]:
    from lavimo.search.poses import opened

    return [np.asarray(opened(path))]


def write_skeleton(path: Path) -> None:
    path.write_bytes((ROOT / "lavimo/motion/skeletons/mixamo.yaml").read_bytes())


def read_skeleton(path: Path) -> list[np.ndarray]:
    from lavimo.motion.skeletons import skeleton_maps

    skeleton_maps(path.parent)
    return []


def write_video(path: Path) -> None:
    from lavimo.video.codec import write_video

    write_video(path, (np.full((48, 64, 3), 10 * n, np.uint8) for n in range(6)), 20, 30)


def read_video(path: Path) -> list[np.ndarray]:
    from lavimo.video.decode import decoded

    try:
        return [pixels for _, pixels in decoded(path, 10.0)]
    except ValueError as error:  # the process around it names the file
        raise ValueError(f"{path.name}: {error}") from error


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
