"""Options of the robustness page: what is changed, for the test split only, before trained runs are asked again."""

import re
from typing import Any

from pydantic import Field, model_validator

from lavimo.config.options import Options


class PerturbOptions(Options):
    """What happens to the motions themselves, so that their features and their videos both change."""

    fps: float = Field(20.0, gt=0, le=20)
    """Frames a second that are kept of a motion; those between are interpolated, as for a slow camera's recording."""
    share: float = Field(1.0, gt=0, le=1)
    """The leading part of a motion that is kept."""


class VariantOptions(Options):
    """A variant: entries of these sections that it overrides."""

    perturb: dict[str, Any] = Field(default_factory=dict)
    """Entries of `perturb`."""
    animate: dict[str, Any] = Field(default_factory=dict)
    """Entries of `animate`."""
    render: dict[str, Any] = Field(default_factory=dict)
    """Entries of `render`."""
    sample_frames: dict[str, Any] = Field(default_factory=dict)
    """Entries of `sample_frames`."""

    @model_validator(mode="after")
    def _changes_something(self) -> "VariantOptions":
        if not any(self.model_dump().values()):
            raise ValueError("found nothing that it changes, expected an entry of perturb, animate, render, ...")
        return self


class RobustnessOptions(Options):
    """Variants by what they try (`view`, `length`) and by name."""

    factors: dict[str, dict[str, VariantOptions]] = Field(default_factory=dict)
    """What is tried, and the variants of it."""
    bootstrap_samples: int = Field(1000, ge=1)
    """Resamplings of the queries behind the interval of each change."""
    bootstrap_seed: int = Field(0, ge=0)
    """Draws the resamplings."""

    @model_validator(mode="after")
    def _names_name_folders(self) -> "RobustnessOptions":
        for name in (*self.factors, *(name for variants in self.factors.values() for name in variants)):
            if not re.fullmatch("[a-z0-9_]+", name):
                raise ValueError(f"found the name {name!r}, expected small letters, digits and _")
        return self

    @property
    def variants(self) -> dict[str, VariantOptions]:
        """Every variant by its folder's name, such as `view-side`."""
        return {
            f"{factor}-{name}": variant
            for factor, variants in self.factors.items()
            for name, variant in variants.items()
        }
