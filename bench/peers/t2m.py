"""T2M's own classes, trained on a workflow's results and scored as our runs are: see README.md.

First their movement encoder as an auto-encoder, then beside it the encoders of motions and words, by their losses.
"""

import argparse
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import torch
from peer import Arrays, Data, arguments, say, score
from torch import Tensor, nn
from torch.nn import functional

UNIT = 4
"""Frames that become one movement."""
CONTACTS = 4
"""The features of a frame that their encoder does not see."""
PARTS_OF_SPEECH = 15
"""As many as they know. Captions come as a sentence model's token features, and no part of speech is told."""
SPARSE, SMOOTH = 1e-3, 1e-3
"""Weights of the auto-encoder's other losses, as their published model is called after them."""
CLIP = 0.5
"""Largest norm of a gradient."""


def main() -> None:
    """Train and score each seed."""
    parser = arguments(__doc__)
    parser.add_argument("--hidden", type=int, default=512, help="of movements and words; motions have twice that")
    parser.add_argument("--width", type=int, default=512, help="of the joint space")
    parser.add_argument("--margin", type=float, default=10.0)
    told = parser.parse_args()
    score(told, "t2m-own", partial(trained, told))


def trained(told: argparse.Namespace, data: Data, seed: int) -> Callable[[], Arrays]:
    """Their three encoders after their two trainings, each of as many epochs."""
    from networks import modules  # type: ignore[import-not-found]

    torch.manual_seed(seed)
    seen, hidden = data.samples.feature_width - CONTACTS, told.hidden
    movement = modules.MovementConvEncoder(seen, hidden, hidden).to(told.device)
    decoder = modules.MovementConvDecoder(hidden, hidden, seen + CONTACTS).to(told.device)
    word_width = data.samples.texts.token_width
    text = modules.TextEncoderBiGRUCo(word_width, PARTS_OF_SPEECH, hidden, told.width, told.device).to(told.device)
    motion = modules.MotionEncoderBiGRUCo(hidden, 2 * hidden, told.width, told.device).to(told.device)
    contrastive = modules.ContrastiveLoss(told.margin)

    optimiser = torch.optim.Adam(chain(movement.parameters(), decoder.parameters()), lr=told.rate)
    for epoch in range(1, told.epochs + 1):
        for some, _ in data.epoch(seed, epoch, told.batch_size):
            motions_BTF, _ = motions(data, some, told.device)
            latents = movement(motions_BTF[..., :-CONTACTS])
            loss = functional.l1_loss(decoder(latents), motions_BTF) + SPARSE * latents.abs().mean()
            loss = loss + SMOOTH * functional.l1_loss(latents[:, 1:], latents[:, :-1])
            step([optimiser], loss, [movement, decoder])
        say(seed, epoch, told.epochs, float(loss.detach()))
    movement.eval()

    optimisers = [torch.optim.Adam(one.parameters(), lr=told.rate) for one in (text, motion)]
    for epoch in range(1, told.epochs + 1):
        rng = np.random.default_rng([seed, epoch, 1])
        text.train()
        motion.train()
        for some, captions in data.epoch(seed, epoch, told.batch_size):
            text_BC = of_texts(text, data, captions, told.device)
            motion_BC = of_motions(motion, movement, data, some, told.device)
            shift = int(rng.integers(0, max(len(some) - 1, 1)))
            same, other = (torch.full((len(some),), label, device=told.device) for label in (0.0, 1.0))
            loss = contrastive(text_BC, motion_BC, same) + contrastive(text_BC, motion_BC.roll(-shift, 0), other)
            step(optimisers, loss, [text, motion])
        say(seed, epoch, told.epochs, float(loss.detach()))
    return partial(embedded, text.eval(), motion.eval(), movement, data, told.device)


def step(optimisers: Iterable[torch.optim.Optimizer], loss: Tensor, networks: Iterable[nn.Module]) -> None:
    """A step of each optimiser, gradients clipped network by network."""
    for optimiser in optimisers:
        optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    for network in networks:
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
    for optimiser in optimisers:
        optimiser.step()


@torch.inference_mode()
def embedded(text: Any, motion: Any, movement: Any, data: Data, device: str) -> Arrays:
    """Both modalities' vectors, and minus their distances, by which they retrieve."""
    names, captions = data.tested()
    text_NC, motion_NC = of_texts(text, data, captions, device), of_motions(motion, movement, data, names, device)
    similarity_NN = -torch.cdist(text_NC, motion_NC).cpu().numpy()
    return {
        "text": text_NC.cpu().numpy(),
        "motion": motion_NC.cpu().numpy(),
        "similarity_t2m": similarity_NN,
        "similarity_m2t": np.ascontiguousarray(similarity_NN.T),
    }


def motions(data: Data, names: list[str], device: str) -> tuple[Tensor, Tensor]:
    """Motions (B, T, F) of whole movements, padded, and how many movements each has."""
    cut = [data.motion(name) for name in names]
    cut = [one[: len(one) // UNIT * UNIT] for one in cut]
    x_BTF = nn.utils.rnn.pad_sequence([torch.from_numpy(one) for one in cut], batch_first=True)
    return x_BTF.to(device), torch.tensor([len(one) // UNIT for one in cut])


def of_motions(motion: Any, movement: Any, data: Data, names: list[str], device: str) -> Tensor:
    """Motions' vectors (B, C); their GRU wants the longest first."""
    x_BTF, lengths_B = motions(data, names, device)
    order_B = torch.argsort(lengths_B, descending=True, stable=True)
    with torch.no_grad():
        movements = movement(x_BTF[order_B][..., :-CONTACTS])
    vectors_BC: Tensor = motion(movements, lengths_B[order_B])
    return vectors_BC[torch.argsort(order_B)]


def of_texts(text: Any, data: Data, captions: list[str], device: str) -> Tensor:
    """Captions' vectors (B, C)."""
    tokens = [torch.from_numpy(np.array(data.samples.texts.tokens(caption))) for caption in captions]
    lengths_B = torch.tensor([len(one) for one in tokens])
    order_B = torch.argsort(lengths_B, descending=True, stable=True)
    x_BLD = nn.utils.rnn.pad_sequence([tokens[row] for row in order_B], batch_first=True).to(device)
    nothing_BLP = torch.zeros(*x_BLD.shape[:2], PARTS_OF_SPEECH, device=device)
    vectors_BC: Tensor = text(x_BLD, nothing_BLP, lengths_B[order_B])
    return vectors_BC[torch.argsort(order_B)]


if __name__ == "__main__":
    main()
