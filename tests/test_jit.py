"""numba's functions run where nothing can be written: a read-only checkout and no home."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_without_a_place_for_a_cache_functions_are_compiled_all_the_same():
    """numba asks its locators where it may write; here none of them has a place."""
    code = """
import numba.core.caching as caching
caching.CacheImpl._locator_classes = []
from lavimo.formats.bvh.numbers import numbers_of
assert numbers_of(b"1.5 2").tolist() == [1.5, 2.0]
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_compiled_function_goes_through_it():
    for path in (ROOT / "lavimo").rglob("*.py"):
        if path.name != "jit.py":
            assert not re.search(r"^\s*(import|from) numba", path.read_text(encoding="utf-8"), re.MULTILINE), path


def test_torch_keeps_its_number_of_threads():
    code = """
import numpy as np
import torch
from lavimo.search.products import products
products(np.ones((9, 4), np.int8), np.ones(9, np.float32), np.ones(4, np.int8), np.float32(1))
print(torch.get_num_threads())
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "2"}
    assert subprocess.check_output([sys.executable, "-c", code], env=environment).strip() == b"1"


def test_what_was_just_compiled_and_what_the_cache_holds_give_the_same_bytes(tmp_path):
    """Found by killing a workflow: a video's distances from motions differed in their last digits."""
    code = """
import sys, zlib
sys.path.insert(0, "tests/landmarks")
from test_match import some
from lavimo.config import MatchOptions
from lavimo.landmarks.match import distances
print(zlib.crc32(distances(some(20, 1), some(30, 2), MatchOptions()).tobytes()))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(tmp_path)}
    said = [subprocess.check_output([sys.executable, "-c", code], env=environment, cwd=ROOT) for _ in range(2)]
    assert said[0] == said[1]
    assert any(tmp_path.rglob("*.nbc"))


def test_what_may_reorder_sums_calls_nothing_that_is_compiled_apart():
    """Two copies of it, this process's and the cache's, may have been optimised in different ways."""
    options: dict[str, set[str]] = {}
    calls: dict[str, set[str]] = {}
    for path in (ROOT / "lavimo").rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and "njit" in (
                made := " ".join(map(ast.unparse, function.decorator_list))
            ):
                options[function.name] = set(re.findall(r"\w+=[^,)]+", made))
                called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
                calls[function.name] = {name.id for name in called if isinstance(name, ast.Name)}
    fast = [name for name in options if "fastmath=True" in options[name]]
    assert len(fast) > 5
    for name in fast:
        apart = [other for other in calls[name] & options.keys() if "inline='always'" not in options[other]]
        assert not apart, f"{name} calls {apart}"
