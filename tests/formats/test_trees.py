"""The matrix of faults of glTF and FBX: files of people in other worlds, sizes and rates than they say."""

import numpy as np
import pytest
from cells import REST_3, TRUE_FPS, TURNS, UNITS, Cell, same, walk
from fbx_files import WORLDS, write_fbx
from gltf_files import write_glb
from scipy.spatial.transform import Rotation

from lavimo.formats import trees
from lavimo.motion.motion import Motion
from lavimo.motion.world import TO_Y

CELLS = [
    *(Cell(f"{axis} up", {"world": TO_Y[axis].inv()}, "like one with another axis up, expected y up, as the file says")
      for axis in TO_Y if axis != "y"),
    *(Cell(f"turned by {yaw}", {"world": Rotation.from_euler("y", yaw, degrees=True)}) for yaw in TURNS),
    *(Cell(f"{unit}, said to be another", {"size": size}) for unit, size in UNITS.items()),
    Cell("a path in another unit than the bones", {"path": 100}, "a root's path in another unit than the bones"),
    *(Cell(f"60 labelled {fps}", {"fps": float(fps)}, untold=fps != TRUE_FPS) for fps in (30, 60, 120)),
]  # fmt: skip


def write_tree(path, world=TO_Y["y"], size=1, path_unit=1, fps=TRUE_FPS, **options):
    """The walk in a world, a size and a rate that the file does not tell."""
    rotations_TJ3, path_T3 = walk()
    rotations_TJ3[:, 0] = (world * Rotation.from_rotvec(rotations_TJ3[:, 0])).as_rotvec()
    motion = Motion(rotations_TJ3, path_unit * world.apply(path_T3) - REST_3, np.zeros(10))
    write = write_glb if path.suffix == ".glb" else write_fbx
    return write(path, {"Walk": motion}, fps=fps, size=size, **options)


@pytest.mark.parametrize("suffix", [".glb", ".fbx"])
@pytest.mark.parametrize("skin", [True, False])
@pytest.mark.parametrize("aligned", [True, False])
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_glb_and_fbx(tmp_path, cell, suffix, skin, aligned):
    expected = trees.read_motion(write_tree(tmp_path / f"a{suffix}", skin=skin, aligned=aligned))
    holds = {"path_unit" if name == "path" else name: value for name, value in cell.holds.items()}
    path = write_tree(tmp_path / f"b{suffix}", skin=skin, aligned=aligned, **holds)
    if cell.untold:
        assert len(trees.read_motion(path)) != len(expected)
    elif cell.says:
        with pytest.raises(ValueError, match=rf"b\{suffix}: .*{cell.says}"):
            trees.read_motion(path)
        trees.read_motion(path, plausible=False)  # the user insists
    else:
        same(trees.read_motion(path), expected)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("unit_cm", [0.1, 1.0, 100.0])
def test_fbx_says_its_axes_and_its_unit(tmp_path, world, unit_cm):
    expected = trees.read_motion(write_tree(tmp_path / "a.fbx"))
    same(trees.read_motion(write_tree(tmp_path / "b.fbx", unit_cm=unit_cm, axes=world)), expected)
