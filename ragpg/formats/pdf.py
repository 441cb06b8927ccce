"""PDF by liteparse: the text layer, its headings and tables, page by page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from ragpg.formats.accents import join_accents
from ragpg.formats.bullets import restore_lists
from ragpg.formats.content import PDF_SIGNATURE, PEEKED
from ragpg.formats.converter import Part, UnreadableFormatError, join
from ragpg.formats.definitions import join_terms
from ragpg.formats.false_tables import drop_contents, restore_text
from ragpg.formats.furniture import drop_furniture
from ragpg.formats.hyphens import join_divided_words
from ragpg.optional import LITEPARSE
from ragpg.types import Locator, LocatorKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liteparse import ParsedPage

    from ragpg.formats.converter import Converted

MAX_PAGES = 5_000
"""More are a failure: a shorter text would look as if it were the whole."""

MAX_UNREADABLE_SHARE = 0.5
"""Share of the pages whose fonts do not say which characters they draw."""

_LETTERS = re.compile(r"[^\W\d_]{2}")


class PdfConverter:
    """Reads the text layer of PDF files; nothing is recognised in pictures."""

    suffixes: ClassVar[frozenset[str]] = frozenset({".pdf"})
    is_text: ClassVar[frozenset[str]] = frozenset()

    @property
    def missing(self) -> str | None:
        """See `Converter`."""
        return LITEPARSE.describe_missing("a PDF")

    def convert(self, content: bytes, suffix: str) -> Converted:  # noqa: ARG002 - there is one
        """See `Converter`."""
        pages = read_pages(content)
        texts = drop_furniture(map(get_text, pages))
        converted = join(
            Part(tidy(drop_contents(text)), Locator(LocatorKind.PAGE, str(page.page_num)))
            for page, text in zip(pages, texts, strict=True)
        )
        if not _LETTERS.search(converted.text):
            raise UnreadableFormatError(
                "it has no text: its pages are pictures, perhaps scanned, or blank; recognise the "
                "text with a program such as ocrmypdf first"
            )
        return converted._replace(text=join_divided_words(join_accents(converted.text)))


def read_pages(content: bytes) -> Sequence[ParsedPage]:
    """Read the pages of a PDF; raises UnreadableFormatError.

    liteparse would give anything else to programs for it, such as LibreOffice.
    """
    from liteparse import LiteParse, ParseError

    if PDF_SIGNATURE not in content[:PEEKED]:
        raise UnreadableFormatError("it is no PDF: it does not begin like one")

    parser = LiteParse(
        ocr_enabled=False,
        output_format="markdown",
        image_mode="off",
        extract_links=False,
        include_complexity=True,
        max_pages=MAX_PAGES + 1,
        num_workers=1,
        quiet=True,
    )
    try:
        pages: Sequence[ParsedPage] = parser.parse(content).pages
    except ParseError as error:
        raise UnreadableFormatError(explain(str(error))) from error
    if len(pages) > MAX_PAGES:
        raise UnreadableFormatError(f"it has more than {MAX_PAGES} pages")
    reasons = [page.complexity.reasons for page in pages if page.complexity]
    if sum(map(is_unreadable, reasons)) > len(pages) * MAX_UNREADABLE_SHARE:
        raise UnreadableFormatError(
            "its text cannot be read: its fonts do not say which characters they draw; "
            "recognise the text with a program such as ocrmypdf --force-ocr first"
        )
    return pages


def get_text(page: ParsedPage) -> str:
    """Return a page as Markdown, or its bare text where no layout is found in it."""
    return page.markdown or re.sub(r" {2,}", " ", page.text or "")


def is_unreadable(reasons: Sequence[str]) -> bool:
    """Return whether a page is garbled, and not in a formula or figure alone."""
    return "garbled" in reasons and "no-text" in reasons


def explain(message: str) -> str:
    """Say in words why PDFium refuses a file."""
    if "password" in message.lower():
        return "it is encrypted: save it without a password"
    return f"it is no PDF that can be read ({' '.join(message.split())[:120]})"


_HEADING = re.compile(r"#{1,6} (.+)")
_ITALIC_END = re.compile(r"[^*\s]\*$")
_EMPTY_CODE = re.compile(r"```\w*\n\s*```\n?")
MAX_HEADING_WORDS = 20


def tidy(markdown: str) -> str:
    """Join what the layout divided: a heading that goes on in the next block is a sentence.

    So is what is in italics and goes on in italics, with a small letter.

    Where most text is of one bold font, the first line of a paragraph looks like a heading, and the
    others are emphasised.
    """
    tidied: list[str] = []
    for block in restore_lists(map(restore_text, divide_blocks(_EMPTY_CODE.sub("", markdown)))):
        plain = block.replace("**", "") if block.startswith("**") and is_long(block) else block
        previous = _HEADING.fullmatch(tidied[-1]) if tidied else None
        if previous and plain[:1].islower():
            tidied[-1] = f"{previous[1]} {plain}"
        elif tidied and _ITALIC_END.search(tidied[-1]) and goes_on_in_italics(plain):
            tidied[-1] = f"{tidied[-1][:-1]} {plain[1:]}"
        else:
            tidied.append(plain)
    return "\n\n".join(join_terms([_shorten(block) for block in tidied]))


_BLOCK = re.compile(r"```.*?^```$|[^\n].*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def divide_blocks(markdown: str) -> list[str]:
    """Return what blank lines part; those within code part nothing."""
    return [block.strip("\n") for block in _BLOCK.findall(markdown)]


def goes_on_in_italics(block: str) -> bool:
    """Return whether a block begins in italics, with a small letter."""
    return block.startswith("*") and block[1:2].islower()


def is_long(text: str) -> bool:
    """Return whether a text has more words than a heading."""
    return len(text.split()) > MAX_HEADING_WORDS


def _shorten(block: str) -> str:
    """Make a paragraph of a heading that is too long to be one."""
    heading = _HEADING.fullmatch(block)
    return heading[1] if heading and is_long(heading[1]) else block
