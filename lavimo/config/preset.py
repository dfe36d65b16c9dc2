"""Where sections start from: presets of sizes, and what each method's paper says."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def size_preset(name: str) -> dict[str, Any]:
    """The sections of a preset (lavimo/config/presets); none where there is no such preset."""
    path = files("lavimo.config") / "presets" / f"{name}.yaml"
    told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return told


@cache
def method_preset(method: str, paper: bool) -> dict[str, Any]:
    """What a method's own file says of `model` and `train`; with its paper's sizes if asked for."""
    path = files("lavimo.config") / "methods" / f"{method}.yaml"
    if not path.is_file():
        return {}
    told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    sizes = told.pop("paper")
    return merged(told, sizes) if paper else told


def merged(base: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """`base` with the overrides' entries, at every depth."""
    both = dict(base)
    for key, value in overrides.items():
        deep = isinstance(value, dict) and isinstance(base.get(key), dict)
        both[key] = merged(base[key], value) if deep else value
    return both
