"""What every section of the configuration has in common."""

from pydantic import BaseModel, ConfigDict


class Options(BaseModel):
    """A section of the configuration: frozen, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
