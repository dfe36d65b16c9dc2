# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running `lavimo app` is asked, over HTTP. Nothing of Blender is here: any thread may call it."""

import json
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

PATIENCE_S = 120
LOOPBACK = ("127.0.0.1", "localhost", "::1")
Hit = dict[str, Any]


class Trouble(Exception):
    """What went wrong, in words for the panel."""


@dataclass(frozen=True)
class App:
    """Where it listens, and the token that it asks for, if it does."""

    address: str
    token: str = ""

    def __post_init__(self) -> None:
        if urlsplit(self.address).scheme not in ("http", "https"):
            raise Trouble(f"Found the address {self.address!r}, expected one such as http://127.0.0.1:8000")

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine: then asking it is no use of the internet."""
        return urlsplit(self.address).hostname in LOOPBACK

    def search(self, **ask: Any) -> dict[str, Any]:
        """The answer to a query, of `text`, or of `motion`, the id of an upload; see /openapi.json."""
        found = self._told("/api/search", json.dumps(ask).encode(), "application/json")
        if not found["hits"]:
            motions = self._told("/api/library")["motions"]
            raise Trouble(
                "Nothing of that kind was found" if motions else "The library is empty: run `lavimo index FOLDER` first"
            )
        return found

    def send(self, file: bytes, kind: str) -> str:
        """Send a file of a `motion` or a `skeleton`; the id by which the app knows it, for an hour."""
        return self._told(f"/api/uploads?kind={kind}", file, "application/octet-stream")["id"]

    def picture(self, hit: Hit) -> bytes:
        """A still picture of a hit's moment, as JPEG."""
        return self._get(f"{_motion(hit)}/preview.jpg?{_moment(hit)}")

    def export(self, hit: Hit, kind: str, whole: bool, **options: Any) -> bytes:
        """The hit's moment, or the whole motion, as a file: `bvh` or `glb`."""
        stretch = urlencode({"mirrored": hit["mirrored"]}) if whole else _moment(hit)
        return self._get(f"{_motion(hit)}/export.{kind}?{stretch}&{urlencode(options)}")

    def _told(self, path: str, data: bytes | None = None, kind: str = "") -> Any:
        try:
            return json.loads(self._get(path, data, kind))
        except ValueError as error:
            raise Trouble(f"{self.address} answers without JSON: is it a lavimo app?") from error

    def _get(self, path: str, data: bytes | None = None, kind: str = "") -> bytes:
        address = self.address.rstrip("/")
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        request = Request(address + path, data, headers | ({"Content-Type": kind} if kind else {}))
        # A proxy of the environment's is for the internet.
        opener = build_opener(ProxyHandler({})) if self.is_here else build_opener()
        try:
            with opener.open(request, timeout=PATIENCE_S) as answer:
                return answer.read()
        except HTTPError as error:
            raise Trouble(self._refusal(error)) from error
        except (URLError, OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise Trouble(f"No app answers at {address} ({reason}): run `lavimo app`, or set its address") from error

    def _refusal(self, error: HTTPError) -> str:
        if error.code == 401:
            return (
                "The app asks for a token: set it in the preferences, as the address that `lavimo app` printed has it"
            )
        try:
            detail = json.loads(error.read())["detail"]
        except (ValueError, KeyError, TypeError):
            return f"{self.address} answers {error.code} {error.reason}: is it a lavimo app?"
        return f"The app says: {detail}"


def _motion(hit: Hit) -> str:
    return f"/api/motions/{quote(hit['id'])}"


def _moment(hit: Hit) -> str:
    return urlencode({name: hit[name] for name in ("begin_s", "end_s", "mirrored")})
