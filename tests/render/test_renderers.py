"""Both renderers: the person where it should be, textured rightly, and the same from both."""

import gc
import os
import subprocess
import sys

import numpy as np
import pytest

from lavimo.avatar.avatar import avatars
from lavimo.avatar.wardrobe import Wardrobe, dress_all
from lavimo.config import DressOptions
from lavimo.render.cpu import LINE_STEPS, LINES, SAMPLE_X, STEPS, CpuRenderer
from lavimo.render.draw import draw_clip
from lavimo.render.egl import PACKAGES, _choose_device
from lavimo.render.layer import Look
from lavimo.render.renderer import choose
from lavimo.scene.animate import animate
from lavimo.scene.camera import Camera
from lavimo.shards import Shard

SIZE_PX = 256
CAMERA = Camera((0.0, 0.0, 3.0), 0.0, 0.0, 40.0)


def look(faces, uv, texture):
    return Look(
        np.arange(len(uv), dtype=np.int32),
        np.array(faces, np.int32),
        np.array(uv, np.float32),
        np.array(texture, np.uint8),
    )


def whole(layer, size_px=SIZE_PX):
    """The layer in a picture of its own, (H, W, 4)."""
    picture = np.zeros((size_px, size_px, 4), np.uint8)
    height, width = layer.rgba_HW4.shape[:2]
    picture[layer.top : layer.top + height, layer.left : layer.left + width] = layer.rgba_HW4
    return picture


def draw(renderer, camera, faces, uv, texture, positions, light=None):
    positions = np.array(positions, np.float32)
    renderer.open(look(faces, uv, texture), camera)
    return whole(renderer.draw(positions, np.ones_like(positions) if light is None else np.array(light, np.float32)))


def psnr_db(one, other):
    return 10 * np.log10(255**2 / max(((one.astype(float) - other) ** 2).mean(), 1e-9))


def ball(rings=24, around=32):
    polar, turn = np.linspace(0, np.pi, rings), np.arange(around) * 2 * np.pi / around
    grid = np.stack(
        [np.outer(np.sin(polar), np.sin(turn)), np.repeat(np.cos(polar)[:, None], around, 1),
         np.outer(np.sin(polar), np.cos(turn))], axis=-1
    )  # fmt: skip
    here = np.arange(rings * around).reshape(rings, around)
    right = np.roll(here, -1, axis=1)
    quads = np.stack([here[:-1], here[1:], right[1:], right[:-1]], axis=-1).reshape(-1, 4)
    uv = np.stack(np.meshgrid(turn / (2 * np.pi), polar / np.pi), axis=-1).reshape(-1, 2)
    return grid.reshape(-1, 3), np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]), uv


GREY = np.full((4, 4, 3), 128, np.uint8)


def test_a_ball_is_a_disc_without_holes_of_the_right_size(renderer):
    points, faces, uv = ball()
    alpha = draw(renderer, CAMERA, faces, uv, GREY, points * 0.8)[..., 3]
    y, x = (np.mgrid[0:SIZE_PX, 0:SIZE_PX] + 0.5 - SIZE_PX / 2) / (SIZE_PX / 2) * np.tan(np.radians(20))
    radius = 0.8 / np.sqrt(3.0**2 - 0.8**2)
    away = np.hypot(x, y)
    pixel = np.tan(np.radians(20)) / (SIZE_PX / 2)
    assert (alpha[away < radius - 3 * pixel] == 255).all()
    assert (alpha[away > radius + 2 * pixel] == 0).all()
    assert 0 < ((alpha > 0) & (alpha < 255)).sum() < 2500, "the edge is smooth"


def test_an_edge_covers_pixels_by_their_share(renderer):
    slope = 0.13
    positions = [[-3, -3, 0], [3, -3, 0], [3, 3 * slope, 0], [-3, -3 * slope, 0]]
    alpha = draw(renderer, CAMERA, [[0, 1, 2], [0, 2, 3]], np.zeros((4, 2)), GREY, positions)[..., 3].astype(float)
    rows = SIZE_PX / 2 - alpha.sum(axis=0) / 255 + SIZE_PX / 2
    columns = np.arange(SIZE_PX) + 0.5 - SIZE_PX / 2
    expected = SIZE_PX / 2 - slope * columns
    inside = slice(2, -2)
    assert np.abs(rows - expected)[inside].max() < 0.4
    assert np.abs((rows - expected)[inside].mean()) < 0.05


