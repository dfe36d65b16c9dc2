"""Left and right of any skeleton: which joints are each other's mirror images, and a movement mirrored.

Joint k does what its partner did, seen in the mirror. A joint's axes may lie anywhere: the reflection C_k from its own
axes to its partner's is that under which a pose with left and right alike stays what it is, and so, with the matrices
L of joints relative to their parents, L'_k = C_parent^-1 L_partner C_k. Places of joints are mirrored exactly, whatever
the axes; of a skeleton that is not quite alike on both sides, so is the skeleton.

T frames, J joints, 3 and 33 vectors and matrices.
"""

import logging
import re
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from lavimo.export.bvh import END
from lavimo.export.moving import Array, Bones, Moving, matrices, quaternions
from lavimo.export.rest_pose import Stand
from lavimo.motion.mirror import OTHER

log = logging.getLogger(__name__)

MIRROR_33 = np.diag([-1.0, 1.0, 1.0])
UNLIKE = 0.03
"""A joint without a partner that is farther than this share of the skeleton's size from its own mirror image is a
thing, and no part of a trunk."""
SEEN = 0.05
"""What a reflection that was seen in a movement weighs beside bones, which say no more than they are long."""
NEAR, ALIKE = 25, 0.02
"""Degrees within which a reflection is taken for one from axes to axes; so much worse bones may fit then."""
SIDE = re.compile(r"(?i:left|right)|(?<![A-Za-z])[lrLR](?=[^a-z]|$)|(?<=[a-z])[LR](?=[^A-Za-z]|$)")
"""What tells the side in a name: a word, or a letter that stands alone or before a capital (lThigh, thigh_l, ArmL)."""
OTHERS = OTHER | {"l": "r", "r": "l"}
REFLECTIONS = [
    np.eye(3)[list(order)] * np.array(signs)[:, None]
    for order in permutations(range(3))
    for signs in product((1.0, -1.0), repeat=3)
    if np.linalg.det(np.eye(3)[list(order)] * np.array(signs)[:, None]) < 0
]
"""Those that bring axes onto axes."""


def mirrored(moving: Moving, stand: Stand) -> Moving:
    """The mirror image. What has no partner and is no part of the trunk, as a thing in a hand, stays where it is and
    mirrors its own movement; a line says so."""
    bones, partner_J = moving.bones, partners(moving.bones)
    inside_J = _inside(moving)
    reflections_J33 = _reflections(moving, stand, partner_J, inside_J)
    world_33 = _world(stand, bones.up_3)
    above_J33 = np.where((bones.parents_J < 0)[:, None, None], world_33, reflections_J33[bones.parents_J])
    back_J33 = above_J33.swapaxes(-1, -2)
    turns_TJ33 = matrices(moving.turns_TJ4)
    made_TJ33 = back_J33 @ turns_TJ33[:, partner_J] @ reflections_J33
    moves_TJ3 = (back_J33 @ moving.moves_TJ3[:, partner_J, :, None])[..., 0]
    scales_TJ3 = np.einsum("tja,jab->tjb", moving.scales_TJ3[:, partner_J], reflections_J33**2)
    roots = [joint for joint, parent in enumerate(bones.parents_J) if inside_J[joint] and not inside_J[parent]]
    places_J3 = {joint: moving.hangs(joint).place_3 for joint in roots}
    middle_3 = next((places_J3[joint] for joint in roots if joint in bones.lineage("pelvis")), np.zeros(3))
    for joint in roots:
        aside_3 = (world_33 - np.eye(3)) @ (places_J3[joint] - middle_3)
        moves_TJ3[:, joint] += np.linalg.solve(moving.hangs(joint).linear_33, aside_3)
    things = _things(bones, partner_J, inside_J, back_J33)
    own_J33 = stand.turns_J33.swapaxes(-1, -2) @ MIRROR_33 @ stand.turns_J33
    for joint in things:
        rest_33, offset_3 = matrices(bones.turns_J4[joint]), bones.offsets_J3[joint]
        made_TJ33[:, joint] = rest_33 @ own_J33[joint] @ rest_33.T @ turns_TJ33[:, joint] @ own_J33[joint]
        moves_TJ3[:, joint] = offset_3 + (moving.moves_TJ3[:, joint] - offset_3) @ own_J33[bones.parents_J[joint]].T
        scales_TJ3[:, joint] = moving.scales_TJ3[:, joint]
    if told := ", ".join(bones.names[joint] for joint in things if not bones.names[joint].endswith(END)):
        log.warning("mirrored in their own places, for nothing has the name of their other side: %s", told)
    return moving.of(moves_TJ3, quaternions(made_TJ33), scales_TJ3)


