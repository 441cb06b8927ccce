"""Office files, web pages, EPUB, notebooks and AsciiDoc by docling-rs: it needs no models here."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, ClassVar

from ragpg.formats.asciidoc import divide_sections
from ragpg.formats.converter import Converted, Part, UnreadableFormatError, join
from ragpg.formats.inline import drop_formatting, join_punctuation
from ragpg.formats.navigation import drop_contents
from ragpg.formats.sheets import list_sheet_parts
from ragpg.formats.slides import number_slide, take_title
from ragpg.formats.titles import put_title, read_title
from ragpg.optional import DOCLING
from ragpg.types import Locator, LocatorKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ASCIIDOC = frozenset({".adoc", ".asciidoc", ".asc"})
ARMOUR = b"-----BEGIN PGP "
"""Files with the suffix .asc that have a signature or a key begin so, and say nothing."""
TEXT = frozenset({".html", ".htm", ".xhtml"}) | ASCIIDOC
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
        if suffix in ASCIIDOC:
            if content.startswith(ARMOUR):
                return Converted("")
            return join(list_sections(content, suffix))
        document = read(drop_formatting(content, suffix), suffix)
        if suffix == ".xlsx":
            return join(list_sheet_parts(document))
        narrow_cells(document)
        if suffix == ".pptx":
            return join(list_slides(document))
        text = drop_all_contents(to_markdown(document))
        return join([Part(put_title(text, read_title(content, suffix)))])


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


def narrow_cells(document: Any) -> None:
    """Let a cell over several columns stand once in its row; a head stands over each of them."""
    for table in document.tables:
        for cell in table.data.table_cells:
            if cell.start_row_offset_idx > 0:
                cell.end_col_offset_idx = cell.start_col_offset_idx + 1
                cell.col_span = 1


def list_sections(content: bytes, suffix: str) -> Iterator[Part]:
    """Yield the headings of an AsciiDoc document, and what is below each."""
    for section in divide_sections(content):
        yield Part(section.heading)
        if section.body.strip():
            yield Part(to_markdown(read(section.body.encode(), suffix)))


def list_slides(document: Any) -> Iterator[Part]:
    """Yield each slide.

    They are groups with the slides' numbers. To export the pages one by one goes through the whole
    document each time: minutes, where there are a hundred.
    """
    from docling_core.transforms.serializer.markdown import MarkdownDocSerializer, MarkdownParams

    serializer = MarkdownDocSerializer(doc=document, params=MarkdownParams(**OPTIONS))
    for child in document.body.children:
        group = child.resolve(document)
        title = take_title(group, document)
        text = _NO_WORDS.sub("", tidy(serializer.serialize(item=group).text)).strip("\n")
        slide = "\n\n".join(part for part in (f"# {title}" if title else "", text) if part)
        yield Part(slide, Locator(LocatorKind.SLIDE, str(number_slide(group))))


OPTIONS: Mapping[str, Any] = {
    "escape_html": False,
    "escape_underscores": False,
    "image_placeholder": "",
    "compact_tables": True,
}


def to_markdown(document: Any) -> str:
    """Write a document as Markdown without pictures."""
    return tidy(document.export_to_markdown(**OPTIONS))


_GENERATED = re.compile(
    r"^[^\n|#]*(?:\n\n)?(?:Description automatically generated|Automatisch generierte "
    r"Beschreibung|Description générée automatiquement|自動的に生成された説明)[ \t.]*$\n{,2}",
    re.MULTILINE,
)
"""What Office has written of a picture by itself: "Icon. Description automatically generated"."""


def tidy(markdown: str) -> str:
    """Leave out what nobody has written, and join what is one word."""
    return join_punctuation(_GENERATED.sub("", markdown))


_PAGED_CONTENTS = re.compile(
    r"^\s*(?:[-*] )?\[[^\]\n]*\t[^\]\n]*\]\(#[^\n]*\)[ \t]*$\n?", re.MULTILINE
)


def drop_all_contents(markdown: str) -> str:
    """Leave out contents: links to headings, also with pages behind a tab that Markdown has not."""
    return drop_contents(_PAGED_CONTENTS.sub("", markdown))
