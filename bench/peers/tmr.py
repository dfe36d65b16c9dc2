"""TMR's own classes, trained on a workflow's results and scored as our runs are: see README.md."""

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from peer import Arrays, Data, arguments, say, score
from torch import Tensor


def main() -> None:
    """Train and score each seed."""
    parser = arguments(__doc__)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--feedforward", type=int, default=1024)
    told = parser.parse_args()
    score(told, "tmr-own", partial(trained, told))


def trained(told: argparse.Namespace, data: Data, seed: int) -> Callable[[], Arrays]:
    """Their model after their training: AdamW, every clip once an epoch, one of its captions at random."""
    from src.model import TMR, ACTORStyleDecoder, ACTORStyleEncoder  # type: ignore[import-not-found]

    torch.manual_seed(seed)
    samples = data.samples
    sizes = {"latent_dim": told.width, "ff_size": told.feedforward, "num_layers": told.layers, "num_heads": 4}
    model = TMR(
        motion_encoder=ACTORStyleEncoder(nfeats=samples.feature_width, vae=True, **sizes),
        text_encoder=ACTORStyleEncoder(nfeats=samples.texts.token_width, vae=True, **sizes),
        motion_decoder=ACTORStyleDecoder(nfeats=samples.feature_width, **sizes),
        vae=True,
        lmd={"recons": 1.0, "latent": 1.0e-5, "kl": 1.0e-5, "contrastive": 0.1},
        temperature=0.1,
        threshold_selfsim=0.80,
    ).to(told.device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=told.rate)
    for epoch in range(1, told.epochs + 1):
        model.train()
        for some, captions in data.epoch(seed, epoch, told.batch_size):
            sentences = np.stack([samples.texts.sentence(caption) for caption in captions])
            batch = {
                "motion_x_dict": padded([data.motion(name) for name in some], told.device),
                "text_x_dict": padded([samples.texts.tokens(caption) for caption in captions], told.device),
                "sent_emb": torch.from_numpy(sentences).to(told.device),
            }
            optimiser.zero_grad()
            loss = model.compute_loss(batch)["loss"]
            loss.backward()
            optimiser.step()
        say(seed, epoch, told.epochs, float(loss.detach()))
    return partial(embedded, model.eval(), data, told.device)


@torch.inference_mode()
def embedded(model: Any, data: Data, device: str) -> Arrays:
    """The means of the distributions, as their retrieval takes them."""
    names, captions = data.tested()
    given = {
        "text": [data.samples.texts.tokens(caption) for caption in captions],
        "motion": [data.motion(name) for name in names],
    }
    return {
        modality: torch.cat([model.encode(padded([one], device), modality, sample_mean=True) for one in own])
        .cpu()
        .numpy()
        for modality, own in given.items()
    }


def padded(arrays: list[Any], device: str) -> dict[str, Any]:
    """A batch of sequences with its mask, as they have it."""
    tensors: list[Tensor] = [torch.from_numpy(np.ascontiguousarray(array, np.float32)) for array in arrays]
    lengths = [len(tensor) for tensor in tensors]
    x = torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True).to(device)
    mask = torch.arange(x.shape[1], device=device)[None] < torch.tensor(lengths, device=device)[:, None]
    return {"x": x, "length": lengths, "mask": mask}


if __name__ == "__main__":
    main()
