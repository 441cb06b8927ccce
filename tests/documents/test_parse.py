"""Files as documents: decoding, front matter, titles."""

from __future__ import annotations

import json
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from ragpg.documents import parse_converted, parse_document
from ragpg.errors import DocumentError
from ragpg.types import File, Locator, LocatorKind, PlaceMap, PlaceMark

if TYPE_CHECKING:
    from ragpg.types import Document


def document(content: bytes | str, source: str = "notes.md") -> Document:
    """Parse a document."""
    content = content.encode() if isinstance(content, str) else content
    return parse_document(File(source, None, content, sha256(content).digest()))


@pytest.mark.parametrize("text", ["a\r\nb\rc\n", "\ufeffa", "é🙂\x0c\u2028", ""])
def test_text(text: str) -> None:
    """The text is the file's, newlines and all, without its first byte order mark."""
    read = document(b"\xef\xbb\xbf" + text.encode())
    assert (read.text, read.size, read.body_start) == (text, len(text.encode()) + 3, 0)
    assert read.digest == sha256(b"\xef\xbb\xbf" + text.encode()).digest()
    assert document(text.removeprefix("\ufeff")).text == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"abc\xff", "'notes.md' is not valid UTF-8: byte 0xff at offset 3"),
        (b"\xef\xbb\xbfab\xe2\x82", "'notes.md' is not valid UTF-8: byte 0xe2 at offset 5"),
        ("a".encode("utf-16"), "'notes.md' is not valid UTF-8: byte 0xff at offset 0"),
        (b"\xed\xa0\x80", "'notes.md' is not valid UTF-8: byte 0xed at offset 0"),
        (b"\xef\xbb\xbfab\0", "'notes.md' is not a text: NUL at offset 5"),
    ],
)
def test_what_is_not_text(content: bytes, message: str) -> None:
    """The message names the file, the byte, and its offset in the file."""
    with pytest.raises(DocumentError) as caught:
        document(content)
    assert caught.value.message == message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("front", "metadata"),
    [
        ("---\ntitle: A\ntags: [b, c]\n---\n", {"title": "A", "tags": ["b", "c"]}),
        (
            "---\non: 2024-05-06\nat: 2024-05-06 07:08:09\n...\n",
            {"true": "2024-05-06", "at": "2024-05-06T07:08:09"},
        ),
        ("---  \n---\t\n", {}),
        ("---\n# nothing\n---\n", {}),
        ("---\r\na: 1\r\n---\r\n", {"a": 1}),
        ("---\ra: 1\r---\r", {"a": 1}),
        ("---\na: .nan\nb: -.inf\nc: ~\n---\n", {"a": "nan", "b": "-inf", "c": None}),
        ("---\n1: a\n2020-01-01: b\n~: c\n---\n", {"1": "a", "2020-01-01": "b", "null": "c"}),
        (
            '---\na: "x\\0y"\nb: !!binary aGk=\nc: !!set {z, y}\n---\n',
            {"a": "xy", "b": "aGk=", "c": ["y", "z"]},
        ),
        (
            '+++\ntitle = "A"\nd = 2024-05-06\nt = 07:08:09\n[p]\nq = nan\n+++\n',
            {"title": "A", "d": "2024-05-06", "t": "07:08:09", "p": {"q": "nan"}},
        ),
        ("+++\r\na = 1\r\n+++\r\n", {"a": 1}),
    ],
)
def test_front_matter(front: str, metadata: dict[str, Any]) -> None:
    """Front matter is metadata that JSON can hold, and not a part of the body."""
    read = document(f"{front}Body.")
    assert (read.metadata, read.body_start) == (metadata, len(front))
    assert document(front.rstrip()).body_start == len(front.rstrip())
    assert json.loads(json.dumps(read.metadata, allow_nan=False)) == metadata


BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in ("ab", "bc", "cd", "de"))


@pytest.mark.parametrize(
    "text",
    [
        "---\nno end\n",
        "---\n- a\n- list\n---\n",
        "---\nJust words\n---\n",
        "---\n\nA rule: the first line\n  of a: text\n---\n",
        "---\nkey: a\nThen text: without a blank: line\nbelow\n",
        " ---\na: 1\n---\n",
        "----\na: 1\n---\n",
        "text\n---\na: 1\n---\n",
    ],
)
def test_what_is_no_front_matter_is_text(text: str) -> None:
    """A rule may begin a text; what is below it is searched as it stands."""
    read = document(text)
    assert (read.metadata, read.body_start, read.text, read.warning) == ({}, 0, text, None)


