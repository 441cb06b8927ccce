"""The program: `ragpg`, or `python -m ragpg`."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from ragpg.cli.signals import leave, listen


def main() -> NoReturn:
    """Run the command line; it can be interrupted from the first moment on."""
    # What is made by starting up stays: to look again and again for garbage in it takes 30 ms.
    gc.set_threshold(100_000, 20, 100)
    listen()
    replace_closed_streams()
    from ragpg.cli.app import app

    try:
        app(prog_name="ragpg")
    except SystemExit as ending:
        leave(int(ending.code or 0))
    except OSError as error:
        # Help and version are written by typer, to a disk that may be full.
        with suppress(OSError):
            sys.stderr.write(f"error: cannot write: {error.strerror}\n")
        leave(1)
    leave(0)


def replace_closed_streams() -> None:
    """Open what was closed by whoever started us, or the next file would take its place."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            # To be written alone: an input that is closed is not an empty one.
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - for good


if __name__ == "__main__":
    main()
