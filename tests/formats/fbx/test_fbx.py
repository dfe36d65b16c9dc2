"""An FBX is the motion that it was made of, whatever its axes, unit, angles' orders, pivots, curves and version."""

import logging
import struct

import numpy as np
import pytest
from bone_aligned import LAFAN1, POSTURES, posture
from data_folders import CMU_BVH
from fbx_files import WORLDS, Id, Part, Scene, packed, table, write_fbx, written

from lavimo.formats import read_motion
from lavimo.formats.trees import animations_of, read_nodes
from lavimo.motion.featurize import joints_of
from lavimo.motion.ground import place_on_floor


def walk():
    return read_motion(CMU_BVH / "07_01.bvh")


def same(found, expected, metres=0.002):
    """Joints within 2 mm of the truth; path, facing and length with them."""
    np.testing.assert_allclose(joints_of(found), joints_of(place_on_floor(expected)), atol=metres)


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize("aligned", [True, False])
@pytest.mark.parametrize("skin", [True, False])
@pytest.mark.parametrize("how", ["LINEAR", "CONSTANT", "CUBIC", "AUTO"])
def test_the_motion_is_what_was_written(tmp_path, how, skin, aligned, text):
    path = write_fbx(tmp_path / "a.fbx", {"Walk": walk()}, skin=skin, how=how, aligned=aligned, text=text)
    same(read_motion(path), walk())
    assert len(read_motion(path, 0.5, 1.0)) == 10


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("unit_cm", [1.0, 100.0, 2.54, 0.1])
def test_axes_and_unit_are_declared(tmp_path, world, unit_cm, text):
    path = write_fbx(tmp_path / "a.fbx", {"Walk": walk()}, axes=world, unit_cm=unit_cm, text=text)
    same(read_motion(path), walk())
    nodes = read_nodes(path)
    places_N3 = nodes.world(None, np.zeros(1)).places_TM3[0]
    head, foot = (places_N3[nodes.names.index(LAFAN1[name])] for name in ("head", "left_foot"))
    assert 1.2 < head[1] - foot[1] < 1.8  # metres


@pytest.mark.parametrize("version", [7100, 7200, 7300, 7400, 7500, 7700])
def test_versions(tmp_path, version):
    same(read_motion(write_fbx(tmp_path / "a.fbx", {"Walk": walk()}, version=version)), walk())


@pytest.mark.parametrize("prefix", ["mixamorig:", "Character1:Reference:", "Neo_"])
def test_names_of_bones_have_prefixes(tmp_path, prefix):
    same(read_motion(write_fbx(tmp_path / "a.fbx", {"Walk": walk()}, prefix=prefix)), walk())


@pytest.mark.parametrize("skin", [True, False])
@pytest.mark.parametrize("name", POSTURES)
def test_up_is_declared(tmp_path, name, skin, caplog):
    with caplog.at_level(logging.WARNING):
        path = write_fbx(tmp_path / "a.fbx", {"Odd": posture(name)}, skin=skin, posed=not skin, axes="z")
        found, expected = read_motion(path), posture(name)
        same(found, expected, 0.002 if skin else 0.35)
        np.testing.assert_allclose(joints_of(found)[:, 0], joints_of(place_on_floor(expected))[:, 0], atol=0.08)
        assert not caplog.records


def test_stacks_are_animations(tmp_path):
    motions = {"Take 001": walk(), "rig|Crouch": posture("crouched"), "": posture("lying")}
    path = write_fbx(tmp_path / "a#1.fbx", motions)
    assert animations_of(path) == ["Take 001", "rig|Crouch", "3"]
    for name, motion in zip(animations_of(path), motions.values()):
        same(read_motion(f"{path}#{name}"), motion)
    with pytest.raises(ValueError, match=r"a#1\.fbx: found the animations a#1\.fbx#Take 001, .*#3; name one"):
        read_motion(path)
    with pytest.raises(ValueError, match=r"a#1\.fbx#Run: found the animations"):
        read_motion(f"{path}#Run")


