"""The interface for programs: what is asked for is answered."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from data_folders import DATA
from fbx_files import write_fbx
from glb_file import Glb
from gltf_files import write_glb
from PIL import Image
from served import served

from lavimo.avatar.dress import dressed
from lavimo.body.skeleton import BODY_JOINTS
from lavimo.describe.fact import Fact
from lavimo.export.take import Cut, take_of
from lavimo.export.video import frames
from lavimo.formats import read_motion
from lavimo.landmarks.models import models_folder
from lavimo.landmarks.movement import joints_of
from lavimo.motion.ground import place_on_floor
from lavimo.search.action_filter import ActionFilter, marks_of
from lavimo.search.open_store import open_store

pytestmark = pytest.mark.xdist_group("search")
needs_blazepose = pytest.mark.skipif(not models_folder().is_dir(), reason="run `lavimo fetch-models`")


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


def test_filters_by_what_somebody_does(server):
    asked = [
        {"hand": "left"}, {"leg": "right"}, {"direction": "forward"}, {"gait": "walk"}, {"turns": "left"},
        {"jumps": True}, {"speed": "normal"},
    ]  # fmt: skip
    for does in asked:
        answer = server.search(text="a person moves", k=100, **does)
        assert answer.status == 200, answer.json
        for hit in answer.json["hits"]:
            facts = [Fact.from_json(fact) for fact in hit["facts"]]
            assert ActionFilter(**does).fits(marks_of(facts)), does
    assert server.search(text="a person moves", hand="third").status == 422


def test_what_a_motion_shows(server):
    hit = server.search(text="a person walks", k=1).json["hits"][0]
    asked = f"/api/motions/{hit['id']}/description"
    told = server.ask(f"{asked}?begin_s={hit['begin_s']}&end_s={hit['end_s']}").json
    assert told == {"description": hit["description"], "facts": hit["facts"]}
    assert set(server.ask(asked).json) == {"description", "facts"}
    assert server.ask("/api/motions/0123456789abcdef/description").status == 404


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


def test_of_a_file_with_several_animations_one_is_chosen(server, tmp_path):
    known = read_motion(DATA / "cmu" / "10_03.bvh")
    names = ["kick", "Take 001|x & y"]
    for path in (
        write_fbx(tmp_path / "a.fbx", dict.fromkeys(names, known)),
        write_fbx(tmp_path / "b.fbx", dict.fromkeys(names, known), text=True),
        write_glb(tmp_path / "a.glb", dict.fromkeys(names, known)),
    ):
        told = server.send("motion", path.read_bytes())
        assert (told.status, told.json["animations"]) == (422, names)
        assert told.json["detail"] == "found the animations kick, Take 001|x & y, expected one of them to be chosen"
        assert server.send("motion", path.read_bytes(), "none").json["animations"] == names
        sent = server.send("motion", path.read_bytes(), names[1])
        assert sent.status == 200
        assert server.search(motion=sent.json["id"]).json["hits"]
    sent = server.send("motion", write_fbx(tmp_path / "a.fbx", {"kick": known}).read_bytes())
    assert server.search(motion=sent.json["id"]).json["hits"]


@needs_blazepose
def test_a_picture_of_a_pose(server, video, little):
    store = open_store(str(little.index))
    (picture,) = frames(take_of(store.motion(video[0]), Cut()), dressed("mei"), "pose", 256, range(20, 21))
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    sent = server.send("image", content.getvalue())
    assert sent.status == 200, sent.body
    assert server.search(image=sent.json["id"], k=3).json["hits"]


def test_exports_are_the_motion(server, little, tmp_path):
    store = open_store(str(little.index))
    item = next(iter(store.items()))
    motion = store.motion(item.id)
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


def test_a_motion_is_put_on_a_skeleton_that_was_sent(server, little, tmp_path):
    item = next(iter(open_store(str(little.index)).items()))
    asked = f"/api/motions/{item.id}/export"
    plain = server.ask(f"{asked}.bvh").body
    sent = server.send("skeleton", plain.replace(b"left_knee", b"LeftKnee").replace(b"right_knee", b"RightKnee"))
    assert sent.status == 200, sent.body
    (tmp_path / "a.bvh").write_bytes(server.ask(f"{asked}.bvh?skeleton={sent.json['id']}").body)
    (tmp_path / "b.bvh").write_bytes(plain)
    assert b"JOINT LeftKnee" in (tmp_path / "a.bvh").read_bytes(), "the joints of the skeleton that was sent"
    found, expected = (joints_of(read_motion(tmp_path / name)) for name in ("a.bvh", "b.bvh"))
    np.testing.assert_allclose(found, expected, atol=1e-3)
    assert server.ask(f"{asked}.glb?skeleton={sent.json['id']}").status == 200
    assert server.ask(f"{asked}.npz?skeleton={sent.json['id']}").status == 422
    assert "found a clip of a workflow" in server.ask(f"{asked}.bvh?skeleton=own").body.decode()
    motion = server.send("motion", (DATA / "cmu" / "10_03.bvh").read_bytes()).json["id"]
    assert server.ask(f"{asked}.bvh?skeleton={motion}").status == 404
    assert server.send("skeleton", b"HIERARCHY").status == 422


def test_previews_are_kept(server, little):
    item = next(iter(open_store(str(little.index)).items()))
    first = server.ask(f"/api/motions/{item.id}/preview.webp?begin_s=0&end_s=1")
    assert first.headers["content-type"] == "image/webp"
    assert server.ask(f"/api/motions/{item.id}/preview.webp?begin_s=0&end_s=1").body == first.body
    still = server.ask(f"/api/motions/{item.id}/preview.jpg?begin_s=0&end_s=1")
    moving = Image.open(io.BytesIO(first.body))
    with Image.open(io.BytesIO(still.body)) as sheet:
        assert (sheet.format, sheet.size) == ("JPEG", (2 * moving.width, 2 * moving.height))
        for place, (x, y) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)]):
            moving.seek((2 * place + 1) * moving.n_frames // 8)
            at = (x * moving.width, y * moving.height, (x + 1) * moving.width, (y + 1) * moving.height)
            shown = np.asarray(sheet.crop(at)).astype(int)
            assert np.abs(shown - np.asarray(moving.convert("RGB")).astype(int)).mean() < 5
    assert server.ask(f"/api/motions/{item.id}/tracks").headers["content-type"] == "application/octet-stream"


def test_its_own_pages_and_description(server):
    told = server.ask("/openapi.json").json
    assert {"/api/search", "/api/uploads", "/api/motions/{id}/export.{kind}"} <= set(told["paths"])
    assert b"lavimo" in server.ask("/").body
    for name in ("main.js", "parts.js", "viewer.js", "api.js", "style.css", "icon.svg", "figure.svg"):
        assert server.ask(f"/page/{name}").status == 200


def test_words_after_a_preview(little):
    """In a process that drew before it read: two copies of LLVM do not meet."""
    with served(little.index) as running:
        id = next(iter(open_store(str(little.index)).items())).id
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


def test_motions_in_a_row_are_one_file(server, little, tmp_path):
    ids = [item.id for item in list(open_store(str(little.index)).items())[:3]]
    asked = "&".join(f"cut={cut}" for cut in (f"{ids[0]}@0-1.5", f"{ids[1]}!", ids[2]))
    tracks = np.frombuffer(server.ask(f"/api/tracks?{asked}").body, "<f4").reshape(-1, 3 + 24 * 4)
    answer = server.ask(f"/api/export.bvh?{asked}&fps=20")
    assert "_and_2_more.bvh" in answer.headers["content-disposition"]
    (tmp_path / "row.bvh").write_bytes(answer.body)
    assert abs(len(read_motion(tmp_path / "row.bvh")) - len(tracks)) <= 1
    assert server.ask(f"/api/export.glb?{asked}&blend_s=0.5&dressed=true").body.startswith(b"glTF")


@pytest.mark.parametrize(
    ("asked", "status", "message"),
    [
        ("", 422, "cut"),
        ("cut={id}", 422, "at least 2"),
        ("cut={id}&cut=0123456789abcdef", 404, "0123456789abcdef"),
        ("cut={id}&cut=../../etc/passwd", 422, "expected sixteen of the digits"),
        ("cut={id}&cut={id}@1", 422, "expected ID or ID@BEGIN-END"),
        ("cut={id}&cut={id}@0-0.3", 422, "found 0.3 s of the motion 2 in the row"),
        ("cut={id}&cut={id}&blend_s=nan", 422, "blend_s"),
        ("cut={id}&cut={id}&fps=1", 422, "found a frame rate of 1 a second"),
        ("&".join(["cut={id}"] * 21), 422, "at most 20"),
    ],
)
def test_rows_that_cannot_be(server, little, asked, status, message):
    id = next(iter(open_store(str(little.index)).items())).id
    answer = server.ask(f"/api/export.bvh?{asked.format(id=id)}")
    assert (answer.status, message in answer.json["detail"]) == (status, True), answer.json
