"""Every hit on an armature of its own, at the scene's frame rate, from its frame on, at the cursor."""

import bpy
from common import arguments, connect, empty_scene, heads, install, save, state, tell

told = arguments()
empty_scene()
install(told["package"])
connect(told["address"], told["token"])
scene = bpy.context.scene
scene.render.fps, scene.render.fps_base = 30, 1.001
state().words = "a person moves"
bpy.ops.lavimo.search()
hits = [hit.name for hit in state().hits]
found, ranges, names = {}, {}, {}
for place, name in enumerate(hits):
    state().chosen = place
    state().at_cursor = place > 0
    scene.cursor.location = (3 * place, 0.5, 0)
    scene.frame_set(1 + 10 * place)
    before = set(bpy.data.objects)
    bpy.ops.lavimo.take_new()
    (rig,) = (one for one in set(bpy.data.objects) - before if one.type == "ARMATURE")
    first, last = map(int, rig.animation_data.action.frame_range)
    ranges[name], names[name] = [first, last], [rig.name, rig.animation_data.action.name]
    found[name] = heads(rig, range(first, last + 1))
save(told["output"], **found)
tell(hits=hits, ranges=ranges, names=names)
