"""A user's SMPL: official files are read, everything else is rejected, and no file makes anything happen."""

import os
import pickle
import struct
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lavimo.body.skeleton import PARENTS
from lavimo.body.smpl_file import body_file, read_smpl

OFFICIAL = "basicmodel_m_lbs_10_207_0_v1.1.0.pkl"


@pytest.fixture(scope="module")
def small():
    """SMPL's arrays of a body of few vertices."""
    rng, vertices = np.random.default_rng(2), 90
    return {
        "v_template": rng.uniform([-0.8, -1, -0.2], [0.8, 0.7, 0.2], (vertices, 3)),
        "shapedirs": rng.normal(0, 0.01, (vertices, 3, 10)),
        "posedirs": rng.normal(0, 0.01, (vertices, 3, 207)),
        "J_regressor": rng.dirichlet(np.ones(vertices), 24) * (rng.random((24, vertices)) < 0.2),
        "weights": rng.dirichlet(np.ones(24), vertices),
        "kintree_table": np.array([PARENTS, np.arange(24)]).astype(np.uint32),
        "f": rng.integers(0, vertices, (160, 3)).astype(np.uint32),
    }


def assert_equal(body, arrays):
    np.testing.assert_array_equal(body.template_V3, arrays["v_template"].astype(np.float32))
    np.testing.assert_array_equal(body.shape_directions_V3B, arrays["shapedirs"].astype(np.float32))
    np.testing.assert_array_equal(body.pose_directions_V3P, arrays["posedirs"].astype(np.float32))
    np.testing.assert_array_equal(body.joint_regressor_JV, arrays["J_regressor"].astype(np.float32))
    np.testing.assert_array_equal(body.weights_VJ, arrays["weights"].astype(np.float32))
    np.testing.assert_array_equal(body.faces_F3, arrays["f"])


@pytest.mark.parametrize(("protocol", "directions"), [(2, 300), (0, 300), (2, 10), (3, 10), (4, 10), (5, 12)])
def test_official_files_are_read_whatever_their_protocol(tmp_path, write_smpl, small, protocol, directions):
    path = write_smpl(tmp_path / OFFICIAL, small, protocol, directions)
    assert_equal(read_smpl(path), small)
    assert "chumpy" not in sys.modules


def test_python_3_writing_for_python_2_is_read(tmp_path, small):
    path = tmp_path / "SMPL_MALE.pkl"
    path.write_bytes(pickle.dumps({**small, "posedirs": small["posedirs"].astype(">f4")}, protocol=2))
    assert_equal(read_smpl(path), small)


def test_npz_is_read(tmp_path, small):
    np.savez(tmp_path / "SMPL_MALE.npz", **small)
    assert_equal(read_smpl(tmp_path / "SMPL_MALE.npz"), small)


@pytest.mark.parametrize("form", ["csr", "csc", "coo"])
@pytest.mark.parametrize("protocol", [2, 4])
def test_sparse_matrices_of_each_kind_are_read(tmp_path, write_smpl, small, form, protocol):
    import scipy.sparse as sp

    regressor = getattr(sp, f"{form}_matrix")(small["J_regressor"])
    assert_equal(read_smpl(write_smpl(tmp_path / OFFICIAL, {**small, "J_regressor": regressor}, protocol)), small)


@pytest.mark.parametrize(
    ("name", "sex"),
    [
        ("SMPL_MALE.pkl", "male"),
        ("smpl/SMPL_FEMALE.npz", "female"),
        ("smpl/models/basicModel_f_lbs_10_207_0_v1.0.0.pkl", "female"),
        ("models/basicmodel_m_lbs_10_207_0_v1.1.0.pkl", "male"),
        ("basicModel_neutral_lbs_10_207_0_v1.0.0.pkl", "male"),
        ("smpl/SMPL_NEUTRAL.pkl", "female"),
    ],
)
def test_the_file_is_found_by_sex(tmp_path, name, sex):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert body_file(tmp_path, sex) == path
    if "neutral" not in name.lower():
        with pytest.raises(ValueError, match=r"found no SMPL body for .* avatars, expected SMPL_.*docs/smpl.md"):
            body_file(tmp_path, "female" if sex == "male" else "male")


def test_of_several_files_one_is_taken_whatever_the_order(tmp_path):
    for name in ("SMPL_NEUTRAL.pkl", "basicModel_m_lbs_10_207_0_v1.0.0.pkl", OFFICIAL):
        (tmp_path / name).touch()
    assert body_file(tmp_path, "male").name == OFFICIAL
    (tmp_path / "SMPL_MALE.pkl").touch()
    assert body_file(tmp_path, "male").name == "SMPL_MALE.pkl"
    with pytest.raises(ValueError, match=r"nowhere: found no SMPL body for male avatars"):
        body_file(tmp_path / "nowhere", "male")


