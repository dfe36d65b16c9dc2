"""A process that changes an index for ever, to be killed; and what must hold afterwards."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from entries import entry

from lavimo.search.open_store import open_store

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from lavimo.search.open_store import open_store
from entries import entry
store = open_store({address!r})
print("begun", flush=True)
for number in range(10**6):
    name = f"m{{number % 30}}"
    store.add([entry(name, number), entry(name + "+", number)])
    print(number, flush=True)
"""


def written(address: str) -> "subprocess.Popen[str]":
    """A process that writes pairs of items for ever, and says which are done."""
    code = WRITER.format(tests=str(Path(__file__).parent), address=address)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n", "the writer did not begin"
    return process


def check_whole(address: str, said: list[int]) -> None:
    """Of every pair both items are there, of one write, and no write that was said to be done is lost."""
    store = open_store(address)
    items = {item.name: item for item in store.items()}
    last = {f"m{number % 30}": number for number in said}
    for name, number in last.items():
        assert items[name].size >= number, f"{name}: write {number} is lost"
    for name, item in items.items():
        assert items[name.removesuffix("+")].size == item.size, f"{name}: half of a write"
        one = entry(name, item.size)
        np.testing.assert_array_equal(store.motion(item.id).rotations_TJ3, one.motion.rotations_TJ3)
    store.close()
