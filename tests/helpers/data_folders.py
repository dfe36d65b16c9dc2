"""Where the data lie that tests read."""

import os
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
CMU = Path(os.environ.get("LAVIMO_CMU", DATA / "cmu"))
"""CMU trials, `TRIAL.bvh` or `bvh/TRIAL.bvh`, and their captions.csv: five, or all that a maintainer has."""
CMU_BVH = CMU / "bvh" if (CMU / "bvh").is_dir() else CMU
HUMANML3D_SAMPLE = Path(os.environ.get("LAVIMO_HUMANML3D_SAMPLE", "nowhere"))
"""HumanML3D's own files for ids 000000, 007005 and 012314: new_joints/, new_joint_vecs/."""
