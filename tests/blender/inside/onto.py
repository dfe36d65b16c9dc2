"""A hit on rigs that are there: as they stand, and turned, far away and on a stage."""

import math
from pathlib import Path

import bpy
import rigs
from common import MODULE, arguments, choose, connect, empty_scene, heads, install, save, state, tell
from mathutils import Matrix

FIRST = 11

told = arguments()
empty_scene()
install(told["package"])
connect(told["address"], told["token"])
acted = __import__(f"{MODULE}.rig", fromlist=["acted"]).acted
found, actions = {}, {}
for name in ("smpl", "mixamo", "metarig", "elsewhere"):
    empty_scene()
    scene = bpy.context.scene
    scene.render.fps = 20
    rig = rigs.smpl(told["bvh"]) if name == "smpl" else getattr(rigs, "metarig" if name == "elsewhere" else name)()
    if name == "mixamo":
        for number, bone in enumerate(rig.pose.bones):
            bone.rotation_mode = ("QUATERNION", "XYZ", "AXIS_ANGLE", "ZXY")[number % 4]
    if name == "elsewhere":
        rig.matrix_world = (
            Matrix.Translation((5, 2, 1)) @ Matrix.Rotation(math.radians(37), 4, "Z") @ Matrix.Scale(0.5, 4)
        )
        bpy.context.view_layer.update()
    before = rig.animation_data and rig.animation_data.action
    state().words = "a person kicks"
    bpy.ops.lavimo.search()
    choose(told["hit"])
    scene.frame_set(FIRST)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.lavimo.take_onto()
    action = rig.animation_data.action
    first, last = map(int, action.frame_range)
    actions[name] = [action.name, first, last, bool(before and before.use_fake_user)]
    scene.frame_start, scene.frame_end = first, last
    Path(told["folder"], f"{name}.bvh").write_bytes(acted(bpy.context, rig))
    found[name] = heads(rig, range(first, last + 1))
save(told["output"], **found)
tell(actions=actions)
