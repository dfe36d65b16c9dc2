"""Options of commands that had another name: the old one still works, and one line names the new one."""

import sys

from lavimo.versions import OLD_NAMES_UNTIL

NEW_NAMES = {
    ("search", "--unlike"): "--negative",
    ("search", "--again"): "--rerank",
    ("search", "--once"): "--no-rerank",
    ("search", "--least-s"): "--min-s",
    ("search", "--most-s"): "--max-s",
    ("caption", "--terse"): "--split-captions",
}


def with_new_names(command: str, arguments: list[str]) -> list[str]:
    """A command's arguments under the names of today; for each old one a line on standard error."""
    made = []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        new = NEW_NAMES.get((command, name), name)
        if new != name:
            sys.stderr.write(f"lavimo: {name} is {new} now; the old name is read until version {OLD_NAMES_UNTIL}\n")
        made.append(new + equals + value)
    return made
