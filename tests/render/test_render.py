"""The stages render and draw_frames: what is seen, and that it is the same every time."""

import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from lavimo.avatar.wardrobe import Wardrobe
from lavimo.config import AnimateOptions, RenderOptions, SampleFramesOptions
from lavimo.motion.motion import FPS, write_motions
from lavimo.render.draw import draw_clip
from lavimo.render.draw_frames import draw_frames
from lavimo.render.render import render
from lavimo.scene.animate import animate
from lavimo.scene.backdrop import backdrop
from lavimo.scene.scene import Scene
from lavimo.shards import Shard, write_shard
from lavimo.video.codec import VideoReader
from lavimo.video.sample_frames import clip_indexes, sample_frames, shrunk

SIZE_PX = 256
OPTIONS = RenderOptions(size_px=SIZE_PX, renderer="cpu")


@pytest.fixture(scope="module")
def people(wardrobe):
    return Wardrobe(wardrobe)


def test_the_person_is_visible_and_whole(renderer, people, sway, wardrobe, tmp_path):
    write_motions(tmp_path / "motions", {f"clip_{seed}": sway(seed) for seed in range(6)})
    animate(tmp_path / "motions", wardrobe, tmp_path / "animations", AnimateOptions(backdrop="plain"))
    shard = Shard(tmp_path / "animations")
    for clip in shard.clips:
        frames = list(draw_clip(renderer, people, shard, clip, SIZE_PX))
        assert len(frames) == 4
        scene = Scene.from_json(shard.metadata["scenes"][clip][0]["scene"])
        empty = backdrop(scene, SIZE_PX).picture_HW3
        for frame in frames:
            assert frame.shape == (SIZE_PX, SIZE_PX, 3)
            assert frame.dtype == np.uint8
            person = (frame != empty).any(axis=2).nonzero()
            assert len(person[0]) > 0.01 * SIZE_PX**2
            for coordinate in person:
                assert coordinate.min() > 2
                assert coordinate.max() < SIZE_PX - 3


def test_frames_do_not_depend_on_the_clips_and_frames_before(renderer, people, animations):
    shard = Shard(animations)
    forwards = {clip: np.stack(list(draw_clip(renderer, people, shard, clip, SIZE_PX))) for clip in shard.clips}
    for clip in reversed(shard.clips):
        chosen = [3, 1]
        again = np.stack(list(draw_clip(renderer, people, shard, clip, SIZE_PX, chosen)))
        np.testing.assert_array_equal(again, forwards[clip][chosen])


def test_another_process_writes_the_same_bytes(animations, wardrobe, tmp_path):
    render(animations, wardrobe, tmp_path / "here", OPTIONS)
    command = [sys.executable, "-m", "lavimo", "render", str(animations), str(wardrobe), str(tmp_path / "there")]
    environment = {**os.environ, "OMP_NUM_THREADS": "3", "PYTHONHASHSEED": "7"}
    options = json.dumps({"render": OPTIONS.model_dump()})
    subprocess.run([*command, "--options", options], check=True, env=environment)
    here, there = ((tmp_path / name / "manifest.json").read_bytes() for name in ("here", "there"))
    assert here == there
    manifest = json.loads(here)
    assert sorted(manifest) == Shard(animations).clips
    for clip, (entry,) in manifest.items():
        data = (tmp_path / "there" / f"{clip}.mp4").read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]
        assert len(VideoReader(tmp_path / "here" / f"{clip}.mp4")) == entry["frames"] == 4


def test_a_failed_render_leaves_no_folder(animations, wardrobe, tmp_path):
    shard = Shard(animations)
    scenes = {clip: [dict(entry)] for clip, (entry,) in shard.metadata["scenes"].items()}
    scenes[shard.clips[-1]][0]["avatar"] = "nobody"
    write_shard(tmp_path / "bad.safetensors", {name: shard[name] for name in shard.names}, fps=20, scenes=scenes)
    with pytest.raises(ValueError, match="nobody"):
        render(tmp_path / "bad.safetensors", wardrobe, tmp_path / "videos", OPTIONS)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.safetensors"]


