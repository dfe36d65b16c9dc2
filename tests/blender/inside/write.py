"""What rigs do, as Blender's exporters write it, and as the extension sends it."""

from pathlib import Path

import bpy
import rigs
from common import MODULE, arguments, empty_scene, install, tell

MIXAMO = {part: f"mixamorig:{name}" for part, name in (
    ("root", "Hips"), ("chest", "Spine1"), ("thigh", "LeftUpLeg"), ("shin", "LeftLeg"), ("arm", "LeftArm"),
)}  # fmt: skip
METARIG = {"root": "spine", "chest": "spine.002", "thigh": "thigh.L", "shin": "shin.L", "arm": "upper_arm.L"}
FRAMES = 60

told = arguments()
empty_scene()
install(told["package"])
acted = __import__(f"{MODULE}.rig", fromlist=["acted"]).acted
written = {}
for name in ("smpl", "mixamo", "metarig"):
    empty_scene()
    bpy.context.scene.render.fps = 20 if name == "smpl" else 30
    bpy.context.scene.frame_end = FRAMES
    rig = rigs.smpl(told["bvh"]) if name == "smpl" else getattr(rigs, name)()
    if name == "smpl":
        bpy.context.scene.frame_end = int(rig.animation_data.action.frame_range[1])
    else:
        rigs.move(rig, MIXAMO if name == "mixamo" else METARIG, FRAMES)
    rigs.clothe(rig)
    at = Path(told["folder"], name)
    at.with_suffix(".own.bvh").write_bytes(acted(bpy.context, rig))
    bpy.ops.export_scene.fbx(filepath=f"{at}.fbx")
    bpy.ops.export_scene.gltf(filepath=f"{at}.glb")
    bpy.ops.export_anim.bvh(filepath=f"{at}.bvh", frame_start=1, frame_end=bpy.context.scene.frame_end)
tell()