def bone(scene: Scene, name: str, parent: int, *properties) -> Id:
    return scene.add("Model", name, "LimbNode", parent, table(*properties))


def moved(tmp_path, scene, at_s, nodes=None):
    path = tmp_path / "a.fbx"
    path.write_bytes(scene.file(table(("UnitScaleFactor", 100.0))))
    tree = read_nodes(path)
    return tree.world(tree.animations[0], np.atleast_1d(at_s), nodes).places_TM3


def layered(scene: Scene, layer: Id, model: Id, prop: str, values, ticks=(0, 1)) -> None:
    times = np.array(ticks, np.int64) * 46_186_158_000
    scene.animate(layer, model, prop, times, np.array([values, values], float), "LINEAR")


def test_layers_are_laid_over_another(tmp_path):
    """Added with a weight, in place of what is below, by rotations and by numbers; muted ones are not."""
    scene = Scene()
    root = bone(scene, "a", 0, ("RotationOrder", 4))
    bone(scene, "b", root, ("Lcl Translation", 0.0, 1.0, 0.0))
    stack = scene.add("AnimationStack", "T", "", 0, table())
    base = scene.add("AnimationLayer", "Base", "", stack, table())
    layered(scene, base, root, "Lcl Translation", (1, 0, 0))
    layered(scene, base, root, "Lcl Rotation", (0, 0, 30))
    added = scene.add("AnimationLayer", "Add", "", stack, table(("Weight", 50.0), ("BlendMode", 0)))
    layered(scene, added, root, "Lcl Translation", (0, 4, 0))
    layered(scene, added, root, "Lcl Rotation", (0, 0, 120))
    layered(scene, scene.add("AnimationLayer", "No", "", stack, table(("Mute", 1))), root, "Lcl Translation", (9, 9, 9))
    over = scene.add("AnimationLayer", "Over", "", stack, table(("Weight", 25.0), ("BlendMode", 1)))
    layered(scene, over, root, "Lcl Translation", (5, 2, 8))
    found = moved(tmp_path, scene, 0.5)[0]
    np.testing.assert_allclose(found[0], [2, 2, 2], atol=1e-6)
    np.testing.assert_allclose(found[1] - found[0], [-1, 0, 0], atol=1e-6)


@pytest.mark.parametrize(("inherits", "reach"), [(1, 4.0), (2, 2.0)])
def test_scale_is_inherited_or_not(tmp_path, inherits, reach):
    scene = Scene()
    root = bone(scene, "a", 0, ("Lcl Scaling", 2.0, 2.0, 2.0))
    middle = bone(scene, "b", root, ("Lcl Scaling", 2.0, 2.0, 2.0), ("InheritType", inherits))
    bone(scene, "c", middle, ("Lcl Translation", 1.0, 0.0, 0.0))
    layer = scene.add("AnimationLayer", "", "", scene.add("AnimationStack", "T", "", 0, table()))
    layered(scene, layer, root, "Lcl Translation", (0, 0, 0))
    np.testing.assert_allclose(moved(tmp_path, scene, 0)[0, 2], [reach, 0, 0], atol=1e-6)


def test_the_span_is_the_stacks(tmp_path):
    """What lies before and after it, often a T-pose, is no motion; a span without keys is none."""
    scene = Scene()
    root = bone(scene, "a", 0)
    for name, (first, last) in {"cut": (1, 3), "none": (40, 50)}.items():
        span = table(*((what, Id(at * 46_186_158_000)) for what, at in (("LocalStart", first), ("LocalStop", last))))
        layer = scene.add("AnimationLayer", "", "", scene.add("AnimationStack", name, "", 0, span))
        layered(scene, layer, root, "Lcl Translation", (0, 0, 0), (0, 10))
    (tmp_path / "a.fbx").write_bytes(scene.file(table()))
    spans = {one.name: (one.start_s, one.end_s) for one in read_nodes(tmp_path / "a.fbx").animations}
    assert spans == {"cut": (1.0, 3.0), "none": (0.0, 10.0)}