@pytest.mark.parametrize("kind", ["cpu", "egl"])
def test_sampled_frames_equal_those_of_the_whole_before_encoding(request, kind, people, animations, wardrobe, tmp_path):
    renderer = request.getfixturevalue(kind)
    sampling = SampleFramesOptions(count=3, candidates=2, size_px=SIZE_PX // 2)
    draw_frames(
        animations,
        wardrobe,
        tmp_path / "frames",
        RenderOptions(size_px=SIZE_PX, renderer=kind, videos="none"),
        sampling,
    )
    shard, frames = Shard(animations), Shard(tmp_path / "frames")
    assert frames.names == shard.clips
    for clip in shard.clips:
        whole = list(draw_clip(renderer, people, shard, clip, SIZE_PX))
        indexes_SC = clip_indexes(clip, len(whole), sampling)
        assert frames[clip].shape == (1, 3, 2, SIZE_PX // 2, SIZE_PX // 2, 3)
        for place, index in np.ndenumerate(indexes_SC):
            np.testing.assert_array_equal(frames[clip][(0, *place)], shrunk(whole[index], SIZE_PX // 2))


@pytest.mark.slow
def test_memory_stays_flat_over_500_clips(renderer, people, animations):
    shard = Shard(animations)

    def resident_mb():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def draw_all(times):
        for _ in range(times):
            for clip in shard.clips:
                for _ in draw_clip(renderer, people, shard, clip, SIZE_PX, [0]):
                    pass

    draw_all(4)
    before = resident_mb()
    draw_all(84)  # 504 clips
    assert resident_mb() - before < 10


def test_tested_clips_get_videos_and_the_others_frames_of_every_view(sway, wardrobe, tmp_path):
    write_motions(tmp_path / "motions", {f"c{number}": sway(number) for number in range(3)})
    splits = {"c1": "val", "c2": "test"}
    animate(tmp_path / "motions", wardrobe, tmp_path / "animations", AnimateOptions(views=2), splits)
    options = RenderOptions(size_px=SIZE_PX, renderer="cpu", videos="tested")
    render(tmp_path / "animations", wardrobe, tmp_path / "videos", options)
    assert sorted(path.stem for path in (tmp_path / "videos").glob("**/*.mp4")) == ["c1", "c2"]
    sampling = SampleFramesOptions(count=2, candidates=1, size_px=32)
    draw_frames(tmp_path / "animations", wardrobe, tmp_path / "drawn", options, sampling)
    drawn = Shard(tmp_path / "drawn")
    assert drawn.names == ["c0"]
    assert drawn["c0"].shape == (2, 2, 1, 32, 32, 3)
    assert (drawn["c0"][0] != drawn["c0"][1]).any()
    sample_frames(tmp_path / "videos", tmp_path / "sampled", sampling)
    lengths = drawn.metadata["seconds"] | Shard(tmp_path / "sampled").metadata["seconds"]
    assert lengths == {f"c{number}": len(sway(number)) / FPS for number in range(3)}


def test_every_view_can_be_a_video(sway, wardrobe, tmp_path):
    write_motions(tmp_path / "motions", {"c0": sway(0)})
    animate(tmp_path / "motions", wardrobe, tmp_path / "animations", AnimateOptions(views=2))
    render(tmp_path / "animations", wardrobe, tmp_path / "videos", OPTIONS)
    assert {str(path.relative_to(tmp_path / "videos")) for path in (tmp_path / "videos").rglob("*.mp4")} == {
        "c0.mp4",
        "view-2/c0.mp4",
    }
    sample_frames(tmp_path / "videos", tmp_path / "frames", SampleFramesOptions(count=2, candidates=1, size_px=32))
    assert Shard(tmp_path / "frames")["c0"].shape == (2, 2, 1, 32, 32, 3)
