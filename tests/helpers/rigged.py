"""A skeleton with a motion as engines and converters have it: in centimetres, below a turned and scaled helper node."""

import numpy as np
from bone_aligned import LAFAN1, REST_S3, bone_axes
from scipy.spatial.transform import Rotation

from lavimo.body.kinematics import matrices
from lavimo.body.skeleton import JOINT, JOINT_NAMES, PARENTS
from lavimo.motion.motion import Motion

ARMATURE = Rotation.from_euler("xy", [-90, 35], degrees=True)
SCALE = 0.01
STILL = Motion(np.zeros((2, 24, 3)), np.zeros((2, 3)), np.zeros(10))


class Rigged:
    """The joints that have names, each with its axes along the bone, or not."""

    def __init__(self, names: dict[str, str] = LAFAN1, aligned: bool = True):
        self.parents = {JOINT[name]: int(PARENTS[JOINT[name]]) for name in JOINT_NAMES if name in names}
        self.joints = list(self.parents)
        self.names = [names[JOINT_NAMES[joint]] for joint in self.joints]
        self.above = [self.joints.index(self.parents[joint]) if joint else -1 for joint in self.joints]
        self._axes_S33 = bone_axes(self.parents) if aligned else np.tile(np.eye(3), (24, 1, 1))

    def locals(self, motion: Motion) -> tuple[Rotation, np.ndarray]:
        """Each joint in its parent (T J rotations, joint by joint in every frame), and the root's places (T, 3)."""
        axes_S33, local_TS33 = self._axes_S33, matrices(motion.rotations_TJ3)
        before = [axes_S33[self.parents[j]].T if j else ARMATURE.inv().as_matrix() for j in self.joints]
        turns = [before_33 @ local_TS33[:, j] @ axes_S33[j] for before_33, j in zip(before, self.joints)]
        root_T3 = ARMATURE.inv().apply(motion.translation_T3 + REST_S3[0]) / SCALE
        return Rotation.from_matrix(np.stack(turns, 1).reshape(-1, 3, 3)), root_T3

    def offset(self, joint: int) -> np.ndarray:
        """From the parent, of a joint that is no root."""
        parent = self.parents[joint]
        return self._axes_S33[parent].T @ (REST_S3[joint] - REST_S3[parent]) / SCALE

    def binds(self) -> np.ndarray:
        """The rest pose (J, 4, 4) in the world, in centimetres."""
        binds_J44 = np.tile(np.eye(4), (len(self.joints), 1, 1))
        binds_J44[:, :3, :3], binds_J44[:, :3, 3] = self._axes_S33[self.joints], REST_S3[self.joints] / SCALE
        return binds_J44
