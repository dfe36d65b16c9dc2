"""Options that had another name: a configuration with the old one still loads, and one line names the new one."""

from collections.abc import Mapping
from typing import Any, get_args, get_origin

from lavimo.config.options import Options
from lavimo.versions import OLD_NAMES_UNTIL


def with_new_names(section: Any, values: Any, sections: Mapping[str, Any], lines: list[str], where: str = "") -> Any:
    """What a configuration says, under the names of today.

    Args:
        section: the class of a section, or the type of a mapping of some.
        values: what the file says there.
        sections: the classes by name, entries of which runs and variants override.
        lines: is given a line for each old name.

    Raises:
        ValueError: an option under both names.
    """
    if not isinstance(values, Mapping):
        return values
    if not (isinstance(section, type) and issubclass(section, Options)):
        inner = get_args(section)[-1] if get_origin(section) is dict else None
        return {key: with_new_names(inner, value, sections, lines, f"{where}{key}.") for key, value in values.items()}
    new = section.old_names()
    lines += [
        f"{where}{old} is {name} now; the old name is read until version {OLD_NAMES_UNTIL}"
        for old, name in new.items()
        if old in values
    ]
    made = {}
    for key, value in section.with_new_names(values).items():
        inner = section.model_fields[key].annotation if key in section.model_fields else None
        inner = sections.get(key) if inner == dict[str, Any] else inner
        made[key] = with_new_names(inner, value, sections, lines, f"{where}{key}.")
    return made
