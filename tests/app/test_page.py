"""The page in a real browser: types, looks, puts motions into a row, takes away."""

import json
from pathlib import Path

import pytest
from browser import NEEDS_THE_PAGE, Browser
from wheels import package_of_npm

pytestmark = [pytest.mark.xdist_group("search"), *NEEDS_THE_PAGE]

DRAWN = "[...document.querySelectorAll('.hit img')].slice(0, 4).every((one) => one.complete && one.naturalWidth)"


def search(tab: Browser, words: str) -> None:
    """Type words and ask."""
    tab.run(f"document.getElementById('text').value = {words!r}")
    tab.click("#ask button.main")
    tab.until("document.querySelectorAll('.hit').length && !document.getElementById('hits').hasAttribute('aria-busy')")


def test_from_words_to_a_file(server, tab):
    tab.open(server.address)
    tab.until("document.querySelectorAll('#examples button').length === 8")
    search(tab, "a person kicks")
    tab.until(DRAWN, 60)
    assert tab.run("document.querySelectorAll('.hit').length") == 12
    assert tab.run("location.search") == "?text=a+person+kicks"
    tab.click(".hit .look")
    tab.until("document.querySelector('#stage canvas') && document.getElementById('time').textContent", 60)
    begin = tab.run("Number(document.getElementById('scrub').value)")
    tab.until(f"Number(document.getElementById('scrub').value) !== {begin}")  # it plays
    tab.click("#play")
    tab.run(
        "(document.getElementById('scrub').value = 0.5,"
        " document.getElementById('scrub').dispatchEvent(new Event('input')))"
    )
    assert tab.run("document.getElementById('time').textContent").startswith(("1.", "0.", "2."))
    tab.run("document.getElementById('in_place').click()")
    links = tab.run("[...document.querySelectorAll('.downloads a')].map((one) => one.href)")
    assert len(links) == 4
    assert all("in_place=true" in link for link in links)
    answer = server.ask(links[0].removeprefix(server.address))
    assert answer.body.startswith(b"HIERARCHY")
    assert not tab.errors


def test_a_link_restores_the_search(server, tab):
    tab.open(f"{server.address}/?text=a+person+waves&travels=false&k=3")
    tab.until("document.querySelectorAll('.hit').length === 3")
    assert tab.run("document.getElementById('text').value") == "a person waves"
    assert tab.run("document.getElementById('more').open")
    search(tab, "a person kicks")
    tab.run("history.back()")
    tab.until("document.getElementById('text').value === 'a person waves'")
    assert not tab.errors


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


def test_a_timeline_of_facts(server, tab):
    """Bars from begin to end, with a name; a click jumps there."""
    facts = [{"count": 0, "amount": 0, "certainty": 1, **fact} for fact in FACTS]
    tab.open(server.address)
    tab.until("document.querySelectorAll('#examples button').length")
    tab.run(f"{TOLD}({json.dumps(facts)})")
    search(tab, "a person walks")
    assert tab.run("document.querySelector('.hit .shows').textContent") == "walks and waves"
    assert tab.run("document.querySelectorAll('.hit h2')[1].textContent") == "walks and waves"
    assert not tab.run("document.querySelectorAll('.hit')[1].querySelector('.shows')")
    tab.click(".hit .look")
    tab.until("document.querySelector('#stage canvas') && document.getElementById('time').textContent", 60)
    bars = tab.run("[...document.querySelectorAll('.timeline button')].map((one) => one.title)")
    assert bars == [
        "walks forward, 1.2 m, 2 steps; 0.5 to 1.5 s",
        "waves with the left hand, 3 times; 1.0 to 2.0 s",
        "turns left, 90 degrees; 1.5 to 2.0 s",
    ]
    tops = tab.run("[...document.querySelectorAll('.timeline button')].map((one) => one.offsetTop)")
    assert tops[0] == tops[2] < tops[1]
    tab.run("document.querySelectorAll('.timeline button')[1].click()")
    assert tab.run("document.getElementById('time').textContent").startswith("1.0 of")
    assert not tab.errors