def changed(array, where, value):
    array = array.copy()
    array[where] = value
    return array


@pytest.mark.parametrize(
    ("key", "change", "message"),
    [
        ("posedirs", lambda a: None, "lacks posedirs; found .*v_template"),
        ("v_template", lambda a: a[:-1], r"shapedirs: found shape \(\d+, 3, 10\), expected \(\d+, 3, any\)"),
        ("v_template", lambda a: a * 1000, "v_template: found a body .* m high, expected a person in metres"),
        ("v_template", lambda a: changed(a, 0, np.nan), "v_template: found values that are not finite"),
        ("shapedirs", lambda a: a[..., :9], "found 9 shape directions, expected at least 10"),
        ("posedirs", lambda a: a[..., :206], r"posedirs: found shape .* 206\), expected .* 207\)"),
        ("posedirs", lambda a: changed(a, (5, 1, 3), 1e300), "posedirs: found values that are not finite"),
        ("J_regressor", lambda a: np.tile(a, (3, 1))[:52], "found 52 joints .an SMPL-H file.., expected SMPL's 24"),
        ("J_regressor", lambda a: np.tile(a, (3, 1))[:55], "found 55 joints .an SMPL-X file.., expected SMPL's 24"),
        ("weights", lambda a: a[:, :23], r"weights: found shape \(\d+, 23\)"),
        ("weights", lambda a: a * 2, "weights: found rows that are negative or do not sum to 1"),
        ("kintree_table", lambda a: changed(a, (0, 5), 1), "kintree_table: found the parents"),
        ("kintree_table", lambda a: a.astype(float), "kintree_table: found values of type float64"),
        ("f", lambda a: changed(a, (9, 0), 99999), "f: found triangles beyond"),
        ("f", lambda a: a[:0], "f: found triangles beyond the .* or none"),
        ("f", lambda a: np.array([["a", "b", "c"]]), "f: found values of type 'U1', expected numbers"),
        ("f", lambda a: "triangles", "f: found a str, expected an array"),
        ("v_template", lambda a: a.astype(object), "v_template: found values of type 'O8', expected numbers"),
    ],
)
def test_wrong_arrays_are_named(tmp_path, write_smpl, small, key, change, message):
    value = change(small[key])
    path = write_smpl(tmp_path / OFFICIAL, {**small, key: value}, protocol=3, directions=0)
    with pytest.raises(ValueError, match=rf"(?s)v1.1.0.pkl is no SMPL body: .*{message}.*see docs/smpl.md"):
        read_smpl(path)


