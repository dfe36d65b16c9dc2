"""Arrays from what a pickle says of them: numpy's, chumpy's and scipy.sparse's, made here from plain bytes.

Nothing of numpy's, chumpy's or scipy's own reconstruction runs, and no array is larger than the bytes that the file
holds for it allow, a sparse matrix's zeros apart.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.body.unpickle import Recorded

Array = NDArray[Any]

DTYPES = {
    f"{kind}{size}" for kind, sizes in (("f", (2, 4, 8)), ("iu", (1, 2, 4, 8))) for kind in kind for size in sizes
}
DEEPEST = 8
"""Chumpy objects within chumpy objects."""
MOST_ENTRIES = 50_000_000
"""Of a sparse matrix once it is dense: seven times SMPL's largest."""


def pickled_array(value: Any, depth: int = DEEPEST) -> Array:
    """A value of a pickle as an array of numbers.

    Raises:
        ValueError: it is something else, or its parts contradict each other.
    """
    if not isinstance(value, Recorded):
        raise ValueError(f"found a {type(value).__name__}, expected an array")
    module, name = value.maker
    if name == "_reconstruct":
        return _numpy(value.state)
    if name == "_frombuffer":
        return _from_buffer(value.arguments)
    if name == "scalar":
        dtype, data = _count(value.arguments, 2)
        return _from_bytes(data, dtype, ())
    if module.startswith("scipy.sparse"):
        return _sparse(name, _words(value), depth)
    if module.startswith("chumpy"):
        return _chumpy(f"{module}.{name}", _words(value), depth)
    raise ValueError(f"found {module}.{name}, expected an array")


def _numpy(state: Any) -> Array:
    """An ndarray's state: version, shape, dtype, whether the first index runs fastest, bytes."""
    _, shape, dtype, fortran, data = _count(state, 5)
    return _from_bytes(data, dtype, shape, "F" if fortran else "C")


def _from_buffer(arguments: Any) -> Array:
    data, dtype, shape, order = _count(arguments, 4)
    return _from_bytes(data, dtype, shape, "F" if order == "F" else "C")


def _from_bytes(data: Any, dtype: Any, shape: Any, order: Any = "C") -> Array:
    kind, raw, shape = _dtype(dtype), _raw(data), _shape(shape)
    if len(raw) != math.prod(shape) * kind.itemsize:
        raise ValueError(f"found {len(raw)} bytes for an array of shape {shape} and type {kind}")
    return np.frombuffer(raw, kind).reshape(shape, order=order)


def _dtype(value: Any) -> np.dtype[Any]:
    """A plain number's type, such as `f8`, and its byte order, the second entry of its state."""
    if not isinstance(value, Recorded) or value.maker.name != "dtype" or not value.arguments:
        raise ValueError("found an array whose type is none of numpy's")
    name = value.arguments[0]
    if not isinstance(name, str) or name not in DTYPES:
        raise ValueError(f"found values of type {str(name)[:20]!r}, expected numbers")
    big_endian = isinstance(value.state, tuple) and value.state[1:2] == (">",)
    return np.dtype((">" if big_endian else "<") + name)


def _raw(value: Any) -> bytes:
    """Bytes, as Python 2 gives them (a word of latin-1) and Python 3, writing for 2 (such a word, to be encoded)."""
    if isinstance(value, Recorded):
        if value.maker.name == "encode" and len(value.arguments) == 2 and value.arguments[1] in ("latin1", "latin-1"):
            value = value.arguments[0]
        elif value.maker.name == "bytes" and not value.arguments:
            value = b""
    if isinstance(value, str):
        value = value.encode("latin-1")
    if not isinstance(value, bytes):
        raise ValueError(f"found an array whose content is a {type(value).__name__}, expected bytes")
    return value


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, int):
        value = (value,)
    if not isinstance(value, (tuple, list)) or len(value) > 8:
        raise ValueError("found an array without a shape")
    sizes = tuple(pickled_array(size).item() if isinstance(size, Recorded) else size for size in value)
    if not all(type(size) is int and 0 <= size < 2**40 for size in sizes):
        raise ValueError("found an array whose shape is not made of whole numbers")
    return sizes


