"""What strangers send and ask does no harm."""

import http.client
import io
import json
import socket
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image
from served import served

from lavimo.app.safety import Buckets
from lavimo.landmarks.models import models_folder
from lavimo.video.codec import write_video

pytestmark = pytest.mark.xdist_group("search")
needs_blazepose = pytest.mark.skipif(not models_folder().is_dir(), reason="run `lavimo fetch-models`")


def bomb() -> bytes:
    """An npz of some kilobytes that unpacks to gigabytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("poses.npy", "w") as inside:
        inside.write(np.lib.format.MAGIC_PREFIX + b"\x01\x00")
        head = b"{'descr': '<f8', 'fortran_order': False, 'shape': (400000000,), }"
        head += b" " * (118 - len(head) - 1) + b"\n"
        inside.write(len(head).to_bytes(2, "little") + head)
        for _ in range(64):
            inside.write(bytes(2**20))
    return content.getvalue()


def huge_picture() -> bytes:
    """A small file of 20,000 x 20,000 pixels."""
    content = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(content, "PNG")
    return content.getvalue()


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("video", b""),
        ("video", b"no video at all"),
        ("video", b"\0\0\0\x20ftypisom" + bytes(1000)),
        ("motion", b"HIERARCHY\nROOT"),
        ("motion", b"\x80\x04\x95 a pickle"),
        ("motion", bomb()),
        ("image", b"\xff\xd8\xff\xe0" + bytes(100)),
        ("image", huge_picture()),
    ],
)
@pytest.mark.skipif(not models_folder().is_dir(), reason="run `lavimo fetch-models`")
def test_bad_uploads_are_refused_in_words(server, kind, content):
    answer = server.send(kind, content)
    assert answer.status == 422
    assert "found" in answer.json["detail"] or "cannot" in answer.json["detail"], answer.json
    assert "/tmp" not in answer.json["detail"], "no path of the server's is told"
    assert server.ask("/health").status == 200


def test_a_truncated_video(server, video):
    answer = server.send("video", video[1][: len(video[1]) // 3])
    assert answer.status == 422
    assert server.ask("/health").status == 200


@needs_blazepose
def test_four_hours_of_video_are_refused_at_once(server, tmp_path):
    """A small file: a picture a second, all of them grey."""
    write_video(tmp_path / "long.mp4", (np.full((32, 32, 3), 90, np.uint8) for _ in range(4 * 3600)), 1.0, 40)
    content = (tmp_path / "long.mp4").read_bytes()
    began = time.monotonic()
    answer = server.send("video", content)
    assert answer.status == 422
    assert "found 14400 s, expected at most 120 s" in answer.json["detail"]
    assert time.monotonic() - began < 30
    assert server.ask("/health").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/motions/../../etc/passwd", "/api/motions/%2e%2e%2fetc/preview.webp", "/page/../server.py",
        "/page/..%2fserver.py", "/vendor/../../../etc/passwd", "/api/uploads/..%2f..%2fx/people.jpg",
        "/api/motions/0123456789abcdef", "/api/motions/0123456789abcdef/export.exe",
        "/api/motions/0123456789ABCDEF/preview.webp",
    ],
)  # fmt: skip
def test_no_path_reaches_the_disk(server, path):
    answer = server.ask(path)
    assert answer.status in (404, 405, 422)
    assert b"root:" not in answer.body
    assert b"import" not in answer.body


@pytest.mark.parametrize(
    "ask",
    [
        {}, {"text": " "}, {"text": "a" * 501}, {"text": "a", "k": 0}, {"text": "a", "k": 10**9}, {"video": "../x"},
        {"video": "0" * 32}, {"text": "a", "unknown": 1}, {"text": "a", "weights": [1, 2, 3]}, {"text": ["a"]},
    ],
)  # fmt: skip
def test_bad_questions_are_refused_in_words(server, ask):
    answer = server.search(**ask)
    assert answer.status == 422
    assert answer.json["detail"]


def test_no_json_and_another_type(server):
    assert server.ask("/api/search", b"{", content_type="application/json").status == 422
    assert server.ask("/api/search", b"text=a", content_type="text/plain").status == 422


def test_headers_and_hosts(server):
    headers = server.ask("/").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers
    assert server.ask("/health", host="evil.example").status == 400


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://[", "http://127.0.0.1.evil.example"]
)
def test_another_sites_page_may_not_ask(server, origin):
    for answer in (
        server.ask("/api/search", b'{"text": "a person kicks"}', content_type="application/json", origin=origin),
        server.ask("/api/uploads?kind=motion", b"HIERARCHY", content_type="text/plain", origin=origin),
        server.ask("/api/library", origin=origin),
    ):
        assert answer.status == 403
        assert "expected this server's own page" in answer.json["detail"]


def test_the_own_page_programs_and_configured_names_may_ask(little, server):
    ask = b'{"text": "a person kicks"}'
    assert server.ask("/api/search", ask, content_type="application/json", origin=server.address).status == 200
    assert server.ask("/api/search", ask, content_type="application/json").status == 200
    with served(little.index, "--name", "Mocap.studio.lan") as running:
        for origin in ("https://mocap.studio.lan", "http://mocap.studio.lan:8443"):
            assert running.ask("/api/library", origin=origin).status == 200
        assert running.ask("/api/library", host="mocap.studio.lan").status == 200
        assert running.ask("/api/library", origin="https://other.studio.lan").status == 403


def test_others_need_the_token(little):
    with served(little.index, "--host", "0.0.0.0", "--token", "open sesame", "--name", "127.0.0.1") as running:
        local = running.address.replace("0.0.0.0", "127.0.0.1")
        running.address = local
        assert running.ask("/api/library").status == 401
        assert running.ask("/api/library", authorization="Bearer wrong").status == 401
        assert running.ask("/api/library", authorization="Bearer open sesame").status == 200
        assert running.ask("/health").status == 200
        line = http.client.HTTPConnection(local.removeprefix("http://"))
        line.request("GET", "/?token=open%20sesame")
        page = line.getresponse()
        assert (page.status, page.headers["location"]) == (303, "/")
        cookie = page.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert running.ask("/api/library", cookie=cookie.split(";")[0]).status == 200
        line.close()


def test_too_many_requests_are_told_to_wait(little):
    with served(little.index) as running, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: running.ask("/api/motions/0123456789abcdef"), range(400)))
        statuses = {answer.status for answer in answers}
        assert statuses == {404, 429}
        refused = next(answer for answer in answers if answer.status == 429)
        assert int(refused.headers["retry-after"]) >= 1
        assert running.ask("/health").status == 200


def test_a_bucket_fills_again():
    bucket = Buckets(1000.0, 2)
    assert bucket.take("a") == 0
    assert bucket.take("a") == 0
    assert 0 < bucket.take("a") <= 0.001
    assert bucket.take("b") == 0
    time.sleep(0.01)
    assert bucket.take("a") == 0


def test_a_slow_client_is_hung_up_on_and_keeps_nobody_waiting(server):
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(b"POST /api/uploads?kind=video HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\nsome")
        began = time.monotonic()
        assert server.ask("/health").status == 200
        assert time.monotonic() - began < 5
        answer = line.recv(4096)
    assert b" 408 " in answer.split(b"\r\n")[0]


def test_a_large_upload_is_refused_before_it_comes(server):
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(b"POST /api/uploads?kind=video HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n")
        assert b" 413 " in line.recv(4096).split(b"\r\n")[0]


def test_nothing_is_written_in_words_that_run(server):
    answer = server.search(text="<script>alert(1)</script>")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.body)


@needs_blazepose
@pytest.mark.slow
def test_memory_comes_back(server, video):
    """Bad uploads, good ones, ten thousand requests: afterwards the server holds a tenth more at most."""

    def burden(times: int) -> None:
        for _ in range(times):
            server.send("motion", bomb())
            server.send("image", huge_picture())
            server.send("video", video[1][: len(video[1]) // 2])
            server.send("video", video[1])
            server.search(text="a person kicks")

    burden(3)
    before = server.resident()
    burden(5)
    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda n: server.ask(f"/api/motions/{n:016x}").status, range(10_000)))
    assert statuses == {404}
    assert server.ask("/health").status == 200
    assert server.resident() < 1.1 * before