def test_a_filter_is_in_the_link(server, tab):
    tab.open(f"{server.address}/?text=a+person+walks&gait=walk&jumps=false&speed_of_way=normal&k=100")
    tab.until("/[0-9]+ motion/.test(document.getElementById('status').textContent)")
    assert tab.run("document.getElementById('more').open")
    assert tab.run("document.getElementById('gait').value") == "walk"
    shown = tab.run("document.querySelectorAll('.hit').length")
    asked = server.search(text="a person walks", gait="walk", jumps=False, speed="normal", k=100).json["hits"]
    assert shown == len(asked)
    assert not tab.errors


ROW = "[...document.querySelectorAll('#row p')].map((one) => one.textContent)"


def test_a_row_from_the_tray_is_played_and_exported_as_one(server, tab):
    """Three hits are put into it, changed in their order by the keyboard, and one is removed."""
    tab.open(f"{server.address}/?text=a+person+kicks")
    tab.until("document.querySelectorAll('.hit').length")
    assert tab.run("document.getElementById('tray').hidden")
    for place in range(3):
        tab.run(f"document.querySelectorAll('.hit')[{place}].querySelectorAll('.row button')[1].click()")
        assert tab.run("document.getElementById('play-row').disabled") == (place == 0)
    one, two, three = tab.run(ROW)
    tab.run("document.querySelectorAll('#row li')[0].querySelectorAll('button')[1].focus()")
    tab.press("Enter")
    assert tab.run(ROW) == [two, one, three]
    assert tab.run("document.activeElement.title").startswith("Later: ")
    tab.press("Enter")
    assert tab.run(ROW) == [two, three, one]
    assert tab.run("document.getElementById('status').textContent").endswith("now 3 of 3")
    tab.run("document.querySelectorAll('#row li')[1].querySelectorAll('button')[2].click()")
    tab.call("Page.reload")
    tab.until(f"{ROW}.length")
    assert tab.run(ROW) == [two, one]
    tab.click("#play-row")
    tab.until("document.querySelector('#stage canvas') && document.getElementById('time').textContent", 60)
    tab.run("document.getElementById('in_place').click()")
    assert tab.run("document.getElementById('loop').parentElement.hidden")
    link = tab.run("document.querySelector('.downloads a[data-kind=bvh]').href")
    body = server.ask(link.removeprefix(server.address)).body
    frames = int(body.partition(b"Frames:")[2].split()[0])
    length_s = float(tab.run("document.getElementById('time').textContent").split()[2])
    assert abs(frames / 30 - length_s) < 0.15
    tab.click("#close")
    tab.run("(document.getElementById('blend').add(new Option(4)), document.getElementById('blend').value = 4)")
    tab.click("#play-row")
    tab.until("document.querySelector('#status.error')")
    assert "for blends of 4 s" in tab.run("document.getElementById('status').textContent")
    tab.click("#empty")
    assert tab.run("document.getElementById('tray').hidden")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits(server, tab, scheme: str, width: int):
    tab.prefers(scheme)
    tab.open(f"{server.address}/?text=a+person+walks", width, 844)
    tab.until("document.querySelectorAll('.hit').length")
    assert tab.run("document.documentElement.scrollWidth <= innerWidth")
    back = tab.run("getComputedStyle(document.body).backgroundColor")
    assert back == {"light": "rgb(246, 247, 248)", "dark": "rgb(20, 23, 26)"}[scheme]
    # Everything that can be used has a name for screen readers.
    nameless = tab.run(
        "[...document.querySelectorAll('button, input, select, a')].filter((one) => !(one.textContent.trim() ||"
        " one.ariaLabel || (one.labels && one.labels.length) || one.title)).map((one) => one.outerHTML)"
    )
    assert nameless == []


@pytest.mark.slow
def test_axe_finds_nothing_that_keeps_people_out(server, tab, tmp_path: Path):
    """https://github.com/dequelabs/axe-core: of the page, its viewer and its filters, light and dark."""
    axe = (package_of_npm("axe-core", "4.11.0", tmp_path) / "axe.min.js").read_text(encoding="utf-8")
    faults = "axe.run().then((found) => found.violations.map((one) => [one.id, one.impact, one.nodes[0].html]))"
    for scheme in ("light", "dark"):
        tab.prefers(scheme)
        tab.open(f"{server.address}/?text=a+person+walks&travels=false")
        tab.until("document.querySelectorAll('.hit').length")
        tab.run(axe + ";1")
        assert tab.run(faults) == []
        tab.click(".hit .look")
        tab.until("document.querySelector('#stage canvas')", 60)
        assert tab.run(faults) == []
