"""`python -m lavimo` and `lavimo`: see `lavimo.cli`."""

import sys

# Their commands join the application; the help shows its groups in this order.
# isort: off
from lavimo.cli import data, pictures, model, tables, judge, look, search, export, describe  # noqa: F401
from lavimo.cli.app import APP
# isort: on


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit status: 0 done, 1 an error of the user's, 2 a command that cannot be understood."""
    try:
        APP(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
