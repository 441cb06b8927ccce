"""What costs time is imported when it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = [
    "torch",
    "transformers",
    "sentence_transformers",
    "litellm",
    "onnxruntime",
    "numpy",
    "psycopg",
    "tokenizers",
    "rich",
    "yaml",
]


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(option: str) -> None:
    """`ragpg --help` and `--version` answer at once: no model, no driver, no framework."""
    program = (
        "import atexit, sys\n"
        "loaded = lambda: sorted(set(sys.argv[1:]) & set(sys.modules))\n"
        "atexit.register(lambda: print(loaded(), file=sys.stderr))\n"
        "from ragpg.cli.app import app\n"
        f"app([{option!r}])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, *HEAVY], capture_output=True, text=True, check=True
    )
    assert "ragpg" in result.stdout
    assert result.stderr == "[]\n"