def partners(bones: Bones) -> NDArray[np.intp]:
    """For each joint the one on the other side: by the skeleton's map, else by names; itself where there is none."""
    places = {name: place for place, name in enumerate(bones.names)}
    named = {
        place: bones.joints[other] for smpl, place in bones.joints.items() if (other := _swapped(smpl)) in bones.joints
    }
    found_J = np.arange(len(bones.names))
    for joint, name in enumerate(bones.names):
        parent = bones.parents_J[joint]
        wanted = found_J[parent] if parent >= 0 else -1
        some = [named[joint]] if joint in named else [places[other] for other in _others(name) if other in places]
        found_J[joint] = next((other for other in some if bones.parents_J[other] == wanted), joint)
    lonely_J = found_J[found_J] != np.arange(len(found_J))
    return np.where(lonely_J, np.arange(len(found_J)), found_J)


def _others(name: str) -> list[str]:
    """What the joint on the other side may be called: one side in the name swapped, or all."""
    sides = list(SIDE.finditer(name))
    return [
        *(name[: side.start()] + _swapped(side[0]) + name[side.end() :] for side in sides),
        SIDE.sub(lambda side: _swapped(side[0]), name),
    ]


def _swapped(name: str) -> str:
    """A name with the words for sides swapped, in its capitals."""

    def other(side: re.Match[str]) -> str:
        word = OTHERS[side[0].lower()]
        return word.upper() if side[0].isupper() else word.capitalize() if side[0][0].isupper() else word

    return SIDE.sub(other, name)


def _inside(moving: Moving) -> NDArray[np.bool_]:
    """What moves, and what hangs from the pelvis; the rest holds it and stays as it is. One more, of what hangs from
    nothing."""
    inside = np.zeros(len(moving.bones.names) + 1, bool)
    for joint, parent in enumerate(moving.bones.parents_J):
        inside[joint] = inside[parent] or joint in moving.tops or joint == moving.bones.joints["pelvis"]
    return inside


def _world(stand: Stand, up_3: Array) -> Array:
    """The reflection (3, 3) of the world: in an upright plane, the rest pose's own where it can be."""
    across_3 = next(axis_3 for axis_3 in (stand.to_ours_33[0], *np.eye(3)) if abs(axis_3 @ up_3) < 0.1)
    across_3 = across_3 - (across_3 @ up_3) * up_3
    found: Array = np.eye(3) - 2 * np.outer(across_3, across_3) / (across_3 @ across_3)
    return found


def _reflections(moving: Moving, stand: Stand, partner_J: NDArray[np.intp], inside_J: NDArray[np.bool_]) -> Array:
    """See the module: C (J, 3, 3)."""
    bones, world_33 = moving.bones, _world(stand, moving.bones.up_3)
    found_J33 = stand.turns_J33[partner_J].swapaxes(-1, -2) @ MIRROR_33 @ stand.turns_J33
    for joint in range(len(bones.names)):
        if not inside_J[joint]:
            turn_33 = moving.world.turns_TJ33[0, joint]
            found_J33[joint] = turn_33.T @ world_33 @ turn_33
        else:
            found_J33[joint] = _fitted(found_J33[joint], joint, bones, partner_J)
    return found_J33


def _fitted(seen_33: Array, joint: int, bones: Bones, partner_J: NDArray[np.intp]) -> Array:
    """The reflection that brings a joint's bones onto its partner's, and is near to what was seen; from axes to axes,
    where that fits as well."""
    below = np.flatnonzero(bones.parents_J == joint)
    ours_K3, theirs_K3 = bones.offsets_J3[below], bones.offsets_J3[partner_J[below]]
    length = max(float(np.linalg.norm(ours_K3)), 1e-9)
    left_33, _, right_33 = np.linalg.svd(theirs_K3.T @ ours_K3 / length**2 + SEEN * seen_33)
    fitted_33 = left_33 @ np.diag([1, 1, -np.linalg.det(left_33 @ right_33)]) @ right_33

    def misfit(one_33: Array) -> float:
        return float(np.linalg.norm(ours_K3 @ one_33.T - theirs_K3)) / length

    straight_33 = max(REFLECTIONS, key=lambda one_33: float((one_33 * fitted_33).sum()))
    near = float((straight_33 * fitted_33).sum()) > 1 + 2 * np.cos(np.radians(NEAR))
    found: Array = straight_33 if near and misfit(straight_33) < misfit(fitted_33) + ALIKE else fitted_33
    return found


def _things(bones: Bones, partner_J: NDArray[np.intp], inside_J: NDArray[np.bool_], back_J33: Array) -> list[int]:
    """The joints without a partner that are no part of the trunk, and what hangs from them."""
    found: list[int] = []
    scale_J = np.cbrt(np.abs(np.linalg.det(bones.rest.linear_TJ33[0])))
    for joint, parent in enumerate(bones.parents_J.tolist()):
        if not inside_J[joint] or not inside_J[parent] or partner_J[joint] != joint:
            continue
        aside_3 = back_J33[joint] @ bones.offsets_J3[joint] - bones.offsets_J3[joint]
        far = np.linalg.norm(aside_3) * scale_J[parent] > 2 * UNLIKE * bones.size
        if parent in found or partner_J[parent] != parent or far:
            found.append(joint)
    return found
