"""What `verify` found: one finding a subject, a table for people and JSON for machines."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeVar

from lavimo.files import atomic

Status = Literal["ok", "note", "problem"]
Value = TypeVar("Value")
SHOWN = 20
"""How many findings of one check and status people are shown; the JSON has all."""


@dataclass(frozen=True)
class Finding:
    """What a check says of a subject: a table, a subset, a file, a clip."""

    status: Status
    check: str
    subject: str
    text: str


class Findings(list[Finding]):
    """Findings as they come. No check stops those after it."""

    def ok(self, check: str, subject: str, text: str) -> None:
        """All is well."""
        self.append(Finding("ok", check, subject, text))

    def note(self, check: str, subject: str, text: str) -> None:
        """Something to know, which stops nothing."""
        self.append(Finding("note", check, subject, text))

    def problem(self, check: str, subject: str, text: str) -> None:
        """Something to repair."""
        self.append(Finding("problem", check, subject, text))

    def attempt(self, check: str, subject: str, make: Callable[[], Value]) -> Value | None:
        """What `make` returns; if it raises ValueError, each line of that is a problem, and None is returned."""
        try:
            return make()
        except ValueError as error:
            for line in str(error).splitlines():
                self.problem(check, subject, line)
            return None

    @property
    def problems(self) -> int:
        """How many there are."""
        return sum(finding.status == "problem" for finding in self)


def table_of(findings: Sequence[Finding]) -> str:
    """The table for people, in the order of the checks, those of one kind cut short."""
    rows: list[tuple[str, str, str, str]] = []
    shown: dict[tuple[str, str], int] = {}
    for finding in findings:
        kind = (finding.status, finding.check)
        shown[kind] = shown.get(kind, 0) + 1
        if shown[kind] <= SHOWN:
            rows.append((finding.status, finding.check, finding.subject, finding.text))
    rows += [
        (status, check, "...", f"and {count - SHOWN} more, which the JSON names")
        for (status, check), count in shown.items()
        if count > SHOWN
    ]
    order = {check: index for index, check in enumerate(dict.fromkeys(finding.check for finding in findings))}
    rows.sort(key=lambda row: order[row[1]])
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    return "\n".join("  ".join([*(f"{cell:{width}}" for cell, width in zip(row, widths)), row[3]]) for row in rows)


def write_json(path: Path, source: str, kind: str, findings: Findings) -> None:
    """Write every finding: {source, kind, problems, findings: [{status, check, subject, text}]}."""
    content = {
        "source": source,
        "kind": kind,
        "problems": findings.problems,
        "findings": [asdict(finding) for finding in findings],
    }
    with atomic(path) as partial:
        partial.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
