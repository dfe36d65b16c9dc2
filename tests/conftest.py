"""What tests of several rooms share: a BVH file of known content, and a body in the form of SMPL's files."""

import io
import os
import pickle
import struct
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import scipy.sparse as sp
from browser import browser, tab  # noqa: F401  (fixtures)
from library import little  # noqa: F401

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported: pytest-xdist has the other cores
# Where Python is told to keep no compiled modules, as in many containers, each of the many processes that tests start
# would compile thousands.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One of several workers gets the whole of a file, or of a named group, whose tests share what is made for them."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.location[0]))


HIERARCHY = """HIERARCHY
ROOT Hips
{{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
{joints}}}
"""
# Joint, children; offsets in centimetres, T-pose, y up, facing z, left is +x.
TREE = {
    "Hips": ["LeftUpLeg", "RightUpLeg", "Spine"],
    "LeftUpLeg": ["LeftLeg"], "LeftLeg": ["LeftFoot"], "LeftFoot": ["LeftToeBase"], "LeftToeBase": [],
    "RightUpLeg": ["RightLeg"], "RightLeg": ["RightFoot"], "RightFoot": ["RightToeBase"], "RightToeBase": [],
    "Spine": ["Spine1"], "Spine1": ["Neck", "LeftShoulder", "RightShoulder"], "Neck": ["Head"], "Head": [],
    "LeftShoulder": ["LeftArm"], "LeftArm": ["LeftForeArm"], "LeftForeArm": ["LeftHand"], "LeftHand": [],
    "RightShoulder": ["RightArm"], "RightArm": ["RightForeArm"], "RightForeArm": ["RightHand"], "RightHand": [],
}  # fmt: skip
OFFSETS = {
    "UpLeg": (10, -5, 0), "Leg": (0, -40, 0), "Foot": (0, -42, -2), "ToeBase": (0, -5, 14),
    "Spine": (0, 15, 0), "Spine1": (0, 20, -2), "Neck": (0, 25, 2), "Head": (0, 10, 2),
    "Shoulder": (5, 18, 2), "Arm": (12, 0, 0), "ForeArm": (26, 0, 0), "Hand": (25, 0, 0),
}  # fmt: skip


@pytest.fixture(scope="session")
def write_bvh() -> Callable[..., Path]:
    """A function that writes a BVH of a person who sways, as `write_bvh(path, frames=..., seed=..., fps=...)`."""

    def joint(name: str, depth: int) -> str:
        side = -1 if name.startswith("Right") else 1
        x, y, z = OFFSETS[name.removeprefix("Left").removeprefix("Right")]
        pad = "  " * depth
        inner = "".join(joint(child, depth + 1) for child in TREE[name])
        if not TREE[name]:
            inner = f"{pad}  End Site\n{pad}  {{\n{pad}    OFFSET {side * 2} 0 5\n{pad}  }}\n"
        head = f"{pad}  OFFSET {side * x} {y} {z}\n{pad}  CHANNELS 3 Zrotation Yrotation Xrotation\n"
        return f"{pad}JOINT {name}\n{pad}{{\n{head}{inner}{pad}}}\n"

    def write(path: Path, frames: int = 90, seed: int = 0, fps: float = 30.0) -> Path:
        hierarchy = HIERARCHY.format(joints="".join(joint(child, 1) for child in TREE["Hips"]))
        generator = np.random.default_rng(seed)
        channels = 3 + 3 * len(TREE)
        time_T1 = np.arange(frames)[:, None] / fps
        phases, sizes = generator.uniform(0, 2 * np.pi, channels), generator.uniform(0, 12, channels)
        values = sizes * np.sin(2 * np.pi * 0.5 * time_T1 + phases)
        values[:, :3] = [0, 94, 0] + 0.3 * values[:, :3]
        rows = "\n".join(" ".join(f"{value:.4f}" for value in row) for row in values)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{hierarchy}MOTION\nFrames: {frames}\nFrame Time: {1 / fps:.6f}\n{rows}\n")
        return path

    return write


