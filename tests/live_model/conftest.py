"""A small language model that is really there: `make test-llm` names the Python that serves it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON = os.environ.get("LIVE_MODEL_PYTHON")
SERVE = Path(__file__).with_name("serve.py")

collect_ignore = [] if PYTHON else ["test_live_model.py"]


@pytest.fixture(scope="session")
def live_model() -> Iterator[str]:
    """The address of a server of SmolLM2-135M-Instruct."""
    assert PYTHON
    process = subprocess.Popen(
        [PYTHON, str(SERVE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:"), "the server did not start"
    yield f"{address}/v1"
    process.stdin.close()
    process.stdout.close()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
