"""What every section of the configuration has in common."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue, field_validator

MEANS: dict[str, JsonValue] = {"means": True}
"""Marks a field that says how the work is done and not what comes out: a change of it makes nothing again."""
MEANS_VARIABLE = "LAVIMO_MEANS"
"""The environment variable in which the workflow hands these to its jobs, as JSON."""


class Options(BaseModel):
    """A section of the configuration: frozen, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @field_validator("*", mode="after")
    @classmethod
    def _at_home(cls, value: Any) -> Any:
        """`~` in a path is the user's home, as in a shell."""
        return value.expanduser() if isinstance(value, Path) and str(value).startswith("~") else value

    @classmethod
    def means(cls) -> set[str]:
        """The fields that are marked with `MEANS`."""
        return {name for name, field in cls.model_fields.items() if field.json_schema_extra == MEANS}

    def what(self) -> dict[str, Any]:
        """All that decides what comes out, as JSON has it: the fields without the means."""
        return self.model_dump(mode="json", exclude=self.means())

    def how(self) -> dict[str, Any]:
        """The means, as JSON has them."""
        return self.model_dump(mode="json", include=self.means())
