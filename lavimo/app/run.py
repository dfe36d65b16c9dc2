"""`lavimo app`: the server, from start to graceful stop."""

import logging
import secrets
import signal
import socket
import sys
from pathlib import Path

from lavimo.app.page import has_viewer
from lavimo.app.preview_workers import PreviewWorkers, pictures_folder
from lavimo.app.safety import log_requests
from lavimo.app.settings import Settings
from lavimo.search.open_store import open_store

log = logging.getLogger(__name__)

STOP_S = 5
"""Time that requests have to end when the server is stopped."""
KEEP_ALIVE_S = 15


def run(address: str, settings: Settings, model: Path | None = None) -> None:
    """Serve until a signal.

    Raises:
        ValueError: there is no index, its model is gone, or the address cannot be listened at.
    """
    open_store(address).close()  # whether there is an index, before anything is started
    workers = PreviewWorkers(settings.avatar, settings.pictures or pictures_folder(address))
    workers.warm()  # while the rest is imported and the library opened
    try:
        _serve(address, settings, model, workers)
    finally:
        workers.close()


def _serve(address: str, settings: Settings, model: Path | None, workers: PreviewWorkers) -> None:
    import uvicorn

    from lavimo.app.server import create

    if not settings.token and not settings.loopback:
        settings = settings.model_copy(update={"token": secrets.token_urlsafe(24)})
    app = create(address, settings, workers, model)
    if not has_viewer():
        log.warning("the page has no 3D viewer: run `lavimo fetch-page` once")
    listening = _listen(settings)
    port = listening.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stdout.write(f"http://{host}:{port}/{f'?token={settings.token}' if settings.token else ''}\n")
    sys.stdout.flush()
    log_requests()
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, limit_concurrency=settings.at_once,
        timeout_graceful_shutdown=STOP_S, timeout_keep_alive=KEEP_ALIVE_S,
    )  # fmt: skip
    # The server stops gracefully at either signal, and then sends it again to whoever was there before: to nobody.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listening])


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen()  # whoever reads the address may call: they wait until the server answers
    except OSError as error:
        raise ValueError(
            f"{settings.host}:{settings.port}: cannot be listened at ({error}); choose another --port, or 0 for any"
        ) from error
    return listening
