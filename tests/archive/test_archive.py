"""A file is read as it was written, or not at all."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragpg.archive import ArchiveReader, Header
from ragpg.archive.header import LARGEST
from ragpg.errors import ArchiveError
from tests.support.archive import (
    DOCUMENTS,
    LIMIT,
    assert_equal,
    contents_of,
    forged,
    indexed,
    read,
    sealed,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ragpg.types import IndexedDocument

WHOLE = written()
APPLES = DOCUMENTS[0]


def assert_all_equal(one: Sequence[IndexedDocument], other: Sequence[IndexedDocument]) -> None:
    """The same documents in the same order."""
    assert len(one) == len(other)
    for mine, theirs in zip(one, other, strict=True):
        assert_equal(mine, theirs)


def test_what_is_written_is_read() -> None:
    """Texts, places, headings, vectors, words, terms and digests, and what the header says."""
    assert_all_equal(read(WHOLE), DOCUMENTS)
    reader = ArchiveReader(io.BytesIO(WHOLE), name="'x'", max_text=LIMIT)
    assert reader.header.contents == contents_of(DOCUMENTS)
    assert_all_equal(read(written([])), [])


def test_the_same_documents_give_the_same_bytes() -> None:
    """Nothing of the time or the place is in a file."""
    assert written([*DOCUMENTS]) == WHOLE


@settings(max_examples=300)
@given(st.integers(0, len(WHOLE) * 8 - 1))
def test_a_flipped_bit(bit: int) -> None:
    """It is noticed wherever it makes a difference."""
    changed = bytearray(WHOLE)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        found = read(bytes(changed))
    except ArchiveError:
        return
    assert_all_equal(found, DOCUMENTS)


@settings(max_examples=100)
@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_that_was_cut(size: int) -> None:
    """It is refused, wherever it ends."""
    with pytest.raises(ArchiveError):
        read(WHOLE[:size])


@given(st.binary(min_size=1, max_size=50))
def test_a_file_with_something_behind_it(more: bytes) -> None:
    """It is refused."""
    with pytest.raises(ArchiveError, match=r"instead of|follows"):
        read(WHOLE + more)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    """They are no export."""
    with pytest.raises(ArchiveError, match="no file that"):
        read(content)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_content_with_right_checksums(content: bytes) -> None:
    """It is refused as well."""
    with pytest.raises(ArchiveError):
        read(sealed(content, contents_of([APPLES])))


def packed(kind: str, *numbers: float) -> Callable[[bytes], bytes]:
    """A column of other numbers."""
    return lambda _: np.array(numbers, kind).tobytes()


def set_first(kind: str, number: float) -> Callable[[bytes], bytes]:
    """A column whose first number is another one."""

    def change(column: bytes) -> bytes:
        numbers = np.frombuffer(column, kind).copy()
        numbers[0] = number
        return numbers.tobytes()

    return change


FORGED_KEYS: list[dict[str, Any]] = [
    {"source": ""},
    {"source": 7},
    {"source": "a\0b"},
    {"source": "\ud800"},
    {"source": "x" * 20_000},
    {"origin": ["a"]},
    {"title": None},
    {"digest": "00" * 32},
    {"digest": "zz"},
    {"size": 3},
    {"chunking": ""},
    {"metadata": []},
    {"metadata": {"a": "\0"}},
    {"metadata": {"\udc00": 1}},
    {"metadata": {"a": float("inf")}},
    {"modified": 7},
    {"modified": "yesterday"},
    {"modified": "2026-11-30T09:44:21"},
    {"modified": "0001-01-01T00:00:00+14:00"},
    {"body_start": -1},
    {"body_start": 10_000},
    {"body_start": True},
    {"headings": None},
    {"headings": [["a"]]},
    {"headings": [["a"], ["b"], ["\0"]]},
    {"headings": [["a"], ["b"], "c"]},
    {"columns": [1, 2]},
    {"columns": "123456789"},
    {"columns": [-1] * 9},
]


@pytest.mark.parametrize("changes", FORGED_KEYS, ids=str)
def test_a_record_that_says_what_cannot_be(changes: dict[str, Any]) -> None:
    """It is refused though its checksums are right."""
    with pytest.raises(ArchiveError, match="is damaged: document 1"):
        read(forged(APPLES, **changes))


FORGED_COLUMNS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "another text": ("text", lambda text: text.replace(b"red", b"dead")),
    "no UTF-8": ("text", lambda text: text[:-1] + b"\xff"),
    "a NUL": ("text", lambda text: text[:-1] + b"\0"),
    "overlapping chunks": ("bounds", packed("<u4", 0, 10, 5, 48)),
    "chunks beyond the text": ("bounds", packed("<u4", 0, 10, 20, 4_000_000_000)),
    "chunks that do not end": ("bounds", packed("<u4", 0, 10, 20, 30)),
    "fewer chunks": ("bounds", packed("<u4", 0, 48)),
    "half a number": ("bounds", lambda column: column[:-1]),
    "a vector that is missing": ("vectors", lambda column: column[:-32]),
    "a vector that is no number": ("vectors", set_first("<f2", float("nan"))),
    "an infinite vector": ("vectors", set_first("<f2", float("inf"))),
    "a long vector": ("vectors", set_first("<f2", 9.0)),
    "a digest that is missing": ("digests", lambda column: column[16:]),
    "cut words": ("words", lambda column: column[:-1]),
    "words of other sizes": ("word_sizes", packed("<u4", 1, 6, 14)),
    "words of a huge size": ("word_sizes", packed("<u4", 4_294_967_295, 21, 0)),
    "term 0, which counts chunks": ("terms", packed("<i4", 0, 5, 3, 5)),
    "a negative term": ("terms", set_first("<i4", -3)),
    "terms out of order": ("terms", packed("<i4", 5, 3, 3, 5)),
    "a term twice": ("terms", packed("<i4", 3, 3, 3, 5)),
    "a negative weight": ("weights", set_first("<f4", -0.5)),
    "a weight that is no number": ("weights", set_first("<f4", float("nan"))),
    "a large weight": ("weights", set_first("<f4", 1000.0)),
    "terms of no chunk": ("term_counts", packed("<u4", 1, 0, 2)),
    "too many terms": ("term_counts", packed("<u4", 4_294_967_295, 0, 5)),
}


@pytest.mark.parametrize("name", FORGED_COLUMNS)
def test_a_column_that_cannot_be(name: str) -> None:
    """It is refused though its checksums are right."""
    column, change = FORGED_COLUMNS[name]
    with pytest.raises(ArchiveError, match="is damaged: document 1"):
        read(forged(APPLES, altered={column: change}))


@pytest.mark.parametrize("depth", [600, 900, 100_000])
def test_deep_metadata(depth: int) -> None:
    """They are refused, and the program does not fall over them."""
    deep = b"[" * depth + b"]" * depth
    content = _unsealed(forged(APPLES, metadata={"a": "HERE"})).replace(b'"HERE"', deep)
    head_size, body_size = struct.unpack("<II", content[:8])
    sizes = struct.pack("<II", head_size - len(b'"HERE"') + len(deep), body_size)
    with pytest.raises(ArchiveError, match="document 1"):
        read(sealed(sizes + content[8:], contents_of([APPLES])))


def _unsealed(file: bytes) -> bytes:
    """The content of a file."""
    from ragpg.archive.zstd import make_decompressor

    start = 8 + int.from_bytes(file[4:8], "little")
    return make_decompressor().decompress(file[start:])


def test_columns_and_keys_of_a_later_version_are_passed_over() -> None:
    """They are named, so that what is known can be told from them."""
    content = _unsealed(forged(APPLES, later={"a": 1}))
    head_size, body_size = struct.unpack("<II", content[:8])
    shape = json.loads(content[8 : 8 + head_size])
    shape["columns"].insert(0, 3)
    head = json.dumps(shape).encode()
    body = b"xyz" + content[8 + head_size :]
    record = struct.pack("<II", len(head), body_size + 3) + head + body
    names = ("places", *Header(contents_of([APPLES])).columns)
    assert_all_equal(read(sealed(record, contents_of([APPLES]), columns=names)), [APPLES])


@pytest.mark.parametrize("size", [0, 5, 10**15, LARGEST])
def test_a_size_that_is_not_that_of_the_content(size: int) -> None:
    """It is refused: too large a one before anything is unpacked."""
    with pytest.raises(ArchiveError):
        read(sealed(_unsealed(WHOLE), contents_of(DOCUMENTS), size=size))


def test_content_that_unpacks_to_more_than_it_says() -> None:
    """It is unpacked no further than it said."""
    bomb = sealed(bytes(50_000_000), contents_of(DOCUMENTS), size=1000)
    assert len(bomb) < 10_000
    with pytest.raises(ArchiveError, match="unpacks to more than it says"):
        read(bomb)


def test_a_document_larger_than_is_allowed() -> None:
    """It is refused with the key that allows it."""
    large = indexed("large.md", "A word. " * 1000)
    assert_all_equal(read(written([large]), limit=8000), [large])
    with pytest.raises(ArchiveError, match="maxFileBytes is 7,999") as caught:
        read(written([large]), limit=7999)
    assert caught.value.hint == "raise maxFileBytes in [ingest]"


def test_a_record_that_is_larger_than_any() -> None:
    """It is refused before it is read."""
    head = struct.pack("<II", 2**31, 2**31)
    with pytest.raises(ArchiveError, match="too large"):
        read(sealed(head + bytes(1000), contents_of(DOCUMENTS)))


@pytest.mark.parametrize(
    "names", [("b.md", "a.md"), ("a.md", "a.md"), ("a\u0308.md", "\u00e4.md")], ids=str
)
def test_documents_out_of_order_or_twice(names: tuple[str, str]) -> None:
    """They are refused: canonically equal names are one."""
    with pytest.raises(ArchiveError, match="document 2 is there twice, or out of order"):
        read(written([indexed(name, "Text.\n") for name in names]))


def test_another_number_of_documents() -> None:
    """It is refused when all are read."""
    contents = replace(contents_of(DOCUMENTS), documents=5)
    with pytest.raises(ArchiveError, match="more or fewer documents"):
        read(sealed(_unsealed(WHOLE), contents))


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"layout": "2"},
        {"documents": -1},
        {"documents": True},
        {"columns": ["text"]},
        {"columns": [["text"]]},
        {"sha256": "00"},
        {"average_length": None},
        {"model": {}},
        {"model": {"name": "a\nb", "dimension": 3, "fingerprint": "00"}},
        {"model": {"name": "a", "dimension": 10**9, "fingerprint": "00"}},
        {"language": ""},
    ],
    ids=str,
)
def test_a_header_that_makes_no_sense(change: dict[str, Any]) -> None:
    """It is refused, with one line."""
    width = int.from_bytes(WHOLE[4:8], "little")
    shape = json.loads(WHOLE[8 : 8 + width])
    shape["ragpg"] |= change
    changed = json.dumps(shape).encode().ljust(width)
    with pytest.raises(ArchiveError) as caught:
        read(WHOLE[:8] + changed + WHOLE[8 + width :])
    assert "\n" not in caught.value.message
