"""What is sent to the page in a real browser: motions, videos, what a camera sees."""

import io
import json
from pathlib import Path

import av
import pytest
from browser import NEEDS_THE_PAGE, running
from data_folders import DATA
from fbx_files import write_fbx
from wheels import file_of_wheel

from lavimo.formats import read_motion

pytestmark = [pytest.mark.xdist_group("search"), *NEEDS_THE_PAGE]

FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def test_of_a_file_with_several_animations_one_is_chosen(server, tab, tmp_path):
    known = read_motion(DATA / "cmu" / "10_03.bvh")
    path = write_fbx(tmp_path / "pack.fbx", {"Kick": known, "Take 001": known})
    tab.open(server.address)
    tab.until("document.querySelectorAll('#examples button').length")
    tab.choose_file("input[data-kind=motion]", path)
    tab.until("document.getElementById('animation')")
    said = "[...document.getElementById('animation').options].map((one) => one.text)"
    assert tab.run(said) == ["choose one", "Kick", "Take 001"]
    tab.screenshot(tmp_path / "choose.png")
    choose = "(one) => { one.value = 'Take 001'; one.dispatchEvent(new Event('change')); }"
    tab.run(f"({choose})(document.getElementById('animation'))")
    tab.until("document.querySelectorAll('.hit').length")
    assert "Motion: pack.fbx#Take 001" in tab.run("document.querySelector('.part').textContent")
    assert not tab.run("document.getElementById('animation')")
    assert all("422" in error for error in tab.errors)


def test_a_video_its_person_and_the_ghost(server, tab, video, tmp_path: Path):
    path = tmp_path / "kick.mp4"
    path.write_bytes(video[1])
    tab.open(server.address)
    tab.choose_file("input[data-kind=video]", path)
    tab.until("document.querySelector('.part img')", 60)
    tab.until("document.querySelectorAll('.hit').length", 60)
    assert "cm apart" in tab.run("document.querySelector('.hit').textContent")
    tab.click(".hit .look")
    tab.until("!document.getElementById('ghost-label').hidden", 60)
    tab.click("#close")
    tab.run("[...document.querySelectorAll('.hit .row button:last-child')].slice(0, 2).forEach((one) => one.click())")
    tab.until("document.getElementById('viewer-title').textContent.includes(' | ')", 60)
    tab.click("#close")
    tab.run("document.querySelector('.part button').click()")
    tab.until("!document.querySelector('.part')")
    assert not tab.errors


def test_the_camera_records_somebody_who_is_seen(server, video, tmp_path: Path):
    film = tmp_path / "camera.mjpeg"
    with av.open(io.BytesIO(video[1])) as source, av.open(str(film), "w", format="mjpeg") as camera:
        stream = camera.add_stream("mjpeg", rate=20)
        stream.width = stream.height = 256
        stream.pix_fmt = "yuvj420p"
        for picture in source.decode(video=0):
            camera.mux(stream.encode(picture.reformat(format="yuvj420p")))
        camera.mux(stream.encode(None))
    with running(*FAKE_CAMERA, f"--use-file-for-fake-video-capture={film}") as camera, camera.tab() as tab:
        tab.open(server.address)
        tab.until("document.querySelectorAll('#examples button').length")
        tab.click("#record")
        tab.until("document.getElementById('live').videoWidth && document.getElementById('which').options.length")
        tab.click("#start")
        tab.until("document.getElementById('count').textContent === '2'")
        tab.click("#cancel")  # and again, to the end this time, though not all of it
        tab.click("#record")
        tab.until("document.getElementById('live').videoWidth && document.getElementById('camera').open")
        tab.run("document.getElementById('camera').dispatchEvent(new Event('close'))")  # of before, late
        tab.run("(document.getElementById('length').value = 10, document.getElementById('start').click())")
        tab.until("document.getElementById('count').textContent === '● 8 s'")
        tab.click("#stop")
        tab.until("document.querySelector('.part img')?.naturalWidth", 60)
        tab.until("document.querySelectorAll('.hit').length", 60)
        assert "Video: recording.webm" in tab.run("document.querySelector('.part').textContent")
        assert "cm apart" in tab.run("document.querySelector('.hit').textContent")
        assert not tab.run("document.getElementById('live').srcObject")
        assert not tab.errors


@pytest.mark.parametrize(
    ("options", "spoil", "message"),
    [
        ([], "1", "There is no camera"),
        (["--use-fake-device-for-media-stream", "--deny-permission-prompts"], "1", "The camera was refused"),
        ([], "Object.defineProperty(window, 'isSecureContext', {value: false})", "on https or on this machine itself"),
    ],
)
def test_why_there_is_no_camera(server, options, spoil, message):
    with running(*options) as browser, browser.tab() as tab:
        tab.open(server.address)
        tab.run(f"{spoil}; 1")
        tab.click("#record")
        tab.until("document.querySelector('#status.error')")
        assert message in tab.run("document.getElementById('status').textContent")


def test_what_goes_wrong_is_said(server, tab, tmp_path: Path):
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    tab.open(server.address)
    tab.choose_file("input[data-kind=video]", tmp_path / "bad.mp4")
    tab.until("document.querySelector('#status.error')", 60)
    assert "Video:" in tab.run("document.getElementById('status').textContent")


@pytest.mark.slow
def test_the_second_person_of_a_real_video(server, tab, tmp_path: Path):
    """A man jumps on a roof, a woman walks below: who is chosen decides what is found."""
    video = file_of_wheel("sports2d==0.8.34", "Demo/demo.mp4", tmp_path)
    hits = "[...document.querySelectorAll('.hit h2')].map((one) => one.textContent)"
    tab.open(server.address)
    tab.choose_file("input[data-kind=video]", video)
    tab.until("document.getElementById('person')", 120)
    tab.until("document.querySelectorAll('.hit').length", 60)
    assert tab.run("document.getElementById('person').options.length") >= 2
    chosen, first = tab.run("document.getElementById('person').value"), tab.run(hits)
    other = "1" if chosen == "0" else "0"
    tab.run(
        f"(document.getElementById('person').value = '{other}',"
        " document.getElementById('person').dispatchEvent(new Event('change')))"
    )
    tab.until(f"JSON.stringify({hits}) !== {json.dumps(json.dumps(first, separators=(',', ':')))}", 60)
    assert f"~{other}~" in tab.run("decodeURIComponent(location.search)")
    assert not tab.errors