def curve(times, values, flags, data) -> list[Part]:
    bits = np.array([0, 0, data[2] | data[3] << 16], np.uint32)
    numbers = np.array([data[0], data[1], 0, 0], np.float32)
    numbers[2] = bits.view(np.float32)[2]
    return [
        Part("KeyTime", ((np.array(times) * 46_186_158_000).astype(np.int64),)),
        Part("KeyValueFloat", (np.array(values, np.float32),)), Part("KeyAttrFlags", (np.array([flags], np.int32),)),
        Part("KeyAttrDataFloat", (numbers,)), Part("KeyAttrRefCount", (np.array([len(times)], np.int32),)),
    ]  # fmt: skip


def x_of(tmp_path, within, at_s):
    scene = Scene()
    root = bone(scene, "a", 0)
    layer = scene.add("AnimationLayer", "", "", scene.add("AnimationStack", "T", "", 0, table()))
    node = scene.add("AnimationCurveNode", "T", "", layer, table())
    scene.link(node, root, "Lcl Translation")
    scene.link(scene.add("AnimationCurve", "", "", 0, *within), node, "d|X")
    return moved(tmp_path, scene, at_s)[:, 0, 0]


def test_handles_reach_as_far_as_their_weights(tmp_path):
    """A cubic of time and value, by its definition."""
    slope, arrives, reach, back = 3.0, -2.0, 0.8, 0.1
    share = np.linspace(0, 1, 100_001)

    def cubic(a, b, c, d):
        return (1 - share) ** 3 * a + 3 * share * (1 - share) ** 2 * b + 3 * share**2 * (1 - share) * c + share**3 * d

    time = cubic(1, 1 + 2 * reach, 3 - 2 * back, 3)
    value = cubic(5, 5 + slope * 2 * reach, 7 - arrives * 2 * back, 7)
    at_s = np.linspace(1, 3, 21)
    data = (slope, arrives, round(9999 * reach), round(9999 * back))
    found = x_of(tmp_path, curve([1, 3], [5, 7], 0x408 | 0x3000000, data), at_s)
    np.testing.assert_allclose(found, np.interp(at_s, time, value), atol=1e-3)


@pytest.mark.parametrize(
    ("flags", "slopes"), [(0x108, (2, 0.75, -0.5)), (0x2108, (2, 0.3333, -0.5)), (0x6108, (0, 0, 0))]
)
def test_automatic_slopes_follow_from_the_neighbours(tmp_path, flags, slopes):
    at_s = np.array([0, 1, 3])[[0, 1, 1, 2]] + [1e-3, -1e-3, 1e-3, -1e-3]
    values = np.array([0, 2, 1])
    found = x_of(tmp_path, curve([0, 1, 3], values, flags, (0, 0, 0, 0)), at_s)
    steep = (found - values[[0, 1, 1, 2]]) / [1e-3, -1e-3, 1e-3, -1e-3]
    np.testing.assert_allclose(steep, np.array(slopes)[[0, 1, 1, 2]], atol=0.01)


