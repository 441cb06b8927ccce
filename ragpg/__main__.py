"""The program: `ragpg`, or `python -m ragpg`."""

from __future__ import annotations

from typing import NoReturn

from ragpg.cli.ending import leave, listen


def main() -> NoReturn:
    """Run the command line; it can be interrupted from the first moment on."""
    listen()
    from ragpg.cli.app import app

    try:
        app(prog_name="ragpg")
    except SystemExit as ending:
        leave(int(ending.code or 0))
    leave(0)


if __name__ == "__main__":
    main()
