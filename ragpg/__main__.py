"""The program: `ragpg`, or `python -m ragpg`."""

from __future__ import annotations

import codecs
import gc
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from ragpg.cli.signals import exit_now, install_handlers
from ragpg.operating_system import WINDOWS


def main() -> NoReturn:
    """Run the command line; signals are handled from the start."""
    # Objects made at start-up stay alive, some 110,000 until a model is asked: to search them for
    # garbage takes 60 ms.
    gc.set_threshold(200_000, 20, 100)
    install_handlers()
    replace_closed_streams()
    choose_encoding()
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
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - stays open to the end


def choose_encoding() -> None:
    """Let every character be written: pipes and files on Windows get UTF-8, as elsewhere.

    What a terminal or an encoding that the user has chosen lacks becomes a question mark.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, TextIOWrapper):
            continue
        if WINDOWS and not stream.isatty() and not os.environ.get("PYTHONIOENCODING"):
            stream.reconfigure(encoding="utf-8")
        elif codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    main()
