"""The page in a real browser: types, sends a video, looks, takes away."""

import io
import json
from pathlib import Path

import av
import pytest
from browser import Browser, browser, chromium
from data_folders import DATA
from fbx_files import write_fbx
from wheels import file_of_wheel, package_of_npm

from lavimo.app.page import has_viewer
from lavimo.avatar.dress import dressed
from lavimo.export.take import Cut, take_of
from lavimo.export.video import frames
from lavimo.formats import read_motion
from lavimo.landmarks.models import models_folder
from lavimo.search.open_store import open_store
from lavimo.video.codec import write_video

pytestmark = [
    pytest.mark.xdist_group("search"),
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
    pytest.mark.skipif(not has_viewer(), reason="run `lavimo fetch-page`"),
    pytest.mark.skipif(not models_folder().is_dir(), reason="run `lavimo fetch-models`"),
]

FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
DRAWN = "[...document.querySelectorAll('.hit img')].slice(0, 4).every((one) => one.complete && one.naturalWidth)"


def click(page: Browser, selector: str) -> None:
    """As a mouse does."""
    page.run(f"document.querySelector({selector!r}).click()")


def search(page: Browser, words: str) -> None:
    """Type words and ask."""
    page.run(f"document.getElementById('text').value = {words!r}")
    click(page, "#ask button.main")
    page.until("document.querySelectorAll('.hit').length && !document.getElementById('hits').hasAttribute('aria-busy')")


def test_from_words_to_a_file(server):
    with browser() as page:
        page.open(server.address)
        page.until("document.querySelectorAll('#examples button').length === 8")
        search(page, "a person kicks")
        page.until(DRAWN, 60)
        assert page.run("document.querySelectorAll('.hit').length") == 12
        assert page.run("location.search") == "?text=a+person+kicks"
        click(page, ".hit .look")
        page.until("document.querySelector('#stage canvas') && document.getElementById('time').textContent", 60)
        begin = page.run("Number(document.getElementById('scrub').value)")
        page.until(f"Number(document.getElementById('scrub').value) !== {begin}")  # it plays
        click(page, "#play")
        page.run(
            "(document.getElementById('scrub').value = 0.5,"
            " document.getElementById('scrub').dispatchEvent(new Event('input')))"
        )
        assert page.run("document.getElementById('time').textContent").startswith(("1.", "0.", "2."))
        page.run("document.getElementById('in_place').click()")
        links = page.run("[...document.querySelectorAll('.downloads a')].map((one) => one.href)")
        assert len(links) == 4
        assert all("in_place=true" in link for link in links)
        answer = server.ask(links[0].removeprefix(server.address))
        assert answer.body.startswith(b"HIERARCHY")
        assert not page.errors


def test_a_link_restores_the_search(server):
    with browser() as page:
        page.open(f"{server.address}/?text=a+person+waves&travels=false&k=3")
        page.until("document.querySelectorAll('.hit').length === 3")
        assert page.run("document.getElementById('text').value") == "a person waves"
        assert page.run("document.getElementById('more').open")
        search(page, "a person kicks")
        page.run("history.back()")
        page.until("document.getElementById('text').value === 'a person waves'")
        assert not page.errors


FACTS = [
    {"kind": "walk", "words": "walks forward", "begin_s": 0.5, "end_s": 1.5, "amount": 1.2, "unit": "m", "count": 2},
    {"kind": "wave", "words": "waves with the left hand", "begin_s": 1.0, "end_s": 2.0, "count": 3},
    {"kind": "turn", "words": "turns left", "begin_s": 1.5, "end_s": 2.0, "amount": 90, "unit": "degrees"},
]
TOLD = """((facts) => { const real = window.fetch; window.fetch = async (what, how) => {
  const got = await real(what, how);
  if (!String(what).includes("search")) return got;
  const told = await got.json();
  for (const hit of told.hits) Object.assign(hit, { facts, begin_s: 0, end_s: 2, description: "walks and waves" });
  told.hits[1].captions = [];
  return new Response(JSON.stringify(told));
}; })"""
"""What the server says of a motion depends on rules that others test: here it says the same of each."""


