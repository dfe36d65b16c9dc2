"""The measures of generated motions, as HumanML3D's authors compute them, and what retrieval says beside them.

R-precision, matching distance, Frechet distance, diversity and multimodality: Guo et al. 2022, "Generating Diverse and
Natural 3D Human Motions from Text", and the code of its evaluation. Distances are Euclidean, on vectors as they are.

N motions, T texts, C dimensions, G texts of R generations each, B motions of a batch, Q queries.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.evaluate.metrics import metrics
from lavimo.evaluate.ranks import best_positive, chunks, distinct, ranks

Array = NDArray[Any]

TOP = 3
BATCH = 32
DIVERSITY_PAIRS = 300
MULTIMODALITY_PAIRS = 10
RECALLS = ("R1", "R3", "R10", "MedR")


def euclidean(first_xNC: Array, second_xMC: Array) -> NDArray[np.float64]:
    """The distance of every first vector to every second one, (..., N, M)."""
    first_xNC, second_xMC = first_xNC.astype(np.float64), second_xMC.astype(np.float64)
    squares_xN1 = np.square(first_xNC).sum(-1)[..., None]
    squares_x1M = np.square(second_xMC).sum(-1)[..., None, :]
    products_xNM = first_xNC @ np.swapaxes(second_xMC, -1, -2)
    found: NDArray[np.float64] = np.sqrt(np.maximum(squares_xN1 + squares_x1M - 2 * products_xNM, 0))
    return found


def matching(texts_NC: Array, motions_NC: Array, batch: int = BATCH) -> tuple[list[float], float]:
    """R-precision for the first 1 to `TOP` places, and the mean distance of a text to its own motion.

    A text's own motion stands among the others of its batch; batches are of consecutive rows, all whole.
    """
    texts_KBC = texts_NC.reshape(-1, batch, texts_NC.shape[1])
    motions_KBC = motions_NC.reshape(-1, batch, motions_NC.shape[1])
    distances_KBB = euclidean(texts_KBC, motions_KBC)
    order_KBB = np.argsort(distances_KBB, axis=-1, kind="stable")
    own_KBB = order_KBB[..., :TOP] == np.arange(batch)[:, None]
    precision = [float(own_KBB[..., : k + 1].any(-1).mean()) for k in range(TOP)]
    return precision, float(np.diagonal(distances_KBB, axis1=-2, axis2=-1).mean())


def frechet(first_NC: Array, second_MC: Array) -> float:
    """The Frechet distance of the Gaussians that fit two sets of motions (FID): 0 for the same Gaussian.

    The trace of the root of a product of covariances is the sum of the roots of its eigenvalues, which are those of
    the symmetric product taken here; that stays exact where a covariance is singular.
    """
    (mean_C, covariance_CC), (other_C, theirs_CC) = _gaussian(first_NC), _gaussian(second_MC)
    values_C, vectors_CC = np.linalg.eigh(covariance_CC)
    root_CC = (vectors_CC * np.sqrt(np.maximum(values_C, 0))) @ vectors_CC.T
    shared_C = np.linalg.eigvalsh(root_CC @ theirs_CC @ root_CC)
    apart = float(((mean_C - other_C) ** 2).sum())
    spread = float(np.trace(covariance_CC) + np.trace(theirs_CC) - 2 * np.sqrt(np.maximum(shared_C, 0)).sum())
    return max(apart + spread, 0.0)


def _gaussian(rows_NC: Array) -> tuple[Array, Array]:
    rows_NC = rows_NC.astype(np.float64)
    return rows_NC.mean(0), np.atleast_2d(np.cov(rows_NC, rowvar=False))


def diversity(motions_NC: Array, pairs: int, random: np.random.Generator) -> float:
    """The mean distance of random pairs of motions: two draws of `pairs` motions, each without repetition."""
    first, second = (random.choice(len(motions_NC), pairs, replace=False) for _ in range(2))
    return float(np.linalg.norm(motions_NC[first].astype(np.float64) - motions_NC[second], axis=1).mean())


def multimodality(motions_GRC: Array, pairs: int, random: np.random.Generator) -> float:
    """The mean distance of random pairs of motions of the same text, the same places of each text's generations."""
    first, second = (random.choice(motions_GRC.shape[1], pairs, replace=False) for _ in range(2))
    return float(np.linalg.norm(motions_GRC[:, first].astype(np.float64) - motions_GRC[:, second], axis=2).mean())


def interval(values: Sequence[float]) -> dict[str, float]:
    """The mean of repetitions, and half of its 95 % interval."""
    return {"mean": float(np.mean(values)), "interval": float(1.96 * np.std(values) / np.sqrt(len(values)))}


def retrieval(texts_TC: Array, motions_NC: Array, text_of_N: NDArray[np.intp]) -> dict[str, dict[str, float]]:
    """Recalls in percent and the median rank among all, from words to motions and back.

    Every motion of the same words is a right answer to them; equal vectors share their places' mean.

    Args:
        text_of_N: which text each motion was made of.
    """
    own_TN = text_of_N == np.arange(len(texts_TC))[:, None]
    found = {}
    for direction, queries_QC, gallery_MC, right_QM in (
        ("t2m", texts_TC[text_of_N], motions_NC, own_TN[text_of_N]),
        ("m2t", motions_NC, texts_TC, own_TN.T),
    ):
        ranked = []
        for rows_R in chunks(len(queries_QC), len(gallery_MC)):
            near_RM = nearness(queries_QC[rows_R], gallery_MC)
            ranked.append(ranks(near_RM, best_positive(near_RM, *np.nonzero(right_QM[rows_R]))))
        scores = metrics(np.concatenate(ranked))
        found[direction] = {name: scores[name] for name in RECALLS} | {"N": float(len(gallery_MC))}
    return found


def nearness(queries_QC: Array, gallery_MC: Array) -> NDArray[np.float64]:
    """Distances, less than 0, (Q, M); equal rows have equal ones to the last bit (`lavimo.evaluate.ranks`)."""
    queries_UC, of_Q = distinct(queries_QC.astype(np.float64))
    gallery_VC, of_M = distinct(gallery_MC.astype(np.float64))
    return -euclidean(queries_UC, gallery_VC)[np.ix_(of_Q, of_M)]


def nearest(motions_NC: Array, training_MC: Array) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The cosine with the nearest motion of training, (N,), and which that is."""
    motions_NC, training_MC = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (motions_NC, training_MC))
    cosines, places = [], []
    for rows_R in chunks(len(motions_NC), len(training_MC)):
        cosines_RM = motions_NC[rows_R].astype(np.float64) @ training_MC.T.astype(np.float64)
        places.append(cosines_RM.argmax(1))
        cosines.append(cosines_RM.max(1))
    return np.concatenate(cosines), np.concatenate(places)
