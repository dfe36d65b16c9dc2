"""A trial of CMU's as BVH, and as FBX and GLB of the same bones: the formats agree, and with them the AMC."""

import json

import numpy as np
import pytest
from data_folders import DATA
from fbx_files import WORLDS, Scene, table
from gltf_files import packed
from scipy.spatial.transform import Rotation

from lavimo.formats import read_motion
from lavimo.formats.bvh.parser import read_bvh
from lavimo.motion.featurize import joints_of

TRIAL = DATA / "acclaim/05_13.bvh"
UNIT_M = 0.0254 / 0.45


def bones():
    """Names, parents, offsets, rotations (T, J, 4), places of the root (T, 3) and the seconds of a frame."""
    bvh = read_bvh(TRIAL)
    quaternions_TJ4, positions_TJ3 = bvh.local(np.arange(bvh.frames))
    names = [name.rpartition("/")[0] + "_end" if name.endswith("/end") else name for name in bvh.names]
    return names, bvh.parents_J, bvh.offsets_J3, quaternions_TJ4, positions_TJ3[:, 0], bvh.frame_s


def write_fbx(path, axes="z", text=False):
    names, parents_J, offsets_J3, quaternions_TJ4, root_T3, frame_s = bones()
    turn = Rotation.from_matrix(np.array(WORLDS[axes]).T)
    scene, models = Scene(), []
    layer = scene.add("AnimationLayer", "", "", scene.add("AnimationStack", "Take 001", "", 0, table()))
    ticks_T = np.rint(np.arange(len(root_T3)) * frame_s * 46_186_158_000).astype(np.int64)
    for joint, name in enumerate(names):
        rotations, offset_3 = Rotation.from_quat(quaternions_TJ4[:, joint]), offsets_J3[joint]
        if joint == 0:
            rotations, offset_3 = turn * rotations, root_T3[0]
        parent = models[parents_J[joint]] if joint else 0
        models.append(scene.add("Model", name, "LimbNode", parent, table(("Lcl Translation", *offset_3))))
        angles_T3 = np.degrees(np.unwrap(rotations.as_euler("xyz"), axis=0))
        scene.animate(layer, models[joint], "Lcl Rotation", ticks_T, angles_T3, "LINEAR")
    scene.animate(layer, models[0], "Lcl Translation", ticks_T, turn.apply(root_T3), "LINEAR")
    named = zip(("CoordAxis", "UpAxis", "FrontAxis"), WORLDS[axes])
    said = [(name + end, value) for name, row in named
            for end, value in (("", int(np.abs(row).argmax())), ("Sign", int(row.sum())))]  # fmt: skip
    path.write_bytes(scene.file(table(*said, ("UnitScaleFactor", 100 * UNIT_M)), text))
    return path


def write_glb(path):
    names, parents_J, offsets_J3, quaternions_TJ4, root_T3, frame_s = bones()
    binary, accessors, views, channels, samplers = b"", [], [], [], []

    def add(values, kind):
        nonlocal binary
        raw = values.astype("<f4").tobytes()
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(raw)})
        accessors.append({"bufferView": len(views) - 1, "componentType": 5126, "count": len(values), "type": kind})
        binary += raw
        return len(accessors) - 1

    times = add(np.arange(len(root_T3))[:, None] * frame_s, "SCALAR")
    tracks = [(joint, "rotation", quaternions_TJ4[:, joint]) for joint in range(len(names))]
    for node, kind, values in [*tracks, (0, "translation", root_T3)]:
        samplers.append({"input": times, "output": add(values, f"VEC{values.shape[1]}")})
        channels.append({"sampler": len(samplers) - 1, "target": {"node": node, "path": kind}})
    nodes = [
        {"name": name, "translation": offset.tolist(), "children": np.flatnonzero(parents_J == joint).tolist()}
        for joint, (name, offset) in enumerate(zip(names, offsets_J3))
    ]
    nodes = [{key: value for key, value in node.items() if value != []} for node in nodes]
    nodes.append({"name": "Armature", "scale": [UNIT_M] * 3, "children": [0]})
    whole = {"asset": {"version": "2.0"}, "nodes": nodes, "accessors": accessors, "bufferViews": views,
             "buffers": [{"byteLength": len(binary)}],
             "animations": [{"channels": channels, "samplers": samplers}]}  # fmt: skip
    path.write_bytes(packed(json.loads(json.dumps(whole)), binary))
    return path


@pytest.mark.parametrize("kind", ["fbx", "ascii fbx", "glb", "amc"])
def test_formats_agree(tmp_path, kind):
    """Joints within 2 cm, and with them path and facing; duration."""
    if kind == "amc":
        found = read_motion(DATA / "acclaim/05_13.amc")
    elif kind == "glb":
        found = read_motion(write_glb(tmp_path / "a.glb"))
    else:
        found = read_motion(write_fbx(tmp_path / "a.fbx", text="ascii" in kind))
    expected = read_motion(TRIAL)
    assert len(found) == len(expected)
    distances_TJ = np.linalg.norm(joints_of(found) - joints_of(expected), axis=-1)
    assert distances_TJ.max() < 0.02
