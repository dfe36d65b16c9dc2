"""numba's functions run where nothing can be written: a read-only checkout and no home."""

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
from lavimo.motion.formats.bvh.numbers import numbers_of
assert numbers_of(b"1.5 2").tolist() == [1.5, 2.0]
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_compiled_function_goes_through_it():
    for path in (ROOT / "lavimo").rglob("*.py"):
        if path.name != "jit.py":
            assert not re.search(r"^\s*(import|from) numba", path.read_text(encoding="utf-8"), re.MULTILINE), path
