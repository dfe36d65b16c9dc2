"""A thousand damaged files: `make faults` tries ten thousand."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from fuzz import fuzz


@pytest.mark.slow
def test_every_reader_ends_soon_and_names_the_file():
    counts = fuzz(1000)
    assert sum(counts.values()) >= 1000
    assert {what: count for what, count in counts.items() if what[1] not in ("read", "refused")} == {}
