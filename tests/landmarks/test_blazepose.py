"""BlazePose beside the raw interpreter, and on avatars whose joints we know."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lavimo.avatar.wardrobe import Wardrobe
from lavimo.body.skeleton import JOINT_NAMES
from lavimo.landmarks.accuracy import compared, errors_of
from lavimo.landmarks.blazepose import BlazePose, anchors, refined, sigmoid, without_overlaps
from lavimo.landmarks.models import SHA256, check, fetch_models, landmark_model, models_folder
from lavimo.landmarks.names import BONES, JOINTS, MIRROR, NAMES, SEEN
from lavimo.landmarks.region import Region
from lavimo.shards import Shard
from lavimo.video.codec import VideoReader

pytestmark = pytest.mark.xdist_group("filmed")


def picture_of(filmed, clip, number=0):
    return Image.fromarray(VideoReader(filmed / "videos" / f"{clip}.mp4").read([number])[0])


def test_names_agree_with_each_other():
    assert len(NAMES) == 33
    assert [NAMES[i] for i in MIRROR[MIRROR]] == list(NAMES)
    for landmark, joint in zip(SEEN, JOINTS):
        side = NAMES[landmark].split("_")[0]
        assert side == "nose" or JOINT_NAMES[joint].startswith(side)
    assert all(a != b for a, b in BONES)


def test_the_anchors_are_in_the_networks_order():
    """Rows of cells from the upper left; at the coarsest stride six anchors a cell (MediaPipe's SSD options)."""
    found = anchors()
    assert found.shape == (2254, 2)
    np.testing.assert_allclose(
        found[[0, 1, 2, 56]], [[0.5 / 28] * 2, [0.5 / 28] * 2, [1.5 / 28, 0.5 / 28], [0.5 / 28, 1.5 / 28]]
    )
    np.testing.assert_allclose(found[1568], [0.5 / 14] * 2)
    np.testing.assert_allclose(found[[1960, 1965, 1966]], [[0.5 / 7] * 2, [0.5 / 7] * 2, [1.5 / 7, 0.5 / 7]])


@given(st.integers(0, 2**32 - 1))
def test_refinement_is_that_of_a_plain_loop(seed):
    rng = np.random.default_rng(seed)
    points, heat = rng.uniform(-0.1, 1.1, (39, 2)), rng.normal(-1, 3, (64, 64, 39))
    expected = points.copy()
    for k in range(39):
        column, row = math.floor(points[k, 0] * 64), math.floor(points[k, 1] * 64)
        if not (0 <= column < 64 and 0 <= row < 64):
            continue
        total = x = y = best = 0.0
        for r in range(max(row - 3, 0), min(row + 4, 64)):
            for c in range(max(column - 3, 0), min(column + 4, 64)):
                belief = 1 / (1 + math.exp(-heat[r, c, k]))
                total, x, y, best = total + belief, x + belief * c, y + belief * r, max(best, belief)
        if best >= 0.5:
            expected[k] = x / total / 64, y / total / 64
    np.testing.assert_allclose(refined(points, heat), expected, atol=1e-9)


@given(
    st.floats(-3.1, 3.1), st.floats(20, 200), st.floats(60, 200), st.floats(80, 160), st.floats(0, 1), st.floats(0, 1)
)
def test_a_region_shows_what_it_says(angle, side, x, y, u, v):
    """A bright spot of a picture is in the crop where its place in the region is."""
    region = Region(x, y, side, angle)
    spot = region.to_picture(np.array([[u, v]]))[0]
    yy, xx = np.mgrid[:240, :260]
    pixels = 255 * np.exp(-((xx + 0.5 - spot[0]) ** 2 + (yy + 0.5 - spot[1]) ** 2) / (2 * 4.0**2))
    if not (12 < spot[0] < 248 and 12 < spot[1] < 228 and 0.1 < u < 0.9 and 0.1 < v < 0.9):
        return
    crop = np.asarray(region.crop(Image.fromarray(np.repeat(pixels.astype(np.uint8)[..., None], 3, 2)), 128), float)[
        ..., 0
    ]
    row, column = np.unravel_index(crop.argmax(), crop.shape)
    reach = 1.5 + 128 / side * 1.5
    assert abs(column + 0.5 - 128 * u) <= reach
    assert abs(row + 0.5 - 128 * v) <= reach


def test_an_upright_person_has_an_upright_region():
    upright = Region.of_axis(np.array([100.0, 100.0]), np.array([100.0, 40.0]))
    assert (upright.side, upright.angle) == (pytest.approx(150), pytest.approx(0))
    lying = Region.of_axis(np.array([100.0, 100.0]), np.array([160.0, 100.0]))
    assert lying.angle == pytest.approx(math.pi / 2)


def test_overlap_is_that_of_squares():
    assert Region(0, 0, 2).overlap(Region(0, 0, 2)) == 1
    assert Region(0, 0, 2).overlap(Region(1, 0, 2)) == pytest.approx(1 / 3)
    assert Region(0, 0, 2).overlap(Region(0.2, 0.1, 1)) == pytest.approx(1 / 4)
    assert Region(0, 0, 2).overlap(Region(5, 0, 2)) == 0
    kept = without_overlaps([(0.6, Region(0, 0, 2)), (0.9, Region(0.1, 0, 2)), (0.7, Region(5, 0, 2))])
    assert [score for score, _ in kept] == [0.9, 0.7]


def test_landmarks_are_those_of_the_raw_interpreter(pose, filmed):
    """Without turn and without scale there is nothing between a picture and the network."""
    from ai_edge_litert.interpreter import Interpreter

    clip = sorted((filmed / "videos").glob("*.mp4"))[0].stem
    picture = picture_of(filmed, clip, 10)
    raw = Interpreter(str(landmark_model(None)), num_threads=1)
    raw.allocate_tensors()
    raw.set_tensor(raw.get_input_details()[0]["index"], np.asarray(picture, np.float32)[None] / 255)
    raw.invoke()
    outputs = {tuple(out["shape"]): raw.get_tensor(out["index"]) for out in raw.get_output_details()}
    person = pose.landmarks(picture, Region(128, 128, 256))
    world_L3, flat_L5 = outputs[1, 117].reshape(39, 3), outputs[1, 195].reshape(39, 5)
    np.testing.assert_allclose(person.world_L3, world_L3[:33] * [1, -1, -1], atol=1e-6)
    np.testing.assert_allclose(person.visibility_L, sigmoid(flat_L5[:33, 3]), atol=1e-6)
    assert np.abs(person.image_L2 - flat_L5[:33, :2]).max() < 256 / 64 * 4, "refined within its window"
    assert person.score == pytest.approx(float(outputs[1, 1][0, 0]))


def test_any_number_of_threads_gives_the_same_bits(pose, filmed):
    picture = picture_of(filmed, sorted((filmed / "videos").glob("*.mp4"))[0].stem, 10)
    several = BlazePose(threads=3)
    assert several.people(picture) == pose.people(picture)
    one, other = (some.landmarks(picture, Region(128, 128, 256)) for some in (pose, several))
    np.testing.assert_array_equal(one.world_L3, other.world_L3)
    np.testing.assert_array_equal(one.image_L2, other.image_L2)


@pytest.mark.parametrize("degrees", [0, 40, 90, 180, -70])
def test_a_turned_picture_has_turned_landmarks(pose, filmed, degrees):
    clip = sorted((filmed / "videos").glob("*.mp4"))[0].stem
    picture = picture_of(filmed, clip, 10)
    upright = pose.landmarks(picture, pose.people(picture)[0][1])
    angle = math.radians(degrees)
    turn_22 = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    x, y = 128 + turn_22 @ [upright.region.x - 128, upright.region.y - 128]
    region = Region(x, y, upright.region.side, upright.region.angle + angle)
    turned = pose.landmarks(picture.rotate(-degrees, Image.Resampling.BICUBIC), region)
    straight = pose.landmarks(picture, upright.region)
    distance = np.linalg.norm(turned.world_L3[:, :2], axis=1) - np.linalg.norm(straight.world_L3[:, :2], axis=1)
    assert np.abs(distance).max() < 0.05
    directions = np.arctan2(turned.world_L3[:, 1], turned.world_L3[:, 0]) - np.arctan2(
        straight.world_L3[:, 1], straight.world_L3[:, 0]
    )
    far = np.linalg.norm(straight.world_L3[:, :2], axis=1) > 0.3
    assert np.abs((directions[far] + angle + math.pi) % (2 * math.pi) - math.pi).max() < 0.1


def test_nobody_is_nobody(pose):
    grey = Image.new("RGB", (320, 240), (120, 130, 125))
    assert pose.people(grey) == []
    assert pose.landmarks(grey, Region(160, 120, 200)) is None


def test_the_landmarks_are_where_the_joints_are(filmed, wardrobe):
    """On our own avatars: a few hundredths of the person's height in the picture, centimetres in space."""
    shard, animation = Shard(filmed / "landmarks.safetensors"), Shard(filmed / "animations.safetensors")
    clips = [compared(shard, clip, animation, Wardrobe(wardrobe)) for clip in shard.clips]
    found = errors_of(clips)
    assert found["apart_height"] < 0.03
    assert found["distance_mm"] < 90
    for name, one in found["landmarks"].items():
        assert one["apart_height"] < (0.1 if name == "nose" else 0.05), name
        assert one["distance_mm"] < (260 if name == "nose" else 150), name


def test_the_networks_own_words_do_not_reach_the_terminal(pose, capfd):
    BlazePose()
    assert capfd.readouterr().err == ""


def test_a_missing_or_other_model_is_one_clear_error(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"found no pose_detection.tflite; run `lavimo fetch-models`"):
        BlazePose(tmp_path)
    monkeypatch.setenv("LAVIMO_BLAZEPOSE", str(tmp_path))
    assert models_folder() == tmp_path
    (tmp_path / "pose_detection.tflite").write_bytes(b"not a model")
    with pytest.raises(ValueError, match="found sha256"):
        BlazePose()
    with pytest.raises(ValueError, match=r"cannot be read as a LiteRT model|found no pose_landmark"):
        BlazePose(tmp_path)


def test_another_network_is_refused(pose, tmp_path):
    for name in SHA256:
        (tmp_path / name).write_bytes(landmark_model(None, "pose_detection.tflite").read_bytes())
    with pytest.raises(ValueError, match="found outputs of"):
        BlazePose(tmp_path)


def test_models_that_are_there_are_not_fetched_again(pose, monkeypatch):
    monkeypatch.setattr("subprocess.run", lambda *a, **k: pytest.fail("asked pip"))
    for name in SHA256:
        check(fetch_models() / name)


def test_without_a_network_the_message_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "file:///nowhere")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ValueError, match=r"pip cannot download mediapipe==0.10.21 .*is there a network"):
        fetch_models(tmp_path / "models")
