"""A motion on its own skeleton: the file that it came from, every joint, finger, thing and channel of it.

The frame rate is the file's, its calibration frames are left out, as seconds count from the first frame after them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lavimo.export.loop import loop_of
from lavimo.export.moving import Bones, Channel, Moving
from lavimo.export.rest_pose import Stand, at_rest, by_movement, of_tree, unit_of, upwards
from lavimo.export.sides import mirrored
from lavimo.export.take import Cut, Take, window_of
from lavimo.formats import is_acclaim, is_bvh, parted
from lavimo.formats.acclaim.read import read_acclaim
from lavimo.formats.bvh.parser import read_bvh
from lavimo.formats.nodes import Nodes
from lavimo.formats.rig import Rig, joints_of, skeleton_of
from lavimo.formats.sampled import sampled_rig, skeleton_in
from lavimo.formats.trees import is_fbx, is_tree, named, read_nodes
from lavimo.motion.motion import FPS, Motion

SLOWEST, USUAL = 10.0, 30.0
"""Frames a second of a tree whose curves have fewer keys: they are few because that was enough."""


@dataclass(frozen=True)
class Own:
    """A file's movement.

    Attributes:
        moving: from the motion's first frame on.
        motion: the same on SMPL's skeleton.
        stand: how the joints are turned in a pose like SMPL's zero pose.
        model: the glTF file, whose meshes and materials go along in a GLB.
    """

    moving: Moving
    motion: Motion
    stand: Stand
    model: Path | None = None

    def cut(self, cut: Cut) -> Moving:
        """The same window, mirror image and loop as `take_of` gives, at the file's frame rate unless another is asked.

        Raises:
            ValueError: see `take_of`.
        """
        begin, end = window_of(self.motion, cut)
        moving, fps = mirrored(self.moving, self.stand) if cut.mirrored else self.moving, self.moving.fps
        last = len(moving) if cut.end_s is None else min(round(end / FPS * fps), len(moving))
        first = round(begin / FPS * fps)
        if cut.loop:
            here, again = loop_of(Take.of(self.motion).joints_TJ3[begin:end])
            first, last = round((begin + here) / FPS * fps), round((begin + again) / FPS * fps) + 1
        return moving.window(first, min(last, len(moving))).finished(cut.in_place, cut.loop, cut.fps or fps)


def own_skeleton(path: Path, motion: Motion) -> Own:
    """A file as it moves on its own skeleton.

    Args:
        path: at hand (`lavimo.formats.archive`).
        motion: that was read from it.

    Raises:
        ValueError: see `opened`.
    """
    file = opened(path)
    moving = file.moving()
    moving = replace(moving, bones=replace(moving.bones, up_3=upwards(moving, motion)))
    if file.stand is not None:
        return Own(moving, motion, file.stand, file.model)
    stand = by_movement(moving, motion)
    if not moving.bones.channels:
        moving = replace(moving, bones=replace(moving.bones, bound_J33=stand.to_ours_33.T @ stand.turns_J33))
    return Own(moving, motion, stand, file.model)


@dataclass(frozen=True)
class Opened:
    """What is in a file with a skeleton.

    Attributes:
        stand: of its rest pose; None: that does not stand.
        moving: reads its movement.
    """

    bones: Bones
    stand: Stand | None
    moving: Callable[[], Moving]
    model: Path | None = None


def opened(path: Path) -> Opened:
    """A file with a skeleton.

    Args:
        path: at hand (`lavimo.formats.archive`).

    Raises:
        ValueError: the file has none, or one that no map knows, or is damaged; it is named.
    """
    file, animation = parted(path)
    with named(str(path)):
        with open(file, "rb") as content:
            head = content.read(512)
        if is_tree(file, head):
            return _of_tree(read_nodes(file), file, animation, None if is_fbx(head) else file)
        if is_bvh(head):
            bvh = read_bvh(file)
            return _of_rig(bvh, bvh.channels)
        if is_acclaim(head):
            return _of_rig(read_acclaim(file))
        raise ValueError("found a file without a skeleton of its own, expected BVH, FBX, glTF, GLB or AMC")


def _of_rig(rig: Rig, channels: tuple[Channel, ...] = ()) -> Opened:
    """A skeleton whose joints are not turned in its rest pose; a BVH's unit is told by its legs."""
    known = skeleton_of(rig, None)
    bones = Bones.plain(rig.names, rig.parents_J, rig.offsets_J3, joints=joints_of(rig, known), channels=channels)
    bones = replace(bones, unit_m=unit_of(bones)) if channels else bones

    def moving() -> Moving:
        turns_TJ4, moves_TJ3 = rig.local(np.arange(known.skip_frames, rig.frames))
        return Moving(bones, moves_TJ3, turns_TJ4, np.ones_like(moves_TJ3), 1 / rig.frame_s)

    return Opened(bones, at_rest(bones), moving)


def _of_tree(nodes: Nodes, file: Path, animation: str, model: Path | None) -> Opened:
    """A tree of nodes, all of them; the skeleton is the one that the animation moves, if it is said which."""
    one = nodes.animation(animation, file) if animation or len(nodes.animations) == 1 else None
    bones, stand = of_tree(nodes, skeleton_in(nodes, one, np.array([one.start_s if one else 0.0])))

    def moving() -> Moving:
        one = nodes.animation(animation, file)
        fps = one.fps if one.fps and one.fps >= SLOWEST else USUAL
        start_s = one.start_s + skeleton_of(sampled_rig(nodes, one), None).skip_frames / FPS
        times_T = start_s + np.arange(int((one.end_s - start_s) * fps + 1e-3) + 1) / fps
        return Moving(bones, *nodes.local(one, times_T), fps)

    return Opened(bones, stand, moving, model)
