"""Motions for other programs: BVH, animated GLB, AMASS's npz, video; on SMPL's skeleton, their own, or another."""
