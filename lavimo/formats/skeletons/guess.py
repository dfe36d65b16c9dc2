"""A guess at the map of a skeleton that no map knows: from how its bones hang together, their lengths and their names.

`lavimo.formats.skeletons.propose` writes it down with a picture, and a person confirms it by naming its folder. Unasked
it is used where it leaves no doubt (`sure`): bones and names say the same.

J joints, 3 vectors. A chain is a list of joints from the trunk outwards.
"""

import re
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lavimo.formats.skeletons import REQUIRED

Array = NDArray[np.floating]
Places = dict[str, tuple[float, ...]]
Joints = list[int]

WORDS = {
    "hip": ("upleg", "upperleg", "upperleg01", "thigh", "hip", "femur", "legupper", "thighbone"),
    "knee": ("leg", "lowerleg", "lowerleg01", "calf", "shin", "knee", "tibia", "leglower", "lowleg"),
    "ankle": ("foot", "ankle", "footbase"),
    "foot": ("toe", "toebase", "toes", "ball", "toe0", "toe1", "foottoe"),
    "collar": ("collar", "clavicle", "clavicle01", "clav", "shoulder", "innershoulder", "armcollar"),
    "shoulder": ("arm", "upperarm", "upperarm01", "uparm", "shldr", "shoulder", "humerus", "armupper"),
    "elbow": ("forearm", "lowerarm", "lowerarm01", "elbow", "armlower", "lowarm", "radius"),
    "wrist": ("hand", "wrist"),
    "neck": ("neck", "neck1", "neck01"),
    "head": ("head", "skull"),
}
"""What the usual vocabularies (Unity and VRM, Xsens, Perception Neuron, Rokoko, OptiTrack, iClone, MakeHuman, SMPL,
Mixamo, Poser) call SMPL's joints, without the side. A word may stand for two: its place on the chain decides."""
LEG: Places = {"hip": (0.0,), "knee": (0.45,), "ankle": (0.88,), "foot": (0.97,)}
ARM: Places = {"collar": (0.0,), "shoulder": (0.2,), "elbow": (0.52,), "wrist": (0.82,)}
HEAD: Places = {"neck": (0.0,), "head": (0.45,)}
"""Where a joint stands on its chain, as a share of the way from its first joint to its tip."""
OPTIONAL = {"foot", "collar", "head"}
SUFFIXES = {"jnt", "joint", "bone", "jt", "bn", "skin", "bind"}
"""Words that say nothing."""
LEFT, RIGHT = {"l", "left", "lft", "lf"}, {"r", "right", "rgt", "rt"}


def guess(names: Sequence[str], parents_J: Sequence[int], points_J3: Array) -> dict[str, str]:
    """SMPL's names of joints to the skeleton's, as far as they can be told.

    Args:
        names: of the joints, each after its parent; end sites are `PARENT/end`.
        points_J3: where the joints are while the figure stands, in any unit and with any axis up.

    Raises:
        ValueError: the bones do not make two legs, two arms and a head, or left and right cannot be told.
    """
    parents = [int(parent) for parent in parents_J]
    legs, arms, head = _limbs(parents, points_J3)
    trunk = _shared(legs[0], legs[1])
    chest = _shared(arms[0], arms[1])
    below = _shared(trunk, chest)  # the legs may hang from a joint beside the spine's, as iClone's from Pelvis
    if not below or len(below) >= len(chest):
        raise ValueError("found arms that do not branch above the legs, expected a person's skeleton")
    pelvis, upwards = trunk[-1], chest[len(below) :]
    found = {"pelvis": pelvis, **dict(zip(_spine(len(upwards)), [upwards[i] for i in _spread(len(upwards))]))}
    found |= _placed(head[len(_shared(head, chest)) :], HEAD, "", names, points_J3)
    for chains, places, base in ((legs, LEG, trunk), (arms, ARM, chest)):
        own = [chain[len(_shared(chain, base)) :] for chain in chains]
        for side, chain in zip(_sides(own, names, points_J3, pelvis, chest[-1], legs), own):
            found |= _placed(chain, places, f"{side}_", names, points_J3)
    return {smpl: names[joint] for smpl, joint in found.items()}


def sure(found: dict[str, str]) -> bool:
    """Whether the names say of every required joint of the limbs what the bones say of it, sides too."""
    told = {smpl: name for smpl, name in found.items() if smpl in REQUIRED and smpl not in ("pelvis", "neck")}
    return all(
        side(name) == smpl.partition("_")[0] and _says(smpl.partition("_")[2], name) for smpl, name in told.items()
    )


