"""What a terminal of our own was shown; it may come in pieces."""

import os
import select

PATIENCE_S = 5.0


def shown(reader: int) -> str:
    """All until the end of a line, or until nothing comes any more."""
    text = ""
    while not text.endswith("\r\n") and select.select([reader], [], [], PATIENCE_S)[0]:
        text += os.read(reader, 1000).decode()
    return text
