"""What every section of the configuration has in common."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue, field_validator, model_validator

EXECUTION: dict[str, JsonValue] = {"execution": True}
"""Marks a field that says how the work is done and not what comes out: a change of it makes nothing again."""
EXECUTION_VARIABLE = "LAVIMO_EXECUTION"
"""The environment variable in which the workflow hands these to its jobs, as JSON."""


def formerly(name: str) -> dict[str, JsonValue]:
    """Marks a field that had another name: the old one still loads, and results that were made under it stay."""
    return {"formerly": name}


class Options(BaseModel):
    """A section of the configuration: frozen, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _new_names(cls, values: Any) -> Any:
        """Old names are new ones, in files of models and options of jobs too."""
        return cls.with_new_names(values) if isinstance(values, Mapping) else values

    @field_validator("*", mode="after")
    @classmethod
    def _in_the_home_folder(cls, value: Any) -> Any:
        """`~` in a path is the user's home folder, as in a shell."""
        return value.expanduser() if isinstance(value, Path) and str(value).startswith("~") else value

    @classmethod
    def old_names(cls) -> dict[str, str]:
        """The new name of each field that had another."""
        extras = {name: field.json_schema_extra for name, field in cls.model_fields.items()}
        return {
            str(extra["formerly"]): name
            for name, extra in extras.items()
            if isinstance(extra, dict) and "formerly" in extra
        }

    @classmethod
    def with_new_names(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a section under their fields' names of today.

        Raises:
            ValueError: a field under both names.
        """
        new = cls.old_names()
        for old, name in new.items():
            if old in values and name in values:
                raise ValueError(f"found {old} and {name}, expected {name} alone: {old} is its old name")
        return {new.get(key, key): value for key, value in values.items()}

    @classmethod
    def execution_fields(cls) -> set[str]:
        """The fields that are marked with `EXECUTION`."""
        return {name for name, field in cls.model_fields.items() if field.json_schema_extra == EXECUTION}

    def outcome(self) -> dict[str, Any]:
        """All that decides what comes out, as JSON has it, under the names by which results know it."""
        old = {name: old for old, name in self.old_names().items()}
        dumped = self.model_dump(mode="json", exclude=self.execution_fields())
        fields = {name: getattr(self, name) for name in dumped}
        return {
            old.get(name, name): field.outcome() if isinstance(field, Options) else dumped[name]
            for name, field in fields.items()
        }

    def execution(self) -> dict[str, Any]:
        """How the work is done, as JSON has it."""
        return self.model_dump(mode="json", include=self.execution_fields())
