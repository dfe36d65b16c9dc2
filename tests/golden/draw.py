"""The golden frames: which they are, and how to draw them anew after raising a version.

python tests/golden/draw.py
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lavimo.avatar.wardrobe import Wardrobe, dress_all
from lavimo.config import AnimateOptions, DressOptions
from lavimo.motion.motion import Motion, write_motions
from lavimo.render.draw import draw_clip
from lavimo.render.renderer import Renderer, renderer_of_process
from lavimo.scene.animate import animate
from lavimo.shards import Shard
from lavimo.versions import VERSIONS

HERE = Path(__file__).parent
SIZE_PX = 256
PEOPLE = ("jonas", "mei", "walter", "ingrid")
VERSION = f"dress {VERSIONS['dress']}, animate {VERSIONS['animate']}, render {VERSIONS['render']}"


def draw(renderer: Renderer, folder: Path) -> dict[str, NDArray[np.uint8]]:
    """The golden frames (H, W, 3) by name, drawn now: each person in a pose of their own."""
    frames = {}
    for seed, person in enumerate(PEOPLE):
        rng = np.random.default_rng(seed)
        rotations = np.repeat(rng.normal(0, 0.25, (1, 24, 3)), 2, axis=0)
        write_motions(folder / "motions", {person: Motion(rotations, np.zeros((2, 3)), np.zeros(10))})
        dress_all(folder / "avatars", DressOptions(avatars=(person,)))
        animate(folder / "motions", folder / "avatars", folder / "animations", AnimateOptions())
        people, shard = Wardrobe(folder / "avatars"), Shard(folder / "animations")
        (frames[person],) = draw_clip(renderer, people, shard, person, SIZE_PX, [0])
    return frames


def digests() -> dict[str, str]:
    """What versions.json says: the digest of the golden frames by the versions that drew them."""
    return json.loads((HERE / "versions.json").read_text())


def digest() -> str:
    """Of the golden frames as they lie here."""
    data = b"".join((HERE / f"{person}.png").read_bytes() for person in PEOPLE)
    return hashlib.sha256(data).hexdigest()


def main() -> None:
    known = digests() if (HERE / "versions.json").exists() else {}
    if VERSION in known:
        sys.exit(f"{VERSION} has its golden frames; raise the version of the stage that changed, then draw again")
    with tempfile.TemporaryDirectory() as folder:
        for person, frame in draw(renderer_of_process("cpu", SIZE_PX), Path(folder)).items():
            Image.fromarray(frame).save(HERE / f"{person}.png")
    (HERE / "versions.json").write_text(json.dumps({**known, VERSION: digest()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
