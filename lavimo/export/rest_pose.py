"""How a skeleton's joints are turned in a pose like SMPL's zero pose: upright, its left and right alike.

That is the rest pose, or the pose in which a mesh was bound, where it stands. Of a skeleton whose joints have their
axes along the bones, and that has no such pose, its movement tells: SMPL's joints, which do the same, are turned back.

T frames, J joints of the skeleton, S of SMPL (24), 3 and 33 vectors and matrices.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT
from lavimo.export.moving import Array, Bones, Moving
from lavimo.formats.nodes import Nodes
from lavimo.formats.rig import rests_upright
from lavimo.formats.sampled import Skeleton
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.retarget import axes_of

LEG_M, UNITS_M = 0.85, (1.0, 0.1, 0.0254, 0.01, 0.001)
MOST = 400
"""So many frames tell."""


@dataclass(frozen=True)
class Stand:
    """See the module.

    Attributes:
        turns_J33: the joints' orientations in it; x to the left, y up, z forward.
        to_ours_33: from the world of the skeleton's movement to those axes.
        places_J3: of the joints, in a rest pose; None: there is none that stands.
    """

    turns_J33: Array
    to_ours_33: Array
    places_J3: Array | None = None


def at_rest(bones: Bones) -> Stand | None:
    """As a rest pose in which no joint is turned, as a BVH's, has it; None if that does not stand."""
    if not rests_upright(bones.parents_J, bones.offsets_J3, bones.joints):
        return None
    places_J3 = bones.rest.places_TJ3[0]
    axes_33 = axes_of(places_J3, {JOINT[name]: joint for name, joint in bones.joints.items()})
    return Stand(np.tile(axes_33, (len(bones.names), 1, 1)), axes_33, places_J3 @ axes_33.T)


def of_tree(nodes: Nodes, skeleton: Skeleton) -> tuple[Bones, Stand | None]:
    """All nodes of a tree as bones, and the pose in which its skeleton stands, if there is one: in which a mesh was
    bound, or the nodes' own."""
    offsets_N3, turns_N4, scales_N3 = (part[0] for part in nodes.rest)
    bones = Bones(
        nodes.names,
        nodes.parents_N,
        offsets_N3,
        turns_N4,
        scales_N3,
        {name: skeleton.wanted[place - 1] for name, place in skeleton.joints.items()},
        np.array([0.0, 1, 0]),
        skinned=frozenset().union(*(skin.joints for skin in nodes.skins)),
    )
    if skeleton.rest is None:
        return bones, None
    rest = bones.rest
    places_J3, turns_J33 = rest.places_TJ3[0].copy(), rest.turns_TJ33[0].copy()
    known = {node: place for place, node in enumerate(skeleton.wanted)}
    for node, parent in enumerate(nodes.parents_N.tolist()):
        if node in known:
            places_J3[node], turns_J33[node] = (part[known[node]] for part in skeleton.rest)
        elif parent >= 0:
            turn_33 = turns_J33[parent] @ rest.turns_TJ33[0, parent].T
            places_J3[node] = places_J3[parent] + turn_33 @ (rest.places_TJ3[0, node] - rest.places_TJ3[0, parent])
            turns_J33[node] = turn_33 @ rest.turns_TJ33[0, node]
    axes_33 = axes_of(places_J3, {JOINT[name]: node for name, node in bones.joints.items()})
    stand = Stand(axes_33 @ turns_J33, np.eye(3), places_J3 @ axes_33.T)
    return replace(bones, bound_J33=turns_J33), stand


def unit_of(bones: Bones) -> float:
    """How long a unit of a file that does not say it is, metres: with it the legs are nearest to a person's."""
    thigh, shin = (
        np.linalg.norm(bones.rest.places_TJ3[0, bones.joints[a]] - bones.rest.places_TJ3[0, bones.joints[b]])
        for a, b in (("left_hip", "left_knee"), ("left_knee", "left_ankle"))
    )
    return min(UNITS_M, key=lambda unit_m: abs(np.log(unit_m * (thigh + shin) / LEG_M)))


def by_movement(moving: Moving, motion: Motion) -> Stand:
    """As its movement tells.

    Args:
        motion: the same as SMPL's body does it, from the same frame on.
    """
    (own_TJ3, own_TJ33, _), smpl_TS3, smpl_TS33 = _both(moving, motion)
    to_ours_33 = _nearest(own_TJ3, smpl_TS3, moving.bones)
    parents_J, joints = moving.bones.parents_J, {joint: JOINT[name] for name, joint in moving.bones.joints.items()}
    turns_J33 = np.empty((len(parents_J), 3, 3))
    for joint, parent in enumerate(parents_J):
        seen_T33 = to_ours_33 @ own_TJ33[:, joint]
        if joint in joints:
            seen_T33 = smpl_TS33[:, joints[joint]].swapaxes(-1, -2) @ seen_T33
        elif parent >= 0:
            seen_T33 = turns_J33[parent] @ own_TJ33[:, parent].swapaxes(-1, -2) @ own_TJ33[:, joint]
        turns_J33[joint] = Rotation.from_matrix(seen_T33).mean().as_matrix()
    return Stand(turns_J33, to_ours_33)


def upwards(moving: Moving, motion: Motion) -> Array:
    """The axis (3) of its world along which SMPL's body, which does the same, has up."""
    (own_TJ3, _, _), smpl_TS3, _ = _both(moving, motion)
    up_3 = _nearest(own_TJ3, smpl_TS3, moving.bones)[1]
    largest = np.abs(up_3).argmax()
    found: Array = np.eye(3)[largest] * np.sign(up_3[largest])
    return found


def _both(moving: Moving, motion: Motion) -> tuple[tuple[Array, Array, Array], Array, Array]:
    """Some of both's frames: the skeleton in the world; SMPL's joints (T, S, 3) and orientations (T, S, 3, 3)."""
    times_T = np.linspace(0, len(motion) - 1, min(len(motion), MOST)).astype(np.intp)
    frames_T = np.minimum(np.rint(times_T / FPS * moving.fps).astype(np.intp), len(moving) - 1)
    some = moving.of(moving.moves_TJ3[frames_T], moving.turns_TJ4[frames_T], moving.scales_TJ3[frames_T])
    rest_S3 = embedded_body().rest(motion.betas_B)[1].astype(np.float64)
    turns_TS33 = matrices(motion.rotations_TJ3[times_T].astype(np.float64))
    return some.world, *forward_kinematics(turns_TS33, motion.translation_T3[times_T], rest_S3)


def _nearest(own_TJ3: Array, smpl_TS3: Array, bones: Bones) -> Array:
    """The rotation (3, 3) that brings the skeleton's joints nearest to SMPL's, about the pelvis."""
    own, smpl = list(bones.joints.values()), [JOINT[name] for name in bones.joints]
    theirs_N3 = (own_TJ3[:, own] - own_TJ3[:, [bones.joints["pelvis"]]]).reshape(-1, 3)
    ours_N3 = (smpl_TS3[:, smpl] - smpl_TS3[:, [JOINT["pelvis"]]]).reshape(-1, 3)
    found: Array = Rotation.align_vectors(ours_N3, theirs_N3)[0].as_matrix()
    return found
