"""The program: `ragpg`, or `python -m ragpg`."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from ragpg.cli.signals import exit_now, install_handlers


def main() -> NoReturn:
    """Run the command line; signals are handled from the start."""
    # Objects made at start-up stay alive: searching them for garbage again and again takes 30 ms.
    gc.set_threshold(100_000, 20, 100)
    install_handlers()
    replace_closed_streams()
    from ragpg.cli.app import app

    try:
        app(prog_name="ragpg")
    except SystemExit as error:
        exit_now(int(error.code or 0))
    except OSError as error:
        # Typer writes help and version itself, perhaps to a full disk.
        with suppress(OSError):
            sys.stderr.write(f"error: cannot write: {error.strerror}\n")
        exit_now(1)
    exit_now(0)


def replace_closed_streams() -> None:
    """Open /dev/null for each closed standard stream, or the next file would get its number."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            # Also stdin is opened for writing: reading from a closed input must fail.
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - stays open to the end


if __name__ == "__main__":
    main()