def test_a_timeline_of_facts(server):
    """Bars from begin to end, with a name; a click jumps there."""
    facts = [{"count": 0, "amount": 0, "certainty": 1, **fact} for fact in FACTS]
    with browser() as page:
        page.open(server.address)
        page.until("document.querySelectorAll('#examples button').length")
        page.run(f"{TOLD}({json.dumps(facts)})")
        search(page, "a person walks")
        assert page.run("document.querySelector('.hit .shows').textContent") == "walks and waves"
        assert page.run("document.querySelectorAll('.hit h2')[1].textContent") == "walks and waves"
        assert not page.run("document.querySelectorAll('.hit')[1].querySelector('.shows')")
        click(page, ".hit .look")
        page.until("document.querySelector('#stage canvas') && document.getElementById('time').textContent", 60)
        bars = page.run("[...document.querySelectorAll('.timeline button')].map((one) => one.title)")
        assert bars == [
            "walks forward, 1.2 m, 2 steps; 0.5 to 1.5 s",
            "waves with the left hand, 3 times; 1.0 to 2.0 s",
            "turns left, 90 degrees; 1.5 to 2.0 s",
        ]
        tops = page.run("[...document.querySelectorAll('.timeline button')].map((one) => one.offsetTop)")
        assert tops[0] == tops[2] < tops[1]
        page.run("document.querySelectorAll('.timeline button')[1].click()")
        assert page.run("document.getElementById('time').textContent").startswith("1.0 of")
        assert not page.errors


def test_of_a_file_with_several_animations_one_is_chosen(server, tmp_path):
    known = read_motion(DATA / "cmu" / "10_03.bvh")
    path = write_fbx(tmp_path / "pack.fbx", {"Kick": known, "Take 001": known})
    with browser() as page:
        page.open(server.address)
        page.until("document.querySelectorAll('#examples button').length")
        page.choose_file("input[data-kind=motion]", path)
        page.until("document.getElementById('animation')")
        said = "[...document.getElementById('animation').options].map((one) => one.text)"
        assert page.run(said) == ["choose one", "Kick", "Take 001"]
        page.screenshot(tmp_path / "choose.png")
        choose = "(one) => { one.value = 'Take 001'; one.dispatchEvent(new Event('change')); }"
        page.run(f"({choose})(document.getElementById('animation'))")
        page.until("document.querySelectorAll('.hit').length")
        assert "Motion: pack.fbx#Take 001" in page.run("document.querySelector('.part').textContent")
        assert not page.run("document.getElementById('animation')")
        assert all("422" in error for error in page.errors)


def test_a_filter_is_in_the_link(server):
    with browser() as page:
        page.open(f"{server.address}/?text=a+person+walks&gait=walk&jumps=false&speed_of_way=normal&k=100")
        page.until("/[0-9]+ motion/.test(document.getElementById('status').textContent)")
        assert page.run("document.getElementById('more').open")
        assert page.run("document.getElementById('gait').value") == "walk"
        shown = page.run("document.querySelectorAll('.hit').length")
        asked = server.search(text="a person walks", gait="walk", jumps=False, speed="normal", k=100).json["hits"]
        assert shown == len(asked)
        assert not page.errors


def test_a_video_its_person_and_the_ghost(server, little, tmp_path: Path):
    store = open_store(str(little.index))
    item = next(item for item in store.items() if "kick" in item.name)
    path = tmp_path / "kick.mp4"
    write_video(path, frames(take_of(store.motion(item.id), Cut()), dressed("mei"), item.id, 256), 20, crf=18)
    with browser() as page:
        page.open(server.address)
        page.choose_file("input[data-kind=video]", path)
        page.until("document.querySelector('.part img')", 60)
        page.until("document.querySelectorAll('.hit').length", 60)
        assert "cm apart" in page.run("document.querySelector('.hit').textContent")
        click(page, ".hit .look")
        page.until("!document.getElementById('ghost-label').hidden", 60)
        click(page, "#close")
        page.run(
            "[...document.querySelectorAll('.hit .row button:last-child')].slice(0, 2).forEach((one) => one.click())"
        )
        page.until("document.getElementById('viewer-title').textContent.includes(' | ')", 60)
        click(page, "#close")
        page.run("document.querySelector('.part button').click()")
        page.until("!document.querySelector('.part')")
        assert not page.errors


