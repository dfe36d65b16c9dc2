# SPDX-License-Identifier: GPL-3.0-or-later
"""An armature's movement, read from it and given to it: in the world, away from its rest pose.

T frames, J bones, 3 and 33 vectors and matrices. Here z is up, and lengths are metres; `bvh` has y up and centimetres.
"""

from dataclasses import replace
from itertools import pairwise

import bpy
import numpy as np
from mathutils import Matrix, Vector

from . import bvh
from .app import Trouble

Y_UP_33 = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
CM = 100.0
LEAST_M = 1e-3
"""A bone that is nowhere so far from its place is not moved."""
LEAST_TURN = 1e-4


def rest_of(rig: bpy.types.Object) -> bvh.Tree:
    """The rest pose, as it stands in the world now."""
    bones = list(rig.data.bones)
    place = {bone.name: number for number, bone in enumerate(bones)}
    return bvh.Tree(
        [bone.name for bone in bones],
        [place[bone.parent.name] if bone.parent else -1 for bone in bones],
        _to_file(np.array([rig.matrix_world @ bone.head_local for bone in bones])),
        _to_file(np.array([rig.matrix_world @ bone.tail_local for bone in bones])),
    )


def standing(rig: bpy.types.Object) -> bytes:
    """The rest pose as a BVH file, at the origin; two frames, for one alone is no motion."""
    tree = rest_of(rig)
    origin_3 = _to_file(np.array(rig.matrix_world.translation))
    tree = replace(tree, heads_J3=tree.heads_J3 - origin_3, tails_J3=tree.tails_J3 - origin_3)
    turns_TJ33 = np.tile(np.eye(3), (2, len(tree.names), 1, 1))
    return bvh.written(tree, np.tile(tree.heads_J3, (2, 1, 1)), turns_TJ33, 1 / 20)


def acted(context: bpy.types.Context, rig: bpy.types.Object) -> bytes:
    """What the rig does within the scene's frames, and its action's where it has one, as a BVH file."""
    scene, now = context.scene, context.scene.frame_current
    frames = _frames(scene, rig)
    heads, turns = [], []
    try:
        scene.frame_set(frames[0])
        tree = rest_of(rig)
        rest_J33 = [_turn(rig.matrix_world @ bone.matrix_local) for bone in rig.data.bones]
        for frame in frames:
            scene.frame_set(frame)
            now_rig = rig.evaluated_get(context.evaluated_depsgraph_get())
            posed = [now_rig.matrix_world @ now_rig.pose.bones[name].matrix for name in tree.names]
            heads.append([matrix.translation[:] for matrix in posed])
            turns.append([_turn(matrix) @ rest_33.T for matrix, rest_33 in zip(posed, rest_J33)])
    finally:
        scene.frame_set(now)
    turns_TJ33 = Y_UP_33 @ np.array(turns) @ Y_UP_33.T
    return bvh.written(tree, _to_file(np.array(heads)), turns_TJ33, scene.render.fps_base / scene.render.fps)


def put_on(rig: bpy.types.Object, motion: bytes, name: str, first_frame: int, beside: Vector) -> None:
    """Give a rig an action: a motion of its own bones, from a frame on, away by `beside` (metres).

    What it did before stays in the file as an action of its own.
    """
    names, heads_TJ3, turns_TJ33 = bvh.read(motion)
    place = {name: number for number, name in enumerate(names)}
    if missing := [bone.name for bone in rig.data.bones if bone.name not in place]:
        raise Trouble(f"The rig has changed meanwhile: {missing[0]} is new. Try again")
    heads_TJ3, turns_TJ33 = heads_TJ3 @ Y_UP_33 / CM + np.array(beside), Y_UP_33.T @ turns_TJ33 @ Y_UP_33
    action = _new_action(rig, name)
    world_33, to_rig = _turn(rig.matrix_world), rig.matrix_world.inverted()
    poses: dict[str, list[Matrix]] = {}
    for bone in rig.data.bones:  # each after its parent
        turns_T33 = world_33.T @ turns_TJ33[:, place[bone.name]] @ world_33 @ _turn(bone.matrix_local)
        poses[bone.name] = [
            Matrix.Translation(to_rig @ Vector(head_3)) @ Matrix(turn_33.tolist()).to_4x4()
            for head_3, turn_33 in zip(heads_TJ3[:, place[bone.name]], turns_T33)
        ]
        _key(action, rig, rig.pose.bones[bone.name], _local(bone, poses), first_frame)


