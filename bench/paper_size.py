"""A training step of `preset: paper` on this processor, part by part, and what its products would take graphics cards.

Each part by itself on some clips, forward and backward, told for a whole batch; then a whole step as training takes it,
in chunks (`train.chunk`), for 64 clips at once keep more than 8 GB. Baseline of a part's seconds: its products
alone, at the rate of large ones on this processor; of the step's: the parts' sum. Cards are computed, not measured: the
step's products at 30 to 40 % of the peak that the vendor publishes. Seconds are one core's, of the processor; some six
minutes.
"""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from paper_model import paper_batch, paper_method
from table import Figure, write_results
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.flop_counter import FlopCounterMode, sdpa_backward_flop_count, sdpa_flop_count

from lavimo.config import load_config
from lavimo.encode.precision import layers
from lavimo.methods.lavimo import Lavimo
from lavimo.methods.losses import reconstruction_loss
from lavimo.train.batch import Batch
from lavimo.train.distributed import Processes
from lavimo.train.optimiser import make_optimiser
from lavimo.train.trainer import Trainer, first_progress

CHUNK, SOME, ROUNDS = 8, 16, 3
CLIPS, EPOCHS = 23_384, 400
"""Of HumanML3D's train split, and the preset's."""
STATE_BYTES = 16
"""A parameter in fp32, its gradient, and AdamW's two moments."""
SHARES = 0.4, 0.3
CARDS = {
    "T4 (16 GB), fp32": (8.1e12, 16),
    "RTX 4090 (24 GB), bf16": (165e12, 24),
    "A100 (40 GB), bf16": (312e12, 40),
    "H100 SXM (80 GB), bf16": (989e12, 80),
}
"""FLOP a second, as the vendor publishes them (dense, summed in fp32), and memory in GB. A T4 knows no bf16."""
ATTENTION: dict[Any, Any] = {
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: lambda *shapes, **_: sdpa_flop_count(*shapes[:3]),
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward: (
        lambda *shapes, **_: sdpa_backward_flop_count(*shapes[:4])
    ),
}
"""What torch's counter does not know of processors."""
torch.set_num_threads(1)


@dataclass
class Part:
    """A part of the step, for a whole batch.

    Attributes:
        forward_flop, backward_flop: of products, attention's included.
        kept_bytes: what the forward pass keeps for the backward one, weights in bf16 not among it.
    """

    parameters: int
    forward_flop: int
    backward_flop: int
    kept_bytes: float
    seconds: float


def passes(method: Lavimo, batch: Batch, precision: str) -> dict[str, tuple[nn.Module, Callable[[], Tensor]]]:
    """Each part with its forward pass, which ends in a number."""
    with torch.no_grad(), layers(precision, "cpu"):
        encoded = method.encode(batch.inputs)
        fused_BMC, mask_BM = method.fusion(encoded, batch.rows)
    for one in encoded.values():
        one.tokens_BLC.requires_grad_()
    fused_BMC.requires_grad_()
    motion: Any = method.encoders["motion"]

    def encode(modality: str) -> Tensor:
        made = method.encoders[modality](batch.inputs[modality])
        return made.embedding_BC.sum() + made.tokens_BLC.float().sum()

    def decode() -> Tensor:
        patches_NX, packing, kept_NP = motion.patches(batch.inputs["motion"])
        predicted_NX = method.decoder.patches(fused_BMC, mask_BM, packing).float()
        return reconstruction_loss(predicted_NX, patches_NX, kept_NP)

    def fuse() -> Tensor:
        return method.fusion(encoded, batch.rows)[0].float().sum()

    def numbered(forward: Callable[[], Tensor]) -> Callable[[], Tensor]:
        def run() -> Tensor:
            with layers(precision, "cpu"):
                return forward()

        return run

    made = {name: (encoder, numbered(partial(encode, name))) for name, encoder in method.encoders.items()}
    return {**made, "fusion": (method.fusion, numbered(fuse)), "decoder": (method.decoder, numbered(decode))}


def seconds(run: Callable[[], object]) -> float:
    """Of the processor; the least of some."""
    took = []
    for _ in range(ROUNDS):
        start = time.process_time()
        run()
        took.append(time.process_time() - start)
    return min(took)


def kept(module: nn.Module, forward: Callable[[], Tensor]) -> int:
    """Bytes that a forward pass keeps, the module's weights not among them."""
    weights = {parameter.untyped_storage().data_ptr() for parameter in module.parameters()}
    found: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        found[storage.data_ptr()] = storage.nbytes()
        return tensor.detach()  # else a result would hold itself

    with saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = forward()
    del loss
    return sum(size for pointer, size in found.items() if pointer not in weights)


