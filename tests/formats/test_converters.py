"""What each format is converted to, and the places of its lines."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import DocumentError
from ragpg.formats import FORMAT_GLOBS, Conversion, find_converter
from ragpg.formats.furniture import drop_furniture
from ragpg.formats.hyphens import join_divided_words
from ragpg.formats.pdf import tidy
from tests.support.formats import make_docx, make_epub, make_pdf, make_pptx, make_xlsx
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg.formats import Converted

needs_pandoc = pytest.mark.skipif(not shutil.which("pandoc"), reason="pandoc is not on PATH")

GRADES = [
    ("Grade", "Days", "Notice"),
    ("Junior", "20", "2 weeks"),
    ("Senior", "25", "4 weeks"),
    ("Lead", "30", "8 weeks"),
]
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Sums\n", "Hello"]},
        {
            "cell_type": "code",
            "metadata": {},
            "source": ["print(6 * 7)"],
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["42\n"]}],
            "execution_count": 1,
        },
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture(scope="module")
def conversion() -> Iterator[Conversion]:
    """One process that converts."""
    with Conversion() as conversion:
        yield conversion


def list_places(converted: Converted) -> list[tuple[int, str, str]]:
    """The lines at which places begin, with their kinds and labels."""
    return [(m.line, m.locator.kind.value, m.locator.label) for m in converted.places.marks]


def test_pages_of_a_pdf(conversion: Conversion) -> None:
    """Each page has its number, one without text has none, and a table keeps its header."""
    content = make_pdf(["Annual leave", "Leave is 20 days a year."], [], GRADES)
    converted = conversion.convert("a.PDF", content)
    lines = converted.text.splitlines()
    assert "Leave is 20 days a year." in lines[0]
    assert lines[2:5] == ["| Grade | Days | Notice |", "|---|---|---|", "| Junior | 20 | 2 weeks |"]
    assert list_places(converted) == [(1, "page", "1"), (3, "page", "3")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(make_pdf(["x"], encrypted=True), "it is encrypted", id="encrypted"),
        pytest.param(make_pdf([], []), "it has no text: its pages are pictures", id="scanned"),
        pytest.param(make_pdf(["Words"])[:200], "it is no PDF that can be read", id="cut off"),
        pytest.param(b"", "it is empty", id="empty"),
    ],
)
def test_a_pdf_without_text_that_can_be_read(
    conversion: Conversion, content: bytes, reason: str
) -> None:
    """The reason is told, on one line."""
    with pytest.raises(DocumentError, match=reason) as caught:
        conversion.convert("a.pdf", content)
    assert "\n" not in caught.value.message


def test_what_pages_repeat() -> None:
    """Running heads and feet and page numbers are left out; headings, rows and the rest are not."""
    pages = [
        "# Rules\n\nThe door is blue.\n\nHouse rules 2024",
        "House rules 2025\n\nThe roof is red.\n\n---\n",
        "| Who | What |\n\n12 / 30",
        "Seite 4\n\nHouse rules 2024\n\nThe wall is white.\n\nHouse rules 2024",
        "So are:\n\nHouse rules 2024\n\nAll that follows.",
        "2024",
    ]
    assert drop_furniture(pages) == [
        "# Rules\n\nThe door is blue.",
        "The roof is red.",
        "| Who | What |",
        "The wall is white.",
        "So are:\n\nHouse rules 2024\n\nAll that follows.",
        "",
    ]
    for kept in ("## Purpose", "- item", "| a | b |", "1. first"):
        assert drop_furniture([kept] * 3) == [kept] * 3


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("the ex- ploitation of files", "the exploitation of files"),
        ("an Us- ing word", "an Using word"),
        ("die Vor- und Nachbereitung", "die Vor- und Nachbereitung"),
        ("a Host- prefix of the Host, the prefix", "a Host- prefix of the Host, the prefix"),
        ("a well- known, well-known man", "a well-known, well-known man"),
        ("in- put, the in and the put are input", "input, the in and the put are input"),
        ("DENOG- Vorstand, a- b", "DENOG- Vorstand, a- b"),
    ],
)
def test_divided_words(text: str, joined: str) -> None:
    """A word that a line divided is one word; a hyphen that somebody wrote stays."""
    assert join_divided_words(text) == joined


def test_text_of_one_bold_font() -> None:
    """The first line of a paragraph that looks like a heading is joined with the others."""
    long = "is a distributed storage system **" + "for many tables " * 8
    page = f"## Abstract\n\n### Bigtable\n\n**{long}**\n\n### " + "Words " * 30 + "\n\nThe end."
    abstract, paragraph, words, end = tidy(page).split("\n\n")
    assert (abstract, end) == ("## Abstract", "The end.")
    assert paragraph.startswith("Bigtable is a distributed storage system for many tables")
    assert words.startswith("Words Words")


def test_slides(conversion: Conversion) -> None:
    """Each slide has its number, and its title is a heading."""
    content = make_pptx(("Start", "Welcome all."), ("Budget", "It is 4000 euros."))
    converted = conversion.convert("deck.pptx", content)
    assert converted.text == "# Start\n\nWelcome all.\n\n# Budget\n\nIt is 4000 euros.\n"
    assert list_places(converted) == [(1, "slide", "1"), (5, "slide", "2")]


def test_sheets(conversion: Conversion) -> None:
    """A table has the cells that it has in its sheet; what would divide a row is escaped."""
    plan = {"A3": "Task", "B3": "Days", "A4": "Paint | dry", "B4": "3\n4", "A5": "Clean", "B5": "2"}
    content = make_xlsx({"Plan": plan, "Q1 Costs": {"C2": "Euro", "C3": "7"}})
    converted = conversion.convert("plan.xlsx", content)
    assert converted.text.splitlines() == [
        "# Plan",
        "",
        "| Task | Days |",
        "| - | - |",
        "| Paint \\| dry | 3 4 |",
        "| Clean | 2 |",
        "",
        "# Q1 Costs",
        "",
        "| Euro |",
        "| - |",
        "| 7 |",
    ]
    assert list_places(converted) == [
        (1, "sheet", "Plan"),
        (3, "sheet", "Plan!A3:B5"),
        (8, "sheet", "Q1 Costs"),
        (10, "sheet", "Q1 Costs!C2:C3"),
    ]
    second_row = converted.places.find(6, 6)
    assert second_row
    assert second_row.label == "Plan!A5:B5"


def test_slides_without_words(conversion: Conversion) -> None:
    """Empty items of a list are left out."""
    content = make_pptx(("Start", "Welcome."), ("See", "logo.png"))
    assert conversion.convert("deck.pptx", content).text == "# Start\n\nWelcome.\n\n# See\n"


def test_a_sheet_as_people_lay_it_out(conversion: Conversion) -> None:
    """Titles above a table, a blank row below its head and a blank column part nothing."""
    cells = {
        "B1": "Sales by region",
        "B2": "In euros",
        "E2": "Forecast",
        "B3": "Region",
        "C3": "Sales",
        "E3": "Profit",
        "B5": "North",
        "C5": "120",
        "E5": "12.5",
        "B6": "South",
        "C6": "80",
        "E6": "-3",
        "B8": "Contact",
        "C8": "Phone",
        "B9": "Ann",
        "C9": "ask",
        "B10": "Bob",
        "C10": "12",
    }
    converted = conversion.convert("sales.xlsx", make_xlsx({"All": cells}))
    assert converted.text.splitlines() == [
        "# All",
        "",
        "Sales by region",
        "",
        "In euros · Forecast",
        "",
        "| Region | Sales | Profit |",
        "| - | - | - |",
        "|  |  |  |",
        "| North | 120 | 12.5 |",
        "| South | 80 | -3 |",
        "",
        "| Contact | Phone |",
        "| - | - |",
        "| Ann | ask |",
        "| Bob | 12 |",
    ]
    south = converted.places.find(11, 11)
    assert south
    assert south.label == "All!B6:E6"


@pytest.mark.parametrize(
    ("source", "content", "expected"),
    [
        ("a.docx", make_docx("# Leave", "It is 20 days."), "## Leave\n\nIt is 20 days.\n"),
        ("a.epub", make_epub("<h1>One</h1><p>First.</p>", "<p>Second.</p>"), "# One\n\nFirst."),
        (
            "a.html",
            b"<h1>T</h1><table><tr><th>a</th></tr><tr><td>1</td></tr></table>",
            "# T\n\n| a",
        ),
        ("a.adoc", b"= Title\n\n== Part\n\nText.\n", "## Part\n\nText."),
        ("a.ipynb", json.dumps(NOTEBOOK).encode(), "# Sums\n\nHello\n\n```\nprint(6 * 7)\n```\n\n"),
        pytest.param("a.rst", b"Title\n=====\n\nText.\n", "# Title\n\nText.\n", marks=needs_pandoc),
        pytest.param("a.org", b"* Title\n\nText.\n", "# Title\n\nText.\n", marks=needs_pandoc),
        pytest.param("a.tex", b"\\section{Title}\nText.", "# Title\n\nText.\n", marks=needs_pandoc),
    ],
    ids=lambda value: value if isinstance(value, str) and value[1:2] == "." else "",
)
def test_text_without_places(
    conversion: Conversion, source: str, content: bytes, expected: str
) -> None:
    """Headings, tables and code of formats that have no pages."""
    converted = conversion.convert(source, content)
    assert expected in converted.text
    assert list_places(converted) == []


@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx", ".epub", ".odt"])
def test_broken_files(conversion: Conversion, suffix: str) -> None:
    """A file that is cut off is told from one that is encrypted, and fails alone."""
    with pytest.raises(DocumentError, match=f"it is no {suffix} that can be read"):
        conversion.convert(f"a{suffix}", make_docx("Words.")[:300])
    with pytest.raises(DocumentError, match="it is empty: it has 0 bytes"):
        conversion.convert(f"a{suffix}", b"")
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    with pytest.raises(DocumentError, match=r"it is (encrypted|no |a document of an older)"):
        conversion.convert(f"a{suffix}", encrypted)


PAGE = b"<!DOCTYPE html>\n<html><body><table><tr><td>a</td></tr></table></body></html>"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1234\n"


@pytest.mark.parametrize(
    ("source", "content", "reason"),
    [
        ("a.pdf", make_docx("Words."), "it is an archive, as those of Office and e-books are"),
        ("a.pdf", PICTURE, "it is a picture"),
        ("a.pdf", POINTER, "it is a pointer of Git LFS"),
        ("a.pdf", PAGE, "it is a web page"),
        ("a.pdf", b"Words.", "it is no PDF: it does not begin like one"),
        ("a.xlsx", PAGE, "it is a web page"),
        ("a.docx", make_pdf(["Words."]), "it is a PDF"),
        (
            "a.epub",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "it is a document of an older",
        ),
    ],
)
def test_what_is_not_what_its_name_says(
    conversion: Conversion, source: str, content: bytes, reason: str
) -> None:
    """The reason says what it is, and no other program is started for it."""
    with pytest.raises(DocumentError, match=f"^{reason}"):
        conversion.convert(source, content)


def test_nothing_outside_of_a_file_is_read(conversion: Conversion, tmp_path: Path) -> None:
    """Neither files nor addresses that a document names: entities, pictures, includes."""
    secret = tmp_path / "secret.txt"
    secret.write_text("zebra")
    with Provider(Reply("zebra")) as server:
        addresses = secret.as_uri(), f"{server.url}/x.txt"
        for address in addresses:
            entity = f'<!DOCTYPE w [<!ENTITY x SYSTEM "{address}">]>'
            contents = {
                "a.docx": make_docx("Words &x;.", prologue=entity),
                "a.html": f'{entity}<p>Words &x;.</p><img src="{address}"><iframe src="{address}">'
                f'</iframe><link rel="stylesheet" href="{address}">'.encode(),
                "a.epub": make_epub(f'<p>Words.</p><img src="{address}"/>'),
                "a.adoc": f"Words.\n\ninclude::{secret}[]\n\nimage::{address}[]\n".encode(),
                "a.rst": f"Words.\n\n.. include:: {secret}\n\n.. image:: {address}\n".encode(),
                "a.org": f"Words.\n\n#+INCLUDE: {secret}\n".encode(),
                "a.tex": f"Words. \\input{{{secret}}} \\include{{{secret}}}".encode(),
            }
            for source, content in contents.items():
                converter = find_converter(source)
                assert converter
                if converter.missing:
                    continue
                try:
                    text = conversion.convert(source, content).text
                except DocumentError as error:
                    text = error.message
                else:
                    assert "Words" in text, source
                assert "zebra" not in text, source
        assert server.requests == []


def test_suffixes_in_capitals_are_included() -> None:
    """Windows writes them so."""
    assert {"*.pdf", "*.PDF", "*.docx", "*.rst"} <= set(FORMAT_GLOBS)
    assert not {"*.md", "*.txt"} & set(FORMAT_GLOBS)
