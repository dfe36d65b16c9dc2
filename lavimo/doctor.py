"""What this machine has, and what follows from it for the work: asked in seconds, before hours are spent."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

GIB = 2**30
DEMO_GIB = 2.0
"""What the demo's results take on the disk, generously."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    state: Literal["good", "slow", "missing"]
    """`slow`: all works, something takes longer or is left out; `missing`: something does not work."""
    name: str
    found: str
    follows: str = ""


def examine(folder: Path) -> Iterator[Finding]:
    """Look at everything, one thing after the other; `folder` is where results are to go. A look that fails is a
    finding, not an error."""
    looks: tuple[Callable[[], Finding], ...] = (
        python,
        cores,
        memory,
        lambda: disk(folder),
        torch,
        codec,
        language_model,
        image_encoder,
        landmark_models,
        viewer,
        queue,
        drawing,  # last: after Mesa's LLVM, that of triton, which torch may load, ends the process
    )
    for look in looks:
        try:
            yield look()
        except Exception as error:
            name = getattr(look, "__name__", "disk").replace("_", " ")
            yield Finding("missing", name, str(error) or type(error).__name__)


def python() -> Finding:
    """Which Python this is, and where."""
    return Finding("good", "python", f"{platform.python_version()} on {platform.platform()}, {sys.prefix}")


def cores() -> Finding:
    """Processor cores that this process may use."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if count == 1:
        return Finding("slow", "cores", "1", "trainings run one after the other; the demo takes twice as long")
    return Finding("good", "cores", str(count))


def memory() -> Finding:
    """Memory that is free now."""
    import psutil

    free = psutil.virtual_memory().available / GIB
    found = f"{free:.1f} GiB available"
    return Finding("good", "memory", found) if free > 4 else Finding("slow", "memory", found, "use --cores 1")


def disk(folder: Path) -> Finding:
    """Room where results go, and whether they may."""
    there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    free = shutil.disk_usage(there).free / GIB
    if not os.access(there, os.W_OK):
        return Finding("missing", "disk", f"{there} may not be written to", "go to a folder of your own")
    found = f"{free:.1f} GiB free in {there}"
    if free < DEMO_GIB:
        return Finding("missing", "disk", found, f"the demo takes {DEMO_GIB:.0f} GiB")
    return Finding("good", "disk", found)


def torch() -> Finding:
    """What models are trained on."""
    import torch

    if torch.cuda.is_available():
        cards = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
        return Finding("good", "torch", f"{torch.__version__}, CUDA {torch.version.cuda}: {', '.join(cards)}")
    follows = "the demo trains in minutes a run; the preset `paper` on HumanML3D wants a GPU"
    return Finding("slow", "torch", f"{torch.__version__}, no GPU", follows)


def drawing() -> Finding:
    """What draws the videos."""
    from lavimo.render.renderer import choose

    renderer, reason = choose("auto", 64)
    return Finding("good", "drawing", f"{renderer.device} ({reason})")


def codec() -> Finding:
    """Whether videos can be written and read."""
    import av

    lacking = [name for name in ("h264", "hevc", "vp9") if not _has_codec(name, "r")]
    lacking += [] if _has_codec("libx264", "w") else ["libx264"]
    if lacking:
        return Finding("missing", "video", f"PyAV {av.__version__} without {', '.join(lacking)}", "reinstall av")
    return Finding("good", "video", f"PyAV {av.__version__}: writes H.264, reads H.264, HEVC, VP9")


def _has_codec(name: str, mode: Literal["r", "w"]) -> bool:
    from av.codec.codec import Codec, UnknownCodecError

    try:
        Codec(name, mode)
    except UnknownCodecError:
        return False
    return True


def language_model() -> Finding:
    """MiniLM, which embeds captions."""
    from lavimo.text.minilm import minilm_folder

    return Finding("good", "text model", f"MiniLM in {minilm_folder()}")


def image_encoder() -> Finding:
    """EfficientNet-Lite0, which sees frames."""
    from lavimo.encode.weights.efficientnet import efficientnet

    efficientnet()
    return Finding("good", "image encoder", "EfficientNet-Lite0, its sha256 as expected")


def landmark_models() -> Finding:
    """BlazePose, which sees people in videos."""
    from lavimo.landmarks.models import DETECTOR, landmark_model

    landmark_model(None, DETECTOR)
    return Finding("good", "landmarks", f"BlazePose in {landmark_model(None).parent}")


def viewer() -> Finding:
    """three.js, which the page's viewer is made of."""
    from lavimo.app.page import has_viewer

    if has_viewer():
        return Finding("good", "page", "three.js is there")
    return Finding("slow", "page", "no three.js", "the page of `lavimo app` has previews only; run `lavimo fetch-page`")


def queue() -> Finding:
    """Whether there is a SLURM to work on."""
    from lavimo.jobs import slurm

    try:
        slurm.settings()
    except ValueError as error:
        return Finding("slow", "queue", str(error), "jobs run on this machine only")
    if not slurm.settings():
        return Finding("good", "queue", "no SLURM here; jobs run on this machine")
    gpus = "with GPUs" if slurm.has_gpus() else "no GPUs by gres: trainings go to processors"
    state: Literal["good", "slow"] = "good" if slurm.has_gpus() else "slow"
    cluster = slurm.settings().get("ClusterName", "?")
    return Finding(state, "queue", f"SLURM, cluster {cluster}, asked by {slurm.status_command()}", gpus)
