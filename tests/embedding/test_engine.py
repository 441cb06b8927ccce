"""Which library embeds many texts, and what OpenVINO must not do."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from ragpg.embedding import engine, model_files
from ragpg.embedding.engine import Engine, choose_engine

if TYPE_CHECKING:
    from pathlib import Path

AUDITED = """
import sys

def watch(event, arguments):
    connects = event in ("socket.connect", "socket.getaddrinfo", "urllib.Request")
    starts = event in ("os.fork", "os.posix_spawn", "subprocess.Popen")
    writes = event == "os.mkdir" or event == "open" and set(str(arguments[1])) & set("wax+")
    if connects or starts or writes:
        print(event, *arguments)

sys.addaudithook(watch)
from pathlib import Path
from ragpg.embedding.bert_openvino import OpenVinoBert
OpenVinoBert(Path(sys.argv[1])).encode([[101, 102]])
"""
"""Prints what the process writes, starts and connects to."""


@pytest.mark.parametrize(
    ("device", "has_gpu", "absent", "expected"),
    [
        (None, False, set(), Engine.OPENVINO),
        ("cpu", True, set(), Engine.OPENVINO),
        (None, True, set(), Engine.TORCH),
        ("cuda", False, set(), Engine.TORCH),
        (None, True, {"torch"}, Engine.OPENVINO),
        (None, False, {"openvino"}, Engine.TORCH),
        (None, True, {"openvino", "torch"}, Engine.NUMPY),
    ],
)
def test_the_engine_suits_the_machine_and_is_installed(
    monkeypatch: pytest.MonkeyPatch,
    device: str | None,
    has_gpu: bool,
    absent: set[str],
    expected: Engine,
) -> None:
    """PyTorch for GPUs, else OpenVINO; numpy where neither is there."""
    monkeypatch.setattr(engine, "may_have_gpu", lambda: has_gpu)
    monkeypatch.setattr(engine, "find_spec", lambda name: None if name in absent else name)
    assert choose_engine(device) is expected


@pytest.mark.skipif(not find_spec("openvino"), reason="OpenVINO is not installed")
def test_openvino_sends_writes_and_prints_nothing(tmp_path: Path) -> None:
    """Its import would tell a server of its use; here it finds no package that could."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    result = subprocess.run(
        [sys.executable, "-B", "-c", AUDITED, str(directory)],
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (result.stdout, result.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []
