"""A glTF is the motion that it was made of, whatever its joints' axes, helpers and keys; up is what it declares."""

import json
import logging

import numpy as np
import pytest
from bone_aligned import LAFAN1, POSTURES, posture, write_bone_aligned
from data_folders import CMU_BVH
from fbx_files import write_fbx
from gltf_files import packed, unpacked, write_glb

from lavimo.clips import read_clips, write_clips
from lavimo.config import BvhOptions, SourceOptions
from lavimo.export.export import export
from lavimo.export.take import Cut
from lavimo.formats import read_motion
from lavimo.formats.trees import animations_of
from lavimo.motion.featurize import joints_of
from lavimo.motion.ground import place_on_floor
from lavimo.sources import open_source


def walk():
    return read_motion(CMU_BVH / "07_01.bvh")


def same(found, expected, metres=0.02):
    """Joints within 2 cm of the truth, path, facing and length with them."""
    np.testing.assert_allclose(joints_of(found), joints_of(place_on_floor(expected)), atol=metres)


@pytest.mark.parametrize("aligned", [True, False])
@pytest.mark.parametrize("skin", [True, False])
@pytest.mark.parametrize("how", ["LINEAR", "STEP", "CUBICSPLINE"])
def test_the_motion_is_what_was_written(tmp_path, how, skin, aligned):
    path = write_glb(tmp_path / "a.glb", {"Walk": walk()}, skin=skin, how=how, aligned=aligned)
    same(read_motion(path), walk(), 0.002)
    assert len(read_motion(path, 0.5, 1.0)) == 10


def test_without_a_bind_pose_the_joints_places_count(tmp_path, caplog):
    path = write_glb(tmp_path / "a.glb", {"Walk": walk()}, skin=False, posed=True)
    found, expected = (
        joints_of(read_motion(path)),
        joints_of(read_motion(write_bone_aligned(tmp_path / "a.bvh", walk()))),
    )
    np.testing.assert_allclose(found, expected, atol=0.01)
    assert not caplog.records


@pytest.mark.parametrize("skin", [True, False])
@pytest.mark.parametrize("name", POSTURES)
def test_up_is_declared(tmp_path, name, skin, caplog):
    with caplog.at_level(logging.WARNING):
        path = write_glb(tmp_path / "a.glb", {"Odd": posture(name)}, skin=skin, posed=not skin)
        same(read_motion(path), posture(name), 0.002 if skin else 0.35)
        found, expected = joints_of(read_motion(path)), joints_of(place_on_floor(posture(name)))
        np.testing.assert_allclose(found[:, 0], expected[:, 0], atol=0.08)
        assert not caplog.records


def test_our_own_export_comes_back(tmp_path):
    export(walk(), Cut("walk"), tmp_path / "walk.glb", "glb")
    same(read_motion(tmp_path / "walk.glb"), walk(), 0.002)


def test_several_animations(tmp_path):
    path = write_glb(tmp_path / "a#1.glb", {"Walk": walk(), "Crouch": posture("crouched"), "": posture("lying")})
    assert animations_of(path) == ["Walk", "Crouch", "3"]
    for name, motion in (("Walk", walk()), ("Crouch", posture("crouched")), ("3", posture("lying"))):
        same(read_motion(f"{path}#{name}"), motion, 0.002)
    with pytest.raises(ValueError, match=r"a#1\.glb: found the animations a#1\.glb#Walk, .*#3; name one"):
        read_motion(path)
    with pytest.raises(ValueError, match=r"a#1\.glb#Run: found the animations"):
        read_motion(f"{path}#Run")


def test_text_with_its_buffer_beside_it(tmp_path):
    whole, binary = unpacked(write_glb(tmp_path / "a.glb", {"Walk": walk()}))
    whole["buffers"][0]["uri"] = "a%20b.bin"
    (tmp_path / "a b.bin").write_bytes(binary)
    path = tmp_path / "a.gltf"
    path.write_text(json.dumps(whole))
    same(read_motion(path), walk(), 0.002)
    for uri, says in (("../a b.bin", "expected one in its own folder"), ("no.bin", "lacks its file 'no.bin'")):
        whole["buffers"][0]["uri"] = uri
        path.write_text(json.dumps(whole))
        with pytest.raises(ValueError, match=says):
            read_motion(path)


def test_what_is_damaged_is_named(tmp_path):
    path = write_glb(tmp_path / "a.glb", {"Walk": walk()})
    content = path.read_bytes()
    for cut in (5, 15, 300, len(content) - 1000):
        path.write_bytes(content[:cut])
        with pytest.raises(ValueError, match=r"a\.glb"):
            read_motion(path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda whole: whole["nodes"][3].update(children=[0]), "below two nodes|below itself"),
        (lambda whole: whole["nodes"][5].update(children=[5]), "below two nodes"),
        (lambda whole: whole.update(extensionsRequired=["EXT_meshopt_compression"]), "needs the extension"),
        (lambda whole: whole["accessors"][0].update(count=10**9), "found 1000000000 elements"),
        (lambda whole: whole["accessors"][0].update(count=4000), "cut short"),
        (lambda whole: whole["accessors"][1].update(type="VEC3"), "found values"),
        (lambda whole: whole["accessors"][1].pop("componentType"), "damaged"),
        (lambda whole: whole["animations"][0]["channels"][0]["target"].update(node=999), "damaged"),
        (lambda whole: whole["animations"].clear(), "found no animation"),
        (lambda whole: whole["animations"][0]["channels"].clear(), "moves nothing"),
        (lambda whole: whole["nodes"][6].update(name="x"), "no map knows"),
        (lambda whole: whole["asset"].update(version="1.0"), "found glTF 1.0"),
        (lambda whole: whole["animations"][0]["samplers"][0].update(interpolation="CUBIC"), "found the interpolation"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, change, says):
    names = {**LAFAN1, **{smpl: f"bone{number}" for number, smpl in enumerate(LAFAN1)}} if "no map" in says else LAFAN1
    path = write_glb(tmp_path / "a.glb", {"Walk": walk()}, names=names)
    whole, binary = unpacked(path)
    change(whole)
    path.write_bytes(packed(whole, binary))
    with pytest.raises(ValueError, match=rf"a\.glb: .*({says})"):
        read_motion(path)


def test_bytes_flipped_at_random(tmp_path):
    """Either a motion, or a ValueError that names the file."""
    path = write_glb(tmp_path / "a.glb", {"Walk": posture("crawling")})
    content, generator = path.read_bytes(), np.random.default_rng(0)
    end = len(unpacked(path)[0]) and int.from_bytes(content[12:16], "little") + 20
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(generator.integers(1, 4)):
            damaged[generator.integers(0, end)] = generator.integers(32, 127)
        path.write_bytes(bytes(damaged))
        told = ""
        try:
            read_motion(path)
        except ValueError as error:
            told = str(error)
        assert not told or "a.glb" in told


@pytest.mark.parametrize("head", [b"PXR-USDC", b"\x02\x50"])
def test_what_is_not_read_is_refused_by_name(tmp_path, head):
    (tmp_path / "a.x").write_bytes(head + b"\0" * 100)
    with pytest.raises(ValueError, match=r"a\.x: found (USD|C3D), "):
        read_motion(tmp_path / "a.x")


def test_a_source_of_captioned_files(tmp_path):
    """Where a BVH may stand: by its name, or by the column `path`."""
    write_glb(tmp_path / "mocap/one.GLB", {"Walk": walk()})
    write_glb(tmp_path / "mocap/two.glb", {"Lie": posture("lying")})
    write_glb(tmp_path / "mocap/four.glb", {"Walk": walk(), "Lie": posture("lying")})
    write_bone_aligned(tmp_path / "mocap/three.bvh", posture("crouched"))
    table = tmp_path / "captions.csv"
    write_fbx(tmp_path / "mocap/five.FBX", {"Walk": walk()})
    write_fbx(tmp_path / "mocap/packs/six.fbx", {"Take 001": posture("crouched"), "Take#2": walk()})
    rows = "one,walks,\nlies,lies,two.glb\nthree,crouches,\nfour,moves,\nfive,walks,\n"
    rows += "lie,lies,four.glb#Lie\na,crouches,packs/six.fbx#Take 001\nb,walks,packs\\six.FBX#Take#2\n"
    table.write_text(f"clip,caption,path\n{rows}")
    source = open_source(SourceOptions(kind="bvh", bvh=BvhOptions(folder=tmp_path / "mocap", captions=table)))
    clips = {clip.id: clip for clip in source.clips()}
    same(source.motion(clips["one"]), walk(), 0.002)
    same(source.motion(clips["lies"]), posture("lying"), 0.002)
    assert [source.check(clips[id]) for id in ("one", "lies", "three")] == [len(walk()), 101, 101]
    for id, motion in (("five", walk()), ("lie", posture("lying")), ("a", posture("crouched")), ("b", walk())):
        same(source.motion(clips[id]), motion, 0.002)
    assert [clips[id].file.name for id in ("lie", "a", "b")] == ["four.glb", "six.fbx", "six.fbx"]
    with pytest.raises(ValueError, match=r"found the animations four\.glb#Walk, four\.glb#Lie; name one of them"):
        source.check(clips["four"])
    write_clips(tmp_path / "clips.csv", clips.values())
    assert read_clips(tmp_path / "clips.csv")["b"].animation == "Take#2"
    table.write_text("clip,caption,path\na,walks,\n")
    with pytest.raises(ValueError, match=r"found no file a\.bvh"):
        source.clips()
