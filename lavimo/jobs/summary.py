"""What a workflow says when it has ended: what was made, and where."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

LISTED = 3
"""Files of one kind in one folder that are named one by one; of more, their number."""


def what_was_made(files: Iterable[str]) -> str:
    """The files and folders, a line each; many of one kind in one folder are one line."""
    kinds: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    for path in sorted(set(map(Path, files))):
        kinds[path.parent, path.suffix].append(path)
    lines = ["lavimo: all that was asked for is there"]
    for (folder, suffix), paths in kinds.items():
        kind = f"{suffix[1:]} files" if suffix else "folders"
        some = len(paths) <= LISTED or folder.name == ""
        lines += [f"  {path}" for path in paths] if some else [f"  {folder}/  ({len(paths)} {kind})"]
    return "\n".join(lines)
