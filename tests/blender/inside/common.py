"""What scripts that run in Blender have in common. Their arguments come as JSON, and so does what they found out.

Joints are told as everywhere in lavimo: metres, y up.
"""

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np

MODULE = "bl_ext.user_default.lavimo"


def arguments() -> dict[str, Any]:
    """Of the script."""
    return json.loads(sys.argv[1])


def tell(**found: Any) -> None:
    """What the script found out, as its last line."""
    sys.stdout.write("\n" + json.dumps(found) + "\n")


def empty_scene() -> None:
    """A scene without anything, as many frames as one likes."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.context.scene.frame_end = 10_000


def install(package: str) -> None:
    """The extension, from its package."""
    bpy.ops.extensions.package_install_files(repo="user_default", filepath=package, enable_on_install=True)


def connect(address: str, token: str = "") -> None:
    """Tell the extension where the app is."""
    preferences = bpy.context.preferences.addons[MODULE].preferences
    preferences.address, preferences.token = address, token


def state() -> Any:
    """What the panel shows."""
    return bpy.context.window_manager.lavimo


def choose(name: str) -> None:
    """A hit."""
    hits = [hit.name for hit in state().hits]
    state().chosen = hits.index(name)


def trouble(operator: Any) -> str:
    """What an operator says that fails."""
    try:
        operator()
    except RuntimeError as error:
        return str(error)
    return ""


def heads(rig: bpy.types.Object, frames: range) -> dict[str, list[list[float]]]:
    """Where an armature's bones begin, frame by frame."""
    found: dict[str, list[list[float]]] = {bone.name: [] for bone in rig.pose.bones}
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        for bone in rig.pose.bones:
            x, y, z = rig.matrix_world @ bone.head
            found[bone.name].append([x, z, -y])
    return found


def save(path: str, **of_rigs: dict[str, list[list[float]]]) -> None:
    """The joints of several armatures, each as `RIG/BONE`."""
    np.savez(
        Path(path), **{f"{rig}/{name}": np.array(at) for rig, some in of_rigs.items() for name, at in some.items()}
    )


def armature() -> bpy.types.Object:
    """The only one."""
    (one,) = (one for one in bpy.data.objects if one.type == "ARMATURE")
    return one
