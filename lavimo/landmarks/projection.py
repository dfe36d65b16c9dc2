"""Landmarks of a motion as a detector would find them in a video of it: any view, any body, the detector's own errors.

Nothing is rendered. Each motion has endless views, and a video encoder learns from them.

T pictures, J joints (24), K landmarks (those of `SEEN`), B betas, 3 coordinates in metres.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT
from lavimo.config import ProjectionOptions
from lavimo.landmarks.movement import middle, resampled, sides
from lavimo.landmarks.names import JOINTS, NAMES, SEEN
from lavimo.landmarks.sequence import Landmarks
from lavimo.motion.motion import FPS, Motion
from lavimo.scene.camera import Frustum

Array = NDArray[np.floating]
LEAST = 3
"""Pictures that are left of a motion, however few it has."""
APART_CLIP, APART_PICTURE = 0.7, 0.5
"""Of a landmark's error in the picture, what goes with the clip and what is each picture's own."""
UNSURE = 0.08
"""Standard deviation of the visibility of what is seen."""
GUESSED_M, HALF_SEEN = 0.15, 0.5
"""Where a hidden landmark is believed to be, metres off; and how visible at most."""


@dataclass(frozen=True)
class Errors:
    """What a detector does to landmarks: see `lavimo.landmarks.accuracy.errors_of`; metres and degrees."""

    stretch_3: Array
    bias_K33: Array
    clip_K3: Array
    noise_K3: Array
    apart_K: Array
    persistence: float
    tilt_degrees: tuple[float, float, float, float]
    yaw_degrees: float
    log_scale: float


@cache
def detector_errors() -> Errors:
    """Those of BlazePose, as measured on our avatars (errors.yaml)."""
    told = yaml.safe_load((files("lavimo.landmarks") / "errors.yaml").read_text(encoding="utf-8"))
    each = [told["landmarks"][NAMES[landmark]] for landmark in SEEN]
    bias_K33, clip_K3, noise_K3 = (
        np.array([one[f"{name}_mm"] for one in each]) / 1000 for name in ("bias", "clip", "noise")
    )
    stretch_3, apart_K = np.array(told["stretch"]), np.array([one["apart_height"] for one in each])
    tilt, yaw = tuple(told["tilt_degrees"]), told["yaw_degrees"]
    return Errors(stretch_3, bias_K33, clip_K3, noise_K3, apart_K, told["persistence"], tilt, yaw, told["log_scale"])


def projected(motion: Motion, rng: np.random.Generator, options: ProjectionOptions) -> Landmarks:
    """The landmarks that a detector might find in a video of somebody who moves like this."""
    frames = len(motion)
    first, last = rng.uniform(0, options.crop / 2) * (frames - 1), rng.uniform(1 - options.crop / 2, 1) * (frames - 1)
    tempo = np.exp(rng.uniform(-1, 1) * np.log(options.tempo))
    seconds = (last - first) / FPS / tempo
    count = max(int(seconds * options.fps) + 1, LEAST)
    times_T = np.arange(count) / options.fps
    at_T = np.minimum(first + times_T * FPS * tempo, last)

    betas_B: Array = rng.normal(0, options.shape_std, (embedded_body().shape_directions_V3B.shape[-1],))
    own = motion.rotations_TJ3[np.round(at_T).astype(int)]
    way_T3 = resampled(motion.translation_T3, np.arange(frames, dtype=float), at_T)
    joints_TJ3 = forward_kinematics(matrices(own.astype(float)), way_T3, rest_joints(betas_B))[0]

    elevation = rng.uniform(*options.elevation_degrees)
    frustum = Frustum(
        rng.uniform(-180, 180), elevation, rng.uniform(*options.yfov_degrees), rng.uniform(*options.margin)
    )
    frustum.include(joints_TJ3.reshape(-1, 3))
    camera = frustum.camera()
    axes_33 = camera.camera_to_world()[:3, :3]
    hips_T13 = joints_TJ3[:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(1, keepdims=True)
    world_TK3 = (joints_TJ3[:, JOINTS] - hips_T13) @ axes_33
    image_TK2 = camera.project(joints_TJ3[:, JOINTS].reshape(-1, 3))[:, :2].reshape(count, -1, 2) / 2
    return mistaken(world_TK3, image_TK2, elevation, times_T, rng, options)


@cache
def _regressed() -> tuple[Array, Array]:
    body = embedded_body()
    return (
        (body.joint_regressor_JV @ body.template_V3).astype(float),
        np.einsum("jv,vxb->jxb", body.joint_regressor_JV, body.shape_directions_V3B).astype(float),
    )


def rest_joints(betas_B: Array) -> Array:
    """The joints (24, 3) of a shape in the zero pose, without its vertices."""
    mean_J3, directions_J3B = _regressed()
    return mean_J3 + directions_J3B @ betas_B


def mistaken(
    world_TK3: Array,
    image_TK2: Array,
    elevation_degrees: float,
    times_T: Array,
    rng: np.random.Generator,
    options: ProjectionOptions,
) -> Landmarks:
    """True landmarks in the camera's axes as a detector finds them: leaning, shifted, trembling, some of them lost."""
    errors, count = detector_errors(), len(times_T)
    sides_T3 = sides(world_TK3)
    bias_TK3 = np.einsum("ts,ksi->tki", sides_T3, errors.bias_K33)
    noise_TK3 = trembling(count, errors, rng, options.fps)
    loud = rng.uniform(*options.noise)
    found_TK3 = (
        errors.stretch_3 * world_TK3 + bias_TK3 + loud * (rng.normal(0, 1, (len(SEEN), 3)) * errors.clip_K3 + noise_TK3)
    )
    level, slope, front, deviation = errors.tilt_degrees
    tilt = np.radians(level + slope * elevation_degrees + front * sides_T3[:, 2].mean() + rng.normal(0, deviation))
    turn_33 = _about_y(np.radians(rng.normal(0, errors.yaw_degrees))) @ _about_x(tilt)
    found_TK3 = np.exp(rng.normal(0, errors.log_scale)) * found_TK3 @ turn_33.T

    height = float(middle(np.ptp(image_TK2[..., 1], axis=1)))
    drawn_TK2 = image_TK2 + height * errors.apart_K[:, None] * loud * (
        rng.normal(0, APART_CLIP, (len(SEEN), 2)) + rng.normal(0, APART_PICTURE, image_TK2.shape)
    )
    visibility_TK = np.maximum(1 - np.abs(rng.normal(0, UNSURE, world_TK3.shape[:2])), 0)
    hidden_TK = lost(count, rng, options.occluded)
    found_TK3 = found_TK3 + hidden_TK[..., None] * rng.normal(0, GUESSED_M, (len(SEEN), 3))
    visibility_TK = np.where(hidden_TK, rng.uniform(0, HALF_SEEN, len(SEEN)), visibility_TK)
    kept_T = rng.random(count) >= options.missed_detections
    kept_T[rng.integers(count, size=LEAST)] = True
    return Landmarks(
        times_T[kept_T].astype(np.float32),
        _all(found_TK3, 3)[kept_T],
        _all(drawn_TK2, 2)[kept_T],
        _all(visibility_TK[..., None], 1)[kept_T, :, 0],
    )


