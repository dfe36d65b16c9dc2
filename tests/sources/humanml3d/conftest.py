"""HumanML3D over a fabricated AMASS tree: an index and files of the real formats, and every kind of trouble."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from amass_files import write_amass

from lavimo.body.body import embedded_body
from lavimo.config import HumanML3DOptions, SourceOptions
from lavimo.sources.humanml3d.index import Row, read_index

RATES = {"KIT": 100.0, "CMU": 120.0, "BioMotionLab_NTroje": 60.0, "MPI_HDM05": 120.0, "SFU": 250.0, "EKUT": 100.0}
RENAMED = {"BioMotionLab_NTroje": "BMLrub", "MPI_HDM05": "HDM05"}
SMPLX, MISSING, TRUNCATED = "ACCAD", "DFaust_67", "EKUT"
TEXT = "a person walks to the left#a/DET person/NOUN walk/VERB#0.0#0.0\n{name} waves#x/VERB#0.0#0.0\n"


def fabricated_index() -> str:
    """An index.csv in HumanML3D's form: three ids of each subset, of recordings that nobody made."""
    rows, number = ["source_path,start_frame,end_frame,new_name"], 0
    for subset in (*RATES, SMPLX, MISSING, "humanact12"):
        for take in range(3):
            if subset == "humanact12":
                path, start, end = f"./pose_data/humanact12/humanact12/P0{take}G01R02F0001T0050A0101.npy", 0, -1
            else:
                path, start = f"./pose_data/{subset}/person {take}/take_{take} one_poses.npy", 20 * take
                end = start + 41 + 3 * take
            rows.append(f"{path},{start},{end},{number:06d}.npy")
            number += 1
    return "\n".join(rows) + "\n"


@dataclass(frozen=True)
class Tree:
    """The source's options, and the ids by the subset that they were cut from."""

    source: SourceOptions
    ids: dict[str, list[str]]


@pytest.fixture(scope="session")
def tree(tmp_path_factory) -> Tree:
    """Two ids of each of eight subsets and of HumanAct12, each with its mirror image."""
    at = tmp_path_factory.mktemp("humanml3d")
    folder, amass, acts = at / "HumanML3D", at / "amass", at / "humanact12"
    (folder / "texts").mkdir(parents=True)
    acts.mkdir()
    (folder / "index.csv").write_text(fabricated_index())
    index = read_index(folder / "index.csv")
    soonest = sorted(index, key=lambda name: (index[name].end_s or 0, name))
    ids: dict[str, list[str]] = {}
    for subset in (*RATES, SMPLX, MISSING, "humanact12"):
        ids[subset] = [name for name in soonest if index[name].subset == subset and _long(index[name])][:2]
        assert len(ids[subset]) == 2, subset
        for name in ids[subset]:
            row = index[name]
            if subset == "humanact12":
                rest_J3 = embedded_body().rest(np.zeros(10))[1]
                sway_T13 = 0.05 * np.sin(np.arange(50) / 5)[:, None, None] * [1, 0, 0]
                np.save(acts / Path(row.path).name, rest_J3 + sway_T13 * np.linspace(0, 1, 24)[:, None])
            elif subset != MISSING:
                inner = row.path.split("/", 1)[1].removesuffix(".npy")
                if subset == SMPLX:
                    inner = inner.removesuffix("_poses").replace(" ", "_") + "_stageii"
                path = amass / RENAMED.get(subset, subset) / f"{inner}.npz"
                fps = RATES.get(subset, 120.0)
                write_amass(path, int((row.end_s + 1) * fps), fps, int(name), "X" if subset == SMPLX else "G")
    broken = next(amass.glob(f"{TRUNCATED}/**/*.npz"))
    broken.write_bytes(broken.read_bytes()[: broken.stat().st_size // 2])
    names = sorted(name for both in ids.values() for name in both)
    for name in names:
        (folder / f"texts/{name}.txt").write_text(TEXT.format(name=name))
    splits = {"train": names[::3] + names[1::3], "val": names[2::6], "test": names[5::6]}
    for split, own in splits.items():
        (folder / f"{split}.txt").write_text("\n".join([*own, *(f"M{name}" for name in own)]))
    options = HumanML3DOptions(folder=folder, amass=amass, humanact12=acts, smplx=True)
    return Tree(SourceOptions(name="fabricated", kind="humanml3d", humanml3d=options), ids)


def _long(row: Row) -> bool:
    return row.end_s is None or row.end_s - row.start_s > 1