def test_what_is_cut_is_named(tmp_path):
    for text in (True, False):
        path = write_fbx(tmp_path / "a.fbx", {"Walk": walk()}, text=text)
        content = path.read_bytes()
        for cut in (5, 30, 300, len(content) // 2, len(content) - 5000):
            path.write_bytes(content[:cut])
            with pytest.raises(ValueError, match=r"a\.fbx: "):
                read_motion(path)


def changed(scene: Scene, kind: str, name: str, *values) -> Scene:
    """Another value of a record of all objects of a kind."""
    scene.objects = [
        Part(one.name, one.values, tuple(Part(name, values) if own.name == name else own for own in one.within))
        if one.name == kind else one
        for one in scene.objects
    ]  # fmt: skip
    return scene


def loop(scene: Scene) -> Scene:
    first, second = bone(scene, "a", 0), bone(scene, "b", 0)
    scene.links = scene.links[:-2]
    scene.link(first, second)
    scene.link(second, first)
    return scene


def one_curve() -> Scene:
    scene = Scene()
    root = bone(scene, "a", 0)
    layer = scene.add("AnimationLayer", "", "", scene.add("AnimationStack", "T", "", 0, table()))
    layered(scene, layer, root, "Lcl Translation", (0, 0, 0))
    return scene


KEYS = "AnimationCurve"


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize(
    ("scene", "says"),
    [
        (loop(one_curve()), "below itself"),
        (changed(one_curve(), KEYS, "KeyTime", np.zeros(5, np.int64)), "5 times and 2 values"),
        (changed(one_curve(), KEYS, "KeyTime", np.array([9, 3])), "go backwards"),
        (changed(one_curve(), KEYS, "KeyTime", np.array([0, np.inf])), "no whole numbers|no numbers"),
        (changed(one_curve(), KEYS, "KeyValueFloat", np.array([np.nan, 0])), "no finite number|no numbers"),
        (changed(one_curve(), KEYS, "KeyAttrRefCount", np.array([1, 7], np.int32)), "attributes for others"),
        (changed(one_curve(), KEYS, "KeyTime", "many"), "no array of numbers"),
        (changed(one_curve(), "Model", "Properties70", 1), "found no animation|no map"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, scene, says, text):
    (tmp_path / "a.fbx").write_bytes(scene.file(table(), text))
    with pytest.raises(ValueError, match=rf"a\.fbx: .*({says})"):
        read_motion(tmp_path / "a.fbx")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ((("UnitScaleFactor", 0.0),), "a unit of 0 cm"), ((("UpAxis", 5),), "UpAxis 5"),
        ((("UpAxis", 0),), "two are the same"), ((("UpAxisSign", 0),), "sign 0"),
    ],
)  # fmt: skip
def test_settings_that_are_none_are_named(tmp_path, settings, says):
    (tmp_path / "a.fbx").write_bytes(one_curve().file(table(*settings)))
    with pytest.raises(ValueError, match=rf"a\.fbx: .*{says}"):
        read_motion(tmp_path / "a.fbx")


def test_an_array_that_unpacks_to_more_than_it_says(tmp_path):
    """Neither is it unpacked whole, nor are so many numbers made as it says."""
    path = tmp_path / "a.fbx"
    good = changed(one_curve(), KEYS, "KeyValueFloat", np.zeros(2**20, np.float32)).file(table())
    at = good.index(b"KeyValueFloat") + 14
    assert good[at - 1 : at] == b"f"
    for count in (2, 2**31):
        path.write_bytes(good[:at] + struct.pack("<I", count) + good[at + 4 :])
        with pytest.raises(ValueError, match=r"a\.fbx: .*(expected 8|expected at most)"):
            read_motion(path)


def test_deep_nesting_is_no_trouble(tmp_path):
    deep = Part("X")
    for _ in range(500):
        deep = Part("X", (), (deep,))
    scene = one_curve()
    scene.objects.append(Part("Model", (Id(5), "m\0\1Model", "Null"), (deep,)))
    for text in (True, False):
        (tmp_path / "a.fbx").write_bytes(scene.file(table(), text))
        with pytest.raises(ValueError, match="no map knows"):
            read_motion(tmp_path / "a.fbx")
    (tmp_path / "a.fbx").write_text("; FBX 7.3.0\nFBXVersion: 7300\n" + "A: {\n" * 100_000)
    with pytest.raises(ValueError, match="not closed"):
        read_motion(tmp_path / "a.fbx")


@pytest.mark.parametrize("version", [5000, 6100, 8000])
def test_other_versions_are_refused(tmp_path, version):
    top = (Part("FBXHeaderExtension", (), (Part("FBXVersion", (version,)),)), Part("Objects", (), (Part("Model"),)))
    for content in (packed(top, version), written(top)):
        (tmp_path / "a.fbx").write_bytes(content)
        with pytest.raises(ValueError, match=rf"a\.fbx: found FBX {version / 1000}, expected 7\.1 to 7\.7: convert"):
            read_motion(tmp_path / "a.fbx")
