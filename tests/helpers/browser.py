"""A headless Chromium that tests drive by its DevTools protocol over a pipe: no driver, no port, no package."""

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

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


class Browser:
    """One tab: pages are opened in it, JavaScript is run in it, and what goes wrong in it is kept in `errors`."""

    def __init__(self, to_browser: int, from_browser: int):
        self._to, self._from = to_browser, from_browser
        self._buffer, self._last, self._session = b"", 0, None
        self.errors: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """A command of the protocol and its answer."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        return self._wait(lambda said: said.get("id") == self._last)["result"]

    def open(self, page: Path | str, width: int = 1200, height: int = 900) -> None:
        """Show a file or an address and wait until it is loaded."""
        self.errors.clear()
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", url=page if isinstance(page, str) else page.absolute().as_uri())
        self._wait(lambda said: said.get("method") == "Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript, awaited if it is a promise."""
        found = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

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

    def _wait(self, filters: Any) -> dict[str, Any]:
        until = time.monotonic() + TIMEOUT_S
        while time.monotonic() < until:
            while b"\0" in self._buffer:
                text, _, self._buffer = self._buffer.partition(b"\0")
                said = json.loads(text)
                self._note(said)
                if filters(said):
                    assert "error" not in said, said
                    return said
            data = os.read(self._from, 2**20)
            assert data, "the browser has gone"
            self._buffer += data
        raise AssertionError(f"the browser said nothing for {TIMEOUT_S} s")

    def _note(self, said: dict[str, Any]) -> None:
        method, params = said.get("method"), said.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.errors.append(json.dumps(params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.errors.append(params["entry"]["text"])


def chromium() -> str | None:
    """Where Debian's Chromium, or another one, is."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def browser(*more: str) -> Iterator[Browser]:
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
            yield Browser(to_browser, from_browser)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            os.close(to_browser)
            os.close(from_browser)
