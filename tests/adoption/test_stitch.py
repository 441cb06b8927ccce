"""Texts that a splitter cut are as they were before, as far as anything says how."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.adoption.assemble import Assembly, add_front_matter, name_source
from ragpg.adoption.stitch import Piece, Position, find_position, stitch
from ragpg.documents.front_matter import parse_front_matter
from ragpg.types import ColumnMapping, File, ForeignRow, ForeignTable, UnreadableFile

MAPPING = ColumnMapping("LangChain", "id", "text", metadata="meta", source_keys=("source", "url"))
TABLE = ForeignTable("public", "facts", {"id": "text", "text": "text", "meta": "jsonb"})
LIMIT = 100_000


def cut(text: str, *, size: int, overlap: int) -> list[tuple[str, int]]:
    """Cut a text as splitters do: pieces overlap, and have no blanks around them."""
    pieces = []
    for start in range(0, max(len(text) - overlap, 1), size - overlap):
        piece = text[start : start + size]
        stripped = piece.strip()
        if stripped:
            pieces.append((stripped, start + len(piece) - len(piece.lstrip())))
    return pieces


@given(
    st.lists(st.text("abc déf,", min_size=1, max_size=40), min_size=1, max_size=30),
    st.integers(30, 60),
    st.integers(0, 20),
    st.randoms(),
)
def test_pieces_with_offsets(paragraphs: list[str], size: int, overlap: int, chance: Any) -> None:
    """They give the text but for blanks that were dropped, in whatever order they come."""
    text = "\n\n".join(paragraphs)
    pieces = [Piece(t, Position(offset=at)) for t, at in cut(text, size=size, overlap=overlap)]
    chance.shuffle(pieces)
    assert "".join(stitch(pieces).split()) == "".join(text.split())


def test_pieces_without_offsets() -> None:
    """What the end of one and the beginning of the next have in common stands there once."""
    text = Path(__file__).parents[2].joinpath("leave_policy.md").read_text()
    pieces = [Piece(piece, Position()) for piece, _ in cut(text, size=500, overlap=100)]
    assert stitch(pieces) == text.strip()


def test_pieces_that_share_little() -> None:
    """A few letters are the same by chance: the pieces are paragraphs."""
    assert (
        stitch([Piece("It ends.", Position()), Piece("ends.", Position())]) == "It ends.\n\nends."
    )


def test_offsets_that_contradict_the_texts() -> None:
    """Nothing is lost."""
    pieces = [Piece("First text.", Position(offset=0)), Piece("Second text.", Position(offset=5))]
    assert stitch(pieces) == "First text.\n\nSecond text."


def test_offsets_of_pages() -> None:
    """They count from the beginning of the page."""
    pieces = [
        Piece("Second page.", Position(page=2, offset=0)),
        Piece("First page.", Position(page=1, offset=0)),
    ]
    assert stitch(pieces) == "First page.\n\nSecond page."


@pytest.mark.parametrize(
    ("metadata", "position"),
    [
        ({"start_index": 7}, Position(offset=7)),
        ({"page": 3, "split_idx_start": 9, "split_id": 2}, Position(3, 9, 2)),
        ({"_node_content": json.dumps({"start_char_idx": 5})}, Position(offset=5)),
        ({"_node_content": "[" * 100_000}, Position()),
        ({"loc": {"lines": {"from": 12, "to": 20}}}, Position(number=12)),
        ({"chunk_index": "4", "page_label": "xii", "start_index": True}, Position(number=4)),
        ({"loc": [1], "page": None, "chunk_index": 1.5}, Position()),
        ({}, Position()),
    ],
    ids=str,
)
def test_what_metadata_say_of_a_place(metadata: dict[str, Any], position: Position) -> None:
    """Each program has its own words for it."""
    assert find_position(metadata) == position


@pytest.mark.parametrize(
    ("metadata", "source"),
    [
        ({"source": "docs/a.md"}, "docs/a.md"),
        ({"source": "./docs/../a.md"}, "a.md"),
        ({"source": "/home/me/project/docs/a.md"}, "docs/a.md"),
        ({"source": "/elsewhere/a.md"}, "/elsewhere/a.md"),
        ({"source": "https://example.com/a//b"}, "https://example.com/a//b"),
        ({"source": "", "url": "https://example.com"}, "https://example.com"),
        ({"source": 7, "url": "b.md"}, "b.md"),
        ({"source": "a\nb"}, None),
        ({"source": "a\x1b[31m"}, None),
        ({"source": "\ud800.md"}, "?.md"),
        ({"source": "x" * 2000}, None),
        ({}, None),
    ],
    ids=str,
)
def test_names(metadata: dict[str, Any], source: str | None) -> None:
    """A document is named as its file would be; what cannot be a name is none."""
    row = ForeignRow("1", "Text.", metadata)
    assert name_source(row, MAPPING, root=Path("/home/me/project")) == source


def assembled(*rows: ForeignRow, limit: int = LIMIT) -> list[File | UnreadableFile]:
    """The files of rows."""
    assembly = Assembly(TABLE, MAPPING, root=None, file=BytesIO())
    for row in rows:
        assembly.add(row)
    return list(assembly.make_files(assembly.stitch, max_bytes=limit))


def text_of(file: File | UnreadableFile) -> str:
    """The text of a file that was made."""
    assert isinstance(file, File)
    return file.content.decode()


def test_rows_of_several_documents() -> None:
    """Those of one source are one document; a row without a source is one of its own."""
    files = assembled(
        ForeignRow("1", "One.", {"source": "a.md"}),
        ForeignRow("2", "Two.", {"source": "b.md"}),
        ForeignRow("3", "Three.", {"source": "a.md"}),
        ForeignRow("4", "Four."),
        ForeignRow("5", " \n"),
    )
    assert [file.source for file in files] == ["a.md", "b.md", "facts/4"]
    bodies = [text[parse_front_matter(text).body_start :] for text in map(text_of, files)]
    assert bodies == ["One.\n\nThree.", "Two.", "Four."]


def test_metadata_that_all_rows_share() -> None:
    """They become front matter; what is of a single row is left out."""
    [file] = assembled(
        ForeignRow("1", "One.", {"source": "a.md", "tags": ["x: y"], "page": 1, "n": 1}),
        ForeignRow("2", "Two.", {"source": "a.md", "tags": ["x: y"], "page": 2, "n": 2}),
    )
    metadata = parse_front_matter(text_of(file)).metadata
    assert metadata == {"source": "a.md", "tags": ["x: y"]}


def test_a_document_that_is_too_large() -> None:
    """It fails, and the others are there."""
    files = assembled(
        ForeignRow("1", "x" * 101, {"source": "a.md"}), ForeignRow("2", "Two."), limit=100
    )
    assert isinstance(files[0], UnreadableFile)
    assert "maxFileBytes (100)" in files[0].reason
    assert isinstance(files[1], File)


def test_front_matter_that_the_text_has() -> None:
    """It wins over what the table says."""
    text = add_front_matter("---\ntitle: Own\n---\n# A\n", {"title": "Other", "team": "hr"})
    parsed = parse_front_matter(text)
    assert parsed.metadata == {"title": "Own", "team": "hr"}
    assert text[parsed.body_start :] == "# A\n"


@given(
    st.dictionaries(
        st.text(max_size=5), st.none() | st.integers() | st.text(max_size=9) | st.booleans()
    )
)
def test_any_metadata(metadata: dict[str, Any]) -> None:
    """The text behind them stays what it is."""
    text = add_front_matter("# Title\n\nText.\n", metadata)
    assert text[parse_front_matter(text).body_start :] == "# Title\n\nText.\n"
