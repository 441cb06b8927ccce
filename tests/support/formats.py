"""Small files of other formats, written byte by byte: what is in them is known."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LINE_HEIGHT, TOP, LEFT, COLUMN_WIDTH = 24, 740, 72, 110
"""Points."""
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument"


def make_pdf(*pages: Sequence[str | Sequence[str]], encrypted: bool = False) -> bytes:
    """Make a PDF; a line of a page that is a sequence is a row of a table."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, page in enumerate(pages):
        content = draw_page(page)
        resources = "<< /Font << /F1 3 0 R >> >>"
        box, contents = "/MediaBox [0 0 612 792]", f"/Contents {5 + 2 * number} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Resources {resources} {contents} >>")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    key = f"<< /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -4 >>"
    trailer = "/ID [<41> <41>] /Encrypt " + key if encrypted else ""
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    offsets = []
    for number, text in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1"))
    start = out.tell()
    entries = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    out.write(f"xref\n0 {size}\n0000000000 65535 f \n{entries}".encode())
    out.write(f"trailer << /Size {size} /Root 1 0 R {trailer} >>\n".encode())
    out.write(f"startxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def draw_page(lines: Sequence[str | Sequence[str]]) -> str:
    """Draw lines of text, and rows whose cells are in columns."""
    drawn = []
    for number, line in enumerate(lines):
        cells = [line] if isinstance(line, str) else line
        for column, cell in enumerate(cells):
            x, y = LEFT + column * COLUMN_WIDTH, TOP - number * LINE_HEIGHT
            text = cell.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            drawn.append(f"BT /F1 12 Tf {x} {y} Td ({text}) Tj ET")
    return "\n".join(drawn)


def make_zip(members: Mapping[str, str | bytes]) -> bytes:
    """Make a ZIP archive; the first member is stored as it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, (name, content) in enumerate(members.items()):
            method = zipfile.ZIP_DEFLATED if number else zipfile.ZIP_STORED
            archive.writestr(name, content, method)
    return out.getvalue()


def make_package(
    main: str, kind: str, parts: Mapping[str, str], *, types: Mapping[str, str]
) -> bytes:
    """Make an Office file whose `main` part is of this content type; `types` are the others'."""
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{content_type}"/>'
        for name, content_type in {main: kind, **types}.items()
    )
    return make_zip(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
            "_rels/.rels": relate({"r1": ("officeDocument", main)}),
            **parts,
        }
    )


def relate(targets: Mapping[str, tuple[str, str]]) -> str:
    """Make a part with relationships: by id, their kind and target."""
    relations = "".join(
        f'<Relationship Id="{key}" Type="{RELATION}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'


def make_docx(*paragraphs: str, prologue: str = "") -> bytes:
    """Make a Word file; a paragraph that begins with "# " is a heading."""
    body = "".join(
        '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
        f"<w:r><w:t>{paragraph[2:]}</w:t></w:r></w:p>"
        if paragraph.startswith("# ")
        else f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>"
        for paragraph in paragraphs
    )
    styles = (
        f'<w:styles xmlns:w="{WORD}"><w:style w:type="paragraph" w:styleId="Heading1">'
        '<w:name w:val="heading 1"/></w:style></w:styles>'
    )
    return make_package(
        "word/document.xml",
        f"{OFFICE}.wordprocessingml.document.main+xml",
        {
            "word/document.xml": f"{prologue}"
            f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
            "word/styles.xml": styles,
            "word/_rels/document.xml.rels": relate({"r1": ("styles", "styles.xml")}),
        },
        types={"word/styles.xml": f"{OFFICE}.wordprocessingml.styles+xml"},
    )


def make_xlsx(sheets: Mapping[str, Mapping[str, str]]) -> bytes:
    """Make a workbook: by the name of the sheet, texts by their cells, row by row."""
    parts: dict[str, str] = {}
    for number, cells in enumerate(sheets.values(), start=1):
        rows: dict[str, str] = {}
        for cell, text in cells.items():
            row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            written = f'<c r="{cell}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
            rows[row] = rows.get(row, "") + written
        data = "".join(f'<row r="{row}">{content}</row>' for row, content in rows.items())
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{SHEET}"><sheetData>{data}</sheetData></worksheet>'
        )
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>'
        for number, name in enumerate(sheets, start=1)
    )
    targets = {f"r{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n, _ in enumerate(sheets, 1)}
    book = f'<workbook xmlns="{SHEET}" xmlns:r="{RELATION}"><sheets>{listed}</sheets></workbook>'
    sheet_type = f"{OFFICE}.spreadsheetml.worksheet+xml"
    return make_package(
        "xl/workbook.xml",
        f"{OFFICE}.spreadsheetml.sheet.main+xml",
        {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": relate(targets), **parts},
        types=dict.fromkeys(parts, sheet_type),
    )


def make_pptx(*slides: tuple[str, str]) -> bytes:
    """Make a presentation: a title and a text for each slide."""
    parts: dict[str, str] = {}
    for number, (title, text) in enumerate(slides, start=1):
        shapes = make_shape("title", title) + make_shape("body", text)
        parts[f"ppt/slides/slide{number}.xml"] = (
            f'<p:sld xmlns:p="{SLIDE}" xmlns:a="{DRAWING}"><p:cSld><p:spTree>'
            f"<p:nvGrpSpPr/><p:grpSpPr/>{shapes}</p:spTree></p:cSld></p:sld>"
        )
    listed = "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n, _ in enumerate(slides, 1))
    targets = {f"r{n}": ("slide", f"slides/slide{n}.xml") for n, _ in enumerate(slides, 1)}
    main = (
        f'<p:presentation xmlns:p="{SLIDE}" xmlns:r="{RELATION}"><p:sldIdLst>{listed}</p:sldIdLst>'
        '<p:sldSz cx="9144000" cy="6858000"/></p:presentation>'
    )
    return make_package(
        "ppt/presentation.xml",
        f"{OFFICE}.presentationml.presentation.main+xml",
        {
            "ppt/presentation.xml": main,
            "ppt/_rels/presentation.xml.rels": relate(targets),
            **parts,
        },
        types=dict.fromkeys(parts, f"{OFFICE}.presentationml.slide+xml"),
    )


def make_shape(kind: str, text: str) -> str:
    """Make a placeholder of a slide with a text."""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="{kind}"/><p:cNvSpPr/>'
        f'<p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def make_epub(*chapters: str) -> bytes:
    """Make a book of chapters in XHTML."""
    names = [f"c{number}.xhtml" for number, _ in enumerate(chapters)]
    items = "".join(
        f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in names
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">1'
        "</dc:identifier><dc:title>Book</dc:title></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
        '<rootfiles><rootfile full-path="book.opf" '
        'media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    pages = {
        name: f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{chapter}</body></html>'
        for name, chapter in zip(names, chapters, strict=True)
    }
    return make_zip(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "book.opf": package,
            **pages,
        }
    )