def curves_of(rig: bpy.types.Object) -> list[bpy.types.FCurve]:
    """The curves of the action that a rig has now; Blender 4.4 laid them in slots."""
    action = rig.animation_data.action
    if not hasattr(action, "layers"):
        return list(action.fcurves)
    slot = rig.animation_data.action_slot
    bags = [strip.channelbag(slot) for layer in action.layers for strip in layer.strips]
    return [curve for bag in bags if bag for curve in bag.fcurves]


def _frames(scene: bpy.types.Scene, rig: bpy.types.Object) -> range:
    first, last = scene.frame_start, scene.frame_end
    if scene.use_preview_range:
        first, last = scene.frame_preview_start, scene.frame_preview_end
    if rig.animation_data and (action := rig.animation_data.action):
        first, last = max(first, int(action.frame_range[0])), min(last, int(action.frame_range[1]))
    if last - first < 1:
        raise Trouble("The action has no two frames within the scene's: move the one or the other")
    return range(first, last + 1)


def _new_action(rig: bpy.types.Object, name: str) -> bpy.types.Action:
    data = rig.animation_data or rig.animation_data_create()
    if data.action:
        data.action.use_fake_user = True
    data.action = bpy.data.actions.new(name)
    for bone in rig.pose.bones:
        bone.matrix_basis.identity()
    return data.action


def _local(bone: bpy.types.Bone, poses: dict[str, list[Matrix]]) -> list[Matrix]:
    """A bone's poses as it is moved: away from its rest beside its parent."""
    matrix_local, above = bone.matrix_local, bone.parent
    if above is None:
        return [bone.convert_local_to_pose(pose, matrix_local, invert=True) for pose in poses[bone.name]]
    return [
        bone.convert_local_to_pose(
            pose, matrix_local, parent_matrix=parent, parent_matrix_local=above.matrix_local, invert=True
        )
        for pose, parent in zip(poses[bone.name], poses[above.name])
    ]


def _key(
    action: bpy.types.Action, rig: bpy.types.Object, bone: bpy.types.PoseBone, local: list[Matrix], first: int
) -> None:
    """Curves of a bone's place and turn, as far as it leaves its rest."""
    places_T3 = np.array([matrix.translation[:] for matrix in local])
    if np.abs(places_T3).max() * rig.matrix_world.median_scale > LEAST_M:
        _curves(action, rig, bone, "location", places_T3, first)
    turns = [matrix.to_quaternion() for matrix in local]
    if max(turn.angle for turn in turns) < LEAST_TURN:
        return
    for before, turn in pairwise(turns):
        turn.make_compatible(before)
    if bone.rotation_mode == "QUATERNION":
        _curves(action, rig, bone, "rotation_quaternion", np.array([turn[:] for turn in turns]), first)
    elif bone.rotation_mode == "AXIS_ANGLE":
        rows = [(turn.angle, *turn.axis) for turn in turns]
        _curves(action, rig, bone, "rotation_axis_angle", np.array(rows), first)
    else:
        eulers = [turns[0].to_euler(bone.rotation_mode)]
        for turn in turns[1:]:
            eulers.append(turn.to_euler(bone.rotation_mode, eulers[-1]))
        _curves(action, rig, bone, "rotation_euler", np.array([euler[:] for euler in eulers]), first)


def _curves(
    action: bpy.types.Action,
    rig: bpy.types.Object,
    bone: bpy.types.PoseBone,
    what: str,
    values_TN: np.ndarray,
    first: int,
) -> None:
    path = f"{bone.path_from_id()}.{what}"
    for index, values_T in enumerate(values_TN.T):
        if hasattr(action, "fcurve_ensure_for_datablock"):
            curve = action.fcurve_ensure_for_datablock(rig, path, index=index, group_name=bone.name)
        else:
            curve = action.fcurves.new(path, index=index, action_group=bone.name)
        points = curve.keyframe_points
        points.add(len(values_T))
        frames_T = np.arange(first, first + len(values_T))
        points.foreach_set("co", np.stack([frames_T, values_T], axis=1).ravel())
        curve.update()


def _turn(matrix: Matrix) -> np.ndarray:
    return np.array(matrix.to_quaternion().to_matrix())


def _to_file(points_X3: np.ndarray) -> np.ndarray:
    return points_X3 @ Y_UP_33.T * CM
