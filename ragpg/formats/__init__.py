"""Other formats than Markdown: files are converted, in a process of its own, each with its places.

A `Converter` is chosen by a file's suffix. It runs in `worker`, since it reads untrusted files: a
crash, a hang or a bomb costs one document. `conversion` talks to that process.
"""

from __future__ import annotations

from ragpg.formats.content import explain_content
from ragpg.formats.conversion import Conversion
from ragpg.formats.converter import Converted, Converter
from ragpg.formats.registry import FORMAT_GLOBS, can_convert, find_converter, get_suffix

__all__ = [
    "FORMAT_GLOBS",
    "Conversion",
    "Converted",
    "Converter",
    "can_convert",
    "explain_content",
    "find_converter",
    "get_suffix",
]
