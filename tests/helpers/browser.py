"""A headless Chromium that tests drive by its DevTools protocol over a pipe: no driver, no port, no package."""

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from lavimo.app.page import has_viewer
from lavimo.landmarks.models import models_folder

TIMEOUT_S = 60
PLAYED = """(async () => {
  document.querySelectorAll("details").forEach((part) => part.open = true);
  const found = [];
  for (const video of document.querySelectorAll("video")) {
    video.scrollIntoView({block: "center"});
    const until = performance.now() + 10000;
    const moved = () => video.currentTime > 0.1 || (video.currentTime > 0 && video.ended);
    while (!moved() && performance.now() < until) await new Promise((done) => setTimeout(done, 20));
    found.push({clip: video.dataset.clip, time: video.currentTime, duration: video.duration, width: video.videoWidth,
                paused: video.paused, error: video.error && video.error.message, shown: video.offsetWidth});
  }
  return found;
})()"""


def chromium() -> str | None:
    """Where Debian's Chromium, or another one, is."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


NEEDS_CHROMIUM = pytest.mark.skipif(
    chromium() is None, reason="no Chromium here; on Debian and Ubuntu: apt-get install chromium"
)
NEEDS_THE_PAGE = [
    NEEDS_CHROMIUM,
    pytest.mark.skipif(not has_viewer(), reason="run `lavimo fetch-page`"),
    pytest.mark.skipif(not models_folder().is_dir(), reason="run `lavimo fetch-models`"),
]
"""Marks of tests of the page in a browser."""


class Chromium:
    """A running browser, asked over its pipe."""

    def __init__(self, to_browser: int, from_browser: int):
        self._to, self._from = to_browser, from_browser
        self._buffer, self._last = b"", 0

    def call(self, method: str, heard: Callable[[dict[str, Any]], None] = lambda said: None, **message: Any) -> Any:
        """A command of the protocol and its answer; `heard` gets what is said meanwhile."""
        self._last += 1
        data = json.dumps({"id": self._last, "method": method, **message}).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        number = self._last
        return self.wait(lambda said: said.get("id") == number, heard)["result"]

    def wait(self, wanted: Callable[[dict[str, Any]], bool], heard: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        """The first message that is wanted."""
        until = time.monotonic() + TIMEOUT_S
        while time.monotonic() < until:
            while b"\0" in self._buffer:
                text, _, self._buffer = self._buffer.partition(b"\0")
                said: dict[str, Any] = json.loads(text)
                heard(said)
                if wanted(said):
                    assert "error" not in said, said
                    return said
            data = os.read(self._from, 2**20)
            assert data, "the browser has gone"
            self._buffer += data
        raise AssertionError(f"the browser said nothing for {TIMEOUT_S} s")

    @contextmanager
    def tab(self) -> Iterator["Browser"]:
        """A tab that knows nothing of others, closed when the block ends."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        try:
            yield Browser(self, context)
        finally:
            self.call("Target.disposeBrowserContext", params={"browserContextId": context})


class Browser:
    """One tab: pages are opened in it, JavaScript is run in it, and what goes wrong in it is kept in `errors`."""

    def __init__(self, chromium: Chromium, context: str):
        self._chromium = chromium
        self.errors: list[str] = []
        target = chromium.call("Target.createTarget", params={"url": "about:blank", "browserContextId": context})
        self._session = chromium.call(
            "Target.attachToTarget", params={"targetId": target["targetId"], "flatten": True}
        )["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """A command of the protocol and its answer."""
        answer: dict[str, Any] = self._chromium.call(method, self._note, sessionId=self._session, params=params)
        return answer

    def open(self, page: Path | str, width: int = 1200, height: int = 900) -> None:
        """Show a file or an address and wait until it is loaded."""
        self.errors.clear()
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", url=page if isinstance(page, str) else page.absolute().as_uri())
        own = {"method": "Page.loadEventFired", "sessionId": self._session}
        self._chromium.wait(lambda said: own.items() <= said.items(), self._note)

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript, awaited if it is a promise."""
        found = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def click(self, selector: str) -> None:
        """As a mouse does."""
        self.run(f"document.querySelector({selector!r}).click()")

    def press(self, key: str) -> None:
        """As a keyboard does."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text="\r" if kind == "keyDown" else "")

    def until(self, condition: str, within_s: float = TIMEOUT_S) -> None:
        """Wait until an expression of JavaScript is true."""
        end = time.monotonic() + within_s
        while not self.run(f"Boolean({condition})"):
            assert time.monotonic() < end, f"not within {within_s} s: {condition}; {self.errors}"
            time.sleep(0.05)

    def choose_file(self, selector: str, path: Path) -> None:
        """Put a file into a page's file input."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(path.absolute())])

    def prefers(self, scheme: str) -> None:
        """`light` or `dark`."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def play_videos(self) -> list[dict[str, Any]]:
        """Bring each video of the page into view, one after the other; each must play there."""
        videos: list[dict[str, Any]] = self.run(PLAYED)
        for video in videos:
            assert video["error"] is None, video
            assert video["time"] > 0, video
            assert not video["paused"], video
        return videos

    def screenshot(self, path: Path) -> None:
        """Write what the tab shows as a PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def _note(self, said: dict[str, Any]) -> None:
        if said.get("sessionId") != self._session:
            return
        method, params = said.get("method"), said.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.errors.append(json.dumps(params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.errors.append(params["entry"]["text"])


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """One for all tests."""
    with running() as one:
        yield one


@pytest.fixture
def tab(browser: Chromium) -> Iterator[Browser]:
    """A fresh tab."""
    with browser.tab() as one:
        yield one


@contextmanager
def running(*more: str) -> Iterator[Chromium]:
    """A browser that is gone, with its profile, when the block ends; with more options of its command line."""
    program = chromium()
    assert program is not None, "ask chromium() first"
    read_by_browser, to_browser = os.pipe()
    from_browser, written_by_browser = os.pipe()
    options = "--headless=new --no-sandbox --disable-dev-shm-usage --no-first-run --remote-debugging-pipe"
    options += " --use-angle=swiftshader --enable-unsafe-swiftshader"  # WebGL without a graphics card
    # The protocol's pipes are file descriptors 3 and 4, whatever numbers ours have: by way of others, lest they clash.
    shell = f'exec 200<&{read_by_browser} 201>&{written_by_browser}; exec 3<&200 4>&201; exec "$@"'
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            "bash",
            "-c",
            shell,
            "bash",
            program,
            *options.split(),
            *more,
            f"--user-data-dir={profile}",
            "about:blank",
        ]
        process = subprocess.Popen(
            command,
            pass_fds=(read_by_browser, written_by_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(read_by_browser)
        os.close(written_by_browser)
        try:
            yield Chromium(to_browser, from_browser)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            os.close(to_browser)
            os.close(from_browser)
