"""The configuration for people: every key with its value, its default and what it means, as YAML or as a page."""

import textwrap
from collections.abc import Iterable
from typing import Any

import yaml
from pydantic.fields import FieldInfo

from lavimo.config.config import Config
from lavimo.config.options import Options

PAGE = """# The configuration

Every section and key of `config.yaml`, with its default. Generated: `make docs` writes this page from
`lavimo/config`. `lavimo config` prints the same of your experiment.
"""


def as_yaml(options: Options, changed: bool = False, dropped: Iterable[str] = ()) -> str:
    """The options as commented YAML; if `changed`, only the keys that differ from their defaults, without comments.

    Args:
        dropped: runs that were dropped by a null, which is said again: another file may have them.
    """
    if changed:
        values = _changed(options)
        return _dump({**values, "runs": {**values["runs"], **dict.fromkeys(dropped)}} if dropped else values)
    return "\n".join(_lines(options, 0, {"runs": dict.fromkeys(dropped)})).lstrip("\n") + "\n"


def as_page() -> str:
    """docs/config.md: a table a section."""
    sections: list[str] = []
    for name, field in Config.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, Options):
            sections += _section(name, section)
        else:
            sections.append(f"## `{name}`\n\n{_text(field)}\n")
    return "\n".join([PAGE, *sections])


def _section(name: str, section: type[Options]) -> list[str]:
    rows, below = [], []
    for key, field in section.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Options):
            below += _section(f"{name}.{key}", inner)
        else:
            default = _flow(section.model_construct().model_dump(mode="json")[key])
            rows.append(f"| `{key}` | `{default}` | {_text(field)} |")
    said = " ".join((section.__doc__ or "").split())
    table = ["| key | default | |", "|---|---|---|", *rows]
    return [f"## `{name}`\n\n{said}\n", *(["\n".join(table) + "\n"] if rows else []), *below]


def _lines(options: Options, depth: int, more: dict[str, dict[str, None]] | None = None) -> list[str]:
    indent, lines = "  " * depth, []
    defaults = type(options).model_construct().model_dump(mode="json")
    for key, field in type(options).model_fields.items():
        value = getattr(options, key)
        if isinstance(value, Options):
            lines += ["", *_comment(" ".join((value.__doc__ or "").split()), indent), f"{indent}{key}:"]
            lines += _lines(value, depth + 1)
        else:
            # Of runs and variants only what they override.
            dumped = options.model_dump(mode="json", include={key}, exclude_defaults=isinstance(value, dict))
            shown = {**dumped[key], **more[key]} if more and more.get(key) else dumped.get(key, {})
            default = field.get_default(call_default_factory=True, validated_data={})
            other = "" if field.is_required() or value == default else f" Default: {_flow(defaults[key])}."
            lines += [*_comment(_text(field) + other, indent), f"{indent}{key}: {_flow(shown)}"]
    return lines


def _comment(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, 116 - len(indent), initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _text(field: FieldInfo) -> str:
    return " ".join((field.description or "").split())


def _flow(value: Any) -> str:
    """A value on one line, as YAML has it."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6, sort_keys=False, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


def _dump(value: Any) -> str:
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True))


def _changed(options: Options) -> dict[str, Any]:
    return options.model_dump(mode="json", exclude_defaults=True)
