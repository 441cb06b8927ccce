"""Office files, web pages, EPUB, notebooks and AsciiDoc by docling-rs: it needs no models here."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, ClassVar

from ragpg.formats.converter import Converted, Part, UnreadableFormatError, clean, join
from ragpg.formats.sheets import list_sheet_parts
from ragpg.optional import DOCLING
from ragpg.types import Locator, LocatorKind

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = frozenset({".html", ".htm", ".xhtml", ".adoc", ".asciidoc"})
_NO_WORDS = re.compile(
    r"^(?:[ \t]*[-*][ \t]*|[^\n|`]*\.(?:png|jpe?g|gif|svg|emf|wmf))$\n?",
    re.MULTILINE | re.IGNORECASE,
)
"""Items of a list without text, and names of picture files, which stand where these were."""
BINARY = frozenset({".docx", ".pptx", ".xlsx", ".epub", ".odt", ".ipynb"})


class DoclingConverter:
    """Reads a document into docling's model; slides and sheets are written with their places."""

    suffixes: ClassVar[frozenset[str]] = BINARY | TEXT
    is_text: ClassVar[frozenset[str]] = TEXT

    @property
    def missing(self) -> str | None:
        """See `Converter`."""
        return DOCLING.describe_missing("this format")

    def convert(self, content: bytes, suffix: str) -> Converted:
        """See `Converter`."""
        document = read(content, suffix)
        if suffix == ".xlsx":
            return join(list_sheet_parts(document))
        if suffix == ".pptx":
            return join(list_slides(document))
        text = clean(to_markdown(document))
        return Converted(f"{text}\n" if text else "")


def read(content: bytes, suffix: str) -> Any:
    """Read a file from memory: it has no directory that it could include other files from."""
    from docling_rs import ConversionError, DocumentConverter, DocumentStream, EncryptionError

    converter = DocumentConverter(
        do_ocr=False,
        keep_picture_images=False,
        fetch_images=False,
        ipynb_outputs="text",
    )
    try:
        stream = DocumentStream(name=f"document{suffix}", stream=io.BytesIO(content))
        return converter.convert(stream).document
    except EncryptionError as error:
        raise UnreadableFormatError("it is encrypted: save it without a password") from error
    except ConversionError as error:
        reason = " ".join(str(error).split())[:120]
        raise UnreadableFormatError(f"it is no {suffix} that can be read ({reason})") from error


def list_slides(document: Any) -> Iterator[Part]:
    """Yield each slide."""
    for number in sorted(document.pages):
        text = _NO_WORDS.sub("", to_markdown(document, page_no=number))
        yield Part(text, Locator(LocatorKind.SLIDE, str(number)))


def to_markdown(document: Any, **options: Any) -> str:
    """Write a document, or a page of it, as Markdown without pictures."""
    text: str = document.export_to_markdown(
        escape_html=False,
        escape_underscores=False,
        image_placeholder="",
        compact_tables=True,
        **options,
    )
    return text
