"""Where hands go: to each other, to head, mouth, hip and foot, up high, down low."""

import numpy as np

from lavimo.describe.fact import Fact
from lavimo.describe.rules.arms import sided
from lavimo.describe.rules.body import FPS, Body
from lavimo.describe.rules.spans import Mask, in_a_row, spans

MEET_M, PART_M = 0.13, 0.17
"""Palms meet with the wrists so near, and have parted before and after."""
NEAR_HEAD_M, NEAR_HIP_M, NEAR_FOOT_M = 0.19, 0.2, 0.2


def claps(body: Body) -> list[Fact]:
    """The hands meet and part, more than once, each coming towards the other."""
    hands_T23 = body.seen(body["hand"] - body["spine3"][:, None])
    apart_T = np.linalg.norm(hands_T23[:, 0] - hands_T23[:, 1], axis=-1)
    hits = []
    for begin, end in spans(apart_T < MEET_M, least=1):
        frame = begin + int(apart_T[begin:end].argmin())
        before, after = max(frame - 7, 0), min(frame + 8, len(body))
        parts = min(apart_T[before:frame].max(initial=0), apart_T[frame:after].max(initial=0)) > PART_M
        before_T2 = hands_T23[before : frame + 1, :, 0]
        inward = min(before_T2[:, 0].max() - before_T2[-1, 0], before_T2[-1, 1] - before_T2[:, 1].min())
        middle = np.linalg.norm(np.ptp(hands_T23[max(frame - 2, 0) : frame + 3].mean(1), axis=0))
        if parts and inward > 0.02 and middle < 0.11 and end - begin < 9:
            hits.append((begin, end))
    rows = in_a_row(hits, 0.9 * FPS)
    return [
        Fact("clap", max(row[0][0] - 3, 0) / FPS, (row[-1][1] + 3) / FPS, "", "", 0.0, len(row))
        for row in rows
        if len(row) >= 2
    ]


def touches(body: Body, low_T: Mask) -> list[Fact]:
    """A hand that stays at the head, the mouth, the hip, or comes to a foot."""
    hand_T23 = body["hand"]
    head_T3 = body["head"] + 0.6 * (body["head"] - body["neck"])  # between the ears
    seen_T23 = body.seen(hand_T23 - head_T3[:, None])
    near_T2 = np.linalg.norm(seen_T23, axis=-1)
    mouth_T2 = (near_T2 < NEAR_HEAD_M + 0.06) & (seen_T23[..., 2] > 0.06) & (np.abs(seen_T23[..., 0]) < 0.085)
    mouth_T2 &= (seen_T23[..., 1] < 0.06) & (seen_T23[..., 1] > -0.2)
    head_T2 = (near_T2 < NEAR_HEAD_M + 0.03) & ~mouth_T2 & (seen_T23[..., 1] > -0.14)
    hip_T2 = np.linalg.norm(hand_T23 - body["hip"], axis=-1) < NEAR_HIP_M
    out_T2 = (body["elbow"] - body["shoulder"])[..., 1] > -0.9 * body.arm_m / 2
    hip_T2 &= out_T2 & (body.reach_T2 < 0.88)
    foot_T2 = (
        np.minimum(np.linalg.norm(hand_T23 - body["foot"], axis=-1), np.linalg.norm(hand_T23 - body["ankle"], axis=-1))
        < NEAR_FOOT_M
    )
    upright_T2 = (body.upright_T & ~low_T)[:, None]
    found = sided("hand to mouth", "", mouth_T2 & upright_T2, 4)
    found += sided("hand to head", "", head_T2 & upright_T2, 6)
    found += sided("hand on hip", "", hip_T2 & upright_T2 & (body.speed_T < 2)[:, None], 8)
    return found + sided("hand to foot", "", foot_T2 & ~low_T[:, None], 2)


def reaches(body: Body, low_T: Mask) -> list[Fact]:
    """A hand above the head on a stretched arm, or below the knees."""
    high_T2 = (body.hands_T23[..., 1] > 0.36) & (body.reach_T2 > 0.8)
    knee_T = body["knee"][..., 1].min(1)
    wrist_T2 = body["wrist"][..., 1]
    low_T2 = wrist_T2 < (np.minimum(knee_T, 0.5 + body.ground_T) - 0.02)[:, None]
    low_T2 &= wrist_T2 < wrist_T2.min(1, keepdims=True) + 0.1  # the other hand hangs lower in bending, too
    upright_T = body.hips_T3[:, 1] - body.floor > 0.4
    found = sided("reach up", "", high_T2 & ~low_T[:, None], 4)
    return found + sided("reach down", "", low_T2 & (upright_T & ~low_T)[:, None], 2)
