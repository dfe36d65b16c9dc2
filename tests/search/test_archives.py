"""Archives in an index: each as a folder of its own, beside others; what is wrong with one is one line."""

import shutil
import zipfile
from pathlib import Path

import pytest
from data_folders import DATA

from lavimo.__main__ import main
from lavimo.search import index as module
from lavimo.search.folders import passed_over
from lavimo.search.index import index
from lavimo.search.open_store import open_store
from lavimo.search.scan import scan

pytestmark = pytest.mark.xdist_group("search")

TRIAL = DATA / "cmu/09_03.bvh"


def packed(path: Path, members: dict[str, str | Path]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content if isinstance(content, str) else content.read_bytes())
    return path


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder with a motion, its captions and its licence, and an archive with others' inside of one folder."""
    folder = tmp_path / "mocap"
    folder.mkdir()
    shutil.copy(TRIAL, folder / "run.bvh")
    (folder / "captions.csv").write_text("clip,caption\nrun,runs\nwalk,not this one\n")
    (folder / "LICENSE").write_text("mine\n")
    members = {
        "pack/bvh/walk.bvh": DATA / "cmu/07_01.bvh", "pack/05.asf": DATA / "acclaim/05.asf",
        "pack/amc/05_13.amc": DATA / "acclaim/05_13.amc", "pack/readme.txt": "x", "pack/captions.csv":
        "clip,caption\nwalk,walks\namc/05_13,dances\n", "pack/LICENSE.txt": "CC0",
    }  # fmt: skip
    packed(folder / "theirs.zip", members)
    return folder


def test_an_archive_has_captions_and_a_licence_of_its_own(library):
    found = {one.name: (one.captions, one.licence, one.format) for one in scan(library, {})}
    assert found == {
        "run.bvh": (("runs",), "mine", "bvh"),
        "theirs.zip/pack/bvh/walk.bvh": (("walks",), "CC0", "bvh"),
        "theirs.zip/pack/amc/05_13.amc": (("dances",), "CC0", "amc"),
    }
    assert passed_over([library]) == "1 .txt"
    alone = {one.name: one.captions for one in scan(library / "theirs.zip", {}, "own")}
    assert alone == {"pack/bvh/walk.bvh": ("walks",), "pack/amc/05_13.amc": ("dances",)}
    packed(library / "bare.zip", {"walk.bvh": TRIAL})
    found = {one.name: (one.captions, one.licence) for one in scan(library, {})}
    assert found["bare.zip/walk.bvh"] == (("not this one",), "mine")
    assert scan(library, {"walk": ("told",)})[0].captions == ("told",)


def test_only_what_changed_in_an_archive_costs(library, little, tmp_path, monkeypatch):
    address = str(tmp_path / "index")

    def outcome(*folders: Path) -> tuple[int, int, int, int, int]:
        made = index([*folders], address, little.model, processes=1)
        return made.new, made.changed, made.unchanged, made.removed, len(made.unreadable)

    assert outcome(library) == (3, 0, 0, 0, 0)
    ids = {item.name: item.id for item in open_store(address).items()}
    with monkeypatch.context() as patch:
        for name in ("read", "sha256"):
            patch.setattr(module.Source, name, lambda self: pytest.fail(f"{self.name} is read again"))
        assert outcome(library) == (0, 0, 3, 0, 0)
        (library / "theirs.zip").touch()
        assert outcome(library) == (0, 0, 3, 0, 0)
    packed(library / "theirs.zip", {"pack/bvh/walk.bvh": TRIAL})
    assert outcome(library) == (0, 1, 1, 1, 0)
    assert {item.name: item.id for item in open_store(address).items()}.items() <= ids.items()
    (library / "theirs.zip").write_bytes(b"PK\3\4 cut short")
    assert outcome(library) == (0, 0, 1, 1, 1)


def test_a_damaged_archive_or_member_is_a_line_and_the_others_go_on(library, little, tmp_path):
    content = (library / "theirs.zip").read_bytes()
    (library / "cut.zip").write_bytes(content[:5000])
    at = content.index(b"walk.bvh") + 2000
    (library / "theirs.zip").write_bytes(content[:at] + bytes(200) + content[at + 200 :])
    made = index([library, library / "cut.zip"], str(tmp_path / "index"), little.model, processes=2)
    assert made.new == 2
    reasons = sorted({reason.replace(f"{library}/", "") for reason in made.unreadable.values()})
    assert len(reasons) == 2
    assert reasons[0].startswith("cut.zip: cannot be read as an archive (BadZipFile: File is not a zip file)")
    assert reasons[1].startswith("theirs.zip/pack/bvh/walk.bvh: cannot be read as an archive (")
    assert passed_over([library]) == "1 .txt"


def test_an_archive_without_motions(tmp_path):
    packed(tmp_path / "a.zip", {"a.txt": "x", "b.zip": "x"})
    with pytest.raises(ValueError, match=r"a\.zip: found no file that ends in .* but 1 \.txt, 1 \.zip, expected"):
        scan(tmp_path / "a.zip", {})


def test_the_source_comes_out_of_the_archive(library, little, tmp_path):
    address = str(tmp_path / "index")
    index([library / "theirs.zip"], address, little.model, processes=1)
    store = open_store(address)
    item = next(item for item in store.items() if item.format == "bvh")
    assert item.file == f"{library}/theirs.zip/pack/bvh/walk.bvh"
    to = tmp_path / "out.bvh"
    assert main(["export", item.id, "--to", "source", "--output", str(to), "--index", address]) == 0
    assert to.read_bytes() == (DATA / "cmu/07_01.bvh").read_bytes()