@pytest.mark.parametrize(
    ("front", "warning"),
    [
        (
            "---\na: b\ntitle: Pumps: care and use\n---\n",
            "line 3: the front matter is not valid YAML and is left out: mapping values are not",
        ),
        ("---\r\na: [1\r\n---\r\n", "line 3: the front matter is not valid YAML"),
        ("---\ntitle: {{ title }}\n---\n", "line 2: the front matter is not valid YAML"),
        (
            "+++\na = 1\nb = \n+++\n",
            "line 3: the front matter is not valid TOML and is left out: Invalid value",
        ),
        ("---\na: b\n  c\n\n", "line 1: the front matter has no closing --- and is left out"),
        ("+++\na = 1\n\n", "line 1: the front matter has no closing +++ and is left out"),
        ("---\na: !!python/object/apply:os.system [ls]\n---\n", "line 2: the front matter is not"),
        *(
            (text, "line 1: the front matter has values that cannot be stored")
            for text in (
                "---\na: 2024-13-45\n---\n",
                f"---\n{BOMB}---\n",
                "---\na: &a [*a]\n---\n",
                f"---\na: {'[' * 5000}{']' * 5000}\n---\n",
                f"---\na: {'9' * 5000}\n---\n",
                f"---\na: 0x{'f' * 5000}\n---\n",
                f"+++\na = {'[' * 9000}\n+++\n",
                f"+++\na{'.a' * 60} = 1\n+++\n",
            )
        ),
        (f"---\na: {'b' * 40000}\n---\n", "line 1: the front matter has no closing ---"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_broken_front_matter(front: str, warning: str) -> None:
    """Front matter that cannot be parsed is warned of by line, and is neither metadata nor text."""
    read = document(f"{front}The lid is red.\n")
    assert read.metadata == {}
    assert read.text[read.body_start :].strip("\n-") == "The lid is red."
    assert (read.warning or "").startswith(warning)


@pytest.mark.parametrize(
    "front",
    [
        f"+++\na{'.a' * 15_000} = 1\n+++\n",
        "+++\n[a" + ' . "a"' * 5_000 + "]\n+++\n",
        f"+++\na = [{{a{'.a' * 15_000} = 1}}]\n+++\n",
        f"---\na: {'[a, ' * 8_000}\n---\n",
        f"---\na: 1{':59' * 10_000}\n---\n",
        f"---\n{'? ' * 16_000}\n---\n",
        f"---\n{BOMB}a: b\n" + "a: b\n" * 400_000,
    ],
    ids=lambda value: repr(value[:12]),
)
def test_pathological_front_matter_takes_little_time(front: str) -> None:
    """Neither deep keys nor nesting, numbers, aliases, or an end that is missing."""
    begun = time.process_time()
    document(f"{front}The lid is red.\n")
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: Given\n---\n# One\n", "Given"),
        ("---\ntitle: 42\n---\n# One\n", "42"),
        ("---\ntitle: 2024-05-06\n---\n", "2024-05-06"),
        ("---\ntitle: ' '\n---\n# One `x`\n", "One x"),
        ("---\ntitle: [a]\n---\n# One\n", "One"),
        ("---\ntitle: true\n---\n# One\n", "One"),
        ('---\ntitle: "a\\nb\\e[1mc\\u0085"\n---\n', "a b [1mc"),
        ("# One\n\n# Two\n", "the name"),
        ("# &#x1;\n", "the name"),
        ("text", "the name"),
    ],
)
def test_titles(text: str, title: str) -> None:
    """The title is the front matter's, else the only first heading, else the file's name."""
    assert document(text, "docs/the name.md").title == title


def test_unusual_titles() -> None:
    """A title has at most 300 characters, and there always is one."""
    assert document(f"# {'x' * 1000}\n").title == "x" * 300
    assert document("", ".md").title == ".md"
    assert document("", "a/new\nline.md").title == "new line"


@pytest.mark.parametrize(
    ("source", "kind", "title"),
    [("costs/plan.xlsx", LocatorKind.SHEET, "plan"), ("deck.pptx", LocatorKind.SLIDE, "Sheet1")],
)
def test_titles_of_converted_documents(source: str, kind: LocatorKind, title: str) -> None:
    """A workbook has the name of its file, not that of its only sheet."""
    file = File(source, None, b"x", sha256(b"x").digest())
    places = PlaceMap((PlaceMark(1, Locator(kind, "1")),))
    assert parse_converted(file, "# Sheet1\n\nText.\n", places).title == title


@pytest.mark.parametrize(("page", "title"), [("1", "Leave"), ("2", "report")])
def test_the_title_on_the_first_page(page: str, title: str) -> None:
    """It is that of the document, however many others have one like it."""
    file = File("report.pdf", None, b"x", sha256(b"x").digest())
    marks = [
        PlaceMark(1, Locator(LocatorKind.PAGE, page)),
        PlaceMark(3, Locator(LocatorKind.PAGE, "9")),
    ]
    places = PlaceMap(tuple(marks))
    assert parse_converted(file, "# Leave\n\n# Fees\n\nText.\n", places).title == title
