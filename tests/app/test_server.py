"""The interface for programs: what is asked for is answered, and strangers do no harm."""

import http.client
import io
import json
import socket
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from data_folders import DATA
from glb_file import Glb
from PIL import Image
from served import served

from lavimo.app.safety import Buckets
from lavimo.avatar.dress import dressed
from lavimo.body.skeleton import BODY_JOINTS
from lavimo.export.take import Cut, take_of
from lavimo.export.video import frames
from lavimo.landmarks.models import models_folder
from lavimo.landmarks.movement import joints_of
from lavimo.motion.formats import read_motion
from lavimo.motion.ground import place_on_floor
from lavimo.search.home import open_home
from lavimo.video.codec import write_video

pytestmark = pytest.mark.xdist_group("search")
needs_blazepose = pytest.mark.skipif(not models_folder().is_dir(), reason="run `lavimo fetch-models`")


@pytest.fixture(scope="module")
def video(little, tmp_path_factory) -> tuple[str, bytes]:
    """A drawn video of one of the library's motions, and that one's id."""
    home = open_home(str(little.index))
    item = next(item for item in home.items() if "kick" in item.name)
    path = tmp_path_factory.mktemp("video") / "kick.mp4"
    write_video(path, frames(take_of(home.motion(item.id), Cut(item.id)), dressed("mei"), item.id, 256), 20, crf=18)
    return item.id, path.read_bytes()


def test_it_says_what_it_has(server):
    facts = server.ask("/api/library").json
    assert facts["motions"] == 80
    assert facts["licences"] == ["MIT"]
    assert len(facts["examples"]) == 8
    assert server.ask("/health").json["status"] == "ok"


def test_words(server):
    answer = server.search(text="a person kicks", k=5).json
    assert len(answer["hits"]) == 5
    assert not {"file", "library"} & set(answer["hits"][0]), "where files lie is nobody's business"


@needs_blazepose
def test_a_video_and_its_ghost(server, video):
    id, content = video
    sent = server.send("video", content).json
    assert (sent["people"], sent["kind"]) == (1, "video")
    assert server.ask(f"/api/uploads/{sent['id']}/people.jpg").headers["content-type"] == "image/jpeg"
    hits = server.search(video=sent["id"], k=5).json["hits"]
    found = [one for hit in hits for one in (hit["id"], *hit["alike"])]
    assert id in found
    assert hits[0]["distance_m"] is not None
    ghost = np.frombuffer(server.ask(f"/api/motions/{id}/ghost?upload={sent['id']}").body, "<f4")
    assert len(ghost) % 45 == 0
    mixed = server.search(video=sent["id"], text="a person kicks", weights=[0.5, 1])
    assert mixed.status == 200
    assert server.search(video=sent["id"], person=7).status == 422


def test_a_motion_finds_itself(server):
    sent = server.send("motion", (DATA / "cmu" / "10_03.bvh").read_bytes()).json
    assert server.search(motion=sent["id"]).json["hits"]
    assert server.search(video=sent["id"]).json["detail"].startswith("found no video of the id")


@needs_blazepose
def test_a_picture_of_a_pose(server, video, little):
    home = open_home(str(little.index))
    (picture,) = frames(take_of(home.motion(video[0]), Cut()), dressed("mei"), "pose", 256, range(20, 21))
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    sent = server.send("image", content.getvalue())
    assert sent.status == 200, sent.body
    assert server.search(image=sent.json["id"], k=3).json["hits"]


def test_exports_are_the_motion(server, little, tmp_path):
    home = open_home(str(little.index))
    item = next(iter(home.items()))
    motion = home.motion(item.id)
    for kind in ("bvh", "glb", "npz", "mp4"):
        answer = server.ask(f"/api/motions/{item.id}/export.{kind}")
        assert answer.status == 200
        assert f'filename="{item.name}.{kind}"' in answer.headers["content-disposition"]
        (tmp_path / f"a.{kind}").write_bytes(answer.body)
    again = joints_of(read_motion(tmp_path / "a.bvh"))[:, :BODY_JOINTS]
    np.testing.assert_allclose(again, joints_of(place_on_floor(motion))[:, :BODY_JOINTS], atol=1e-3)
    found = Glb(tmp_path / "a.glb").joints(10)
    np.testing.assert_allclose(found["left_wrist"], joints_of(motion)[10, 20], atol=1e-3)
    assert server.ask(f"/api/motions/{item.id}/export.bvh?loop=true&end_s=0.2").status == 422


def test_previews_are_kept(server, little):
    item = next(iter(open_home(str(little.index)).items()))
    first = server.ask(f"/api/motions/{item.id}/preview.webp?begin_s=0&end_s=1")
    assert first.headers["content-type"] == "image/webp"
    assert server.ask(f"/api/motions/{item.id}/preview.webp?begin_s=0&end_s=1").body == first.body
    assert server.ask(f"/api/motions/{item.id}/tracks").headers["content-type"] == "application/octet-stream"


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


def test_its_own_pages_and_description(server):
    told = server.ask("/openapi.json").json
    assert {"/api/search", "/api/uploads", "/api/motions/{id}/export.{kind}"} <= set(told["paths"])
    assert b"lavimo" in server.ask("/").body
    for name in ("main.js", "parts.js", "viewer.js", "api.js", "style.css", "icon.svg"):
        assert server.ask(f"/page/{name}").status == 200


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


def test_words_after_a_preview(little):
    """In a process that drew before it read: two copies of LLVM do not meet."""
    with served(little.index) as running:
        id = next(iter(open_home(str(little.index)).items())).id
        assert running.ask(f"/api/motions/{id}/preview.webp").status == 200
        assert running.search(text="a person kicks").status == 200


def test_several_people_at_once(server):
    words = ["a person kicks", "a man jumps", "somebody walks", "a figure waves"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda text: server.search(text=text), words * 5))
    by_words = {}
    for text, answer in zip(words * 5, answers):
        assert answer.status == 200
        ids = [hit["id"] for hit in answer.json["hits"]]
        assert by_words.setdefault(text, ids) == ids


def test_it_stops_gracefully(little):
    with served(little.index) as running:
        running.search(text="a person kicks")
        running.process.terminate()
        assert running.process.wait(20) == 0


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
