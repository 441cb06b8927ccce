"""reStructuredText, Org and LaTeX by pandoc, which is found on PATH."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, ClassVar

from ragpg.formats.converter import Converted, UnreadableFormatError, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

READERS: Mapping[str, str] = {
    ".rst": "rst",
    ".org": "org",
    ".tex": "latex",
}
WRITER = "gfm"
OPTIONS = ("--sandbox", "--wrap=none", "--markdown-headings=atx")
"""`--sandbox`: no other file is read, so none can be included, and nothing comes over a network."""


class PandocConverter:
    """Runs pandoc, which is not part of the extra: it is a program of its own."""

    suffixes: ClassVar[frozenset[str]] = frozenset(READERS)
    is_text: ClassVar[frozenset[str]] = frozenset(READERS)

    @property
    def missing(self) -> str | None:
        """See `Converter`."""
        if shutil.which("pandoc"):
            return None
        return "pandoc is not on PATH: install it (https://pandoc.org), and ingest again"

    def convert(self, content: bytes, suffix: str) -> Converted:
        """See `Converter`."""
        program = shutil.which("pandoc")
        if program is None:
            raise UnreadableFormatError("pandoc is gone from PATH")
        command = [program, "-f", READERS[suffix], "-t", WRITER, *OPTIONS]
        done = subprocess.run(command, input=content, capture_output=True, check=False)  # noqa: S603 - no shell
        if done.returncode:
            reason = " ".join(done.stderr.decode(errors="replace").split())[:160]
            raise UnreadableFormatError(f"pandoc cannot read it ({reason})")
        text = clean(done.stdout.decode(errors="replace"))
        return Converted(f"{text}\n" if text else "")
