"""Where a hand is wanted, as the angles of an arm."""

from math import acos, atan2, cos, degrees, radians, sin

import numpy as np

UPPER_ARM_M, FOREARM_M = 0.243, 0.238
SHOULDER_M = np.array([0.172, 0.0, 0.0])


def hand_at(out: float, up: float, forward: float, swivel: float = 20.0) -> dict[str, float]:
    """The arm's channels that bring the wrist to a place, measured from between the shoulders in the chest's frame.

    Args:
        out: metres to the arm's own side; negative crosses the body.
        up, forward: metres.
        swivel: degrees by which the elbow is lifted outwards from hanging below the line from shoulder to wrist.
    """
    wrist_3 = np.array([out, up, forward]) - SHOULDER_M
    length = float(np.clip(np.linalg.norm(wrist_3), 0.12, 0.995 * (UPPER_ARM_M + FOREARM_M)))
    along_3 = wrist_3 / np.linalg.norm(wrist_3)
    below_3 = np.array([0.0, -1.0, -0.3])
    below_3 -= below_3 @ along_3 * along_3
    below_3 /= np.linalg.norm(below_3)
    outwards_3 = np.cross(below_3, along_3)
    outwards_3 *= 1.0 if outwards_3[0] >= 0 else -1.0
    elbow_3 = cos(radians(swivel)) * below_3 + sin(radians(swivel)) * outwards_3
    at_shoulder = acos((UPPER_ARM_M**2 + length**2 - FOREARM_M**2) / (2 * UPPER_ARM_M * length))
    at_elbow = acos((UPPER_ARM_M**2 + FOREARM_M**2 - length**2) / (2 * UPPER_ARM_M * FOREARM_M))
    upper_3 = cos(at_shoulder) * along_3 + sin(at_shoulder) * elbow_3
    # The least turn from hanging (0, -1, 0) to the upper arm.
    angle = acos(-upper_3[1])
    axis_3 = np.cross([0.0, -1.0, 0.0], upper_3)
    axis_3 /= max(float(np.linalg.norm(axis_3)), 1e-9)
    forearm_3 = length * along_3 - UPPER_ARM_M * upper_3
    cross_3 = np.cross(axis_3, forearm_3)
    untwisted_3 = forearm_3 * cos(angle) - cross_3 * sin(angle) + axis_3 * (axis_3 @ forearm_3) * (1 - cos(angle))
    return {
        "flex": -degrees(angle) * axis_3[0],
        "abduct": degrees(angle) * axis_3[2],
        "rotate": degrees(atan2(-untwisted_3[0], untwisted_3[2])),
        "elbow": 180.0 - degrees(at_elbow),
    }
