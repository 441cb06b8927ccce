"""The terms of chunks, as PostgreSQL parses them and the writer weighs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg.store import terms as module
from ragpg.store.binary_format import pack_sparsevec, unpack_sparsevec, unpack_tsvector
from ragpg.store.bm25 import to_dimension
from ragpg.store.terms import TermCount, sum_changes, weigh

if TYPE_CHECKING:
    from ragpg.store.statements import Connection

TEXTS = [
    "",
    "One house, two houses: the house's three.",
    "Жуки и ÄPFEL, 漢字 a/b/c.example.com it''s 'quoted' back\\slash " + "more " * 300,
]


@pytest.mark.parametrize("text", TEXTS)
def test_lexemes(connection: Connection, text: str) -> None:
    """A tsvector is read as PostgreSQL itself unnests it, with the number of its places."""
    query = "SELECT lexeme, cardinality(positions) FROM unnest(to_tsvector('english', %s))"
    expected: dict[str, int] = dict(connection.execute(query, [text]).fetchall())
    cursor = connection.cursor(binary=True)
    [(vector,)] = cursor.execute("SELECT to_tsvector('english', %s)", [text]).fetchall()
    assert {word.decode(): count for word, count in unpack_tsvector(vector).items()} == expected


def test_weights_of_several_chunks() -> None:
    """Chunks are weighed together as they are alone, those without words too."""
    words = [{}, {b"alpha": 1, b"beta": 3}, {}, {b"beta": 1}, {}]
    weighed = weigh(words, average_length=4.0)
    assert [len(each.dimensions) for each in weighed] == [0, 2, 0, 1, 0]
    for each, one in zip(weighed, words, strict=True):
        [alone] = weigh([one], average_length=4.0)
        assert each.dimensions.tolist() == alone.dimensions.tolist()
        assert each.dimensions.tolist() == sorted(to_dimension(word.decode()) for word in one)
        assert each.weights.tolist() == alone.weights.tolist()
        read = unpack_sparsevec(pack_sparsevec(each))
        assert read.weights.tolist() == each.weights.tolist()
    assert weigh([], average_length=4.0) == []


def test_words_of_one_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words whose hashes are equal are one term, that occurs as often as they do together."""
    [expected] = weigh([{b"alpha": 5}], average_length=4.0)
    monkeypatch.setattr(module, "remember_hash", lambda _: to_dimension("alpha"))
    [weighed] = weigh([{b"alpha": 2, b"beta": 3}], average_length=4.0)
    assert weighed.dimensions.tolist() == expected.dimensions.tolist()
    assert weighed.weights.tolist() == expected.weights.tolist()


def test_frequencies_that_change() -> None:
    """Terms that come and go alike are left alone; 0 counts the chunks."""
    [added] = weigh([{b"alpha": 1, b"beta": 1}], average_length=4.0)
    alpha, beta, gamma = map(to_dimension, ("alpha", "beta", "gamma"))
    deleted = [TermCount(0, 3), TermCount(alpha, 1), TermCount(gamma, 2)]
    terms, changes = sum_changes([added], deleted)
    assert dict(zip(terms.tolist(), changes.tolist(), strict=True)) == {0: -2, beta: 1, gamma: -2}
    assert [each.tolist() for each in sum_changes([], [])] == [[], []]
