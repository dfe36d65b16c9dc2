"""Pages of the site that do not lie in docs/: what links lead to elsewhere in the repository comes along, under
repository/, and the links are made to fit. MkDocs calls the `on_` functions (mkdocs.yml)."""

import os
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
ELSEWHERE = "repository/"
LINK = re.compile(r"(\]\()([^)#\s:]+)(#[^)]*)?\)")
"""A Markdown link or picture to a path of the repository."""


def on_files(files: Files, config: Any) -> Files:
    """Add what pages link to outside of docs/, and what those link to."""
    waiting = [_page(file) for file in files.documentation_pages()]
    while waiting:
        page = waiting.pop()
        for link in LINK.finditer(page.read_text(encoding="utf-8")):
            target = _target(page, link[2])
            place = _place(target, config)
            if target.is_file() and files.get_file_from_path(place) is None:
                files.append(File.generated(config, place, abs_src_path=str(target)))
                waiting += [target] if target.suffix == ".md" else []
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Links as they lead on the site."""
    here, there = _page(page.file), Path(page.file.src_uri).parent

    def fitted(link: re.Match[str]) -> str:
        place = os.path.relpath(_place(_target(here, link[2]), config), there)
        return f"{link[1]}{Path(place).as_posix()}{link[3] or ''})"

    return LINK.sub(fitted, markdown)


def _page(file: File) -> Path:
    return Path(str(file.abs_src_path)).resolve()


def _target(page: Path, link: str) -> Path:
    """The file that a page's link means; of a folder its README."""
    target = (page.parent / link).resolve()
    return target / "README.md" if target.is_dir() else target


def _place(target: Path, config: Any) -> str:
    """Where a file of the repository stands on the site."""
    docs = Path(config["docs_dir"]).resolve()
    if target.is_relative_to(docs):
        return target.relative_to(docs).as_posix()
    return ELSEWHERE + target.relative_to(ROOT).as_posix()
