"""Files of every source with every fault of axes, unit, angle and rate: right, or refused with the cause and right once
mended. A cell is a file's content, what its reader says, and the options that mend it; what nobody can tell is one too.
"""

from dataclasses import replace

import numpy as np
import pytest
from cells import AXES, REST_3, SECONDS, TRUE_FPS, TURNS, UNITS, Cell, same, walk
from data_folders import DATA
from scipy.spatial.transform import Rotation

from lavimo.body.skeleton import JOINT
from lavimo.formats import amass, joints
from lavimo.formats.acclaim.read import read_motion as read_amc
from lavimo.formats.bvh.parser import read_bvh
from lavimo.formats.bvh.read import retargeted
from lavimo.formats.smpl import read_motion
from lavimo.motion.features import features_from_joints
from lavimo.motion.featurize import joints_of
from lavimo.motion.ground import place_on_floor
from lavimo.motion.layout import HUMANML3D, KIT
from lavimo.motion.motion import Motion
from lavimo.motion.world import TO_Y


def file_of_smpl(rest_3, up, unit="m", angles="radians", yaw=0, fps=TRUE_FPS):
    """Poses, translation and rate of a file whose pelvis stands at `rest_3` plus its translation, the axis `up` up."""
    rotations_TJ3, path_T3 = walk()
    turn = TO_Y[up].inv() * Rotation.from_euler("y", yaw, degrees=True)
    rotations_TJ3[:, 0] = (turn * Rotation.from_rotvec(rotations_TJ3[:, 0])).as_rotvec()
    if angles == "degrees":
        rotations_TJ3 = np.degrees(rotations_TJ3)
    return rotations_TJ3, (turn.apply(path_T3) - rest_3) * UNITS[unit], fps


def read_smpl(path, content, **options):
    """The content through a file; on the floor, for the pelvis's height is not what is compared."""
    rotations_TJ3, translation_T3, fps = content
    np.savez(path, poses=rotations_TJ3, trans=translation_T3, fps=fps)
    return place_on_floor(read_motion(path, **options))


def file_of_bvh(path, write_bvh, world=AXES, root_only=False, unit=1.0, yaw=0, fps=TRUE_FPS):
    """A person who sways and walks, as a parsed BVH: the whole file in another world, or its root only."""
    bvh = read_bvh(write_bvh(path, frames=int(SECONDS * TRUE_FPS) + 1, seed=2, fps=TRUE_FPS))
    turn = Rotation.from_matrix(world) * Rotation.from_euler("y", yaw, degrees=True)
    values_TC = bvh.values_TC.copy()
    values_TC[:, 2] += 120 * np.arange(len(values_TC)) / TRUE_FPS
    values_TC[:, :3] = unit * turn.apply(values_TC[:, :3])
    columns = {joint: [c for c, (j, _, kind) in enumerate(bvh.channels) if j == joint and kind == "rotation"]
               for joint in {joint for joint, _, _ in bvh.channels}}  # fmt: skip
    for joint, places in columns.items():
        order = "".join(bvh.channels[place][1] for place in places)
        turns = Rotation.from_euler(order, values_TC[:, places], degrees=True)
        if not root_only:
            turns = turn * turns * turn.inv()
        elif joint == 0:
            turns = turn * turns
        values_TC[:, places] = turns.as_euler(order, degrees=True)
    offsets_J3 = unit * (bvh.offsets_J3 if root_only else turn.apply(bvh.offsets_J3))
    return replace(bvh, values_TC=values_TC, offsets_J3=offsets_J3, frame_s=1 / fps)


def cells_of_npz(up):
    """For a source whose files should have the axis `up` upwards."""
    axes = [Cell(f"{axis} up", {"up": axis}, f"set up: {axis};", {"up": axis}) for axis in TO_Y if axis != up]
    units = [
        Cell(unit, {"unit": unit}, f"looks like {unit}: .*set unit: {unit};", {"unit": unit}) for unit in ("cm", "mm")
    ]
    return [
        *axes,
        *units,
        Cell("degrees", {"angles": "degrees"}, "look like degrees: .*set angles: degrees", {"angles": "degrees"}),
        *(Cell(f"turned by {yaw}", {"yaw": yaw}) for yaw in TURNS),
        *(Cell(f"60 labelled {fps}", {"fps": float(fps)}, untold=fps != TRUE_FPS) for fps in (30, 60, 120)),
    ]


def check(cell: Cell, found, expected: Motion):
    """`found(options)` reads the cell's file."""
    if cell.untold:
        assert len(found({})) != len(expected)
        return
    if cell.says:
        with pytest.raises(ValueError, match=cell.says):
            found({})
        found({"plausible": False})  # the user insists
    same(found(cell.mend), expected)


