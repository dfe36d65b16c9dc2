"""Draw blender/found.jpg: hits of the extension in Blender, moments of each. Needs a `lavimo app` on CMU's trials.

.venv-blender/bin/python -m zipfile -c lavimo.zip blender/
.venv-blender/bin/python docs/draw_blender.py lavimo.zip http://127.0.0.1:8000
"""

import math
import sys
from pathlib import Path

import bpy
from mathutils import Euler, Matrix, Vector

PICTURE = Path(__file__).parents[1] / "blender" / "found.jpg"
WIDE, HIGH = 1440, 420
FOUND = (
    ("a person kicks a ball", "10_03", (0.08, 0.36), -4.7),
    ("jumps up high", "13_40", (0.57,), -0.9),
    ("a man runs", "09_03", (0.0, 0.36, 0.7, 1.0), 1.1),
)
"""Words, the hit that is shown, when in it, and where it begins, metres to the right."""


def find(words: str, name: str) -> bpy.types.Object:
    """Search, and import a hit at the cursor: the armature."""
    state = bpy.context.window_manager.lavimo
    state.words, state.person, state.at_cursor = words, True, True
    bpy.ops.lavimo.search()
    state.chosen = [hit.name for hit in state.hits].index(f"{name}.bvh")
    before = set(bpy.data.objects)
    bpy.ops.lavimo.take_new()
    return next(one for one in set(bpy.data.objects) - before if one.type == "ARMATURE")


def hold(rig: bpy.types.Object, moments: tuple[float, ...]) -> None:
    """Leave the person at some moments, in place of the one that moves."""
    (body,) = (one for one in rig.children if one.type == "MESH")
    first, last = rig.animation_data.action.frame_range
    for moment in moments:
        bpy.context.scene.frame_set(round(first + moment * (last - first)))
        posed = body.evaluated_get(bpy.context.evaluated_depsgraph_get())
        still = bpy.data.objects.new(f"{rig.name} {moment}", bpy.data.meshes.new_from_object(posed))
        still.matrix_world = posed.matrix_world
        bpy.context.collection.objects.link(still)
    for one in (body, rig):
        bpy.data.objects.remove(one)


def say(words: str, x: float) -> None:
    """Words, standing on the floor."""
    curve = bpy.data.curves.new(words, "FONT")
    curve.body, curve.size = words, 0.26
    text = bpy.data.objects.new(words, curve)
    text.location, text.rotation_euler = (x, -2.2, 0.06), (math.pi / 2, 0, 0)
    curve.materials.append(plain("words", (0.05, 0.06, 0.08)))
    bpy.context.collection.objects.link(text)


def plain(name: str, colour: tuple[float, float, float]) -> bpy.types.Material:
    """A dull material."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1)
    shader.inputs["Roughness"].default_value = 0.9
    return material


def light() -> None:
    """A floor, the sky, the sun, and a camera far away."""
    bpy.ops.mesh.primitive_plane_add(size=300)
    bpy.context.object.data.materials.append(plain("floor", (0.62, 0.63, 0.65)))
    world = bpy.context.scene.world = bpy.data.worlds.new("sky")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.80, 0.86, 0.95, 1)
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.8
    sun = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    sun.data.energy, sun.data.angle, sun.rotation_euler = 3.2, 0.06, (0.75, 0.15, 0.5)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.lens, camera.data.sensor_width = 84, 36
    camera.location = (0.2, -25, 4.2)
    camera.rotation_euler = (Vector((0.2, 0, 0.78)) - camera.location).to_track_quat("-Z", "Y").to_euler()
    for one in (sun, camera):
        bpy.context.collection.objects.link(one)
    bpy.context.scene.camera = camera


def render() -> None:
    """On the processor."""
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = "CYCLES", 32, True
    scene.render.resolution_x, scene.render.resolution_y = WIDE, HIGH
    scene.view_settings.view_transform = "Standard"
    scene.render.image_settings.file_format, scene.render.image_settings.quality = "JPEG", 88
    scene.render.filepath = str(PICTURE)
    bpy.ops.render.render(write_still=True)


def draw(package: str, address: str) -> None:
    """All of it."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.extensions.package_install_files(repo="user_default", filepath=package, enable_on_install=True)
    bpy.context.preferences.addons["bl_ext.user_default.lavimo"].preferences.address = address
    for words, name, moments, x in FOUND:
        bpy.context.scene.cursor.location = (x, 0, 0)
        rig = find(words, name)
        rig.matrix_world = Matrix.Translation((x, 0, 0)) @ Euler((0, 0, math.pi / 2)).to_matrix().to_4x4()
        hold(rig, moments)
        say(words, x)
    light()
    render()


if __name__ == "__main__":
    draw(*sys.argv[1:])
