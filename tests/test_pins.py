"""The three lists of packages agree: what is asked for, what is pinned, and the clusters' environment."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def plain(name: str) -> str:
    """A package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for() -> set[str]:
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return {plain(re.match(r"[\w.-]+", one)[0]) for one in dependencies if "!= 'Linux'" not in one}


def pinned(lines) -> dict[str, str]:
    return {plain(line.split("==")[0]): line.split("==")[1].strip() for line in lines if "==" in line}


def test_every_dependency_is_pinned_and_the_environment_is_the_same():
    constraints = pinned((ROOT / "constraints.txt").read_text().splitlines())
    dependencies = yaml.safe_load((ROOT / "envs/lavimo.yaml").read_text())["dependencies"]
    environment = pinned(dependencies[-1]["pip"])
    assert asked_for() <= set(constraints), "pin what pyproject.toml asks for in constraints.txt"
    assert set(environment) == asked_for(), "envs/lavimo.yaml lists pyproject.toml's dependencies and nothing else"
    assert environment == {name: constraints[name] for name in environment}