def test_textures_are_in_perspective(renderer):
    """A floor seen at a slant: what a pixel shows is where its ray meets the floor, not a mean along the screen."""
    side, cells = 256, 8
    checks = np.add.outer(np.arange(side) // (side // cells), np.arange(side) // (side // cells)) % 2
    texture = np.repeat((checks * 200 + 20)[..., None], 3, axis=2)
    camera = Camera((0.0, 1.2, 4.2), 0.0, 16.0, 40.0)
    positions = np.array([[-1, 0, -1], [-1, 0, 1], [1, 0, 1], [1, 0, -1]], float)
    uv = [[0, 0], [0, 1], [1, 1], [1, 0]]
    picture = draw(renderer, camera, [[0, 1, 2], [0, 2, 3]], uv, texture, positions)
    points = np.random.default_rng(0).uniform(-0.97, 0.97, (400, 3)) * [1, 0, 1]
    cell = (points[:, [0, 2]] + 1) / 2 * cells
    far_from_border = np.abs(cell - np.round(cell)).min(axis=1) > 0.25
    x, y = ((camera.project(points)[:, :2] * [1, -1] + 1) / 2 * SIZE_PX).astype(int).T
    expected = np.floor(cell).astype(int).sum(axis=1) % 2 * 200 + 20
    found = picture[y, x, 0].astype(int)
    assert far_from_border.sum() > 80
    assert np.abs(found - expected)[far_from_border].max() < 40


def test_the_nearer_hides_the_farther_whatever_the_order(renderer):
    near, far = [[-0.5, -0.5, 0.5], [0.5, -0.5, 0.5], [0, 0.5, 0.5]], [[-1, -1, -0.5], [1, -1, -0.5], [0, 1, -0.5]]
    texture = np.zeros((2, 4, 3), np.uint8)
    texture[:, :2], texture[:, 2:] = [200, 0, 0], [0, 200, 0]
    red, green = [[0.1, 0.5]] * 3, [[0.9, 0.5]] * 3
    for positions, uv in (([*near, *far], [*red, *green]), ([*far, *near], [*green, *red])):
        picture = draw(renderer, CAMERA, [[0, 1, 2], [3, 4, 5]], uv, texture, positions)
        assert picture[SIZE_PX // 2 + 5, SIZE_PX // 2, :3].tolist() == [200, 0, 0]
        row = int(SIZE_PX / 2 + 0.9 / 3.5 / np.tan(np.radians(20)) * SIZE_PX / 2)
        assert picture[row, SIZE_PX // 2, :3].tolist() == [0, 200, 0]


def test_light_multiplies_and_saturates(renderer):
    positions = [[-3, -3, 0], [3, -3, 0], [0, 5, 0]]
    for factor, expected in (([1, 1, 1], [128, 128, 128]), ([0.5, 1, 1.5], [64, 128, 192]), ([3, 0, 1], [255, 0, 128])):
        picture = draw(renderer, CAMERA, [[0, 1, 2]], np.full((3, 2), 0.5), GREY, positions, [factor] * 3)
        assert np.abs(picture[SIZE_PX // 2, SIZE_PX // 2, :3].astype(int) - expected).max() <= 1


def test_what_is_outside_or_behind_is_not_drawn(renderer):
    points, faces, uv = ball()
    for away in ([50, 0, 0], [0, -40, 0], [0, 0, 10]):
        assert not draw(renderer, CAMERA, faces, uv, GREY, points + away).any()
    half = draw(renderer, CAMERA, faces, uv, GREY, points * 0.5 + [3 * np.tan(np.radians(20)), 0, 0])[..., 3]
    assert (half[SIZE_PX // 2, -40:] == 255).all(), "cut by the frame, it is whole up to the edge"
    assert not half[:, : SIZE_PX // 2].any()


def test_the_rasteriser_equals_a_naive_one():
    """Each sample by itself, in doubles: which triangle is nearest there, and its texture and light."""
    size_px, rng = 40, np.random.default_rng(3)
    corners = rng.normal(0, 0.5, (30, 1, 3)) + rng.normal(0, 0.35, (30, 3, 3))
    positions, faces = corners.reshape(-1, 3).astype(np.float32), np.arange(90).reshape(-1, 3)
    uv = rng.uniform(0.2, 0.8, (90, 2)).astype(np.float32)
    slope = np.linspace(0, 250, 64)
    texture = np.stack(np.broadcast_arrays(slope[:, None], slope[None], 128.0), axis=-1).astype(np.uint8)
    light = rng.uniform(0.3, 1, (90, 3)).astype(np.float32)
    renderer = CpuRenderer(size_px)
    renderer.open(look(faces, uv, texture), CAMERA)
    found = whole(renderer.draw(positions, light), size_px).astype(float)

    projected = CAMERA.project(positions.astype(float))
    screen = (projected[:, :2] * [1, -1] + 1) / 2 * size_px
    screen = np.floor(screen * STEPS + 0.5) / STEPS
    expected = np.zeros((size_px, size_px, 4))
    for row, column, sample in np.ndindex(size_px, size_px, LINES):
        point = np.array([column, row]) + np.array([SAMPLE_X[sample], (sample + 0.5) * LINE_STEPS]) / STEPS
        nearest, color = 0.0, None
        for face in faces:
            (ax, ay), (bx, by), (cx, cy) = screen[face] - point
            weights = np.array([bx * cy - cx * by, cx * ay - ax * cy, ax * by - bx * ay])
            if (weights <= 0).all():  # the screen's y points down
                weights = weights / weights.sum() / projected[face, 2]
                if weights.sum() > nearest:
                    nearest = weights.sum()
                    weights = weights / nearest
                    texel = np.clip(weights @ uv[face] * 64 - 0.5, 0, 62.999)
                    red, green = slope[0] + texel[::-1] * (slope[1] - slope[0])
                    color = np.array([red, green, 128.0]) * (weights @ light[face])
        if color is not None:
            expected[row, column] += np.array([*color, 255.0]) / LINES
    assert np.abs(found[..., 3] - expected[..., 3]).max() <= 1
    assert np.abs(found - expected).mean() < 0.7
    assert np.abs(found - expected).max() < 16, "shaded once a pixel and triangle, not once a sample"


def test_both_draw_the_same_picture(cpu, egl, animations, wardrobe):
    shard, people = Shard(animations), Wardrobe(wardrobe)
    for clip in shard.clips:
        frames = zip(*(draw_clip(renderer, people, shard, clip, SIZE_PX) for renderer in (cpu, egl)), strict=True)
        assert min(psnr_db(ours, theirs) for ours, theirs in frames) > 32


@pytest.mark.slow
def test_both_draw_the_same_picture_of_every_avatar(cpu, egl, tmp_path, sway):
    from lavimo.config import AnimateOptions
    from lavimo.motion.motion import write_motions

    dress_all(tmp_path / "avatars", DressOptions())
    write_motions(tmp_path / "motions", {f"clip_{seed:02d}": sway(seed, frames=2) for seed in range(60)})
    animate(tmp_path / "motions", tmp_path / "avatars", tmp_path / "animations", AnimateOptions())
    shard, people, seen, decibels = Shard(tmp_path / "animations"), Wardrobe(tmp_path / "avatars"), set(), []
    for clip in shard.clips:
        seen.add(shard.metadata["scenes"][clip][0]["avatar"])
        (ours,), (theirs,) = (draw_clip(each, people, shard, clip, SIZE_PX, [1]) for each in (cpu, egl))
        decibels.append(psnr_db(ours, theirs))
    assert seen == set(avatars())
    assert len(decibels) >= 50
    assert min(decibels) > 32


def test_two_sizes_in_one_process_and_one_that_is_dropped(egl):
    """Deleting a pyrender context ended EGL for the whole process: one that `auto` had not taken broke the other."""
    square = np.array([[-0.5, -0.5, 0], [0.5, -0.5, 0], [0.5, 0.5, 0], [-0.5, 0.5, 0]], np.float32)
    brown = [[0, 1, 2], [0, 2, 3]], np.zeros((4, 2)), [[[200, 90, 30]]]
    before = draw(egl, CAMERA, *brown, square)
    small = choose("egl", SIZE_PX // 2)[0]
    small.open(look(*brown), CAMERA)
    choose("auto", SIZE_PX // 4)
    gc.collect()
    again = whole(egl.draw(square, np.ones_like(square)))
    np.testing.assert_array_equal(again, before)
    halved = whole(small.draw(square, np.ones_like(square)), SIZE_PX // 2)
    assert halved[..., 3].astype(bool).mean() == pytest.approx(before[..., 3].astype(bool).mean(), abs=0.02)
    assert halved[..., 3].any()


def chosen_elsewhere(kind, **environment):
    """What a process of its own draws with, and what it logs."""
    code = (
        "import sys, logging; logging.basicConfig(level=logging.INFO);"
        "from lavimo.render.renderer import renderer_of_process; print(renderer_of_process(sys.argv[1], 64).device)"
    )
    command, environment = [sys.executable, "-c", code, kind], {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_auto_says_what_it_took_and_why(egl):
    result = chosen_elsewhere("auto")
    assert result.returncode == 0
    if egl.software:
        assert result.stdout.strip() == CpuRenderer.device
        assert f"no graphics card answers, OpenGL would draw by {egl.device}" in result.stderr
    else:
        assert result.stdout.strip() == egl.device
        assert "a graphics card answers" in result.stderr


def test_without_a_device_auto_draws_on_the_processor_and_egl_names_the_packages():
    for kind, fails in (("egl", True), ("auto", False)):
        result = chosen_elsewhere(kind, EGL_DEVICE_ID="99")
        assert (result.returncode != 0) == fails
        assert "cannot draw: found no working EGL" in result.stderr
        assert PACKAGES in result.stderr
        if not fails:
            assert result.stdout.strip() == CpuRenderer.device


@pytest.mark.parametrize(
    ("visible", "already", "expected"),
    [("2,3", None, "2"), ("2,3", "0", "0"), ("GPU-7b", None, None), ("", None, None)],
)
def test_the_device_is_the_jobs_graphics_card(monkeypatch, visible, already, expected):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    monkeypatch.delenv("EGL_DEVICE_ID", raising=False)
    if already:
        monkeypatch.setenv("EGL_DEVICE_ID", already)
    _choose_device()
    assert os.environ.get("EGL_DEVICE_ID") == expected
