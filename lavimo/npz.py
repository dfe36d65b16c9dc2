"""Arrays of numpy files that others wrote. Nothing in a file is ever executed; every fault names the file."""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HELP = "fetch or export it again"


def read_npz(path: Path, wanted: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Those of the wanted arrays that an npz file has, numbers only.

    Raises:
        ValueError: the file is missing, damaged, or a wanted array holds no finite numbers; the file is named.
    """
    wanted = set(wanted)
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files if name in wanted}
    except Exception as error:  # numpy and zipfile raise a dozen kinds on damaged files
        raise ValueError(
            f"{path}: cannot be read as npz ({type(error).__name__}: {str(error)[:300]}); {HELP}"
        ) from error
    for name, array in arrays.items():
        arrays[name] = _numbers(path, name, array)
    return arrays


def read_npy(path: Path) -> NDArray[Any]:
    """The array of an npy file, finite numbers.

    Raises:
        ValueError: the file is missing, damaged, or holds something else; the file is named.
    """
    try:
        array = np.load(path, allow_pickle=False)
    except Exception as error:
        raise ValueError(
            f"{path}: cannot be read as npy ({type(error).__name__}: {str(error)[:300]}); {HELP}"
        ) from error
    return _numbers(path, "array", array)


def npz_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of an npz file's arrays, without reading them.

    Raises:
        ValueError: the file is missing or damaged (a file that is cut short is); the file is named.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                with archive.open(member) as file:
                    version = np.lib.format.read_magic(file)
                    read = (
                        np.lib.format.read_array_header_1_0
                        if version == (1, 0)
                        else np.lib.format.read_array_header_2_0
                    )
                    shapes[member.removesuffix(".npy")] = read(file)[0]
    except Exception as error:
        raise ValueError(
            f"{path}: cannot be read as npz ({type(error).__name__}: {str(error)[:300]}); {HELP}"
        ) from error
    return shapes


def _numbers(path: Path, name: str, array: Any) -> NDArray[Any]:
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        raise ValueError(f"{path}: found no numbers in {name!r}, expected some; {HELP}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{path}: found NaN or infinite values in {name!r}, expected finite numbers; {HELP}")
    return array
