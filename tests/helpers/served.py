"""A real server of `lavimo app`, and how one asks it."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Served:
    """A running server."""

    def __init__(self, address: str, process: "subprocess.Popen[str]"):
        self.address, self.process = address, process

    def ask(self, path: str, data: bytes | None = None, **headers: str) -> Answer:
        """A request: GET, or POST where there is data."""
        request = urllib.request.Request(
            self.address + path, data, {k.replace("_", "-"): v for k, v in headers.items()}
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as got:
                return Answer(got.status, got.read(), {k.lower(): v for k, v in got.headers.items()})
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read(), {k.lower(): v for k, v in error.headers.items()})

    def search(self, **ask: Any) -> Answer:
        """A query."""
        return self.ask("/api/search", json.dumps(ask).encode(), content_type="application/json")

    def send(self, kind: str, content: bytes, animation: str = "") -> Answer:
        """An upload."""
        which = urllib.parse.urlencode({"kind": kind, "animation": animation})
        return self.ask(f"/api/uploads?{which}", content, content_type="application/octet-stream")

    def resident(self) -> int:
        """Bytes of memory that the server holds."""
        told = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return 1024 * next(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmRSS"))


@contextmanager
def served(index: str | Path, *options: str) -> Iterator[Served]:
    """A server on a port of its own, stopped at the end."""
    command = [sys.executable, "-m", "lavimo", "app", "--index", str(index), "--port", "0", *options]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), "the server does not start"
        yield Served(address.partition("/?")[0].rstrip("/"), process)
    finally:
        process.terminate()
        assert process.wait(30) is not None
