"""Options of a run."""

from typing import Any, Literal

from pydantic import Field

from lavimo.config.model import Method
from lavimo.config.options import Options, formerly

UNTRAINED = ("match", "average", "facts")


class RunOptions(Options):
    """A run: how it finds, and the entries of `model` and `train` that it overrides."""

    method: Method | Literal["match", "average", "facts"] = "lavimo"
    """`lavimo`, `temos`, `tmr`, `t2m`, `motionclip` and `motionset` are trained, with what lavimo/config/methods says;
    `match` compares landmarks of videos with motions, and `facts` words with what geometry says of motions, both
    without training; `average` asks several runs and takes the mean of their similarities."""
    rerank: str = Field("", json_schema_extra=formerly("first"))
    """Of a `match`: the run, by name, whose best answers are ranked again; empty: all motions are compared. Of `facts`:
    the run to whose cosines they are added, as a search does."""
    members: tuple[str, ...] = Field((), json_schema_extra=formerly("of"))
    """Of an `average`: the trained runs, by name."""

    model: dict[str, Any] = Field(default_factory=dict)
    """Entries of `model`."""
    train: dict[str, Any] = Field(default_factory=dict)
    """Entries of `train`."""

    @property
    def made_of(self) -> set[str]:
        """The runs, by name, that it ranks again or averages."""
        return {self.rerank, *self.members} - {""}

    def made_of_others(self, names: dict[str, str]) -> "RunOptions":
        """The same of other runs, by the names of those that they stand for."""
        members = tuple(names.get(name, name) for name in self.members)
        return self.model_copy(update={"rerank": names.get(self.rerank, self.rerank), "members": members})


def named_by(run: Any) -> set[str]:
    """The runs that a run's entry of a file names."""
    if not isinstance(run, dict):
        return set()
    members = run.get("members")
    return {str(run.get("rerank")), *map(str, members if isinstance(members, (list, tuple)) else ())}