def words(name: str) -> list[str]:
    """A name in lower-case words: `mixamorig:LeftUpLeg` gives left, up, leg; `CC_Base_L_Thigh` cc, base, l, thigh."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", re.sub(r".*[:|]", "", name))
    found = re.findall(r"[a-z]+\d*|\d+", spaced.lower())
    if (
        found
        and re.fullmatch("[lr][a-z]{3,}", found[0])
        and found[0][1:] in {w for some in WORDS.values() for w in some}
    ):
        found[:1] = [found[0][0], found[0][1:]]
    return found


def side(name: str) -> str:
    """`left`, `right`, or nothing."""
    there = set(words(name))
    return "left" if there & LEFT else "right" if there & RIGHT else ""


def _limbs(parents: list[int], points_J3: Array) -> tuple[list[Joints], list[Joints], Joints]:
    """The ways from the root to the tips of two legs, two arms and the head: the five ends that are farthest apart
    along the bones, of which two part low (legs), and two of the others are alike (arms)."""
    lengths_J = np.linalg.norm(points_J3 - points_J3[[max(parent, 0) for parent in parents]], axis=-1)
    ways: list[Joints] = []
    for joint, parent in enumerate(parents):
        ways.append([*(ways[parent] if parent >= 0 else []), joint])
    left = {joint for joint in range(len(parents)) if joint not in set(parents)}
    taken: set[int] = set()
    tips: list[Joints] = []
    while left and len(tips) < 5:
        new = {tip: float(sum(lengths_J[joint] for joint in ways[tip] if joint not in taken)) for tip in left}
        tip = max(sorted(left), key=lambda one: new[one])
        tips.append(ways[tip])
        taken |= set(ways[tip])
        left.remove(tip)
    if len(tips) < 5:
        raise ValueError(f"found {len(tips)} chains of bones, expected two legs, two arms and a head")

    def parts_at(tip: Joints) -> int:
        return max(len(_shared(tip, other)) for other in tips if other is not tip)

    def length(tip: Joints) -> float:
        return float(sum(lengths_J[tip[parts_at(tip) :]]))

    legs = sorted(tips, key=parts_at)[:2]
    above = [tip for tip in tips if tip not in legs]
    arms = min(combinations(above, 2), key=lambda two: abs(np.log(length(two[0]) / length(two[1]))))
    (head,) = [tip for tip in above if tip not in arms]
    return legs, list(arms), head


def _shared(one: Joints, other: Joints) -> Joints:
    """What two ways from the root have in common."""
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return one[:count]


def _spine(joints: int) -> list[str]:
    """The names of SMPL's that so many joints of the spine get; the last is the chest."""
    return {0: [], 1: ["spine2"], 2: ["spine2", "spine3"]}.get(joints, ["spine1", "spine2", "spine3"])


def _spread(joints: int) -> list[int]:
    """Which of so many joints of the spine these are."""
    return [0, joints // 2, joints - 1] if joints >= 3 else list(range(joints))


def _placed(chain: Joints, places: Places, prefix: str, names: Sequence[str], points_J3: Array) -> dict[str, int]:
    """The chain's joints by SMPL's names: those that fit words and places best, in order."""
    lengths_K = np.linalg.norm(np.diff(points_J3[chain], axis=0), axis=-1)
    share_K = np.concatenate([[0.0], np.cumsum(lengths_K)]) / max(float(lengths_K.sum()), 1e-12)
    ends = {place for place, joint in enumerate(chain) if names[joint].endswith("/end")}
    free = [place for place in range(len(chain)) if place not in ends]
    roles = list(places)
    best, chosen = -np.inf, {}
    for count in range(1, len(roles) + 1):
        for some in combinations(roles, count):
            if not set(roles) - set(some) <= OPTIONAL:
                continue
            for spots in combinations(free, count):
                fits = (_fit(role, names[chain[k]], share_K[k], places) for role, k in zip(some, spots))
                if (score := sum(fits)) > best:
                    best, chosen = score, {f"{prefix}{role}": chain[k] for role, k in zip(some, spots)}
    if not chosen:
        raise ValueError(
            f"found a chain of {len(free)} joint(s), {', '.join(names[joint] for joint in chain)}; expected "
            f"{', '.join(role for role in roles if role not in OPTIONAL)} on it"
        )
    return chosen


def _fit(role: str, name: str, share: float, places: Places) -> float:
    """How well a joint of this name and place fits: a right word counts most, then a likely place."""
    return 2.0 * _says(role, name) + 1.0 - 4.0 * min(abs(share - place) for place in places[role])


def _says(role: str, name: str) -> bool:
    """Whether a name ends in a word for the role, and in no longer one for another."""
    said = "".join(word for word in words(name) if word not in LEFT | RIGHT | SUFFIXES)
    longest = max((len(word) for some in WORDS.values() for word in some if said.endswith(word)), default=0)
    return any(said.endswith(word) and len(word) == longest for word in WORDS[role])


def _sides(
    chains: list[Joints], names: Sequence[str], points_J3: Array, pelvis: int, chest: int, legs: list[Joints]
) -> tuple[str, str]:
    """Which of two chains is left: by what their joints are called, else by where the feet point."""
    said = [{side(names[joint]) for joint in chain} - {""} for chain in chains]
    if said in ([{"left"}, {"right"}], [{"right"}, {"left"}]):
        return ("left", "right") if "left" in said[0] else ("right", "left")
    up_3 = points_J3[chest] - points_J3[pelvis]
    up_3 = up_3 / max(float(np.linalg.norm(up_3)), 1e-12)
    ahead_3 = sum(points_J3[leg[-1]] - points_J3[leg[-2]] for leg in legs)
    ahead_3 = ahead_3 - (ahead_3 @ up_3) * up_3
    across_3 = points_J3[chains[0][0]] - points_J3[chains[1][0]]
    leftness = float(across_3 @ np.cross(up_3, ahead_3))
    if abs(leftness) < 0.1 * float(np.linalg.norm(across_3)) * float(np.linalg.norm(ahead_3)) or not leftness:
        shown = " and ".join(names[chain[0]] for chain in chains)
        raise ValueError(f"cannot tell which of {shown} is left: neither names nor feet say it")
    return ("left", "right") if leftness > 0 else ("right", "left")
