"""In which precision a model computes."""

from __future__ import annotations

from pathlib import Path


def precision(device: str) -> str:
    """Name PyTorch's type for a device.

    bfloat16 where the processor multiplies matrices of it, which is several times as fast and
    changes a vector by a cosine of 0.0001; float32 elsewhere.
    """
    return "bfloat16" if device == "cpu" and has_bfloat16() else "float32"


def best_device() -> str:
    """The device that PyTorch computes on fastest."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def has_bfloat16() -> bool:
    """Whether the processor has instructions for matrices of bfloat16, as Linux tells it."""
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8").split()
    except OSError:
        return False
    return not {"amx_bf16", "avx512_bf16"}.isdisjoint(flags)
