"""The page's own files (static/), and three.js, which `fetch_page` brings out of its package on npm."""

import os
import sys
import tarfile
from base64 import b64encode
from hashlib import sha512
from io import BytesIO
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from lavimo.files import atomic

PAGE = Path(__file__).parent / "static"
VARIABLE = "LAVIMO_PAGE"
REGISTRY = os.environ.get("NPM_CONFIG_REGISTRY", "https://registry.npmjs.org").rstrip("/")
VERSION = "0.180.0"
PACKAGE = f"three/-/three-{VERSION}.tgz"
INTEGRITY = "sha512-o+qycAMZrh+TsE01GqWUxUIKR1AL0S8pq7zDkYOQw8GqfX8b8VoCKYUoHbhiX5j+7hr8XsuHDVU6+gkQJQKg9w=="
FILES = {
    "package/build/three.module.min.js": "three.module.min.js",
    "package/build/three.core.min.js": "three.core.min.js",
    "package/examples/jsm/controls/OrbitControls.js": "OrbitControls.js",
    "package/examples/jsm/loaders/GLTFLoader.js": "loaders/GLTFLoader.js",
    "package/examples/jsm/utils/BufferGeometryUtils.js": "utils/BufferGeometryUtils.js",
    "package/LICENSE": "LICENSE",
}
"""Files of the package, and where they lie for the page."""
TIMEOUT_S = 60


def vendored() -> Path:
    """The folder of the fetched files: the environment's."""
    told = os.environ.get(VARIABLE)
    return Path(told) if told else Path(sys.prefix) / "share" / "lavimo" / f"three-{VERSION}"


def has_viewer() -> bool:
    """Whether three.js is there."""
    return all((vendored() / name).is_file() for name in FILES.values())


def fetch_page() -> Path:
    """Bring three.js (MIT) to the environment; nothing if it is there.

    Raises:
        ValueError: the registry does not answer, or what it gives is not genuine.
    """
    folder = vendored()
    if has_viewer():
        return folder
    address = f"{REGISTRY}/{PACKAGE}"
    try:
        with urlopen(address, timeout=TIMEOUT_S) as answer:
            content = answer.read()
    except (URLError, OSError) as error:
        raise ValueError(
            f"{address}: cannot be fetched ({error}); without it the page of `lavimo app` has no 3D viewer"
        ) from error
    found = f"sha512-{b64encode(sha512(content).digest()).decode()}"
    if found != INTEGRITY:
        raise ValueError(f"{address}: found {found}, expected {INTEGRITY}")
    with tarfile.open(fileobj=BytesIO(content)) as archive:
        for member, name in FILES.items():
            inside = archive.extractfile(member)
            assert inside is not None
            up = "../" if "/" in name else "./"
            # A bare name needs an import map, which the page's own security policy forbids.
            text = inside.read().replace(b"from 'three'", f"from '{up}three.module.min.js'".encode())
            with atomic(folder / name) as partial:
                partial.write_bytes(text)
    return folder
