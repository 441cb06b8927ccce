"""The title that a page or a book has beside its headings."""

from __future__ import annotations

import html
import io
import re
import zipfile

from ragpg.formats.inline import PAGES, UNREADABLE

# The bound keeps elements that never end from being read to the end of the page, each of them.
_PAGE_TITLE = re.compile(r"<title\b[^<>]*>(.{0,500}?)</title>", re.IGNORECASE | re.DOTALL)
_BOOK_TITLE = re.compile(r"<dc:title\b[^<>]*>(.{0,500}?)</dc:title>", re.IGNORECASE | re.DOTALL)
_SITE = re.compile(r"\s(?:[|\u00b7\u2013\u2014-]|::)\s.*", re.DOTALL)
"""What follows the title of a page in its `title`: the name of the site."""
_HEADING = re.compile(
    r"^(?P<fence>```+).*?^(?P=fence)|^(?P<marks>#{1,6}) (?P<text>[^\n]*)$", re.MULTILINE | re.DOTALL
)
_UNNAMED = frozenset({"", "document", "untitled", "unknown", "unbekannt", "index", "home"})
MAX_LEVEL = 6
MAX_LENGTH = 300


def read_title(content: bytes, suffix: str) -> str:
    """Read the title of a page or a book; empty if it has none."""
    if suffix in PAGES:
        match = _PAGE_TITLE.search(content.decode(errors="ignore"))
        title = _SITE.sub("", _clean(match[1])) if match else ""
    elif suffix == ".epub":
        title = read_book_title(content)
    else:
        title = ""
    return "" if title.casefold() in _UNNAMED else title[:MAX_LENGTH]


def read_book_title(content: bytes) -> str:
    """Read the title of a book; empty for one that cannot be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            package = next((name for name in book.namelist() if name.endswith(".opf")), None)
            text = book.read(package).decode(errors="ignore") if package else ""
    except UNREADABLE:
        return ""
    match = _BOOK_TITLE.search(text)
    return _clean(match[1]) if match else ""


def _clean(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^<>]+>", "", markup)).split())


def put_title(markdown: str, title: str) -> str:
    """Begin a text with its title, above all headings, if no single one is above the others."""
    headings = [match for match in _HEADING.finditer(markdown) if match["marks"]]
    highest = [match for match in headings if match["marks"] == "#"]
    if not title or not markdown.strip() or len(highest) == 1:
        return markdown
    first = headings[0] if headings else None
    if first and not highest and first["text"].strip().casefold() == title.casefold():
        return f"{markdown[: first.start()]}# {markdown[first.start('text') :]}"
    lowered = _HEADING.sub(lower, markdown) if highest else markdown
    return f"# {title}\n\n{lowered}"


def lower(match: re.Match[str]) -> str:
    """Return a heading one level lower; code stays."""
    is_last = not match["marks"] or len(match["marks"]) == MAX_LEVEL
    return match[0] if is_last else f"#{match[0]}"
