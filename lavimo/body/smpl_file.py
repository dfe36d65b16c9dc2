"""A user's own SMPL: which files of a folder, and a file as a `Body`, every array checked.

Shape suffixes as in `lavimo.body.body`, and S shape directions in the file (10 or more), P pose directions (207).
"""

import re
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lavimo.body.body import Body
from lavimo.body.pickled_arrays import pickled_array
from lavimo.body.skeleton import PARENTS
from lavimo.body.unpickle import unpickle

Array = NDArray[Any]
Sex = Literal["male", "female"]

KEYS = ("v_template", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table", "f")
BETAS = 10
SUBFOLDERS = ("", "smpl", "models", "smpl/models")
"""Where below the user's folder the files may be: as smplx has them, or as the official archives unpack."""
NAMES = {
    "male": re.compile(r"SMPL_MALE\.(npz|pkl)|basicmodel_m_lbs_10_207_0_v[\d.]+\.pkl", re.IGNORECASE),
    "female": re.compile(r"SMPL_FEMALE\.(npz|pkl)|basicmodel_f_lbs_10_207_0_v[\d.]+\.pkl", re.IGNORECASE),
    "neutral": re.compile(r"SMPL_NEUTRAL\.(npz|pkl)|basicmodel_neutral_lbs_10_207_0_v[\d.]+\.pkl", re.IGNORECASE),
}
LARGEST_BYTES = 1 << 30
"""The largest official file, of version 1.1.0 with 300 shape directions, has a quarter of this."""
LARGEST_VALUE = 1e4
ADVICE = "expected SMPL for Python 1.0.0 or 1.1.0 as downloaded (see docs/smpl.md); download it again"


def body_file(folder: Path, sex: Sex) -> Path:
    """The file of the user's folder for an avatar of this sex: MALE or FEMALE, where it is absent NEUTRAL.

    Of several for one sex: the one named as smplx names it, then the one of the latest version.

    Raises:
        ValueError: there is neither.
    """
    for kind in (sex, "neutral"):
        for place in SUBFOLDERS:
            here = folder / place
            found = [path for path in here.iterdir() if NAMES[kind].fullmatch(path.name)] if here.is_dir() else []
            if found:
                return max(found, key=lambda path: (path.name.upper().startswith("SMPL"), path.name))
    raise ValueError(
        f"{folder}: found no SMPL body for {sex} avatars, expected SMPL_{sex.upper()}.pkl or SMPL_NEUTRAL.pkl (or .npz,"
        f" or the names of the download) in it or in its folder smpl; see docs/smpl.md"
    )


@cache
def read_smpl(path: Path) -> Body:
    """An SMPL file, .pkl or .npz, as a body.

    Raises:
        ValueError: the file holds something else than SMPL's arrays, or arrays that contradict each other.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError(f"found {path.stat().st_size} bytes, expected at most {LARGEST_BYTES}")
        return _body(_npz(path) if path.suffix.lower() == ".npz" else _pickle(path.read_bytes()))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
    except ValueError as error:
        raise ValueError(f"{path} is no SMPL body: {error}; {ADVICE}") from error


def _pickle(data: bytes) -> dict[str, Array]:
    values = unpickle(data)
    if not isinstance(values, dict):
        raise ValueError(f"found a {type(values).__name__}, expected a dict of arrays")
    _require(values)
    arrays = {}
    for key in KEYS:
        try:
            arrays[key] = pickled_array(values[key])
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from error
    return arrays


def _npz(path: Path) -> dict[str, Array]:
    try:
        with np.load(path, allow_pickle=False) as file:
            if not isinstance(file, np.lib.npyio.NpzFile) or file.zip is None:
                raise ValueError("found a single array, expected an archive of arrays")
            if (size := sum(part.file_size for part in file.zip.infolist())) > LARGEST_BYTES:
                raise ValueError(f"found {size} bytes unpacked, expected at most {LARGEST_BYTES}")
            _require(file)
            return {key: file[key] for key in KEYS}
    except (zipfile.BadZipFile, EOFError, KeyError, MemoryError, zlib.error) as error:
        raise ValueError(f"found a damaged archive ({error})") from error


def _require(values: Any) -> None:
    if missing := [key for key in KEYS if key not in values]:
        found = ", ".join(sorted(str(key)[:30] for key in values)[:20])
        raise ValueError(f"lacks {', '.join(missing)}; found {found or 'nothing'}")


def _body(arrays: dict[str, Array]) -> Body:
    """The arrays as a body.

    Raises:
        ValueError: a shape, a type or a value that cannot be SMPL's.
    """
    joints = len(arrays["J_regressor"]) if arrays["J_regressor"].ndim else 0
    if joints != len(PARENTS):
        other = {52: " (an SMPL-H file?)", 55: " (an SMPL-X file?)"}.get(joints, "")
        raise ValueError(f"J_regressor: found {joints} joints{other}, expected SMPL's 24")
    vertices = len(arrays["v_template"]) if arrays["v_template"].ndim else 0
    _shape(arrays, "v_template", vertices, 3)
    _shape(arrays, "shapedirs", vertices, 3, None)
    _shape(arrays, "posedirs", vertices, 3, 9 * (joints - 1))
    _shape(arrays, "J_regressor", joints, vertices)
    _shape(arrays, "weights", vertices, joints)
    _shape(arrays, "kintree_table", 2, joints)
    _shape(arrays, "f", None, 3)
    if (directions := arrays["shapedirs"].shape[2]) < BETAS:
        raise ValueError(f"shapedirs: found {directions} shape directions, expected at least {BETAS}")
    for key in ("v_template", "shapedirs", "posedirs", "J_regressor", "weights"):
        if arrays[key].dtype.kind not in "fiu" or not (np.abs(arrays[key]) < LARGEST_VALUE).all():
            raise ValueError(f"{key}: found values that are not finite numbers below {LARGEST_VALUE:g}")
    for key in ("kintree_table", "f"):
        if arrays[key].dtype.kind not in "iu":
            raise ValueError(f"{key}: found values of type {arrays[key].dtype}, expected whole numbers")
    # The root's parent, -1, is written as 2**32 - 1.
    if (parents := arrays["kintree_table"][0, 1:].tolist()) != PARENTS[1:].tolist():
        raise ValueError(f"kintree_table: found the parents {parents}, expected SMPL's {PARENTS[1:].tolist()}")
    faces_F3 = arrays["f"].astype(np.int64)
    if faces_F3.size == 0 or faces_F3.min() < 0 or faces_F3.max() >= vertices:
        raise ValueError(f"f: found triangles beyond the {vertices} vertices, or none")
    if (arrays["weights"] < -1e-6).any() or np.abs(arrays["weights"].sum(axis=1) - 1).max() > 1e-2:
        raise ValueError("weights: found rows that are negative or do not sum to 1")
    height_m = float(np.ptp(arrays["v_template"][:, 1]))
    if not 1.0 < height_m < 2.5:
        raise ValueError(f"v_template: found a body {height_m:.3g} m high, expected a person in metres, y up")
    return Body(
        template_V3=arrays["v_template"].astype(np.float32),
        shape_directions_V3B=np.ascontiguousarray(arrays["shapedirs"][..., :BETAS], np.float32),
        joint_regressor_JV=arrays["J_regressor"].astype(np.float32),
        weights_VJ=arrays["weights"].astype(np.float32),
        faces_F3=faces_F3.astype(np.int32),
        pose_directions_V3P=np.ascontiguousarray(arrays["posedirs"], np.float32),
    )


def _shape(arrays: dict[str, Array], key: str, *expected: int | None) -> None:
    found = arrays[key].shape
    if len(found) != len(expected) or any(size not in (None, here) for size, here in zip(expected, found, strict=True)):
        sizes = ", ".join("any" if size is None else str(size) for size in expected)
        raise ValueError(f"{key}: found shape {found}, expected ({sizes})")
