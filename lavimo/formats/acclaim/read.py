"""From an AMC file and the ASF of its subject to an SMPL motion."""

from pathlib import Path

from lavimo.formats.acclaim.amc import FPS, Acclaim, moving, read_amc
from lavimo.formats.acclaim.asf import read_asf
from lavimo.formats.rig import retargeted
from lavimo.formats.trees import named
from lavimo.motion.motion import Motion
from lavimo.motion.world import Up


def read_motion(
    path: Path,
    start_s: float = 0.0,
    end_s: float | None = None,
    skeletons: Path | None = None,
    up: Up | None = None,
    plausible: bool = True,
    fps: float = FPS,
) -> Motion:
    """The file's movement, or a window of it, on the embedded body, 20 frames a second.

    Args:
        skeletons, up, plausible: see `lavimo.formats.bvh.read.read_motion`.
        fps: frames a second, where neither the file nor its skeleton's has a line `:SAMPLES-PER-SECOND`.

    Raises:
        ValueError: there is no ASF for it, one of the two is damaged, they do not belong together, or it is shorter
            than two frames; the file is named.
    """
    rig = read_acclaim(path, fps)
    with named(f"{path}, with {skeleton_of(path).name}"):
        return retargeted(rig, start_s, end_s, skeletons, up, plausible, name=str(path))


def read_acclaim(path: Path, fps: float = FPS) -> Acclaim:
    """The file's movement on its own skeleton.

    Raises:
        ValueError: see `read_motion`.
    """
    amc, skeleton = read_amc(path), skeleton_of(path)
    rig = read_asf(skeleton)
    with named(f"{path}, with {skeleton.name}"):
        return moving(rig, amc, fps)


def skeleton_of(path: Path) -> Path:
    """The ASF of an AMC: of its name or its subject's (`05.asf` for `05_13.amc`), else the only one, in its folder or
    the folder above.

    Raises:
        ValueError: there is none, or one cannot tell which.
    """
    path = Path(path).absolute()
    found: list[Path] = []
    for folder in (path.parent, path.parent.parent):
        some = sorted(one for one in folder.iterdir() if one.suffix.lower() == ".asf" and one.is_file())
        own = [one for one in some if f"{path.stem}_".lower().startswith(f"{one.stem}_".lower())]
        if own or len(some) == 1:
            return max(own or some, key=lambda one: len(one.stem))
        found += some
    there = f"{len(found)} ASF files of other names" if found else "no ASF"
    raise ValueError(
        f"{path}: found {there} in its folder and the folder above, expected its skeleton: put the subject's ASF "
        f"there, as {path.stem.partition('_')[0]}.asf"
    )