@pytest.mark.parametrize("cell", cells_of_npz("y"), ids=lambda cell: cell.name)
def test_smpl(tmp_path, cell):
    content = file_of_smpl(REST_3, **({"up": "y"} | cell.holds))
    expected = read_smpl(tmp_path / "a.npz", file_of_smpl(REST_3, "y"))
    check(cell, lambda options: read_smpl(tmp_path / "b.npz", content, **options), expected)


def read_amass(path, content, **options):
    rotations_TJ3, translation_T3, fps = content
    np.savez(path, poses=rotations_TJ3.reshape(len(rotations_TJ3), -1), trans=translation_T3, mocap_framerate=fps)
    return amass.read_motion(path, 0.0, None, False, True, **options)


@pytest.mark.parametrize("cell", cells_of_npz("z"), ids=lambda cell: cell.name)
def test_amass(tmp_path, cell):
    content = file_of_smpl(REST_3, **({"up": "z"} | cell.holds))
    expected = read_amass(tmp_path / "a.npz", file_of_smpl(REST_3, "z"))
    check(cell, lambda options: read_amass(tmp_path / "b.npz", content, **options), expected)


JOINT_CELLS = [
    *(
        Cell(f"{axis} up", {"turn": TO_Y[axis].inv()}, f"looks like {axis} up: expected y up.*: convert the file")
        for axis in TO_Y
        if axis != "y"
    ),
    *(Cell(f"turned by {yaw}", {"turn": Rotation.from_euler("y", yaw, degrees=True)}) for yaw in TURNS),
]
UNIT_CELLS = [
    Cell(unit, {"unit": UNITS[unit]}, f"looks like {unit}: legs of length .*; convert") for unit in ("cm", "mm")
]


def joints_of_walk(layout, turn=TO_Y["y"], unit=1.0):
    """The joints (T, J, 3) that a release would hold, at its rate."""
    rotations_TJ3, path_T3 = walk()
    every = int(TRUE_FPS / layout.fps)
    motion = Motion(rotations_TJ3[::every], path_T3[::every] - REST_3, np.zeros(10, np.float32))
    joints_TJ3 = joints_of(motion)
    if layout is KIT:
        at = {name: joints_TJ3[:, JOINT[name]] for name in KIT.names if name in JOINT}
        spread = [at.get(name, at["neck"]) for name in KIT.names]
        joints_TJ3 = np.stack(spread, 1)
    return unit * turn.apply(joints_TJ3.reshape(-1, 3)).reshape(joints_TJ3.shape)


@pytest.mark.parametrize("layout", [HUMANML3D, KIT], ids=["humanml3d", "kit"])
@pytest.mark.parametrize("cell", JOINT_CELLS, ids=lambda cell: cell.name)
def test_joints(tmp_path, cell, layout):
    np.save(tmp_path / "a.npy", joints_of_walk(layout))
    np.save(tmp_path / "b.npy", joints_of_walk(layout, **cell.holds))
    if cell.says:
        with pytest.raises(ValueError, match=rf"b\.npy: .*{cell.says}"):
            joints.read_motion(tmp_path / "b.npy")
        joints.read_window(tmp_path / "b.npy", plausible=False)
        return
    same(joints.read_motion(tmp_path / "b.npy"), joints.read_motion(tmp_path / "a.npy"))


@pytest.mark.parametrize("cell", UNIT_CELLS, ids=lambda cell: cell.name)
def test_the_unit_of_joints(tmp_path, cell):
    """HumanML3D's are metres; of KIT-ML's the legs tell it."""
    np.save(tmp_path / "b.npy", joints_of_walk(HUMANML3D, **cell.holds))
    with pytest.raises(ValueError, match=rf"b\.npy: {cell.says}"):
        joints.read_motion(tmp_path / "b.npy")
    np.save(tmp_path / "a.npy", joints_of_walk(KIT))
    np.save(tmp_path / "b.npy", joints_of_walk(KIT, **cell.holds))
    same(joints.read_motion(tmp_path / "b.npy"), joints.read_motion(tmp_path / "a.npy"))


def test_normalised_features_are_no_motion(tmp_path):
    """What training code saves beside the released ones."""
    skeleton_J3 = joints_of_walk(HUMANML3D)[0]
    features_TD = features_from_joints(joints_of_walk(HUMANML3D), skeleton_J3, "humanml3d")
    normal_TD = (features_TD - features_TD.mean(0)) / np.maximum(features_TD.std(0), 1e-3)
    np.save(tmp_path / "a.npy", features_TD)
    joints.read_motion(tmp_path / "a.npy")
    np.save(tmp_path / "b.npy", normal_TD)
    with pytest.raises(ValueError, match=r"b\.npy: "):
        joints.read_motion(tmp_path / "b.npy")


