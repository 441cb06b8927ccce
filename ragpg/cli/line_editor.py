"""Lines that are typed at a terminal, with the editing and the history of readline."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_LINES = 1000
"""Lines of the history that are offered; the file is cut to them once it has twice as many."""
MAX_BYTES = 4 * 1024 * 1024
"""Size of a history that is read; a larger one is none of ours."""
PROMPT = "> "


@dataclass(frozen=True, slots=True)
class LineEditor:
    """Reads lines from a terminal, and keeps them in a file that only its user can read.

    Without a file, or where it can't be written, there is the history of this run alone.
    """

    history: Path | None

    def __post_init__(self) -> None:
        try:
            import readline
        except ImportError:  # on Windows
            return
        readline.set_auto_history(False)
        for line in self._read_history():
            readline.add_history(line)

    def read(self) -> str | None:
        """Wait for a line; None at the end of the input. Raises KeyboardInterrupt."""
        try:
            line = input(PROMPT) if sys.stdout.isatty() else self._read_plainly()
        except EOFError:
            return None
        line = " ".join(line.split())
        if line:
            self._remember(line)
        return line

    def _read_plainly(self) -> str:
        """Read a line without readline, which would write to standard output."""
        sys.stderr.write(PROMPT)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line

    def _remember(self, line: str) -> None:
        with suppress(ImportError):
            import readline

            readline.add_history(line)
        if self.history is None:
            return
        with suppress(OSError):
            self.history.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            with os.fdopen(os.open(self.history, flags, 0o600), "ab") as file:
                file.write(line.encode(errors="replace") + b"\n")

    def _read_history(self) -> list[str]:
        """Return the last lines of the history, and cut a long file to them."""
        if self.history is None:
            return []
        from ragpg.cli.files import write_atomically
        from ragpg.errors import DocumentError

        try:
            if self.history.stat().st_size > MAX_BYTES:
                return []
            lines = self.history.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return []
        if len(lines) > 2 * MAX_LINES:
            content = "".join(f"{line}\n" for line in lines[-MAX_LINES:])
            with suppress(DocumentError):
                write_atomically(self.history, content.encode(), mode=0o600)
        return lines[-MAX_LINES:]
