"""Movements compared: against a plain loop, and against what must not matter."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavimo.config import MatchOptions
from lavimo.landmarks.match import NOBODY, distances, distances_of_pairs, mirrored
from lavimo.landmarks.movement import Movements, joints_of, resampled, smoothed
from lavimo.landmarks.names import SEEN
from lavimo.landmarks.sequence import Landmarks


def some(count, seed, moments=9, duration=(1.0, 4.0)):
    """Movements of random walks."""
    rng = np.random.default_rng(seed)
    shape = (count, moments, len(SEEN), 3)
    points = rng.normal(0, 0.3, (count, 1, len(SEEN), 3)) + np.cumsum(rng.normal(0, 0.05, shape), axis=1)
    path = np.cumsum(rng.normal(0, 0.1, (count, moments, 3)), axis=1)
    weights = rng.uniform(0.2, 1, shape[:3])
    return Movements(*(x.astype(np.float32) for x in (points, path, weights, rng.uniform(*duration, count))))


def turned(movements, yaw=0.0, scale=1.0, shift=(0, 0, 0)):
    """The movements seen from elsewhere, larger, somewhere else."""
    c, s = math.cos(yaw), math.sin(yaw)
    turn = scale * np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    return Movements(
        (movements.points_GNK3 @ turn.T).astype(np.float32),
        (movements.path_GN3 @ turn.T + shift).astype(np.float32),
        movements.weights_GNK,
        movements.duration_G,
    )


def plain(query, motion, options):
    """The distance of one pair, by loops over everything; the yaw by trying all."""
    q, g = (np.array(x.points_GNK3[0], float) for x in (query, motion))
    p, r = (np.array(x.path_GN3[0], float) for x in (query, motion))
    p, r = p - p.mean(0), r - r.mean(0)
    share = np.array(query.weights_GNK[0], float)
    share /= share.mean()
    best = np.inf
    for degrees in options.tilts_degrees:
        c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        tilt = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
        seen, way = q @ tilt.T, p @ tilt.T
        w = share[..., None]
        scale = math.sqrt((w * seen**2).sum() / (w * g**2).sum())

        yaws = np.linspace(-math.pi, math.pi, 7201)
        turns = np.zeros((len(yaws), 3, 3))
        turns[:, 0, 0] = turns[:, 2, 2] = np.cos(yaws)
        turns[:, 0, 2] = np.sin(yaws)
        turns[:, 2, 0] = -turns[:, 0, 2]
        together = np.einsum("nki,nkj->ij", w * seen, g) + 5 * options.path_weight * (way.T @ r)
        yaw = yaws[np.argmax(np.einsum("yij,ij->y", turns, together))]
        c, s = math.cos(yaw), math.sin(yaw)
        turn = scale * np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        posed, walked = g @ turn.T, r @ turn.T
        moments = len(q)
        cost = np.zeros((moments, moments))
        for n in range(moments):
            for m in range(moments):
                apart = share[m] * np.linalg.norm(posed[n] - seen[m], axis=1)
                step = (posed[n] - posed[max(n - 1, 0)]) - (seen[m] - seen[max(m - 1, 0)])
                gap = (walked[n] - way[m]) * [1, 1, 0.5]
                moved = share[m] * np.linalg.norm(step, axis=1)
                cost[n, m] = (apart + options.velocity_weight * moved).mean() + options.path_weight * np.linalg.norm(
                    gap
                )
        shift = round(options.dtw_band * moments)
        if shift:
            total = np.full((moments + 1, moments + 1), np.inf)
            total[0, 0] = 0
            for n in range(moments):
                for m in range(moments):
                    if abs(n - m) <= shift:
                        steps = (
                            total[n, m] + 2 * cost[n, m],
                            total[n, m + 1] + cost[n, m],
                            total[n + 1, m] + cost[n, m],
                        )
                        total[n + 1, m + 1] = min(steps)
            mean = total[-1, -1] / (2 * moments)
        else:
            mean = cost.diagonal().mean()
        best = min(best, mean + 0.001 * abs(degrees + 5))
    return best + options.duration_weight * abs(math.log(motion.duration_G[0] / query.duration_G[0]))


@pytest.mark.parametrize(
    "options",
    [{}, {"dtw_band": 0.3}, {"path_weight": 0, "velocity_weight": 0, "duration_weight": 0}, {"tilts_degrees": (0,)}],
)
def test_it_is_what_a_plain_loop_says(options):
    queries, motions, options = some(3, 0), some(4, 1), MatchOptions(**options)
    found = distances(queries, motions, options)
    for q in range(3):
        for g in range(4):
            one, other = (Movements(*(x[i : i + 1] for x in vars(m).values())) for m, i in ((queries, q), (motions, g)))
            assert found[q, g] == pytest.approx(plain(one, other, options), abs=2e-3)


@settings(max_examples=30, deadline=None)
@given(st.floats(-3, 3), st.floats(0.5, 2), st.integers(0, 2**16))
def test_where_one_stands_and_how_large_one_is_does_not_matter(yaw, scale, seed):
    motions, options = some(5, seed), MatchOptions(tilts_degrees=(0.0,))
    seen = turned(motions, yaw)
    assert distances(seen, motions, options).diagonal() == pytest.approx(0.005, abs=1e-3), "the tilt's cost"
    other = turned(motions, yaw, scale, (3, 1, -2))
    np.testing.assert_allclose(
        distances(seen, turned(motions, 0.7, scale, (1, 0, 9)), options), distances(seen, motions, options), atol=2e-3
    )
    assert (distances(other, motions, options).argmin(1) == np.arange(5)).all()


def test_a_mirror_image_is_another_movement_unless_it_is_asked_for():
    motions = some(4, 3)
    images = mirrored(motions)
    both = mirrored(images)
    for name, array in vars(motions).items():
        np.testing.assert_array_equal(getattr(both, name), array)
    options = {"tilts_degrees": (0.0,)}
    assert distances(images, motions, MatchOptions(**options)).diagonal().min() > 0.05
    assert distances(images, motions, MatchOptions(**options, mirrored=True)).diagonal().max() < 0.01


def test_pairs_are_parts_of_the_whole():
    queries, motions, options = some(3, 4), some(5, 5), MatchOptions()
    pairs = np.array([[0, 4], [2, 2], [1, 0]])
    whole = distances(queries, motions, options)
    np.testing.assert_array_equal(distances_of_pairs(queries, motions, pairs, options), whole[pairs[:, 0], pairs[:, 1]])


def test_what_is_hidden_counts_little():
    """A landmark that is wrong and not seen spoils nothing."""
    motions, options = some(4, 6), MatchOptions(velocity_weight=0, path_weight=0, tilts_degrees=(0.0,))
    points, weights = motions.points_GNK3.copy(), np.ones_like(motions.weights_GNK)
    points[:, :, 3] += 0.5
    wrong = Movements(points, motions.path_GN3, weights, motions.duration_G)
    told = weights.copy()
    told[:, :, 3] = 0
    hidden = Movements(points, motions.path_GN3, told, motions.duration_G)
    assert distances(wrong, motions, options).diagonal().min() > 0.05
    assert distances(hidden, motions, options).diagonal().max() < 0.01


def test_nobody_is_equally_far_from_everything():
    nobody = Movements.of_landmarks(Landmarks.of_nobody(), 9)
    assert (distances(nobody, some(3, 7), MatchOptions()) == NOBODY).all()


def test_another_tempo_is_forgiven_by_warping(motions):
    joints = joints_of(next(iter(motions.values())))
    time = np.linspace(0, 1, 60) ** 1.3
    slower = joints[np.round(time * (len(joints) - 1)).astype(int)]
    video, motion = Movements.of_joints(slower, 32), Movements.of_joints(joints, 32)
    straight, warped = (distances(video, motion, MatchOptions(dtw_band=warp))[0, 0] for warp in (0.0, 0.25))
    assert warped < 0.7 * straight


def test_interpolation_and_averages():
    values = np.array([[0.0, 0.0], [1.0, 10.0], [3.0, 30.0]])
    times = np.array([0.0, 1.0, 3.0])
    np.testing.assert_allclose(resampled(values, times, np.array([0, 0.5, 2, 3])), [[0, 0], [0.5, 5], [2, 20], [3, 30]])
    np.testing.assert_allclose(resampled(values[:1], times[:1], np.array([0, 0.0])), [[0, 0], [0, 0]])
    np.testing.assert_allclose(smoothed(np.array([1.0, 1, 1, 1]), 3), 1)
    np.testing.assert_allclose(smoothed(np.array([0.0, 3, 0]), 3), [1, 1, 1])
