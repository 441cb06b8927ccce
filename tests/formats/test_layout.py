"""What the layout of pages, slides and sheets must not part, hide or repeat."""

from __future__ import annotations

import io
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from ragpg.formats import Conversion
from ragpg.formats.bullets import restore_lists
from ragpg.formats.inline import drop_formatting, join_punctuation
from ragpg.formats.pdf import tidy
from tests.support.formats import (
    WORD,
    make_docx,
    make_epub,
    make_pptx,
    make_shape,
    make_xlsx,
    make_zip,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"


@pytest.fixture(scope="module")
def conversion() -> Iterator[Conversion]:
    """One process that converts."""
    with Conversion() as conversion:
        yield conversion


def make_body(body: str) -> bytes:
    """Make a Word file with this body."""
    with zipfile.ZipFile(io.BytesIO(make_docx("."))) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return make_zip({**parts, "word/document.xml": document.encode()})


def make_run(text: str, properties: str = "") -> str:
    """Make a run of a paragraph of Word."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def make_odt(text: str) -> bytes:
    """Make a text of LibreOffice with one paragraph, which is XML."""
    names = (
        f'xmlns:office="{OPEN_DOCUMENT}:office:1.0" xmlns:text="{OPEN_DOCUMENT}:text:1.0" '
        f'xmlns:style="{OPEN_DOCUMENT}:style:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'xmlns:fo="{OPEN_DOCUMENT}:xsl-fo-compatible:1.0"'
    )
    bold = (
        "<office:automatic-styles><style:style style:name='T1' style:family='text'>"
        "<style:text-properties fo:font-weight='bold'/></style:style></office:automatic-styles>"
    )
    return make_zip(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {names}>{bold}<office:body><office:text>"
            f"<text:p>{text}</text:p></office:text></office:body></office:document-content>",
        }
    )


PARTLY_BOLD = "<p>Ma<b>ker</b>space is <strong class='x'>open</strong>, see (<i>here</i>).</p>"


@pytest.mark.parametrize(
    ("source", "content"),
    [
        (
            "a.docx",
            make_body(
                f"<w:p>{make_run('Ma')}{make_run('ker', '<w:b/>')}{make_run('space is ')}"
                f"{make_run('open', '<w:i/><w:iCs/>')}{make_run(', see (here).')}</w:p>"
            ),
        ),
        (
            "a.odt",
            make_odt("Ma<text:span text:style-name='T1'>ker</text:span>space is open, see (here)."),
        ),
        ("a.html", PARTLY_BOLD.encode()),
        ("a.epub", make_epub(PARTLY_BOLD)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_words_in_part_of_another_font(conversion: Conversion, source: str, content: bytes) -> None:
    """They are one word, and no blank comes before a mark."""
    assert "Makerspace is open, see (here)." in conversion.convert(source, content).text


def test_code_with_colours(conversion: Conversion) -> None:
    """The tags that colour code part nothing of it, in a page and in a book."""
    words = "".join(f'<span class="n">{word}</span>' for word in ("df", ".", "mean", "()"))
    page = (
        f'<pre><a id="l1"></a><span></span>{words}\n  <b>x</b></pre><p>By <code>{words}</code>.</p>'
    )
    for source, content in (("a.html", page.encode()), ("a.epub", make_epub(page))):
        text = conversion.convert(source, content).text
        assert "```\ndf.mean()\n  x\n```\n\nBy `df.mean()`." in text


def test_archives_that_are_none() -> None:
    """What cannot be opened is left to the converter, as it is."""
    for content in (b"PK\x03\x04", make_docx("Words.")[:300]):
        assert drop_formatting(content, ".docx") == content


def test_marks_behind_links_and_code() -> None:
    """The blank before them is taken out, but not in code, and not that of French."""
    text = "See [it](a) , `x` . ( *so* ) [là](b) : a\n\n```\nf `a` , b\n```\n\nOf `y` ."
    assert join_punctuation(text) == (
        "See [it](a), `x`. (*so*) [là](b) : a\n\n```\nf `a` , b\n```\n\nOf `y`."
    )


def test_tables_of_contents(conversion: Conversion) -> None:
    """Neither headings with pages of Office nor those with dots of a PDF are text."""
    link = "<text:a xlink:href='#Leave'>Leave<text:tab/>7</text:a></text:p><text:p>Text."
    assert conversion.convert("a.odt", make_odt(link)).text == "Text.\n"
    contents = "1. Images ...... 20 2. Cadres . . . . . . . 32"
    assert restore_lists(["# Contents", contents, "Wait ..... 3"]) == ["# Contents", "Wait ..... 3"]


def test_pictures_that_office_describes(conversion: Conversion) -> None:
    """What it has written by itself is no text."""
    content = make_docx("Before.", "Icon", "Description automatically generated", "After.")
    assert conversion.convert("a.docx", content).text == "Before.\n\nAfter.\n"


def test_bullets_that_look_like_code() -> None:
    """Items are those of a list, also where large letters part them from their bullets."""
    page = "\n\n".join(
        [
            "## Bridge mode",
            "#### Joins tap0 and eth0",
            "```\n•\n• Moves the address\nto the machine\n• Is fast\n```",
            "**No IPv6**",
            "```\n•\n```",
            "```\n•\n```",
            "### Costs a bridge",
            "```\nbridge up\n```",
            "Test \uf06e 73 dB \uf06e 78 dB",
            "\uf0a7 Only one",
        ]
    )
    assert tidy(page).split("\n\n") == [
        "## Bridge mode",
        "- Joins tap0 and eth0",
        "- Moves the address to the machine\n- Is fast",
        "- No IPv6",
        "- Costs a bridge",
        "```\nbridge up\n```",
        "Test",
        "- 73 dB\n- 78 dB",
        "- Only one",
    ]


def test_italics_over_several_lines() -> None:
    """They are one sentence; what begins with a capital letter is another one."""
    assert tidy("- So. *Point 8 (soon*\n\n*after that):*\n\n*Next*\n\n**bold**") == (
        "- So. *Point 8 (soon after that):*\n\n*Next*\n\n**bold**"
    )


def test_code_with_blank_lines_is_one_block() -> None:
    """What looks like a heading in it is none."""
    page = "### Long\n\n```\na\n\n# b\n\nc\n```\n\nthe end of it."
    assert tidy(page) == page


def test_many_slides(conversion: Conversion) -> None:
    """A presentation takes time in proportion to its slides, and each keeps its number."""

    def measure(count: int) -> float:
        slides = [(f"Title {number}", f"Text {number}.") for number in range(count)]
        content = make_pptx(*slides)
        started = time.perf_counter()
        converted = conversion.convert("deck.pptx", content)
        passed = time.perf_counter() - started
        mark = converted.places.find(4 * count - 3, 4 * count - 3)
        assert mark
        assert mark.label == str(count)
        return passed

    measure(1)
    assert measure(400) < 20 * measure(50)


def test_cells_over_several_columns(conversion: Conversion) -> None:
    """Below the head, such a cell stands once in its row."""

    def row(*cells: tuple[str, int]) -> str:
        return "".join(
            f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr><w:p>{make_run(text)}</w:p></w:tc>'
            for text, span in cells
        )

    rows = [row(("Day", 1), ("Time", 2)), row(("Mon", 1), ("Closed all day", 2))]
    rows.append(row(("Tue", 1), ("9", 1), ("17", 1)))
    table = "".join(f"<w:tr>{cells}</w:tr>" for cells in rows)
    content = make_body(f"<w:tbl><w:tblGrid/>{table}</w:tbl>")
    assert conversion.convert("a.docx", content).text.splitlines() == [
        "| Day | Time | Time |",
        "| - | - | - |",
        "| Mon | Closed all day |  |",
        "| Tue | 9 | 17 |",
    ]


@pytest.mark.parametrize("first", ["V10.1", "Rule " + "of many words " * 10])
def test_a_sheet_without_a_head(conversion: Conversion, first: str) -> None:
    """Its first row is one like the others, and each keeps its cells."""
    cells = {"A1": first, "B1": "Check", "A2": "V10.2", "B2": "Log", "A3": "V10.3", "B3": "Ask"}
    converted = conversion.convert("a.xlsx", make_xlsx({"Rules": cells}))
    lines = converted.text.splitlines()
    assert lines[2:6] == ["|  |  |", "| - | - |", f"| {first.strip()} | Check |", "| V10.2 | Log |"]
    labels = {
        lines: place.label
        for lines in [(3, 7), (3, 5), (5, 5), (6, 6), (7, 7), (4, 6)]
        if (place := converted.places.find(*lines))
    }
    assert labels == {
        (3, 7): "Rules!A1:B3",
        (3, 5): "Rules!A1:B1",
        (5, 5): "Rules!A1:B1",
        (6, 6): "Rules!A2:B2",
        (7, 7): "Rules!A3:B3",
        (4, 6): "Rules!A1:B2",
    }


def test_notes_around_a_sheet(conversion: Conversion) -> None:
    """The head is the row above the numbers that names most, however many notes are above it."""
    notes = [("nobody", "can"), ("resist", "writing"), ("notes", "above"), ("their", "tables")]
    rows = [
        *notes,
        ("Name", "Work", "Age"),
        ("Bowie", "musician", "69"),
        ("Fisher", "actor", "60"),
        ("Some", "too", ""),
    ]
    cells = {
        f"{column}{number}": text
        for number, texts in enumerate(rows, start=1)
        for column, text in zip("ABC", texts, strict=False)
        if text
    }
    lines = conversion.convert("a.xlsx", make_xlsx({"arts": cells})).text.splitlines()
    assert lines[2] == "nobody · can"
    assert lines[-5:] == [
        "| Name | Work | Age |",
        "| - | - | - |",
        "| Bowie | musician | 69 |",
        "| Fisher | actor | 60 |",
        "| Some | too |  |",
    ]


def test_what_leads_elsewhere_in_a_page(conversion: Conversion) -> None:
    """Menus, marks behind headings and the contents are no text; other links are."""
    page = """\
<nav><ul><li><a href="b.html">Next</a></li></ul></nav>
<div class="related" role="navigation"><div><h3>Menu</h3><p>Up</p></div></div>
<h1>Leave<a class="headerlink" href="#leave">¶</a></h1>
<ul><li><a href="a.html#one">One</a></li><li><a href="#two">Two <code>x</code></a></li>
<li><a href="#three">Three</a></li></ul>
<p>Every <code>GET</code>-request and http-<code>POST</code> counts, see <a href="#two">Two</a>.</p>
<ul><li><a href="b.html">B</a></li><li><a href="c.html">C</a></li>
<li><a href="d.html">D</a></li></ul>
<div role="navigation"><p>Open to the end.</p>"""
    expected = (
        "# Leave\n\nEvery `GET`-request and http-`POST` counts, see [Two](#two).\n\n"
        "- [B](b.html)\n- [C](c.html)\n- [D](d.html)\n"
    )
    for source, content in (("a.html", page.encode()), ("a.epub", make_epub(page))):
        assert expected in conversion.convert(source, content).text
    assert "Open to the end." in conversion.convert("a.html", page.encode()).text


def make_box(text: str, top: int, width: int) -> str:
    """Make a box of text on a slide, which is no placeholder; places are hundredths of its size."""
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    return (
        '<p:sp><p:nvSpPr><p:cNvPr id="3" name="box"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="0" y="{top * 68580}"/>'
        f'<a:ext cx="{width * 91440}" cy="600000"/></a:xfrm>'
        f"</p:spPr><p:txBody><a:bodyPr/>{lines}</p:txBody></p:sp>"
    )


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        (make_box("Below.", 40, 90) + make_shape("title", "Aims"), "# Aims\n\nBelow.\n"),
        (make_box("Below.", 40, 90) + make_box("All\naims", 5, 90), "# All aims\n\nBelow.\n"),
        (make_box("Label", 5, 20) + make_box("Below.", 40, 90), "Label\n\nBelow.\n"),
        (make_box("Middle", 30, 90) + make_box("Below.", 40, 90), "Middle\n\nBelow.\n"),
        (make_box("Alone", 5, 90), "Alone\n"),
        (make_box("so " * 21, 5, 90) + make_box("Below.", 40, 90), f"{'so ' * 21}\n\nBelow.\n"),
    ],
)
def test_titles_of_slides(conversion: Conversion, shapes: str, expected: str) -> None:
    """They come first, and a wide box at the top is one where no other is."""
    shape = make_shape("title", "X")
    with zipfile.ZipFile(io.BytesIO(make_pptx(("X", "Y")))) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    name = "ppt/slides/slide1.xml"
    slide = parts[name].replace((shape + make_shape("body", "Y")).encode(), shapes.encode())
    content = make_zip({**parts, name: slide})
    assert conversion.convert("deck.pptx", content).text == expected
