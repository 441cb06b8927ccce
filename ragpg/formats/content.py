"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

from typing import NamedTuple

PEEKED = 1024
"""Bytes at the beginning of a file; a PDF may begin that late."""


class Kind(NamedTuple):
    """A kind of files: how it is called, the bytes that it begins with, and what to do."""

    name: str
    signatures: tuple[bytes, ...]
    advice: str
    suffixes: frozenset[str] = frozenset()
    """Those of its files: with another one, a file is something else than its name says."""

    def begins(self, head: bytes) -> bool:
        """Return whether a file of this kind may begin so."""
        return head.startswith(self.signatures)


PDF_SIGNATURE = b"%PDF-"
KINDS = (
    Kind(
        "a PDF",
        (PDF_SIGNATURE,),
        "give it the suffix .pdf",
        frozenset({".pdf"}),
    ),
    Kind(
        "an archive, as those of Office and e-books are",
        (b"PK\x03\x04", b"PK\x05\x06"),
        "give it the suffix of what it is, such as .docx",
        frozenset({".docx", ".pptx", ".xlsx", ".epub", ".odt"}),
    ),
    Kind(
        "a document of an older Office",
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",),
        "save it as .docx, .pptx or .xlsx",
        frozenset({".docx", ".pptx", ".xlsx"}),
    ),
    Kind(
        "a picture",
        (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"),
        "make a PDF of it with a program that recognises text, such as ocrmypdf",
    ),
    Kind(
        "a web page",
        (b"<!DOCTYPE html", b"<!doctype html", b"<html", b"<HTML"),
        "give it the suffix .html",
        frozenset({".html", ".htm", ".xhtml"}),
    ),
    Kind(
        "a pointer of Git LFS",
        (b"version https://git-lfs.github.com/spec/",),
        "fetch the file itself with `git lfs pull`",
    ),
)


def explain_content(content: bytes, suffix: str) -> str | None:
    """Say what a file really is that cannot be read as its suffix says; None if that is so."""
    if not content:
        return "it is empty: it has 0 bytes"
    head = content[:PEEKED].lstrip()
    for kind in KINDS:
        if kind.begins(head) and suffix not in kind.suffixes:
            return f"it is {kind.name}, whatever its name says: {kind.advice}"
    return None
