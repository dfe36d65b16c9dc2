"""Motions for other programs: BVH, animated GLB, AMASS's npz, video; cut, mirrored, in place, as a loop."""
