"""The library that computes a BERT for many texts."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

GPU_DEVICES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
"""Where Linux has the drivers of NVIDIA and AMD, and Windows' Linux that of its host."""


class Engine(StrEnum):
    """A library, called as its package is; numpy is always there."""

    NUMPY = "numpy"
    OPENVINO = "openvino"
    TORCH = "torch"


def choose_engine(device: str | None) -> Engine:
    """Return the fastest engine on a device, of those that are installed.

    PyTorch computes on GPUs. On processors OpenVINO is the fastest, with and without instructions
    for bfloat16 and its matrices, and is imported in less time (measured in December 2026). None
    for the device means that it is still to be chosen.
    """
    if device not in (None, "cpu"):
        return Engine.TORCH
    suits_torch = device is None and may_have_gpu()
    order = (Engine.TORCH, Engine.OPENVINO) if suits_torch else (Engine.OPENVINO, Engine.TORCH)
    return next((engine for engine in order if find_spec(engine)), Engine.NUMPY)


def may_have_gpu() -> bool:
    """Return whether there is a driver of a GPU that PyTorch could use.

    Asking PyTorch itself takes the seconds of its import.
    """
    if sys.platform == "darwin":
        return True
    if sys.platform == "win32":
        return (Path(os.environ["SYSTEMROOT"]) / "System32" / "nvcuda.dll").exists()
    return any(Path(device).exists() for device in GPU_DEVICES)
