"""`lavimo verify` on people's own data: what is bad is named, all of it; the examples' keys exist."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from amass_files import write_amass

from lavimo.__main__ import main
from lavimo.config import AmassOptions, BvhOptions, SourceOptions, load_config, merged
from lavimo.sources import open_source
from lavimo.sources.verify.finding import Finding, table_of
from lavimo.sources.verify.verify import findings_of

ROOT = Path(__file__).parents[3]


def problems(source: SourceOptions) -> dict[tuple[str, str], str]:
    return {(found.check, found.subject): found.text for found in findings_of(source) if found.status == "problem"}


def test_every_bad_bvh_is_named(tmp_path, write_bvh):
    for name, frames in (("good", 90), ("cut", 90), ("short", 2), ("strange", 90)):
        write_bvh(tmp_path / f"bvh/{name}.bvh", frames=frames)
    cut, strange = tmp_path / "bvh/cut.bvh", tmp_path / "bvh/strange.bvh"
    cut.write_text(cut.read_text()[:-700])
    strange.write_text(strange.read_text().replace("LeftArm", "Tentacle"))
    table = tmp_path / "captions.csv"
    table.write_text("clip,caption,split\n" + "".join(f"{n},x,train\n" for n in ("good", "cut", "short", "strange")))
    found = problems(SourceOptions(kind="bvh", bvh=BvhOptions(folder=tmp_path / "bvh", captions=table)))
    assert set(found) == {
        ("files", "cut.bvh"), ("files", "strange.bvh"), ("lengths", "short"), ("clips", "val"), ("clips", "test"),
    }  # fmt: skip
    assert "nearest map, 'motionbuilder', expects also LeftArm" in found["files", "strange.bvh"]


def test_amass_with_a_table(tmp_path, capsys):
    folder, table = tmp_path / "amass", tmp_path / "captions.csv"
    write_amass(folder / "BMLrub/rub001/a_stageii.npz", 130, 60, release="X")
    shape = folder / "BMLrub/rub001/shape.npz"
    np.savez(shape, betas=np.zeros(16))
    rows = ["a,BioMotionLab_NTroje/rub001/a_poses.npz,0,1,train", "b,BMLrub/rub001/a_stageii.npz,1,2,val"]
    rows += ["c,BMLrub/rub001/a_stageii.npz,1,1.04,test", "d,BMLrub/rub001/shape.npz,,,test"]
    table.write_text("clip,path,start,end,split,caption\n" + "".join(f"{row},walks\n" for row in rows))
    source = SourceOptions(required_splits=(), kind="amass", amass=AmassOptions(folder=folder, captions=table))
    found = problems(source)
    assert set(found) == {("lengths", "c"), ("files", "shape.npz")}
    assert "lacks poses, trans; expected a motion file of AMASS" in found["files", "shape.npz"]
    notes = [finding for finding in findings_of(source) if finding.status == "note"]
    assert any(
        "1 in train, 1 in val" in finding.text or "from recordings that feed train" in finding.text for finding in notes
    )
    table.write_text("clip,path,split,caption\n" + "x,CMU/nothing.npz,train,walks\ny,,train,\n")
    assert main(["verify", "--options", json.dumps({"source": source.model_dump(mode="json")})]) == 1
    said = capsys.readouterr().out
    assert "row 2: clip 'x': found no file CMU/nothing.npz" in said
    assert "row 3: clip 'y': found an empty caption" in said


def test_all_is_well(tmp_path, capsys):
    options = {"source": {"kind": "demo", "demo": {"train": 48, "val": 2, "test": 2}}}
    assert main(["verify", "--json", str(tmp_path / "v.json"), "--options", json.dumps(options)]) == 0
    assert "48 clips, 144 captions" in capsys.readouterr().out
    assert json.loads((tmp_path / "v.json").read_text())["problems"] == 0


def test_long_lists_are_cut_for_people():
    table = table_of([Finding("problem", "files", f"{number}.npz", "bad") for number in range(100)])
    assert len(table.splitlines()) == 21
    assert "and 80 more, which the JSON names" in table


EXAMPLES = [path for path in sorted((ROOT / "workflow/configs").glob("*.yaml")) if "source:" in path.read_text()]
"""Those with a source of their own; the others are of the demo."""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_keys_exist(path):
    config = load_config(merged(*(yaml.safe_load(file.read_text()) for file in (ROOT / "config.yaml", path))))
    assert open_source(config.source).tables() or config.source.kind == "demo"
