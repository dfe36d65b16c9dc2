"""A user's table, read as people's programs save it: CSV with commas, semicolons or tabs, in UTF-8.

What is assumed is told; what cannot be known is refused, by row.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SAVE = "save it as `CSV UTF-8`"
QUOTE = (
    'a field with a separator in it stands in double quotes, and a double quote in it is written twice: "says ""hi"""'
)
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True)
class Table:
    """A table's rows by column, the columns' names in small letters, without blanks around anything.

    Attributes:
        columns: in order.
        rows: each with the line that it begins at; empty ones are left out.
        assumed: what was not as it should be and was understood all the same, in words.
    """

    columns: list[str]
    rows: list[tuple[int, dict[str, str]]]
    assumed: list[str]


def read_table(path: Path, wanted: set[str]) -> Table:
    """The table in a file.

    Args:
        wanted: columns that it must have; they tell what separates columns.

    Raises:
        ValueError: the file cannot be read, is in another encoding, lacks a column, or has rows with too many fields,
            an open quote or a line break in a field: all are named by line.
    """
    text = _text(path)
    header = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=lambda d: (len(wanted & set(_names(next(csv.reader([header], delimiter=d), [])))),))
    assumed = [] if delimiter == "," else [f"{DELIMITERS[delimiter]} between columns"]
    faults: list[str] = []
    lines = _lines(text, delimiter, faults)
    _, raw = next(lines, (1, []))
    columns = _names(raw)
    if raw[: len(columns)] != columns:
        assumed.append("column names in small letters without blanks")
    if missing := wanted - set(columns):
        raise ValueError(f"{path}: lacks the column(s) {', '.join(sorted(missing))}, found {', '.join(columns)}")
    rows, empty = [], 0
    for line, fields in lines:
        stripped = [field.strip() for field in fields]
        if not any(stripped):
            empty += bool(fields)
        elif any(stripped[len(columns) :]):
            faults.append(f"row {line}: found {len(fields)} fields, expected {len(columns)}; {QUOTE}")
        elif any("\n" in field for field in stripped):
            faults.append(f"row {line}: found a line break in a field, expected one line a row; is a quote left open?")
        else:
            rows.append((line, {**dict.fromkeys(columns, ""), **dict(zip(columns, stripped))}))
    if empty:
        assumed.append(f"{empty} empty row(s) left out")
    if faults:
        raise ValueError(f"{path}: {len(faults)} bad row(s)\n" + "\n".join(faults))
    return Table(columns, rows, assumed)


def _text(path: Path) -> str:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(
            f"{path}: cannot be read ({error}); expected a CSV with the columns clip, caption and split: "
            "see `source` in the configuration, and docs/ for where to get the data"
        ) from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4096]:
        raise ValueError(f"{path}: found UTF-16 (Excel's `Unicode text`), expected UTF-8; {SAVE}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{path}: found in row {line} a byte ({data[error.start]:#x}) that is no UTF-8, "
            f"it looks like Windows-1252; {SAVE}"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _names(header: list[str]) -> list[str]:
    names = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in header]
    while names and not names[-1]:
        names.pop()
    return names


def _lines(text: str, delimiter: str, faults: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Each row's fields, and the line that it begins at."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            told = "a quote that is never closed" if "end of data" in str(error) else f"a misplaced quote ({error})"
            faults.append(f"row {line}: found {told}; {QUOTE}")
