"""How errors of the configuration read."""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic import ValidationError

from lavimo.config.options import Options


def nearest(key: str, known: Iterable[str]) -> str:
    """The known key that an unknown one may be a slip of, as the end of a sentence; empty if none is near."""
    close = get_close_matches(key, sorted(known), 1)
    return f"; did you mean {close[0]}?" if close else ""


def explain(error: ValidationError, model: type[Options]) -> str:
    """A validation error as one line a key: where, what was found, what was expected.

    Args:
        model: what was validated.
    """
    lines = [f"the configuration has {error.error_count()} error(s):"]
    for fault in error.errors():
        key = ".".join(map(str, fault["loc"])) or "(the whole)"
        if fault["type"] == "extra_forbidden":
            hint = nearest(str(fault["loc"][-1]), _known(model, fault["loc"][:-1]))
            lines.append(f"  {key}: unknown key{hint or '; `lavimo config` prints the keys there are'}")
        elif fault["type"] == "missing":
            lines.append(f"  {key}: missing")
        else:
            lines.append(f"  {key}: found {fault['input']!r}: {fault['msg']}")
    return "\n".join(lines)


def _known(model: type[Options], keys: tuple[int | str, ...]) -> set[str]:
    """The keys that there are in the section of a section ... that `keys` name."""
    for key in keys:
        field = model.model_fields.get(str(key))
        if field is None or not (isinstance(field.annotation, type) and issubclass(field.annotation, Options)):
            return set()
        model = field.annotation
    return set(model.model_fields)
