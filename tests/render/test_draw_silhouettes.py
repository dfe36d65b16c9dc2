"""Silhouettes: those of the video are the people in the video; those of the motion turn as one walks around it."""

import numpy as np
import pytest
from PIL import Image

from lavimo.avatar.wardrobe import Wardrobe
from lavimo.config import AnimateOptions, DemoOptions, DrawSilhouettesOptions, RenderOptions
from lavimo.demo import catalogue, load
from lavimo.motion.motion import Motion, write_motions
from lavimo.render.draw import draw_clip
from lavimo.render.draw_silhouettes import OVER, cropped, draw_silhouettes, evenly, of_motion
from lavimo.render.layer import EMPTY, Layer
from lavimo.render.renderer import renderer_of_process
from lavimo.scene.animate import animate
from lavimo.shards import Shard

OPTIONS = DrawSilhouettesOptions(frames=3, views=4)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory, wardrobe):
    """A clip before a plain wall, from two views."""
    folder = tmp_path_factory.mktemp("silhouettes")
    clip = catalogue(DemoOptions())[0].id
    write_motions(folder / "motions", {clip: load(clip, DemoOptions())})
    animate(folder / "motions", wardrobe, folder / "animations", AnimateOptions(backdrop="plain", views=2))
    made = folder / "silhouettes"
    draw_silhouettes(folder / "animations", folder / "motions", wardrobe, made, OPTIONS, RenderOptions(renderer="cpu"))
    return clip, Shard(folder / "animations"), Shard(made)


def test_a_video_s_silhouettes_are_who_is_in_its_pictures(drawn, wardrobe):
    clip, animations, silhouettes = drawn
    found = silhouettes[f"{clip}/video"]
    assert found.shape == (2, 3, 64, 64)
    assert found.dtype == np.uint8
    renderer = renderer_of_process("cpu", 256)
    chosen = evenly(len(animations[f"{clip}/rotations"]), 3)
    for view in range(2):
        masks = []
        for frame in draw_clip(renderer, Wardrobe(wardrobe), animations, clip, 256, chosen, view):
            away = np.abs(frame.astype(int) - frame[0, 0]).max(-1) > 6
            rows, columns = np.flatnonzero(away.any(1)), np.flatnonzero(away.any(0))
            masks.append(away[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
        side = max(max(mask.shape) for mask in masks)
        for mask, silhouette in zip(masks, found[view]):
            square = np.zeros((side, side), np.uint8)
            top, left = (side - mask.shape[0]) // 2, (side - mask.shape[1]) // 2
            square[top : top + mask.shape[0], left : left + mask.shape[1]] = 255 * mask
            small = np.asarray(Image.fromarray(square).resize((64, 64), Image.Resampling.BOX)) >= 128
            both, either = (small & (silhouette > 0)).sum(), (small | (silhouette > 0)).sum()
            assert both / either > 0.85
            assert either > 300


def test_a_motion_from_behind_is_its_mirror_image_from_before():
    """Seen from so near the two differ a little; from the side a body is narrower than from before."""
    rest = Motion(np.zeros((2, 24, 3)), np.zeros((2, 3)), np.zeros(10))
    front, left, back, right = of_motion(renderer_of_process("cpu", OVER * 64), rest, OPTIONS)[:, 0]
    for one, other in ((front, back), (left, right)):
        assert (one & other[:, ::-1]).sum() / (one | other[:, ::-1]).sum() > 0.8
    assert np.ptp(np.flatnonzero(left.any(0))) < 0.5 * np.ptp(np.flatnonzero(front.any(0)))


def test_nobody_is_nothing_and_sizes_go_by_the_largest():
    person = Layer(3, 4, np.full((40, 20, 4), 255, np.uint8))
    small = Layer(3, 4, np.full((20, 10, 4), 255, np.uint8))
    found = cropped([person, EMPTY, small], 64)
    assert found.sum((1, 2)).tolist() == [64 * 32, 0, 32 * 16]
    assert cropped([EMPTY], 64).sum() == 0