def parts(method: Lavimo, precision: str, half: Batch, whole: Batch, share: float) -> dict[str, Part]:
    """Every part, measured on some clips and on half of them: what both keep is the weights' copies in bf16."""
    halves, found = passes(method, half, precision), {}
    for name, (module, forward) in passes(method, whole, precision).items():
        few, many = kept(*halves[name]), kept(module, forward)
        with FlopCounterMode(display=False, custom_mapping=ATTENTION) as counter:
            loss = forward()
            forward_flop = counter.get_total_flops()
            loss.backward()
            backward_flop = counter.get_total_flops() - forward_flop
        took = seconds(partial(forward_and_backward, forward))
        parameters = sum(parameter.numel() for parameter in module.parameters())
        flop = round(share * forward_flop), round(share * backward_flop)
        found[name] = Part(parameters, *flop, share * 2 * (many - few), share * took)
    return found


def forward_and_backward(forward: Callable[[], Tensor]) -> None:
    """Gradients are added to the parameters'."""
    forward().backward()


def rate() -> float:
    """FLOP a second of large products in bf16 on this processor."""
    side = 4096
    x = torch.randn(side, side).bfloat16()
    return 2 * side**3 / seconds(lambda: x @ x)


def on_cards(found: dict[str, Part], batches: int) -> dict[str, dict[str, Any]]:
    """Seconds a step, minutes an epoch and hours of the whole training, at the higher and the lower share of the peak.

    What does not fit goes in chunks, which encode twice. In fp32 activations are twice as large.
    """
    encoding = sum(found[name].forward_flop for name in ("text", "motion", "video"))
    flop = sum(part.forward_flop + part.backward_flop for part in found.values())
    state = STATE_BYTES * sum(part.parameters for part in found.values())
    activations = sum(part.kept_bytes for part in found.values())
    made = {}
    for card, (peak, memory_gb) in CARDS.items():
        needed = state + activations * (2 if "fp32" in card else 1)
        chunked = needed > memory_gb * 1e9
        steps = [(flop + encoding * chunked) / (share * peak) for share in SHARES]
        made[card] = {
            "needed_gb": needed / 1e9,
            "chunked": chunked,
            "step_s": steps,
            "epoch_min": [step * batches / 60 for step in steps],
            "training_h": [step * batches * EPOCHS / 3600 for step in steps],
        }
    return made


def main() -> None:
    config = load_config({"preset": "paper", "train": {"chunk": CHUNK}, "runs": {"lavimo-3": {}}})
    options, clips = config.train, config.train.batch_size
    torch.manual_seed(0)
    method = paper_method(config).train()
    assert isinstance(method, Lavimo)
    making = seconds(lambda: paper_batch(config, method, clips))
    batch = paper_batch(config, method, clips)
    some = batch.part(slice(SOME))
    found = parts(method, options.precision, some.part(slice(SOME // 2)), some, clips / SOME)

    optimiser = make_optimiser(method, options)
    optimising = seconds(optimiser.step)
    nothing: Any = None  # a step needs no samples
    trainer = Trainer(method, optimiser, nothing, options, first_progress(method, options), None, Processes(), "cpu")
    start = time.process_time()
    trainer.step(batch, options.learning_rate, 0)
    step = time.process_time() - start
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    best = rate()
    rows: dict[str, Figure] = {}
    for name, part in found.items():
        rows[name] = ((part.forward_flop + part.backward_flop) / best, part.seconds, "s")
    state = STATE_BYTES * sum(parameter.numel() for parameter in method.parameters())
    rows |= {
        "optimiser": (optimising, optimising, "s"),
        "step_in_chunks": (sum(part.seconds for part in found.values()) + optimising, step, "s"),
        "making_a_batch_beside_it": (step, making, "s"),
        "memory_in_chunks": ((state + sum(part.kept_bytes for part in found.values())) / 2**20, peak / 2**20, "MiB"),
    }
    batches = int(np.ceil(CLIPS / clips))
    cards = on_cards(found, batches)
    about = {"products_flop_a_second": best, "making_an_epoch_min": making * batches / 60}
    write_results("paper_size", rows, **about, parts={name: asdict(part) for name, part in found.items()}, cards=cards)
    for name, part in found.items():
        flop = (part.forward_flop + part.backward_flop) / 1e12
        own = part.parameters * STATE_BYTES / 2**20
        line = f"{name:8} {part.parameters / 1e6:6.1f} M parameters: {own:5.0f} MiB with gradients and moments; "
        sys.stdout.write(f"{line}keeps {part.kept_bytes / 2**20:6.0f} MiB; {flop:6.3f} TFLOP\n")
    for card, row in cards.items():
        each, epoch, training = ("{:.3g} to {:.3g}".format(*row[key]) for key in ("step_s", "epoch_min", "training_h"))
        chunks = ", in chunks" if row["chunked"] else ""
        line = f"{card}: {each} s a step, {epoch} min an epoch, {training} h; {row['needed_gb']:.1f} GB at once{chunks}"
        sys.stdout.write(line + "\n")
    sys.stdout.write(
        f"made by one core like this one, the batches of an epoch take {about['making_an_epoch_min']:.1f} min\n"
    )


if __name__ == "__main__":
    main()