def trembling(count: int, errors: Errors, rng: np.random.Generator, fps: float) -> Array:
    """Noise (T, K, 3) whose neighbours are alike, as a detector's is."""
    persistence = errors.persistence ** (10 / fps)
    white_TK3 = rng.normal(0, 1, (count, len(SEEN), 3))
    smooth_TK3 = gaussian_filter1d(white_TK3, max(0.5 / np.sqrt(max(-np.log(persistence), 1e-3)), 0.1), axis=0)
    return errors.noise_K3 * smooth_TK3 / max(float(smooth_TK3.std()), 1e-6)


def lost(count: int, rng: np.random.Generator, share: float) -> NDArray[np.bool_]:
    """Which landmarks are hidden when, (T, K): each for a stretch of the clip, with probability 2 `share`."""
    begin_K, length_K = rng.uniform(-0.5, 1, len(SEEN)), rng.uniform(0, 1, len(SEEN))
    at_T1 = np.linspace(0, 1, count)[:, None]
    hides_K = rng.random(len(SEEN)) < 2 * share
    return hides_K & (at_T1 >= begin_K) & (at_T1 <= begin_K + length_K)


def _all(values_TKX: Array, width: int) -> NDArray[np.float32]:
    """Values of `SEEN` among all landmarks; of the others, zeros."""
    whole = np.zeros((len(values_TKX), len(NAMES), width), np.float32)
    whole[:, SEEN] = values_TKX
    return whole


def _about_x(angle: float) -> Array:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])


def _about_y(angle: float) -> Array:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
