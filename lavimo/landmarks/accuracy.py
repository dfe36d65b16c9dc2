"""Stage `accuracy`: how well landmarks are found, on our own rendered avatars, whose joints we know.

What it finds is both a table for people and the errors that projections of motions get in training.

T pictures, K landmarks (those of `SEEN`), 3 coordinates in metres in the camera's axes: x right, y up, z towards it.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.avatar.wardrobe import Wardrobe
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT
from lavimo.files import atomic
from lavimo.landmarks.movement import HIPS, sides
from lavimo.landmarks.names import JOINTS, NAMES, SEEN
from lavimo.landmarks.sequence import read_landmarks
from lavimo.scene.scene import Scene
from lavimo.shards import Shard, clips_of_shards

Array = NDArray[np.float64]

log = logging.getLogger(__name__)

SHORTEST = 10
"""Pictures of a clip that says something about errors over time."""


@dataclass(frozen=True)
class Compared:
    """A clip's landmarks beside its avatar's joints.

    Attributes:
        found_TK3, true_TK3: from the middle of the hips.
        apart_TK: between landmark and projected joint, in sides of the picture.
        height: of the person in the picture, likewise.
        elevation_degrees: of the camera.
        fps: of the pictures.
    """

    found_TK3: Array
    true_TK3: Array
    apart_TK: Array
    height: float
    elevation_degrees: float
    fps: float


def accuracy(landmarks: list[Path], animations: list[Path], wardrobe: Path, output: Path) -> None:
    """Write the errors of landmarks of rendered videos as JSON: see `errors_of`.

    Raises:
        ValueError: a damaged file, or no clip in which somebody was found.
    """
    people, animated = Wardrobe(wardrobe), clips_of_shards(animations)
    found = [
        compared(shard, clip, animated[clip], people)
        for path in landmarks
        for shard in [Shard(path)]
        for clip in shard.clips
        if clip in animated and len(read_landmarks(shard, clip)) > 1
    ]
    if not found:
        raise ValueError(f"{landmarks[0] if landmarks else 'no file'}: found no clip with landmarks of an animation")
    with atomic(output) as partial:
        partial.write_text(json.dumps(errors_of(found), indent=1), encoding="utf-8")
    log.info("accuracy: compared %d clips", len(found))


def compared(shard: Shard, clip: str, animation: Shard, people: Wardrobe) -> Compared:
    """A clip's landmarks beside the avatar's joints at the same moments."""
    entry, landmarks = animation.metadata["scenes"][clip][0], read_landmarks(shard, clip)
    camera, fps = Scene.from_json(entry["scene"]).camera, animation.metadata["fps"]
    rotations_TJ3, translation_T3 = animation[f"{clip}/rotations"], animation[f"{clip}/translation"][0]
    frames_T = np.clip(np.round(landmarks.times_T * fps).astype(int), 0, len(rotations_TJ3) - 1)
    rest_J3 = people[entry["avatar"]].joints_J3.astype(float)
    joints_TJ3 = forward_kinematics(matrices(rotations_TJ3[frames_T]), translation_T3[frames_T], rest_J3)[0]
    axes_33 = camera.camera_to_world()[:3, :3]
    hips_T3 = joints_TJ3[:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(1)
    world_TL3 = landmarks.world_TL3.astype(float)
    projected_TJ2 = camera.project(joints_TJ3.reshape(-1, 3))[:, :2].reshape(*joints_TJ3.shape[:2], 2) / 2
    return Compared(
        (world_TL3 - world_TL3[:, HIPS].mean(1)[:, None])[:, SEEN],
        (joints_TJ3[:, JOINTS] - hips_T3[:, None]) @ axes_33,
        np.linalg.norm(landmarks.image_TL2[:, SEEN] - projected_TJ2[:, JOINTS], axis=-1),
        float(np.median(np.ptp(projected_TJ2[..., 1], axis=1))),
        camera.elevation_degrees,
        float(shard.metadata["fps"]),
    )


def errors_of(clips: list[Compared]) -> dict[str, Any]:
    """The errors of landmarks, of each and of all.

    A clip's landmarks are first scaled and turned as a whole to fit best, and what that took is told: the tilt by the
    camera's elevation and by how far the person faces the camera. Along each of the camera's axes the body appears
    longer or shorter. Of what is left, a landmark has a bias that goes with where the person faces (see
    `movement.sides`), one that goes with the clip, and noise (standard deviations along the camera's axes), of which a
    share persists for a tenth of a second.
    """
    turns, fitted = zip(*(fit(clip.found_TK3, clip.true_TK3) for clip in clips))
    tilt_G, yaw_G = (np.array([angles[axis] for angles, _ in turns]) for axis in (0, 1))
    sides_G = [sides(clip.true_TK3) for clip in clips]
    seen_G3 = np.array([[1, clip.elevation_degrees, one_T3[:, 2].mean()] for clip, one_T3 in zip(clips, sides_G)])
    tilting_3 = np.linalg.lstsq(seen_G3, tilt_G)[0]
    true_SK3, found_SK3 = np.concatenate([clip.true_TK3 for clip in clips]), np.concatenate(fitted)
    stretch_3 = (found_SK3 * true_SK3).sum((0, 1)) / np.square(true_SK3).sum((0, 1))
    sides_S3, wrong_SK3 = np.concatenate(sides_G), found_SK3 - stretch_3 * true_SK3
    bias_K33 = np.linalg.lstsq(sides_S3, wrong_SK3.reshape(len(sides_S3), -1))[0].reshape(3, -1, 3).swapaxes(0, 1)
    ends = np.cumsum([len(one) for one in fitted])[:-1]
    left = np.split(wrong_SK3 - np.einsum("ts,ksi->tki", sides_S3, bias_K33), ends)
    means_GK3 = np.stack([one.mean(0) for one in left])
    noise = [one - mean for one, mean in zip(left, means_GK3)]
    apart_SK, height_S = np.concatenate([clip.apart_TK for clip in clips]), per_picture(clips)
    distance_SK = np.linalg.norm(found_SK3 - true_SK3, axis=-1)
    return {
        "clips": len(clips),
        "pictures": len(apart_SK),
        "apart_height": round(float(np.median(apart_SK / height_S[:, None])), 4),
        "distance_mm": round(1000 * float(np.median(distance_SK)), 1),
        "tilt_degrees": [round(float(part), 3) for part in (*tilting_3, (tilt_G - seen_G3 @ tilting_3).std())],
        "stretch": [round(float(part), 3) for part in stretch_3],
        "yaw_degrees": round(float(yaw_G.std()), 2),
        "log_scale": round(float(np.log([scale for _, scale in turns]).std()), 4),
        "persistence": round(float(np.mean([*persistence(noise, clips)] or [0.0])), 3),
        "landmarks": {
            NAMES[landmark]: {
                "apart_height": round(float(np.median(apart_SK[:, k] / height_S)), 4),
                "distance_mm": round(1000 * float(np.median(distance_SK[:, k])), 1),
                "bias_mm": [_mm(part_3) for part_3 in bias_K33[k]],
                "clip_mm": _mm(means_GK3[:, k].std(0)),
                "noise_mm": _mm(np.concatenate(noise)[:, k].std(0)),
            }
            for k, landmark in enumerate(SEEN)
        },
    }


def fit(found_TK3: Array, true_TK3: Array) -> tuple[tuple[Array, float], Array]:
    """The tilt and yaw (degrees) and the scale by which found landmarks differ from true ones, and these without it."""
    turn, _ = Rotation.align_vectors(true_TK3.reshape(-1, 3), found_TK3.reshape(-1, 3))
    turned_TK3 = turn.apply(found_TK3.reshape(-1, 3)).reshape(found_TK3.shape)
    scale = float((turned_TK3 * true_TK3).sum() / np.square(turned_TK3).sum())
    yaw, tilt, _ = turn.inv().as_euler("YXZ", degrees=True)
    return (np.array([tilt, yaw]), 1 / scale), scale * turned_TK3


def persistence(noise: list[Array], clips: list[Compared]) -> Iterator[float]:
    """The correlation of a clip's noise with itself a tenth of a second later."""
    for one, clip in zip(noise, clips):
        later = max(round(clip.fps / 10), 1)
        if len(one) >= SHORTEST:
            yield float((one[later:] * one[:-later]).mean() / np.square(one).mean()) ** (1 / (later * 10 / clip.fps))


def per_picture(clips: list[Compared]) -> Array:
    """The person's height of each picture's clip."""
    return np.concatenate([np.full(len(clip.apart_TK), clip.height) for clip in clips])


def _mm(metres_3: Array) -> list[float]:
    return [round(1000 * float(metre), 1) for metre in metres_3]