ROW = "[...document.querySelectorAll('#row p')].map((one) => one.textContent)"


def press(page: Browser, key: str) -> None:
    """As a keyboard does."""
    for kind in ("keyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text="\r" if kind == "keyDown" else "")


def test_a_row_from_the_tray_is_played_and_exported_as_one(server):
    """Three hits are put into it, changed in their order by the keyboard, and one is removed."""
    with browser() as page:
        page.open(f"{server.address}/?text=a+person+kicks")
        page.until("document.querySelectorAll('.hit').length")
        assert page.run("document.getElementById('tray').hidden")
        for place in range(3):
            page.run(f"document.querySelectorAll('.hit')[{place}].querySelectorAll('.row button')[1].click()")
            assert page.run("document.getElementById('play-row').disabled") == (place == 0)
        one, two, three = page.run(ROW)
        page.run("document.querySelectorAll('#row li')[0].querySelectorAll('button')[1].focus()")
        press(page, "Enter")
        assert page.run(ROW) == [two, one, three]
        assert page.run("document.activeElement.title").startswith("Later: ")
        press(page, "Enter")
        assert page.run(ROW) == [two, three, one]
        assert page.run("document.getElementById('status').textContent").endswith("now 3 of 3")
        page.run("document.querySelectorAll('#row li')[1].querySelectorAll('button')[2].click()")
        page.call("Page.reload")
        page.until(f"{ROW}.length")
        assert page.run(ROW) == [two, one]
        click(page, "#play-row")
        page.until("document.querySelector('#stage canvas') && document.getElementById('time').textContent", 60)
        page.run("document.getElementById('in_place').click()")
        assert page.run("document.getElementById('loop').parentElement.hidden")
        link = page.run("document.querySelector('.downloads a[data-kind=bvh]').href")
        body = server.ask(link.removeprefix(server.address)).body
        frames = int(body.partition(b"Frames:")[2].split()[0])
        length_s = float(page.run("document.getElementById('time').textContent").split()[2])
        assert abs(frames / 30 - length_s) < 0.15
        click(page, "#close")
        page.run("(document.getElementById('blend').add(new Option(4)), document.getElementById('blend').value = 4)")
        click(page, "#play-row")
        page.until("document.querySelector('#status.error')")
        assert "for blends of 4 s" in page.run("document.getElementById('status').textContent")
        click(page, "#empty")
        assert page.run("document.getElementById('tray').hidden")


def test_the_camera_records_somebody_who_is_seen(server, video, tmp_path: Path):
    film = tmp_path / "camera.mjpeg"
    with av.open(io.BytesIO(video[1])) as source, av.open(str(film), "w", format="mjpeg") as camera:
        stream = camera.add_stream("mjpeg", rate=20)
        stream.width = stream.height = 256
        stream.pix_fmt = "yuvj420p"
        for picture in source.decode(video=0):
            camera.mux(stream.encode(picture.reformat(format="yuvj420p")))
        camera.mux(stream.encode(None))
    with browser(*FAKE_CAMERA, f"--use-file-for-fake-video-capture={film}") as page:
        page.open(server.address)
        page.until("document.querySelectorAll('#examples button').length")
        click(page, "#record")
        page.until("document.getElementById('live').videoWidth && document.getElementById('which').options.length")
        click(page, "#start")
        page.until("document.getElementById('count').textContent === '2'")
        click(page, "#cancel")  # and again, to the end this time, though not all of it
        click(page, "#record")
        page.until("document.getElementById('live').videoWidth && document.getElementById('camera').open")
        page.run("(document.getElementById('length').value = 10, document.getElementById('start').click())")
        page.until("document.getElementById('count').textContent === '● 8 s'")
        click(page, "#stop")
        page.until("document.querySelector('.part img')?.naturalWidth", 60)
        page.until("document.querySelectorAll('.hit').length", 60)
        assert "Video: recording.webm" in page.run("document.querySelector('.part').textContent")
        assert "cm apart" in page.run("document.querySelector('.hit').textContent")
        assert not page.run("document.getElementById('live').srcObject")
        assert not page.errors


@pytest.mark.parametrize(
    ("options", "spoil", "message"),
    [
        ([], "1", "There is no camera"),
        (["--use-fake-device-for-media-stream", "--deny-permission-prompts"], "1", "The camera was refused"),
        ([], "Object.defineProperty(window, 'isSecureContext', {value: false})", "on https or on this machine itself"),
    ],
)
def test_why_there_is_no_camera(server, options, spoil, message):
    with browser(*options) as page:
        page.open(server.address)
        page.run(f"{spoil}; 1")
        click(page, "#record")
        page.until("document.querySelector('#status.error')")
        assert message in page.run("document.getElementById('status').textContent")


def test_what_goes_wrong_is_said(server, tmp_path: Path):
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    with browser() as page:
        page.open(server.address)
        page.choose_file("input[data-kind=video]", tmp_path / "bad.mp4")
        page.until("document.querySelector('#status.error')", 60)
        assert "Video:" in page.run("document.getElementById('status').textContent")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits(server, scheme: str, width: int):
    with browser() as page:
        page.prefers(scheme)
        page.open(f"{server.address}/?text=a+person+walks", width, 844)
        page.until("document.querySelectorAll('.hit').length")
        assert page.run("document.documentElement.scrollWidth <= innerWidth")
        back = page.run("getComputedStyle(document.body).backgroundColor")
        assert back == {"light": "rgb(246, 247, 248)", "dark": "rgb(20, 23, 26)"}[scheme]
        # Everything that can be used has a name for screen readers.
        nameless = page.run(
            "[...document.querySelectorAll('button, input, select, a')].filter((one) => !(one.textContent.trim() ||"
            " one.ariaLabel || (one.labels && one.labels.length) || one.title)).map((one) => one.outerHTML)"
        )
        assert nameless == []


@pytest.mark.slow
def test_the_second_person_of_a_real_video(server, tmp_path: Path):
    """A man jumps on a roof, a woman walks below: who is chosen decides what is found."""
    video = file_of_wheel("sports2d==0.8.34", "Demo/demo.mp4", tmp_path)
    hits = "[...document.querySelectorAll('.hit h2')].map((one) => one.textContent)"
    with browser() as page:
        page.open(server.address)
        page.choose_file("input[data-kind=video]", video)
        page.until("document.getElementById('person')", 120)
        page.until("document.querySelectorAll('.hit').length", 60)
        assert page.run("document.getElementById('person').options.length") >= 2
        chosen, first = page.run("document.getElementById('person').value"), page.run(hits)
        other = "1" if chosen == "0" else "0"
        page.run(
            f"(document.getElementById('person').value = '{other}',"
            " document.getElementById('person').dispatchEvent(new Event('change')))"
        )
        page.until(f"JSON.stringify({hits}) !== {json.dumps(json.dumps(first, separators=(',', ':')))}", 60)
        assert f"~{other}~" in page.run("decodeURIComponent(location.search)")
        assert not page.errors


@pytest.mark.slow
def test_axe_finds_nothing_that_keeps_people_out(server, tmp_path: Path):
    """https://github.com/dequelabs/axe-core: of the page, its viewer and its filters, light and dark."""
    axe = (package_of_npm("axe-core", "4.11.0", tmp_path) / "axe.min.js").read_text(encoding="utf-8")
    faults = "axe.run().then((found) => found.violations.map((one) => [one.id, one.impact, one.nodes[0].html]))"
    for scheme in ("light", "dark"):
        with browser() as page:
            page.prefers(scheme)
            page.open(f"{server.address}/?text=a+person+walks&travels=false")
            page.until("document.querySelectorAll('.hit').length")
            page.run(axe + ";1")
            assert page.run(faults) == []
            click(page, ".hit .look")
            page.until("document.querySelector('#stage canvas')", 60)
            assert page.run(faults) == []