def _count(values: Any, expected: int) -> tuple[Any, ...]:
    if not isinstance(values, tuple) or len(values) != expected:
        raise ValueError("found an array that is described incompletely")
    return values


def _words(value: Recorded) -> dict[Any, Any]:
    if not isinstance(value.state, dict):
        raise ValueError(f"found {value.maker.module}.{value.maker.name} without content")
    return value.state


def _chumpy(name: str, state: dict[Any, Any], depth: int) -> Array:
    """A chumpy object's value: its array `x`, or entries `idxs` of another's (`a`), or another's in a new shape.

    Whatever else its state holds (caches, parents, derivatives) is left alone.
    """
    if depth == 0:
        raise ValueError("found chumpy objects within each other without end")
    if "x" in state:
        return pickled_array(state["x"], depth - 1)
    if "a" in state and "idxs" in state:
        flat_N = pickled_array(state["a"], depth - 1).ravel()
        chosen = flat_N[_inside(pickled_array(state["idxs"], depth - 1), len(flat_N))]
        return _reshape(chosen, state["preferred_shape"]) if "preferred_shape" in state else chosen
    if "a" in state and "newshape" in state:
        return _reshape(pickled_array(state["a"], depth - 1), state["newshape"])
    raise ValueError(f"found {name}, a formula of chumpy's, expected an array")


def _reshape(array: Array, shape: Any) -> Array:
    sizes = _shape(shape)
    if math.prod(sizes) != array.size:
        raise ValueError(f"found {array.size} values for an array of shape {sizes}")
    return array.reshape(sizes)


def _inside(indices: Array, size: int) -> Array:
    if indices.dtype.kind not in "iu" or (indices.size and not 0 <= indices.min() <= indices.max() < size):
        raise ValueError(f"found indices that are not whole numbers from 0 to {size - 1}")
    return indices.astype(np.int64)


def _sparse(name: str, state: dict[Any, Any], depth: int) -> Array:
    """A csc, csr or coo matrix, made dense; what stands twice is added."""
    shape = _shape(state.get("_shape", state.get("shape")))
    if len(shape) != 2 or math.prod(shape) > MOST_ENTRIES:
        raise ValueError(f"found a sparse matrix of shape {shape}, expected two sizes, at most {MOST_ENTRIES} entries")
    if depth == 0 or "data" not in state:
        raise ValueError("found a sparse matrix without data")
    entries_N = pickled_array(state["data"], depth - 1).ravel()
    if name.startswith("coo"):
        ends = state.get("coords", (state.get("row"), state.get("col")))
        row_N, column_N = (pickled_array(end, depth - 1).ravel() for end in _count(ends, 2))
    else:
        minor_N, starts = (pickled_array(state.get(key), depth - 1).ravel() for key in ("indices", "indptr"))
        majors = shape[0] if name.startswith("csr") else shape[1]
        starts = _inside(starts, len(minor_N) + 1)
        if len(starts) != majors + 1 or starts[0] != 0 or starts[-1] != len(minor_N) or (np.diff(starts) < 0).any():
            raise ValueError("found a sparse matrix whose indptr does not fit its indices")
        major_N = np.repeat(np.arange(majors), np.diff(starts))
        row_N, column_N = (major_N, minor_N) if name.startswith("csr") else (minor_N, major_N)
    if not len(row_N) == len(column_N) == len(entries_N):
        raise ValueError("found a sparse matrix with unequal numbers of places and entries")
    dense = np.zeros(shape, entries_N.dtype)
    np.add.at(dense, (_inside(row_N, shape[0]), _inside(column_N, shape[1])), entries_N)
    return dense