def test_damaged_files_are_refused(tmp_path, write_smpl, small):
    whole = write_smpl(tmp_path / OFFICIAL, small).read_bytes()
    for number, data in enumerate(
        [whole[: len(whole) // 2], whole[:-1], b"", b"PK\x03\x04", b"version https://git-lfs"]
    ):
        path = tmp_path / f"{number}.pkl"
        path.write_bytes(data)
        with pytest.raises(ValueError, match=r"is no SMPL body: found (a|the) pickle"):
            read_smpl(path)
    np.savez(tmp_path / "whole.npz", **small)
    archive = (tmp_path / "whole.npz").read_bytes()
    np.savez(tmp_path / "objects.npz", **{**small, "f": np.array([{}], dtype=object)})
    np.savez(tmp_path / "lacks.npz", f=small["f"])
    (tmp_path / "half.npz").write_bytes(archive[: len(archive) // 2])
    (tmp_path / "bytes.npz").write_bytes(changed(np.frombuffer(archive, np.uint8), slice(5000, 9000), 7).tobytes())
    for name in ("objects", "lacks", "half", "bytes"):
        with pytest.raises(ValueError, match=rf"{name}.npz is no SMPL body: "):
            read_smpl(tmp_path / f"{name}.npz")
    with pytest.raises(ValueError, match=r"absent.pkl: cannot be read"):
        read_smpl(tmp_path / "absent.pkl")


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def calls(marker):
    """Pickles that would make a file called `marker`, or open one, if they were run."""
    import subprocess

    import numpy as np
    from numpy.testing._private.utils import runstring

    return [
        Call(os.system, f"touch {marker}"),
        Call(subprocess.check_call, ["touch", marker]),
        Call(eval, f"open({marker!r}, 'w')"),
        Call(exec, f"open({marker!r}, 'w')"),
        Call(open, marker, "w"),
        Call(runstring, f"open({marker!r}, 'w')", {}),
        Call(np.load, marker),
        Call(np.fromfile, marker),
        Call(np.memmap, marker, "uint8", "w+", 0, 10),
        Call(getattr, [], "append"),
        Call(__import__, "antigravity"),
        Call(pickle.loads, pickle.dumps(Call(os.system, f"touch {marker}"))),
        Call(np.lib.format.open_memmap, marker, "w+", "f8", (3,)),
    ]


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_would_run_something_is_refused_and_nothing_ran(tmp_path, protocol):
    marker = tmp_path / "marker"
    for number, call in enumerate(calls(str(marker))):
        for hidden in ({"v_template": call}, {"bs_style": call}):
            path = tmp_path / f"{number}_{next(iter(hidden))}.pkl"
            path.write_bytes(pickle.dumps({"posedirs": np.zeros(3), **hidden}, protocol))
            with pytest.raises(ValueError, match=r"is no SMPL body: found '.*' in a pickle, expected arrays only"):
                read_smpl(path)
            assert not marker.exists()
    pickle.loads(pickle.dumps(calls(str(marker))[0], protocol))
    assert marker.exists(), "the pickles of this test do what they say when Python runs them"


def word(text):
    return b"X" + struct.pack("<I", len(text)) + text.encode()


def numpy_array(shape, dtype="f8", content=b""):
    """The pickle of an array with this shape, whatever its content."""
    sizes = b"(" + b"".join(b"I%d\n" % size for size in shape) + b"t"
    kind = (
        b"cnumpy\ndtype\n("
        + word(dtype)
        + b"K\x00K\x01tR(K\x03"
        + word("<")
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    )
    start = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00t" + word("b") + b"tR"
    return start + b"(K\x01" + sizes + kind + b"\x89T" + struct.pack("<i", len(content)) + content + b"tb"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (numpy_array((1 << 38,)), "found 0 bytes for an array of shape"),
        (numpy_array((-1,)), "shape is not made of whole numbers"),
        (numpy_array((2,), "O8", b"\x41" * 16), "values of type 'O8'"),
        (numpy_array((2,), "V8", b"\x41" * 16), "values of type 'V8'"),
        (numpy_array((2, 4), "f8", b"\x41" * 56), "found 56 bytes for an array of shape"),
        (b"cchumpy.ch\nCh\n)\x81p9\n}" + word("x") + b"g9\nsb", "chumpy objects within each other without end"),
        (b"cchumpy.ch\nMatVecMult\n)\x81}" + word("mtx") + b"K\x01sb", "chumpy.ch.MatVecMult, a formula"),
        (b"cchumpy.ch\nCh\n)\x81", "chumpy.ch.Ch without content"),
        (
            b"cscipy.sparse.csc\ncsc_matrix\n)\x81}" + word("_shape") + b"(I99999999\nI99999999\ntsb",
            "found a sparse matrix of shape",
        ),
        (
            b"cscipy.sparse.csc\ncsc_matrix\n)\x81}(" + word("_shape") + b"(K\x18K\x02t" + word("data")
            + numpy_array((1,), "f8", b"\0" * 8) + word("indices") + numpy_array((1,), "i8", b"\x20" + b"\0" * 7)
            + word("indptr") + numpy_array((3,), "i8", struct.pack("<3q", 0, 1, 1)) + b"ub",
            "indices that are not whole numbers from 0 to 23",
        ),
        (
            b"cscipy.sparse.csc\ncsc_matrix\n)\x81}(" + word("_shape") + b"(K\x18K\x02t" + word("data")
            + numpy_array((1,), "f8", b"\0" * 8) + word("indices") + numpy_array((1,), "i8", b"\0" * 8)
            + word("indptr") + numpy_array((3,), "i8", struct.pack("<3q", 0, 1, 0)) + b"ub",
            "indptr does not fit",
        ),
    ],
)  # fmt: skip
def test_arrays_that_contradict_themselves_are_refused(tmp_path, value, message):
    keys = ("shapedirs", "posedirs", "J_regressor", "weights", "kintree_table", "f")
    rest = b"".join(word(key) + b"K\x01" for key in keys)
    path = tmp_path / "SMPL_MALE.pkl"
    path.write_bytes(b"\x80\x02}(" + word("v_template") + value + rest + b"u.")
    with pytest.raises(ValueError, match=rf"SMPL_MALE.pkl is no SMPL body: v_template: .*{message}"):
        read_smpl(path)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 5), st.lists(st.tuples(st.integers(0, 10**9), st.binary(max_size=3)), min_size=1, max_size=4))
def test_whatever_is_damaged_the_error_says_which_file(tmp_path_factory, small, write_smpl, protocol, changes):
    path = tmp_path_factory.mktemp("changed") / OFFICIAL
    data = write_smpl(path, {**small, "posedirs": small["posedirs"][:1]}, protocol).read_bytes()
    for where, new in changes:
        where %= len(data)
        data = data[:where] + new + data[where + 1 :]
    path.write_bytes(data)
    with pytest.raises(ValueError, match="is no SMPL body: "):
        read_smpl(path)
