"""Which hits are one is what every pair's distance says, though few pairs are compared."""

import numpy as np

from lavimo.landmarks.match import distances, distances_of_pairs
from lavimo.landmarks.movement import Movements
from lavimo.landmarks.names import SEEN
from lavimo.landmarks.upright import upright_distances
from lavimo.search.rerank import NEAR_M, UPRIGHT, alike, distance_bound


def movements(rng):
    """Some, and each again, hardly changed, turned and of another size."""
    made = []
    for frames in (20, 43, 90, 92):
        points_TK3 = np.cumsum(rng.normal(0, 0.01, (frames, len(SEEN), 3)), axis=0) + rng.normal(0, 0.4, (len(SEEN), 3))
        path_T3 = np.cumsum(rng.normal(0, 0.01, (frames, 3)), axis=0)
        for away_m, yaw in ((0, 0.0), (0.003, 1.0), (0.02, 2.0), (0.05, 3.0)):
            turn_33 = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
            moved_TK3 = 1.1 * (points_TK3 + rng.normal(0, away_m, points_TK3.shape[1:])) @ turn_33
            made.append(Movements.of_points(moved_TK3, path_T3 @ turn_33, UPRIGHT.moments))
    return made


def test_every_pair_that_is_near_is_found():
    for seed in range(5):
        some = movements(np.random.default_rng(seed))
        every = Movements.stack(some)
        near_GG = np.triu(distances(every, every, UPRIGHT) < NEAR_M, 1)
        np.testing.assert_array_equal(alike(some), near_GG)
        assert 3 < near_GG.sum() < near_GG.size // 4


def test_few_pairs_are_as_far_apart_as_many():
    every = Movements.stack(movements(np.random.default_rng(3)))
    pairs_P2 = np.stack(np.triu_indices(len(every), 1), axis=1)
    compiled_P = distances_of_pairs(every, every, pairs_P2, UPRIGHT)
    np.testing.assert_allclose(upright_distances(every, pairs_P2, UPRIGHT), compiled_P, rtol=1e-5, atol=1e-6)
    assert len(upright_distances(every, pairs_P2[:0], UPRIGHT)) == 0


def test_no_distance_lies_below_its_bound():
    every = Movements.stack(movements(np.random.default_rng(9)))
    pairs_P2 = np.stack(np.triu_indices(len(every), 1), axis=1)
    bound_P = distance_bound(every, pairs_P2, UPRIGHT.moments)
    distance_P = distances_of_pairs(every, every, pairs_P2, UPRIGHT)
    assert (bound_P <= distance_P).all()
    assert (distance_bound(every, pairs_P2, 1) <= bound_P + 1e-6).all()
    assert (bound_P > 0.2 * distance_P).mean() > 0.5
