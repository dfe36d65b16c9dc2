"""Rigs as they are met in Blender, and something that they do."""

import math

import bpy
from mathutils import Euler, Vector

MIXAMO = {
    "Hips": ("", (0, 104, 1)), "Spine": ("Hips", (0, 114, 0)), "Spine1": ("Spine", (0, 128, -1)),
    "Spine2": ("Spine1", (0, 143, -2)), "Neck": ("Spine2", (0, 160, -3)), "Head": ("Neck", (0, 168, -1)),
    "LeftShoulder": ("Spine2", (6, 151, -2)), "LeftArm": ("LeftShoulder", (18, 150, -5)),
    "LeftForeArm": ("LeftArm", (46, 150, -5)), "LeftHand": ("LeftForeArm", (73, 150, -4)),
    "LeftUpLeg": ("Hips", (9, 98, 0)), "LeftLeg": ("LeftUpLeg", (9, 55, 0)), "LeftFoot": ("LeftLeg", (9, 11, -2)),
    "LeftToeBase": ("LeftFoot", (9, 1, 10)),
}  # fmt: skip
"""The left half of a character of Mixamo's: each joint's parent and place, centimetres, y up."""
TIPS = {"Head": (0, 186, 2), "LeftHand": (91, 150, -4), "LeftToeBase": (9, 1, 17)}
SIDES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))


def mixamo() -> bpy.types.Object:
    """As the import of an FBX leaves it: y up, centimetres, and an object that is turned and scaled."""
    joints = dict(MIXAMO)
    for name, (parent, (x, y, z)) in MIXAMO.items():
        if name.startswith("Left"):
            joints["Right" + name[4:]] = (parent.replace("Left", "Right"), (-x, y, z))
    tips = TIPS | {"Right" + name[4:]: (-x, y, z) for name, (x, y, z) in TIPS.items() if name.startswith("Left")}
    first = {parent: at for name, (parent, at) in reversed(MIXAMO.items())}
    first |= {"Right" + name[4:]: (-x, y, z) for name, (x, y, z) in first.items() if name.startswith("Left")}
    rig = _empty("mixamo")
    bpy.ops.object.mode_set(mode="EDIT")
    for place, (name, (parent, at)) in enumerate(joints.items()):
        bone = rig.data.edit_bones.new(f"mixamorig:{name}")
        bone.head, bone.tail = at, tips.get(name) or first[name]
        bone.roll = 0.7 * place
        bone.parent = rig.data.edit_bones[f"mixamorig:{parent}"] if parent else None
    bpy.ops.object.mode_set(mode="OBJECT")
    rig.scale, rig.rotation_euler = (0.01, 0.01, 0.01), (math.pi / 2, 0, 0)
    bpy.context.view_layer.update()
    return rig


def metarig() -> bpy.types.Object:
    """Rigify's human, before a rig is generated of it."""
    bpy.ops.preferences.addon_enable(module="rigify")
    bpy.ops.object.armature_human_metarig_add()
    bpy.context.object.name = "metarig"
    return bpy.context.object


def smpl(file: str) -> bpy.types.Object:
    """As the import of a BVH leaves it, with what it does."""
    bpy.ops.import_anim.bvh(filepath=file, global_scale=0.01, frame_start=1)
    bpy.context.object.name = "smpl"
    return bpy.context.object


def move(rig: bpy.types.Object, bones: dict[str, str], frames: int) -> None:
    """Walk on the spot with swinging arms, bowing, turning and drifting: each bone about axes of the world.

    Args:
        bones: what the rig calls `root`, `chest`, `thigh`, `shin` and `arm`, the last three of the left side.
    """
    for frame in range(1, frames + 1):
        bpy.context.scene.frame_set(frame)
        phase = 2 * math.pi * frame / 30
        swing, bow = math.sin(phase), 0.2 * math.sin(phase / 2)
        turn(rig, bones["root"], Euler((0, 0, 0.3 * math.sin(phase / 3))), (0.01 * frame, 0.004 * frame, 0.02 * swing))
        turn(rig, bones["chest"], Euler((bow, 0.1 * swing, 0)))
        for name, angles in (
            ("thigh", (0.6 * swing, 0, 0)),
            ("shin", (-0.6 * (1 + swing), 0, 0)),
            ("arm", (-swing, 0.9, 0)),
        ):
            x, y, z = angles
            turn(rig, bones[name], Euler((x, y, z)))
            right = bones[name].replace("Left", "Right").replace(".L", ".R")
            turn(rig, right, Euler((x - 1.2 * swing if name != "arm" else -x, -y, z)))


def turn(rig: bpy.types.Object, name: str, by: Euler, move: tuple[float, float, float] = (0, 0, 0)) -> None:
    """Turn a bone from where its parent has it, about the world's axes, and key it."""
    bone = rig.pose.bones[name]
    rest = rig.matrix_world @ bone.bone.matrix_local
    about = rest.to_quaternion().to_matrix().to_4x4()
    bone.rotation_mode = "QUATERNION"
    turned = (about.inverted() @ by.to_matrix().to_4x4() @ about).to_quaternion()
    if bone.rotation_quaternion.dot(turned) < 0:
        turned.negate()
    bone.rotation_quaternion = turned
    bone.keyframe_insert("rotation_quaternion")
    if any(move):
        bone.location = about.inverted() @ Vector(move) / rig.matrix_world.median_scale
        bone.keyframe_insert("location")


def clothe(rig: bpy.types.Object) -> None:
    """A mesh that the rig deforms: a cube about each bone."""
    bpy.ops.object.select_all(action="DESELECT")
    mesh = bpy.data.meshes.new("body")
    corners, faces = [], []
    for bone in rig.data.bones:
        start = len(corners)
        middle, half = (bone.head_local + bone.tail_local) / 2, bone.length / 5
        corners += [middle + half * Vector((x, y, z)) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
        faces += [tuple(start + corner for corner in side) for side in SIDES]
    mesh.from_pydata(corners, [], faces)
    body = bpy.data.objects.new("body", mesh)
    bpy.context.collection.objects.link(body)
    for place, bone in enumerate(rig.data.bones):
        body.vertex_groups.new(name=bone.name).add(range(8 * place, 8 * place + 8), 1.0, "REPLACE")
    body.parent = rig
    body.modifiers.new("armature", "ARMATURE").object = rig


def _empty(name: str) -> bpy.types.Object:
    rig = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.collection.objects.link(rig)
    bpy.context.view_layer.objects.active = rig
    rig.select_set(True)
    return rig
