"""Files that lavimo exported, opened by Blender's own importers."""

from pathlib import Path

import bpy
from common import arguments, armature, empty_scene, heads, save, tell

told = arguments()
found, ranges, tips = {}, {}, {}
for file in map(Path, told["files"]):
    empty_scene()
    bpy.context.scene.render.fps = 20
    if file.suffix == ".bvh":
        bpy.ops.import_anim.bvh(filepath=str(file), global_scale=0.01, frame_start=0, rotate_mode="NATIVE")
    else:
        bpy.ops.import_scene.gltf(filepath=str(file))
    first, last = map(int, armature().animation_data.action.frame_range)
    found[file.name], ranges[file.name] = heads(armature(), range(first, last + 1)), [first, last]
save(told["output"], **found)
tell(ranges=ranges)
