"""Which converter reads which files."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ragpg.formats.docling import DoclingConverter
from ragpg.formats.pandoc import PandocConverter
from ragpg.formats.pdf import PdfConverter

if TYPE_CHECKING:
    from ragpg.formats.converter import Converter

CONVERTERS: tuple[Converter, ...] = (PdfConverter(), DoclingConverter(), PandocConverter())

_BY_SUFFIX = {suffix: converter for converter in CONVERTERS for suffix in converter.suffixes}

FORMAT_GLOBS = tuple(f"*{case}" for suffix in _BY_SUFFIX for case in (suffix, suffix.upper()))
"""What --formats adds to include."""


def find_converter(source: str) -> Converter | None:
    """Return the converter for a file by its suffix; None for what is read as it is."""
    return _BY_SUFFIX.get(get_suffix(source))


def can_convert(source: str) -> bool:
    """Return whether a file has a suffix that a converter reads, and that one is installed."""
    converter = find_converter(source)
    return converter is not None and converter.missing is None


def get_suffix(source: str) -> str:
    """Return the suffix of a source in lower case, with its dot."""
    return PurePosixPath(source).suffix.lower()
