"""What stands before every request: who may ask, how often, and headers that keep browsers from mischief."""

import hmac
import json
import logging
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from time import monotonic, time
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from lavimo.app.settings import Settings

Next = Callable[[Request], Awaitable[Response]]

log = logging.getLogger("lavimo.app.requests")

COOKIE = "lavimo_token"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; script-src 'self'; "
        "connect-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CLIENTS = 10_000
"""That are remembered."""


class Buckets:
    """How much each client may still ask: a bucket that fills at a rate and holds a burst."""

    def __init__(self, per_second: float, burst: float):
        self._rate, self._burst = per_second, burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float:
        """Take one; 0, or the seconds after which there is one again."""
        now = monotonic()
        left, since = self._left.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        wait = 0.0 if left >= 1 else (1 - left) / self._rate
        self._left[client] = (left - 1 if not wait else left, now)
        while len(self._left) > CLIENTS:
            self._left.popitem(last=False)
        return wait


class Guard:
    """A middleware: a request passes, or gets one clear refusal; every answer is logged and gets the headers."""

    def __init__(self, settings: Settings):
        self._token = settings.token
        self._requests = Buckets(settings.per_second, settings.burst)
        self._uploads = Buckets(settings.uploads_per_minute / 60, max(settings.uploads_per_minute / 2, 1))
        self._others = {name.lower() for name in settings.names}
        self._names = {settings.host, *self._others}
        if settings.loopback:
            self._names |= {"127.0.0.1", "localhost", "::1"}

    async def __call__(self, request: Request, proceed: Next) -> Response:
        """Answer."""
        began = monotonic()
        response = self._refused(request) or await proceed(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        told = {
            "time": round(time(), 3),
            "client": _client(request),
            "method": request.method,
            "path": request.url.path,
            "status": response.status_code,
            "ms": round(1000 * (monotonic() - began), 1),
        }
        log.info(json.dumps(told))
        return response

    def _refused(self, request: Request) -> Response | None:
        host = (request.url.hostname or "").lower()
        if self._names.isdisjoint({host, "0.0.0.0", "::"}):
            # Another name may be a page of somebody else's that was pointed at this machine (DNS rebinding).
            return refusal(400, f"found the host {host[:60]!r}, expected {', '.join(sorted(self._names))}")
        if self._foreign(request):
            # A page of somebody else's, open in a browser that can reach this machine.
            return refusal(403, f"found the origin {request.headers['origin'][:60]!r}, expected this server's own page")
        if request.url.path == "/health":
            return None
        if wait := self._requests.take(_client(request)):
            return refusal(429, "found too many requests, expected a pause", wait)
        sends = request.method == "POST" and request.url.path == "/api/uploads"
        if sends and (wait := self._uploads.take(_client(request))):
            return refusal(429, "found too many uploads, expected a pause", wait)
        return self._unknown(request) if self._token else None

    def _foreign(self, request: Request) -> bool:
        """Whether a browser says that another site's page asks. Who is no browser says nothing."""
        origin = request.headers.get("origin")
        if origin is None:
            return False
        try:
            asking = urlsplit(origin)
        except ValueError:
            return True
        return asking.netloc != request.url.netloc and (asking.hostname or "") not in self._others

    def _unknown(self, request: Request) -> Response | None:
        given = request.query_params.get("token", "")
        if given and request.method == "GET" and request.url.path == "/" and self._right(given):
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(COOKIE, given, httponly=True, samesite="strict")
            return answer
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._right(bearer) or self._right(request.cookies.get(COOKIE, "")):
            return None
        return refusal(401, "found no token, or a wrong one; open the address that `lavimo app` printed")

    def _right(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())


def refusal(status: int, detail: str, wait_s: float = 0.0) -> JSONResponse:
    """An answer that says why not."""
    return JSONResponse({"detail": detail}, status, {"Retry-After": str(int(wait_s) + 1)} if wait_s else None)


def _client(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def log_requests() -> None:
    """Requests as lines of JSON on the standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)
