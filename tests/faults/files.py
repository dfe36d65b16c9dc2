"""The kinds of file that the product reads: how a good one is written, and what reads it."""

import csv
import io
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/helpers"))


@dataclass(frozen=True)
class Kind:
    """A kind of file: how a good one is written, and what reads it and gives arrays to look at."""

    name: str
    write: Callable[[Path], None]
    read: Callable[[Path], list[np.ndarray]]


def kinds() -> list[Kind]:
    """Every kind."""
    return [
        Kind("motion.glb", write_glb, read_motion), Kind("motion.gltf", write_gltf, read_motion),
        Kind("motion.fbx", write_fbx, read_motion),
        Kind("ascii.fbx", partial(write_fbx, how="AUTO", text=True), read_motion),
        Kind("motion.bvh", write_bvh, read_motion), Kind("amass.npz", write_amass, read_motion),
        Kind("smpl.npz", write_smpl, read_motion), Kind("joints.npy", write_joints, read_motion),
        Kind("features.npy", write_features, read_motion), Kind("captions.csv", write_captions, read_captions),
        Kind("clips.csv", write_clips, read_clips), Kind("config.yaml", write_config, read_config),
        Kind("shard.safetensors", write_motions, read_motions), Kind("embeddings.npz", write_npz, read_embeddings),
        Kind("embeddings.safetensors", write_embeddings, read_embeddings), Kind("index.json", write_state, read_state),
        Kind("segment.safetensors", write_segment, read_segment), Kind("picture.png", write_picture, read_picture),
        Kind("05_13.amc", write_amc, read_motion), Kind("05.asf", write_asf, read_by_skeleton),
        Kind("motions.zip", write_archive, read_archive),
        Kind("skeleton.yaml", write_skeleton, read_skeleton), Kind("video.mp4", write_video, read_video),
    ]  # fmt: skip


def write_bvh(path: Path) -> None:
    path.write_bytes((ROOT / "tests/data/cmu/09_03.bvh").read_bytes())


def write_glb(path: Path) -> None:
    import gltf_files

    gltf_files.write_glb(path, {"Walk": walk()}, how="CUBICSPLINE")


def write_gltf(path: Path) -> None:
    import base64
    import json

    import gltf_files

    whole, binary = gltf_files.unpacked(gltf_files.write_glb(path, {"Walk": walk()}))
    whole["buffers"][0]["uri"] = "data:;base64," + base64.b64encode(binary).decode()
    path.write_text(json.dumps(whole))


def write_fbx(path: Path, how: str = "CUBIC", **options) -> None:
    import fbx_files

    fbx_files.write_fbx(path, {"Walk": walk()}, how=how, **options)


def walk():
    from lavimo.formats import read_motion

    return read_motion(ROOT / "tests/data/cmu/09_03.bvh", 0, 1.0)


def read_motion(path: Path) -> list[np.ndarray]:
    from lavimo.formats import read_motion

    motion = read_motion(path)
    return [motion.rotations_TJ3, motion.translation_T3]


def write_amc(path: Path) -> None:
    lines = (ROOT / "tests/data/acclaim/05_13.amc").read_text().split("\n61\n")[0]
    path.write_text(f"{lines}\n")
    write_asf(path.parents[1] / "05.asf")  # the damaged one's folder


def write_asf(path: Path) -> None:
    path.write_bytes((ROOT / "tests/data/acclaim/05.asf").read_bytes())


def read_by_skeleton(path: Path) -> list[np.ndarray]:
    trial = path.with_name("05_13.amc")
    if not trial.exists():
        trial.write_bytes((ROOT / "tests/data/acclaim/05_13.amc").read_bytes())
    return read_motion(trial)


def write_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.write(ROOT / "tests/data/cmu/09_03.bvh", "takes/09_03.bvh")
        made.writestr("captions.csv", "clip,caption\n09_03,runs\n")


def read_archive(path: Path) -> list[np.ndarray]:
    from lavimo.search.scan import scan

    return [source.read().translation_T3 for source in scan(path, {})]


def write_amass(path: Path) -> None:
    from lavimo.export.amass import write_amass
    from lavimo.export.take import Cut, take_of
    from lavimo.formats import read_motion

    write_amass(path, take_of(read_motion(ROOT / "tests/data/cmu/09_03.bvh"), Cut()))


def write_smpl(path: Path) -> None:
    from lavimo.formats import read_motion

    motion = read_motion(ROOT / "tests/data/cmu/09_03.bvh")
    np.savez(path, poses=motion.rotations_TJ3, trans=motion.translation_T3, fps=20.0, betas=motion.betas_B)


def write_joints(path: Path) -> None:
    from lavimo.formats import read_motion
    from lavimo.landmarks.movement import joints_of

    np.save(path, joints_of(read_motion(ROOT / "tests/data/cmu/09_03.bvh"))[:, :22].astype(np.float32))


def write_features(path: Path) -> None:
    from lavimo.config import FeaturizeOptions
    from lavimo.formats import read_motion
    from lavimo.motion.featurize import features_of

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
    from lavimo.sources import open_source

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
    from lavimo.formats import read_motion
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
    from lavimo.search.item import Filters
    from lavimo.search.segment import Segment

    segment = Segment(path)
    segment.allowed(Filters(folder="a"), np.ones(len(segment.items), bool))
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
    path.write_bytes((ROOT / "lavimo/formats/skeletons/mixamo.yaml").read_bytes())


def read_skeleton(path: Path) -> list[np.ndarray]:
    from lavimo.formats.skeletons import skeleton_maps

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
