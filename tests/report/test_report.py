import json
import re
from html.parser import HTMLParser

import pytest

from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.scores import read_scores
from lavimo.shards import write_shard


class Reader(HTMLParser):
    """Collects what a browser would fetch, the tags left open, and the visible text of table rows."""

    def __init__(self, text):
        super().__init__()
        self.fetched, self.open, self.rows, self.scripts = [], [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.fetched += [value for key, value in attributes if key in ("src", "href", "srcset", "xlink:href")]
        self.scripts += tag == "script"
        if tag not in ("meta", "br", "link"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attributes):
        self.fetched += [value for key, value in attributes if key in ("src", "href", "xlink:href")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def test_the_page_is_whole_and_fetches_nothing(page):
    text = page()
    reader = Reader(text)
    assert reader.open == []
    assert all(value.startswith("#") for value in reader.fetched)
    assert all(uri.startswith(("data:image/jpeg;base64,", "#")) for uri in re.findall(r'url\("?([^")]*)', text))
    assert not re.search(r"@import|http://(?!www\.w3\.org)|https://", text)


def test_captions_are_text_and_never_markup(page, workflow):
    text = page(queries=20)
    assert Reader(text).scripts == 0
    with_videos = page(queries=2, extremes=0, videos=workflow.videos)
    assert Reader(with_videos).scripts == 2, "the videos, and what plays them"
    assert not re.search(r"@import|http://(?!www\.w3\.org)|https://", with_videos)
    assert "&lt;script&gt;jumps" in text


def test_every_score_stands_in_the_tables(page, workflow):
    rows = Reader(page()).rows
    words = {"t": "text", "m": "motion", "v": "video"}
    scores = read_scores(workflow.scores)
    assert len(scores) == (6 + 2) * 8 * 3
    starts = [row[:9] for row in rows]
    for score in scores:
        direction = f"{words[score.direction[0]]} → {words[score.direction[2]]}"
        numbers = [f"{score.metrics[name]:.2f}" for name in ("R1", "R2", "R3", "R5", "R10", "MedR")]
        if score.ties == "average":
            assert [direction, score.run, str(score.gallery), *numbers] in starts
    assert ["any", "chance", "20", "5.00", "10.00", "15.00", "25.00", "50.00", "10.50", "52.50%", ""] in rows


def test_the_headline_is_the_run_of_most_modalities_beside_chance(page, workflow):
    text = page()
    recall = {
        (s.direction, s.protocol): s.metrics["R1"] for s in read_scores(workflow.scores)[::-1] if s.run == "lavimo-3"
    }
    headlines = text[text.index('<div class="headlines">') : text.index("</header>")]
    for direction in ("t2m", "v2m"):
        value = recall[direction, "all"]
        assert f"<b>{value:.1f}<small> % R@1" in headlines
        assert f"{value / 5:.1f} times chance (5.00 %)" in headlines


def test_curves_of_both_runs_are_drawn(page):
    text = page()
    training = text[text.index('<section id="training">') : text.index('<section id="clips">')]
    figures = training.split("<figure")[1:]
    assert [re.search("<figcaption>(.*?)</figcaption>", figure)[1] for figure in figures] == [
        "total", "align text motion", "text → motion R@10",
    ]  # fmt: skip
    for figure in figures:
        assert "var(--run-0)" in figure
        assert "var(--run-1)" in figure


def test_recalls_and_similarities_are_drawn_for_every_direction_and_pair(page):
    text = page()
    retrieval = text[text.index('<section id="retrieval">') : text.index('<section id="training">')]
    titles = re.findall("<figcaption>(.*?)</figcaption>", retrieval)
    assert titles == [
        "text → motion", "motion → text", "video → motion", "motion → video", "text → video", "video → text",
        "text and motion", "video and motion", "text and video",
    ]  # fmt: skip
    figures = retrieval.split("<figure")[1:]
    assert ["var(--run-0)" in figure for figure in figures[:6]] == [True, True, False, False, False, False]
    assert all("var(--right)" in figure for figure in figures[6:])
    assert not re.search(r"#0[47a0]0[0-9a-f]0[0-9]", retrieval), "a placeholder of a colour was left"


def test_the_worst_queries_show_what_was_looked_for(page):
    text = page()
    worst = text[text.index("Text → motion: the worst queries") : text.index("Text → motion: the best queries")]
    ranks = [float(rank) for rank in re.findall(r"right one at rank ([\d.]+) of 20", worst)]
    assert len(ranks) == 2
    assert ranks == sorted(ranks, reverse=True)
    assert worst.count("what was looked for") == sum(rank > 3 for rank in ranks)


def test_queries_show_the_clips_retrieved_and_mark_the_right_one(page):
    text = page()
    articles = text[text.index('<section id="queries">') :].split("<article")[1:]
    assert len(articles) == 2 * (5 + 2 + 2), "five of text and five of video, and the two best and worst of each"
    for article in articles:
        assert article.count('class="answer') == 3
        rank = float(re.search(r"right one at rank ([\d.]+) of 20", article)[1])
        answers = article.split('<div class="answer')[1:]
        assert [i + 1 for i, answer in enumerate(answers) if answer.startswith(" right")] == [rank] * (rank <= 3)


def test_refused_clips_are_listed_with_the_reason(page, workflow):
    assert ["broken", "found NaN, expected numbers"] in Reader(page()).rows
    assert "None: every clip was read." in page(rejected=workflow.rejected[:1])


def test_the_same_inputs_give_the_same_bytes_whatever_their_order(page, workflow):
    reordered = {key: dict(reversed(getattr(workflow, key).items())) for key in ("logs", "embeddings")}
    assert page("a.html") == page("b.html", frames=workflow.frames[::-1], **reordered)


def test_two_modalities_alone_make_a_report(page, workflow):
    text = page(embeddings={"lavimo-2": workflow.embeddings["lavimo-2"]})
    assert text.count("<article") == 5 + 2 + 2
    assert page(extremes=0, embeddings={"lavimo-2": workflow.embeddings["lavimo-2"]}).count("<article") == 5


def test_a_clip_without_frames_is_named(page, workflow):
    with pytest.raises(ValueError, match=r"clip 'clip_\d\d': found no frames"):
        page(frames=workflow.frames[:1])
    assert not (workflow.folder / "report.html").exists()


def test_every_clip_of_the_queries_is_in_the_page_once_as_a_video(page, workflow):
    text = page(videos=workflow.videos)
    shown = re.findall(r'<video [^>]*data-clip="([^"]+)"', text)
    assert len(shown) > len(set(shown))
    videos = json.loads(re.search(r'<script type="application/json" id="videos">(.*?)</script>', text)[1])
    assert set(videos) == set(shown)
    assert text.count("data:video/mp4;base64,") == len(videos)


def test_frames_play_where_a_video_was_not_rendered(page, workflow):
    text = page(queries=20, videos=workflow.videos[:1])
    shown = set(re.findall(r'<video [^>]*data-clip="([^"]+)"', text))
    assert shown == {f"clip_{i:02}" for i in range(0, 20, 2)}
    assert 'class="picture playing clip-' in text


def test_actions_stand_in_a_table(page):
    rows = Reader(page()).rows
    (row,) = [row for row in rows if row[0] == "do"]
    assert row[1] == "19"
    assert len(row) == 2 + 2 * 3
    assert ["script", "1"] in [row[:2] for row in rows], "as the caption without a verb before it says"


def test_embeddings_without_captions_are_refused(page, workflow):
    found = read_embeddings(workflow.embeddings["lavimo-2"])
    path = workflow.folder / "lavimo-2" / "bare.safetensors"
    write_shard(path, found.of, ids=found.ids, split="test")
    with pytest.raises(ValueError, match=r"bare\.safetensors: lacks captions"):
        page(embeddings={**workflow.embeddings, "lavimo-2": path})