class Python2Pickler(pickle._Pickler):
    """Writes words and bytes as Python 2 did."""

    dispatch: ClassVar = dict(pickle._Pickler.dispatch)

    def save_bytes(self, data: bytes) -> None:
        """One of Python 2's words."""
        counted = b"T" + struct.pack("<i", len(data)) + data
        self.write(counted if self.bin else b"S" + repr(data)[1:].encode() + b"\n")

    def save_str(self, text: str) -> None:
        """A word of latin-1."""
        self.save_bytes(text.encode("latin-1"))

    dispatch[bytes] = save_bytes
    dispatch[str] = save_str


def python2_pickle(value: Any, protocol: int) -> bytes:
    """A pickle as Python 2 and the libraries of its time wrote it."""
    file = io.BytesIO()
    Python2Pickler(file, protocol).dump(value)
    data = file.getvalue()
    for new, old in ((b"cnumpy._core.", b"cnumpy.core."), (b"cscipy.sparse._cs", b"cscipy.sparse.cs")):
        data = data.replace(new, old)
    return data


@pytest.fixture(scope="session")
def other_body() -> dict[str, Any]:
    """SMPL's arrays of a body unlike the embedded one: no eyeballs, vertices in another order, triangles halved at
    the hips, joints moved, shapes mixed, pose blend shapes."""
    from lavimo.body.body import embedded_body
    from lavimo.body.skeleton import PARENTS

    body, rng = embedded_body(), np.random.default_rng(5)
    kept, faces = _without_eyes(body.faces_F3)
    template, weights = body.template_V3[kept].astype(float), body.weights_VJ[kept].astype(float)
    mixing = np.linalg.qr(rng.normal(size=(10, 10)))[0]
    shapes = body.shape_directions_V3B[kept].astype(float) @ mixing
    regressor = body.joint_regressor_JV[:, kept].astype(float)
    faces, ends = _halved(faces, np.abs(template[:, 1] - template[:, 1].mean()) < 0.15)
    template, weights, shapes = (
        np.concatenate([values, values[ends].mean(axis=1)]) for values in (template, weights, shapes)
    )
    regressor = np.concatenate([regressor, np.zeros((24, len(ends)))], axis=1)
    regressor[:, 7] += 0.02
    regressor[:, 7 + 3000] -= 0.02
    order = rng.permutation(len(template))
    place = np.argsort(order)
    return {
        "v_template": template[order] * [1.02, 1.04, 0.98],
        "shapedirs": shapes[order],
        "posedirs": rng.normal(0, 2e-3, (len(order), 3, 207)),
        "J_regressor": regressor[:, order],
        "weights": weights[order],
        "kintree_table": np.array([PARENTS, np.arange(24)]).astype(np.uint32),
        "f": place[faces].astype(np.uint32),
    }


