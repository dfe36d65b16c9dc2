"""The SMPL-format body: skeleton, forward kinematics, skinning, and the embedded default body."""
