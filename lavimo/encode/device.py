"""Where a model is to run."""


def device_of(name: str) -> str:
    """The device that `auto` stands for: a GPU where there is one."""
    if name != "auto":
        return name
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