def _without_eyes(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    vertices = int(faces.max()) + 1
    edges = sp.coo_matrix((np.ones(faces.size), (faces.ravel(), np.roll(faces, 1, axis=1).ravel())), (vertices,) * 2)
    part = sp.csgraph.connected_components(edges, directed=False)[1]
    kept = np.flatnonzero(part == np.bincount(part).argmax())
    place = np.full(vertices, -1)
    place[kept] = np.arange(len(kept))
    return kept, place[faces[np.isin(faces[:, 0], kept)]]


def _halved(faces: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangles with some edges between chosen vertices cut at the middle, no two of one triangle; each new vertex's
    ends."""
    triangles = {edge: face for face, (i, j, k) in enumerate(faces.tolist()) for edge in ((i, j), (j, k), (k, i))}
    ends, pieces, cut = [], [], set()
    for (start, end), face in triangles.items():
        other = triangles[end, start]
        if start < end and chosen[start] and chosen[end] and not {face, other} & cut:
            middle = len(chosen) + len(ends)
            ends.append((start, end))
            cut |= {face, other}
            for first, second, triangle in ((start, end, face), (end, start, other)):
                (apex,) = set(faces[triangle].tolist()) - {start, end}
                pieces += [(first, middle, apex), (middle, second, apex)]
    return np.concatenate([np.delete(faces, sorted(cut), axis=0), pieces]), np.array(ends)


@pytest.fixture(scope="session")
def write_smpl() -> Callable[..., Path]:
    """A function that writes arrays as SMPL's files have them: `write_smpl(path, arrays, protocol=2, directions=10)`.

    Chumpy's arrays and selections of them, sparse regressors, Python 2's words, and arrays that nobody asks for.
    """

    def write(path: Path, arrays: dict[str, Any], protocol: int = 2, directions: int = 10) -> Path:
        chumpy, ch, reordering = (types.ModuleType(name) for name in ("chumpy", "chumpy.ch", "chumpy.reordering"))
        ch.Ch = type("Ch", (), {"__module__": "chumpy.ch", "__qualname__": "Ch"})
        reordering.Select = type("Select", (), {"__module__": "chumpy.reordering", "__qualname__": "Select"})
        arrays = {key: value for key, value in arrays.items() if value is not None}

        def chumpy_array(values: Any, **more: Any) -> Any:
            made = ch.Ch()
            made.__dict__.update(x=values, _dirty_vars=set(), _itr=None, _depends_on_deps={}, _status="new", **more)
            return made

        def selection(values: np.ndarray) -> Any:
            made = reordering.Select()
            more = max(0, directions - values.shape[2])
            wide = np.concatenate([values, np.ones((*values.shape[:2], more + 1))], axis=2)
            idxs = np.arange(wide.size).reshape(wide.shape)[..., :-1].ravel()
            source = chumpy_array(wide, child=made)
            made.__dict__.update(a=source, idxs=idxs, preferred_shape=(*wide.shape[:2], wide.shape[2] - 1))
            return made

        if isinstance(arrays.get("shapedirs"), np.ndarray) and arrays["shapedirs"].ndim == 3:
            arrays["shapedirs"] = selection(arrays["shapedirs"])
        for key in ("posedirs", "v_template"):
            if isinstance(arrays.get(key), np.ndarray):
                arrays[key] = chumpy_array(arrays[key])
        if isinstance(arrays.get("J_regressor"), np.ndarray):
            arrays["J_regressor"] = sp.csc_matrix(arrays["J_regressor"])
        if isinstance(arrays.get("weights"), np.ndarray):
            arrays["weights"] = np.asfortranarray(arrays["weights"])
        arrays |= {"bs_style": "lbs", "pose_training_info": {"subjects": [1, 2.5, True, None]}}
        modules = {"chumpy": chumpy, "chumpy.ch": ch, "chumpy.reordering": reordering}
        before = {name: sys.modules.get(name) for name in modules}
        sys.modules.update(modules)
        try:
            data = python2_pickle(arrays, protocol) if protocol <= 2 else pickle.dumps(arrays, protocol)
        finally:
            for name, module in before.items():
                sys.modules.pop(name)
                if module is not None:
                    sys.modules[name] = module
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    return write


@pytest.fixture(scope="session")
def wardrobe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of three dressed avatars."""
    from lavimo.avatar.wardrobe import dress_all
    from lavimo.config import DressOptions

    path = tmp_path_factory.mktemp("wardrobe") / "avatars.safetensors"
    dress_all(path, DressOptions(avatars=("jonas", "mei", "kofi")))
    return path


@pytest.fixture(scope="session")
def cpu() -> Any:
    """The session's rasteriser, for pictures of 256 x 256."""
    from lavimo.render.renderer import renderer_of_process

    return renderer_of_process("cpu", 256)


@pytest.fixture(scope="session")
def egl() -> Any:
    """The session's OpenGL context, one a process. Without EGL its tests skip, but in CI they fail."""
    from lavimo.render.renderer import renderer_of_process

    try:
        return renderer_of_process("egl", 256)
    except ValueError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
