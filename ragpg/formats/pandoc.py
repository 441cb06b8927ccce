"""reStructuredText, Org and LaTeX by pandoc, which is found on PATH."""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ragpg.formats.converter import Converted, UnreadableFormatError, clean
from ragpg.formats.latex import keep_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

READERS: Mapping[str, str] = {
    ".rst": "rst",
    ".org": "org",
    ".tex": "latex",
}
WRITER = "gfm"
FILTER = Path(__file__).with_name("plain.lua")
OPTIONS = ("--sandbox", "--wrap=none", "--markdown-headings=atx", f"--lua-filter={FILTER}")
"""`--sandbox`: no other file is read, so none can be included, and nothing comes over a network."""

_SIUNITX = rb"\\(SI|num|si|qty|unit|ang)((?:\[[^\]\n]*\])?)"
PREPARATIONS: Mapping[str, Sequence[tuple[re.Pattern[bytes], bytes]]] = {
    # A directive of Sphinx whose content begins on the next line: pandoc takes it for its title.
    ".rst": (
        (re.compile(rb"^([ \t]*\.\. [\w-]+::[ \t]*\r?\n)(?=[ \t]+[^ \t:\r\n])", re.M), rb"\1\n"),
    ),
    ".tex": (
        # pandoc takes the number behind it for its width.
        (re.compile(rb"\\hfill\b[ \t]*"), b" "),
        # TeX does not need braces around one digit, nor that they follow at once; pandoc does.
        (re.compile(_SIUNITX + rb"\s+(?=\{)"), rb"\\\1\2"),
        (re.compile(_SIUNITX + rb"\s*(\d)(\\[a-zA-Z]+)"), rb"\\\1\2{\3}{\4}"),
        (re.compile(_SIUNITX + rb"\s*(\d)(?=[\s{.,;:)$])"), rb"\\\1\2{\3}"),
    ),
}
_UNNAMED_PICTURE = re.compile(r"!\[image\]\([^()\n]*\)(?:[ \t]*\n\n)?")
_FORMULA = re.compile(r"(\$\$.+?\$\$|(?<!\$)\$[^$\n]*\\\\[^$\n]*\$(?!\$))", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\_*\[\]<>`^~#|$])")
_ROW = re.compile(r"^(?P<fence>```+).*?^(?P=fence)|^\|[^\n]*\|$", re.MULTILINE | re.DOTALL)
_PADDING = re.compile(r" {2,}(?=\|)|(?<=\|) {2,}|(?<=---)-+(?=[:|])")
_LABEL = re.compile(r"\\label\{[^{}]*\}\s*")


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
        for pattern, replacement in PREPARATIONS.get(suffix, ()):
            content = pattern.sub(replacement, content)
        read = partial(run, [program, "-f", READERS[suffix], *OPTIONS])
        text = read(content)
        if suffix == ".tex":
            with suppress(UnreadableFormatError, UnicodeDecodeError):
                text = read(
                    keep_arguments(content.decode(), lambda probe: read(probe.encode())).encode()
                )
        text = clean(tidy(text))
        return Converted(f"{text}\n" if text else "")


def run(command: Sequence[str], content: bytes) -> str:
    """Run pandoc; raises UnreadableFormatError."""
    done = subprocess.run([*command, "-t", WRITER], input=content, capture_output=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        reason = " ".join(done.stderr.decode(errors="replace").split())[:160]
        raise UnreadableFormatError(f"pandoc cannot read it ({reason})")
    return done.stdout.decode(errors="replace")


def tidy(markdown: str) -> str:
    """Leave out pictures without words, what pads cells, and the escapes of formulas."""
    shown = _ROW.sub(narrow, _UNNAMED_PICTURE.sub("", markdown))
    return _FORMULA.sub(lambda match: unescape(match[1]), shown)


def narrow(match: re.Match[str]) -> str:
    """Take from a row the blanks and dashes that align it with the others; code stays."""
    return match[0] if match["fence"] else _PADDING.sub(pad, match[0])


def pad(match: re.Match[str]) -> str:
    """Return what is left of padding."""
    return "" if match[0][0] == "-" else " "


def unescape(formula: str) -> str:
    """Take from a formula the backslashes that Markdown would need, and its name."""
    return _LABEL.sub("", _ESCAPED.sub(r"\1", formula))
