"""Links to the parts of documents."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.display.links import Places, WebLinks, knows_links
from ragpg.display.render import render_source
from ragpg.display.rich_console import make_console, to_renderable
from ragpg.types import Hit, Locator, LocatorKind, PlaceMap, PlaceMark

WEB = WebLinks("https://example.org/blob/main/{path}#L{start}-L{end}")


def hit(source: str) -> Hit:
    """A hit in lines 3 to 4."""
    return Hit(1, source, "", (), 0, 4, 3, 4, "Text", 0.5)


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("a.md", "a.md"),
        ("docs/a b.md", "docs/a%20b.md"),
        ("docs/{start}#?%.md", "docs/%7Bstart%7D%23%3F%25.md"),
        ('"><script>.md', "%22%3E%3Cscript%3E.md"),
        ("\x1b]8;;x\x07\u202e.md", "%1B%5D8%3B%3Bx%07%E2%80%AE.md"),
        ("Übung.md", "%C3%9Cbung.md"),
        ("a\udcff.md", "a%FF.md"),
        (".hidden/..a.md", ".hidden/..a.md"),
        ("/etc/a.md", None),
        ("C:/a.md", None),
        ("../a.md", None),
        ("a/../../b.md", None),
        ("a/./b.md", None),
        ("a//b.md", None),
        ("..", None),
    ],
)
def test_a_document_on_the_web(source: str, path: str | None) -> None:
    """Its path is percent-encoded; what is outside of the project has no address."""
    expected = path and f"https://example.org/blob/main/{path}#L3-L14"
    assert WEB.to_url(source, 3, 14) == expected


@given(st.text())
def test_any_name(source: str) -> None:
    """Whatever a document is called, it leads to the same site, and nothing else is in the link."""
    url = WEB.to_url(source.replace("\ud800", ""), 1, 2)
    assert url is None or (url.startswith("https://example.org/blob/main/") and url.isascii())
    assert url is None or (url.isprintable() and not set(url) & set(" <>\"'\\"))


def test_json() -> None:
    """All that has a source and lines has its address, wherever it is."""
    place = {"source": "a.md", "start_line": 1, "end_line": 2, "text": "t"}
    shape = {"hits": [place], "documents": [{"source": "a.md"}], "nearest": None}
    url = "https://example.org/blob/main/a.md#L1-L2"
    assert WEB.add_to(shape) == {**shape, "hits": [{**place, "url": url}]}
    assert "url" not in place
    page = {**place, "converted": True, "place": {"kind": "page", "label": "12"}}
    assert WEB.add_to(page)["url"] == "https://example.org/blob/main/a.md#page=12"
    assert WEB.add_to({**page, "place": None})["url"] == "https://example.org/blob/main/a.md"


def test_a_converted_document() -> None:
    """No link leads to lines of a converted text: the file has a page, or no such lines at all."""
    url = "https://example.org/blob/main/report.pdf"
    page, next_page = (Locator(LocatorKind.PAGE, label) for label in ("12", "13"))
    report = replace(hit("report.pdf"), converted=True)
    assert WEB.locate(report) == url
    places = PlaceMap((PlaceMark(1, page), PlaceMark(4, next_page)))
    assert WEB.locate(replace(report, places=places)) == f"{url}#page=12"
    assert WEB.locate(replace(report, places=places), next_page) == f"{url}#page=13"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"VTE_VERSION": "7600"}, True),
        ({"VTE_VERSION": "4801"}, False),
        ({"VTE_VERSION": "new"}, False),
        ({"KONSOLE_VERSION": "220401"}, True),
        ({"WT_SESSION": "x"}, True),
        ({"TERM": "screen-256color", "VTE_VERSION": "7600"}, False),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a"}, False),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4"}, True),
        ({"FORCE_HYPERLINK": "1"}, True),
        ({"FORCE_HYPERLINK": "0", "WT_SESSION": "x"}, False),
    ],
)
def test_terminals(environ: dict[str, str], expected: bool) -> None:
    """Only those that are known to understand links are sent any."""
    assert knows_links(environ) is expected


def test_a_place_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place is a link and nothing besides, whatever the document is called."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = io.StringIO()
    places = Places(str, WEB.locate)
    rendered = render_source(hit("\x1b]8;;https:evil\x1b\\.md"), number=1, places=places)
    make_console(stream).print(to_renderable(rendered))
    printed = stream.getvalue()
    assert printed.count("\x1b]8;") == 2
    assert "https:evil" not in printed.replace("\\x1b]8;;https:evil\\x1b", "")
    address = "https://example.org/blob/main/%1B%5D8%3B%3Bhttps%3Aevil%1B%5C.md#L3-L4"
    assert f";{address}\x1b" in printed
