"""The published data sets: their tables, the captions and motions of every id, and their counts."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from lavimo.clips import SPLITS
from lavimo.config import HumanML3DOptions, KitmlOptions
from lavimo.motion.mirror import PREFIX
from lavimo.sources.amass_tree import AmassTree
from lavimo.sources.folder import files_under
from lavimo.sources.humanml3d.index import HUMANACT12, read_index
from lavimo.sources.humanml3d.texts import Texts, is_empty
from lavimo.sources.kitml import read_annotations
from lavimo.sources.splits import read_splits
from lavimo.sources.verify.features import check_features
from lavimo.sources.verify.finding import Findings
from lavimo.sources.verify.subsets import check_subsets

Counts = Mapping[str, int]
HUMANML3D: Counts = {"train": 23_384, "val": 1_460, "test": 4_384}
KIT: Counts = {"train": 4_688, "val": 292, "test": 786}
KIT_ORIGINAL: Counts = {"test": 830}


def check_humanml3d(options: HumanML3DOptions, mirrored: bool, with_features: bool, findings: Findings) -> None:
    """HumanML3D's split files, texts, index, AMASS's subsets, HumanAct12 and released features."""
    names = _splits(options.folder, mirrored, [HUMANML3D], findings)
    _texts(options.folder, names, findings)
    if options.amass is None or (options.features == "released" and (options.folder / "new_joint_vecs").is_dir()):
        _released(options.folder, names, with_features, findings)
    if options.amass is None:
        return
    path, amass = options.index_file, options.amass
    index = findings.attempt("index", str(path), lambda: read_index(path))
    tree = findings.attempt("subsets", str(amass), lambda: AmassTree(amass))
    if index is None:
        return
    bases = {name.removeprefix(PREFIX) for name in names}
    for name in sorted(bases - set(index)):
        findings.problem("ids", name, f"stands in a split, but not in {path}")
    needed = {name: index[name].path for name in sorted(bases & set(index))}
    acts = {name: Path(path).name for name, path in needed.items() if path.startswith(HUMANACT12)}
    if tree is not None:
        check_subsets({name: path for name, path in needed.items() if name not in acts}, tree, findings)
    _humanact12(options.humanact12, acts, findings)


def _humanact12(folder: Path | None, acts: Mapping[str, str], findings: Findings) -> None:
    there = set(findings.attempt("subsets", HUMANACT12, lambda: files_under(folder)) or ()) if folder else set()
    gone = sum(file not in there for file in acts.values())
    if gone:
        text = f"missing: {gone} of {len(acts)} clips; unpack HumanML3D's pose_data/humanact12.zip, set humanact12"
        findings.problem("subsets", HUMANACT12, text)
    elif acts:
        findings.ok("subsets", HUMANACT12, f"present: {len(acts)} of {len(acts)} clips")


def check_kit(options: KitmlOptions, mirrored: bool, with_features: bool, findings: Findings) -> None:
    """KIT-ML's release: its split files, texts and released features."""
    names = _splits(options.splits, mirrored, [KIT, KIT_ORIGINAL], findings)
    _texts(options.folder, names, findings)
    _released(options.folder, names, with_features, findings)


def check_annotations(options: KitmlOptions, mirrored: bool, findings: Findings) -> None:
    """TMR's layout: its split files, annotations and AMASS's subsets."""
    names = _splits(options.splits, mirrored, [KIT, HUMANML3D], findings)
    path = options.annotations_file
    annotations = findings.attempt("annotations", str(path), lambda: read_annotations(path))
    tree = findings.attempt("subsets", str(options.amass), lambda: AmassTree(options.amass))
    if annotations is None:
        return
    needed = {}
    for name in names:
        base = name if name in annotations else name.removeprefix(PREFIX)
        if base in annotations:
            needed[base] = annotations[base].path
        else:
            findings.problem("ids", name, f"stands in a split, but not in {path}")
    acts = {name: f"{Path(path).name}.npy" for name, path in needed.items() if path.startswith(HUMANACT12)}
    if tree is not None:
        check_subsets({name: path for name, path in needed.items() if name not in acts}, tree, findings)
    _humanact12(options.humanact12, acts, findings)


def _splits(folder: Path, mirrored: bool, published: Iterable[Counts], findings: Findings) -> list[str]:
    """The ids of all splits, after their counts were compared with what was published."""
    splits = findings.attempt("splits", str(folder), lambda: read_splits(folder)) or {}
    counts = {split: len(ids) for split, ids in splits.items()}
    found = "/".join(f"{counts[split]:,}" for split in SPLITS) if counts else "none"
    if any(expected.items() <= counts.items() for expected in published):
        findings.ok("counts", "ids", f"{found}, as published")
    else:
        told = " or ".join("/".join(f"{number:,}" for number in expected.values()) for expected in published)
        findings.problem("counts", "ids", f"found {found} (train/val/test), published are {told}")
    return [name for ids in splits.values() for name in ids if mirrored or not name.startswith(PREFIX)]


def _texts(folder: Path, names: Iterable[str], findings: Findings) -> None:
    texts = findings.attempt("captions", str(folder / "texts"), lambda: Texts(folder))
    if texts is None:
        return
    captioned = 0
    for name in names:
        captions = findings.attempt("captions", name, partial(texts.__getitem__, name))
        captioned += bool(captions)
        for caption, (start_s, end_s) in captions or ():
            if is_empty((start_s, end_s), None):
                findings.note(
                    "captions", name, f"the part from {start_s:g} s to {end_s} s of {caption!r} is empty: left out"
                )
        if captions == []:
            findings.problem("captions", name, f"has no captions: found no or an empty {folder / 'texts' / name}.txt")
    findings.ok("captions", "ids with captions", str(captioned))


def _released(folder: Path, names: list[str], with_features: bool, findings: Findings) -> None:
    there: dict[str, set[str]] = {}
    for part in ("new_joint_vecs", "new_joints"):
        inner = folder / part
        there[part] = {file.removesuffix(".npy") for file in files_under(inner)} if inner.is_dir() else set()
    for name in names:
        if not any(name in part for part in there.values()):
            findings.problem(
                "ids", name, f"stands in a split, but has neither new_joint_vecs nor new_joints in {folder}"
            )
    for part, files in there.items():
        findings.ok("released", part, f"{len(files & set(names))} of {len(names)} ids")
    if with_features:
        check_features(folder, [name for name in names if name in there["new_joint_vecs"]], findings)