BVH_CELLS = [
    *(Cell(f"{axis} up", {"world": TO_Y[axis].inv().as_matrix()}) for axis in TO_Y),
    *(
        Cell(f"the root's world {axis} up", {"world": TO_Y[axis].inv().as_matrix(), "root_only": True},
             f"set up: {axis};", {"up": axis})
        for axis in TO_Y if axis != "y"
    ),
    Cell("the root upside down", {"world": np.diag([-1.0, -1.0, 1.0]), "root_only": True},
         "stands on its head.*set up: -y", {"up": "-y"}),
    Cell("cm", {"unit": 1.0}), Cell("mm", {"unit": 10.0}), Cell("m", {"unit": 0.01}),
    *(Cell(f"turned by {yaw}", {"yaw": yaw}) for yaw in (*TURNS, 60, 137)),
    *(Cell(f"60 labelled {fps}", {"fps": float(fps)}, untold=fps != TRUE_FPS) for fps in (30, 60, 120)),
]  # fmt: skip


@pytest.mark.parametrize("cell", BVH_CELLS, ids=lambda cell: cell.name)
def test_bvh(tmp_path, write_bvh, cell):
    expected = retargeted(file_of_bvh(tmp_path / "a.bvh", write_bvh))
    bvh = file_of_bvh(tmp_path / "a.bvh", write_bvh, **cell.holds)
    check(cell, lambda options: retargeted(bvh, **options), expected)


def test_a_floor_far_from_the_origin_is_no_fault(tmp_path, write_bvh):
    """Of a capture volume or a game's level: the legs tell the unit, and the person is put on the floor."""
    bvh = file_of_bvh(tmp_path / "a.bvh", write_bvh)
    values_TC = bvh.values_TC.copy()
    values_TC[:, :3] += [40_000, 3_000, -9_000]
    same(retargeted(replace(bvh, values_TC=values_TC)), retargeted(bvh))


def test_a_path_in_another_unit_than_the_bones_is_named(tmp_path, write_bvh):
    bvh = file_of_bvh(tmp_path / "a.bvh", write_bvh)
    values_TC = bvh.values_TC.copy()
    values_TC[:, :3] *= 100
    with pytest.raises(ValueError, match="a root's path in another unit than the bones"):
        retargeted(replace(bvh, values_TC=values_TC))


AMC_CELLS = [
    *(Cell(f"the root's world {axis} up", {"world": TO_Y[axis].inv()}, f"set up: {axis};", {"up": axis})
      for axis in TO_Y if axis != "y"),
    Cell("metres", {"length": 0.0254, "size": 0.0254 / 0.45}), Cell("a unit that is a lie", {"length": 1.0}),
    *(Cell(f"turned by {yaw}", {"world": Rotation.from_euler("y", yaw, degrees=True)}) for yaw in TURNS),
    *(Cell(f"120 labelled {fps}", {"fps": fps}, untold=fps != 120) for fps in (60, 120, 240)),
]  # fmt: skip


def write_acclaim(path, world=TO_Y["y"], length=0.45, size=1.0, fps=120):
    """A trial of CMU's: its root in another world, in another unit of length, its bones of another size in it."""
    path.mkdir()
    lines = (DATA / "acclaim/05.asf").read_text().replace("length 0.45", f"length {length}").splitlines()
    sized = [f"length {float(line.split()[1]) * size}" if line.startswith("     length") else line for line in lines]
    (path / "05.asf").write_text("\n".join(sized))
    lines = []
    for line in (DATA / "acclaim/05_13.amc").read_text().splitlines():
        if line.startswith("root"):
            values = np.array(line.split()[1:], float)
            turns = world * Rotation.from_euler("xyz", values[3:], degrees=True)
            values = np.concatenate([world.apply(values[:3]) * size, turns.as_euler("xyz", degrees=True)])
            line = f"root {' '.join(f'{value:.9f}' for value in values)}"
        lines.append(line)
    (path / "05_13.amc").write_text("\n".join([f":samples-per-second {fps}", *lines]))
    return path / "05_13.amc"


@pytest.mark.parametrize("cell", AMC_CELLS, ids=lambda cell: cell.name)
def test_amc(tmp_path, cell):
    expected = read_amc(write_acclaim(tmp_path / "a"))
    path = write_acclaim(tmp_path / "b", **cell.holds)
    check(cell, lambda options: read_amc(path, **options), expected)
