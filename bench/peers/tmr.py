"""TMR's own classes, trained on a workflow's results and scored as our runs are: see README.md."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lavimo.config import EvaluateOptions
from lavimo.encode.samples import Samples
from lavimo.evaluate.evaluate import Origin, evaluate
from lavimo.motion.statistics import read_statistics
from lavimo.shards import write_shard


def main() -> None:
    """Train and score each seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path, help="of TMR's repository")
    parser.add_argument("results", type=Path, help="a workflow's")
    parser.add_argument("output", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--epochs", type=int, default=48)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--feedforward", type=int, default=1024)
    parser.add_argument("--device", default="cpu")
    told = parser.parse_args()
    sys.path.insert(0, str(told.checkout))
    told.output.mkdir(parents=True, exist_ok=True)
    features = sorted((told.results / "features").glob("*-of-*.safetensors"))
    samples = Samples(told.results / "clips.csv", told.results / "texts.safetensors", features)
    statistics = read_statistics(told.results / "features/statistics.safetensors", samples.feature_width)
    for seed in told.seeds:
        began = time.monotonic()
        model = trained(samples, statistics, seed, told)
        path = told.output / f"{seed}.safetensors"
        names = samples.split("test")
        captions = [samples.clips[name].captions[0] for name in names]
        arrays = embedded(model, samples, statistics, names, told.device)
        arrays["caption_embeddings"] = np.stack([samples.texts.sentence(caption) for caption in captions])
        write_shard(path, arrays, ids=names, captions=captions, split="test")
        origin = Origin("tmr-own", "", str(seed))
        scores = evaluate(path, path.with_suffix(".csv"), origin, EvaluateOptions(), told.results / "clips.csv")
        whole = [row for row in scores if (row.protocol, row.ties, row.subset) == ("all", "average", "whole")]
        line = ", ".join(f"{row.direction} R@1 {row.metrics['R1']:.1f} R@10 {row.metrics['R10']:.1f}" for row in whole)
        sys.stdout.write(f"seed {seed}: {line}; {time.monotonic() - began:.0f} s\n")
        sys.stdout.flush()


def trained(samples: Samples, statistics: Any, seed: int, told: argparse.Namespace) -> Any:
    """Their model after their training: AdamW, every clip once an epoch, one of its captions at random."""
    from src.model import TMR, ACTORStyleDecoder, ACTORStyleEncoder  # type: ignore[import-not-found]

    torch.manual_seed(seed)
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
    names = samples.split("train")
    for epoch in range(1, told.epochs + 1):
        model.train()
        rng = np.random.default_rng([seed, epoch])
        order = [names[i] for i in rng.permutation(len(names))]
        for start in range(0, len(order), told.batch_size):
            some = order[start : start + told.batch_size]
            captions = [samples.clips[name].captions for name in some]
            chosen = [own[int(rng.integers(len(own)))] for own in captions]
            sentences = np.stack([samples.texts.sentence(caption) for caption in chosen])
            batch = {
                "motion_x_dict": motions_of(samples, statistics, some, told.device),
                "text_x_dict": texts_of(samples, chosen, told.device),
                "sent_emb": torch.from_numpy(sentences).to(told.device),
            }
            optimiser.zero_grad()
            loss = model.compute_loss(batch)["loss"]
            loss.backward()
            optimiser.step()
        sys.stderr.write(f"\rseed {seed}: epoch {epoch} of {told.epochs}, loss {float(loss):.3f}  ")
    return model.eval()


@torch.inference_mode()
def embedded(model: Any, samples: Samples, statistics: Any, names: list[str], device: str) -> dict[str, Any]:
    """The means of the distributions, as their retrieval takes them."""
    captions = [samples.clips[name].captions[0] for name in names]
    text = [model.encode(texts_of(samples, [caption], device), "text", sample_mean=True) for caption in captions]
    motion = [
        model.encode(motions_of(samples, statistics, [name], device), "motion", sample_mean=True) for name in names
    ]
    return {"text": torch.cat(text).cpu().numpy(), "motion": torch.cat(motion).cpu().numpy()}


def motions_of(samples: Samples, statistics: Any, names: list[str], device: str) -> dict[str, Any]:
    """Normalised features, as they are batched there."""
    mean_F, std_F = statistics
    return padded([(samples.motion(name)[:196] - mean_F) / std_F for name in names], device)


def texts_of(samples: Samples, captions: list[str], device: str) -> dict[str, Any]:
    """Frozen token features, as they are batched there."""
    return padded([samples.texts.tokens(caption) for caption in captions], device)


def padded(arrays: list[Any], device: str) -> dict[str, Any]:
    """A batch of sequences with its mask."""
    tensors: list[Tensor] = [torch.from_numpy(np.ascontiguousarray(array, np.float32)) for array in arrays]
    lengths = [len(tensor) for tensor in tensors]
    x = torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True).to(device)
    mask = torch.arange(x.shape[1], device=device)[None] < torch.tensor(lengths, device=device)[:, None]
    return {"x": x, "length": lengths, "mask": mask}


if __name__ == "__main__":
    main()
