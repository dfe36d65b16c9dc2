"""Stage render through EGL: what is seen, and that it is the same every time."""

import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from lavimo.avatar.animate import animate
from lavimo.config import AnimateOptions, RenderOptions
from lavimo.motion.motion import Motion, write_motions
from lavimo.render.egl import PACKAGES, EglRenderer
from lavimo.render.render import draw_clip, render
from lavimo.shards import Shard, write_shard
from lavimo.video.codec import VideoReader

SIZE = 256


def random_motion(seed, frames=4):
    rng = np.random.default_rng(seed)
    rotations = np.cumsum(rng.normal(0, 0.15, (frames, 24, 3)), axis=0) + rng.normal(0, 0.25, (24, 3))
    return Motion(rotations, np.cumsum(rng.normal(0, 0.3, (frames, 3)), axis=0) * [1, 0.3, 1], np.zeros(10))


@pytest.fixture(scope="module")
def renderer():
    try:
        return EglRenderer.of_process(SIZE)
    except ValueError as error:
        if os.environ.get("CI"):  # CI installs EGL: there, a renderer that does not come up is broken
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def animations(tmp_path_factory):
    folder = tmp_path_factory.mktemp("animations")
    write_motions(folder / "motions.safetensors", {f"clip_{seed}": random_motion(seed) for seed in range(6)})
    animate(folder / "motions.safetensors", folder / "animations.safetensors", AnimateOptions())
    return folder / "animations.safetensors"


def without(renderer, monkeypatch, *parts):
    """Pictures with some of the person's colours or the shadow taken away, to see what they contribute."""
    whole = EglRenderer.draw

    def draw(self, positions, colors, shadow, corner):
        if "person" in parts:
            positions = np.repeat(positions[:1], len(positions), axis=0)
        return whole(self, positions, colors, shadow, corner)

    monkeypatch.setattr(EglRenderer, "draw", draw)


def test_person_floor_and_background_are_visible_and_nothing_is_cut_off(renderer, animations, monkeypatch):
    shard = Shard(animations)
    for clip in shard.clips:
        frames = list(draw_clip(renderer, shard, clip))
        with monkeypatch.context() as patch:
            without(renderer, patch, "person")
            empty = list(draw_clip(renderer, shard, clip))
        assert len(frames) == 4
        scene = shard.metadata["scenes"][clip]["scene"]
        for frame, bare in zip(frames, empty):
            assert frame.shape == (SIZE, SIZE, 3)
            assert frame.dtype == np.uint8
            person = (np.abs(frame.astype(int) - bare).max(axis=2) > 8).nonzero()
            assert len(person[0]) > 0.01 * SIZE**2
            for coordinate in person:
                assert coordinate.min() > 2
                assert coordinate.max() < SIZE - 3
            background = np.array(scene["background"]) * 255
            assert np.abs(bare[:4] - background).max() <= 1.01, "the sky has the background's colour"
            floor = bare[-4:].astype(float).mean(axis=(0, 1)) / 255
            assert np.abs(floor - np.array(scene["floor"])).max() < 0.16
            assert bare.std() > 3


def test_the_shadow_darkens_the_floor_beside_the_feet(renderer, animations):
    shard = Shard(animations)
    clip = shard.clips[0]
    list(draw_clip(renderer, shard, clip))
    positions, colors = renderer._vertices_N7[:, :3].copy(), renderer._vertices_N7[:, 3:6].copy()
    dark = np.zeros((120, 120), np.float32)
    dark[40:80, 40:80] = 0.5
    feet = positions[positions[:, 1].argmin()]
    corner = (float(feet[0]) - 1.8, float(feet[2]) - 1.8)
    lit = renderer.draw(positions, colors, dark * 1e-3, corner)
    shaded = renderer.draw(positions, colors, dark, corner)
    changed = np.abs(lit.astype(int) - shaded).max(axis=2) > 5
    assert changed.sum() > 100
    ratio = shaded[changed].mean() / lit[changed].mean()
    assert ratio == pytest.approx(0.5, abs=0.06)


def test_frames_do_not_depend_on_the_clips_before(renderer, animations):
    shard = Shard(animations)
    forwards = {clip: np.stack(list(draw_clip(renderer, shard, clip))) for clip in shard.clips}
    for clip in reversed(shard.clips):
        np.testing.assert_array_equal(np.stack(list(draw_clip(renderer, shard, clip))), forwards[clip])


def test_another_process_writes_the_same_bytes(renderer, animations, tmp_path):
    render(animations, tmp_path / "here", RenderOptions(size_px=SIZE))
    code = (
        "import sys; from pathlib import Path; from lavimo.config import RenderOptions;"
        "from lavimo.render.render import render;"
        f"render(Path(sys.argv[1]), Path(sys.argv[2]), RenderOptions(size_px={SIZE}))"
    )
    environment = {**os.environ, "LP_NUM_THREADS": "1", "OMP_NUM_THREADS": "3", "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, str(animations), str(tmp_path / "there")], check=True, env=environment)
    here, there = ((tmp_path / name / "manifest.json").read_bytes() for name in ("here", "there"))
    assert here == there
    manifest = json.loads(here)
    assert sorted(manifest) == Shard(animations).clips
    for clip, entry in manifest.items():
        data = (tmp_path / "there" / f"{clip}.mp4").read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]
        assert len(VideoReader(tmp_path / "here" / f"{clip}.mp4")) == entry["frames"] == 4


def test_a_failed_render_leaves_no_folder(renderer, animations, tmp_path):
    shard = Shard(animations)
    scenes = {clip: dict(entry) for clip, entry in shard.metadata["scenes"].items()}
    scenes[shard.clips[-1]]["avatar"] = "nobody"
    write_shard(tmp_path / "bad.safetensors", {name: shard[name] for name in shard.names}, fps=20, scenes=scenes)
    with pytest.raises(ValueError, match="nobody"):
        render(tmp_path / "bad.safetensors", tmp_path / "videos", RenderOptions(size_px=SIZE))
    assert [path.name for path in tmp_path.iterdir()] == ["bad.safetensors"]


def test_without_a_device_the_packages_are_named():
    code = "from lavimo.render.egl import EglRenderer; EglRenderer(64)"
    environment = {**os.environ, "EGL_DEVICE_ID": "99"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert result.returncode != 0
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("ValueError: cannot draw: found no working EGL")
    assert PACKAGES in last


@pytest.mark.slow
def test_memory_stays_flat(renderer, animations):
    shard = Shard(animations)

    def resident_mb():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def draw_all(times):
        for _ in range(times):
            for clip in shard.clips:
                for _ in draw_clip(renderer, shard, clip):
                    pass

    draw_all(3)
    before = resident_mb()
    draw_all(15)
    assert resident_mb() - before < 10
