"""The house: imports go one way, files stay small, and tests read nothing that a public clone has not."""

import ast
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for path in (ROOT / "lavimo").rglob("*.py"))
EXTENSION = sorted((ROOT / "blender").glob("*.py"))


@cache
def imports(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Those of a file, at any depth."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def room(module: str) -> str:
    """The folder or file of the package that a module's name begins with."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@cache
def arrows() -> dict[str, set[str]]:
    """What each room imports at any depth of its files, but for the command line, which calls everything."""
    found = defaultdict(set)
    for path in MODULES:
        here = room(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for node in imports(path):
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found[here] |= {room(name) for name in names if name.startswith("lavimo.")} - {here}
    return {here: there for here, there in found.items() if here not in ("__main__", "cli", "__init__", "")}


def test_imports_between_rooms_make_no_circle():
    left = dict(arrows())
    while free := [here for here, there in left.items() if not there & set(left)]:
        for here in free:
            del left[here]
    assert not left, f"rooms in a circle: {left}"


def test_imports_between_files_make_no_circle():
    """Those inside of functions count too."""
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in MODULES}
    left = {}
    for name, path in names.items():
        found = set()
        for node in imports(path):
            if isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= inner & set(names) or {node.module}
        left[name] = found & set(names) - {name}
    while free := [here for here, there in left.items() if not there & set(left)]:
        for here in free:
            del left[here]
    assert not left, f"files in a circle: {left}"


def test_pictures_are_made_forwards():
    """body -> motion -> avatar -> scene -> render."""
    order = ["body", "motion", "avatar", "scene", "render"]
    for place, here in enumerate(order):
        assert not arrows()[here] & set(order[place + 1 :]), here


def test_files_are_small():
    sources = [*MODULES, *EXTENSION, *(ROOT / "rules").glob("*.smk"), ROOT / "Snakefile"]
    long = {str(path.relative_to(ROOT)): n for path in sources if (n := len(path.read_text().splitlines())) > 300}
    assert not long


def test_the_extension_needs_blender_alone_and_the_package_needs_none():
    """Blender's Python has numpy; all else that lavimo needs is the app's."""
    for path in (*EXTENSION, *MODULES):
        for node in imports(path):
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            roots = {name.partition(".")[0] for name in names}
            if path in EXTENSION:
                assert roots <= {"bpy", "mathutils", "numpy", *sys.stdlib_module_names}, path
            else:
                assert not roots & {"bpy", "mathutils"}, path


def test_no_test_reads_outside_of_the_checkout():
    for path in (ROOT / "tests").rglob("*.py"):
        if path != Path(__file__):
            assert "shared/data" not in path.read_text(encoding="utf-8"), path
