"""A server over the little library."""

import json
from collections.abc import Iterator

import pytest
from library import little  # noqa: F401  (a fixture)
from served import Served, served


@pytest.fixture(scope="session")
def server(little) -> Iterator[Served]:  # noqa: F811
    """One for all tests, which ask more often than a person."""
    limits = json.dumps({"uploads_per_minute": 10_000, "per_second": 10_000, "burst": 10_000})
    with served(little.index, "--limits", limits) as running:
        yield running
