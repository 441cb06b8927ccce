"""BM25 scores, the terms of texts, and their languages."""

from __future__ import annotations

import math
import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.errors import ConfigurationError
from ragpg.store import bm25
from ragpg.types import SearchRequest
from tests.support.documents import FINGERPRINT, axis, chunks, document, embeddings, vectors
from tests.support.store import keyword_texts, new_store, put_on_axes, read_documents, upsert, zipf

if TYPE_CHECKING:
    from ragpg.store.statements import Connection


def plain_bm25(question: list[str], corpus: list[list[str]], average: float) -> list[float]:
    """Score every chunk by the textbook, without any index."""
    present = Counter(word for words in corpus for word in set(words))
    scores = []
    for words in corpus:
        counts, norm = Counter(words), 1.2 * (1 - 0.75 + 0.75 * len(words) / average)
        score = 0.0
        for word in set(question):
            frequency = present[word]
            weight = math.log(1 + (len(corpus) - frequency + 0.5) / (frequency + 0.5))
            score += weight * counts[word] * 2.2 / (counts[word] + norm)
        scores.append(score)
    return scores


def test_scores_are_bm25(connection: Connection) -> None:
    """The scores equal those of a plain implementation, for what either arm has found."""
    store = new_store(connection, "bm25", language="simple", average_length=40)
    generator = random.Random(1)
    corpus = [zipf(generator, generator.randint(3, 90)) for _ in range(400)]
    for number in range(0, 400, 20):
        bodies = [" ".join(words) for words in corpus[number : number + 20]]
        parts = chunks(*bodies)
        drawn = embeddings(20, seed=number)
        upsert(
            store, document(f"{number:03}", *bodies), parts, drawn, chunking_fingerprint=FINGERPRINT
        )
    for _ in range(12):
        question = zipf(generator, generator.randint(1, 12))
        expected = plain_bm25(question, corpus, average=40)
        query = SearchRequest(" ".join(question), vectors(1, seed=7)[0], 50)
        found = store.search(query).items
        assert len(found) > 50
        for candidate in found:
            index = int(candidate.source) + candidate.chunk.ordinal
            assert candidate.bm25 == pytest.approx(expected[index], abs=0.002)
            assert candidate.matched_terms == set(question) & set(corpus[index])
        ranked = sorted((c.bm25 or 0.0 for c in found if c.in_keyword_results), reverse=True)
        best = sorted((score for score in expected if score > 0), reverse=True)[:50]
        assert ranked == pytest.approx(best, abs=0.002)


def test_heading_pays(connection: Connection) -> None:
    """A word of the headings counts as one of the text does."""
    store = new_store(connection, "headings")
    put_on_axes(store, "a.md", "Unused days end in March.", heading=["Policy", "Carrying over"])
    put_on_axes(store, "b.md", "Days of carrying in March.", heading=["Policy"])
    found = store.search(SearchRequest("carry", None, 5)).items
    assert {c.source for c in found} == {"a.md", "b.md"}
    [both] = store.search(SearchRequest("unused carrying", None, 1)).items
    assert (both.source, both.matched_terms) == ("a.md", frozenset({"unus", "carri"}))


def test_terms_of_the_question(connection: Connection) -> None:
    """Each term comes with its weight; one that the documents lack has the highest."""
    store = new_store(connection, "terms")
    put_on_axes(store, "a.md", "alpha beta", "alpha", "alpha gamma")
    found = store.search(SearchRequest("The ALPHAS and a gamma, unheard", None, 5))
    assert found.idf == {
        "alpha": pytest.approx(math.log(1 + 0.5 / 3.5)),
        "gamma": pytest.approx(math.log(1 + 2.5 / 1.5)),
        "unheard": pytest.approx(math.log(1 + 3.5 / 0.5)),
    }


def test_languages(connection: Connection) -> None:
    """The words are folded and stemmed by the language of the table."""
    store = new_store(connection, "languages", language="German")
    put_on_axes(store, "a.md", "Die ÄPFEL und Häuser", "жук")
    assert keyword_texts(store.search(SearchRequest("apfel haus", None, 5))) == [
        "Die ÄPFEL und Häuser"
    ]
    assert keyword_texts(store.search(SearchRequest("ЖУК", None, 5))) == ["жук"]
    assert store.uses_language("german")
    assert not store.uses_language("simple")


def test_unknown_language(connection: Connection) -> None:
    """A language without a text search configuration is refused with those that there are."""
    english = new_store(connection, "english")
    for ask in (
        lambda: new_store(connection, "klingon", language="klingon"),
        lambda: english.uses_language("klingon"),
    ):
        with pytest.raises(ConfigurationError) as caught:
            ask()
        assert caught.value.message == ("PostgreSQL knows no text search configuration 'klingon'")
        assert caught.value.hint is not None
        assert caught.value.hint.startswith("language in [retrieval] is one of auto, arabic, ")


def test_own_language(connection: Connection) -> None:
    """A text search configuration of the database's own works, in whatever schema it is."""
    connection.execute("CREATE TEXT SEARCH CONFIGURATION own (COPY = simple)")
    store = new_store(connection, "own", language="own")
    put_on_axes(store, "a.md", "Houses")
    assert keyword_texts(store.search(SearchRequest("houses", None, 5))) == ["Houses"]
    assert store.table.language == "public.own"
    assert new_store(connection, "own", language="own").table == store.table


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 3000 + " tail", id="word of 3,000 letters"),
        pytest.param(" ".join(f"w{n}x" for n in range(120_000)), id="120,000 words"),
        pytest.param(" ".join(map(chr, range(0x20000, 0x2A000))), id="letters of four bytes"),
        pytest.param("-".join(f"{n}a" for n in range(60_000)), id="one hyphenated word"),
        pytest.param("/".join(f"d{n}.example.com" for n in range(30_000)), id="one endless path"),
        pytest.param("a b " * 100_000, id="two words, 100,000 times"),
    ],
)
def test_limits_of_a_tsvector(connection: Connection, text: str) -> None:
    """No text is too much: what PostgreSQL cannot index is left out of the words alone."""
    store = new_store(connection, "limits", language="simple")
    put_on_axes(store, "large.md", text, "small")
    assert read_documents(store)[0].text == text + "small"
    assert keyword_texts(store.search(SearchRequest("small", None, 5))) == ["small"]
    assert store.search(SearchRequest(text, axis(0), 1)).items[0].chunk.text == text
    assert "fault" not in {check.level for check in store.status().checks}


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_dimension(term: str) -> None:
    """A term's dimension is one of a sparse vector's."""
    assert 1 <= bm25.to_dimension(term) <= bm25.DIMENSIONS


def test_colliding_terms() -> None:
    """The weights of terms that share a dimension are summed."""
    assert bm25.to_sparsevec({}) == "{}/268435456"
    place = bm25.to_dimension("alpha")
    assert bm25.to_sparsevec({"alpha": 0.5}) == f"{{{place}:0.5}}/268435456"
    seen: dict[int, str] = {}
    for number in range(100_000):
        other = seen.setdefault(bm25.to_dimension(f"t{number}"), f"t{number}")
        if other != f"t{number}":
            pair = {other: 0.5, f"t{number}": 0.25}
            assert bm25.to_sparsevec(pair) == f"{{{bm25.to_dimension(other)}:0.75}}/268435456"
            return
    pytest.fail("no two terms share a dimension")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("硬盘", "请先备份硬盘，再运行sync-all命令。"),  # noqa: RUF001  (the comma of the language)
        ("sync-all", "请先备份硬盘，再运行sync-all命令。"),  # noqa: RUF001
        ("鍵", "鍵 は受付にあります。"),
        ("受付", "鍵 は受付にあります。"),
        ("สมาชิก", "ค่าสมาชิกรายปี"),
        ("အလုပ်", "သူအလုပ်သွားသည်။"),
        ("ព្រឹក", "បើកពេលព្រឹករាល់ថ្ងៃ។"),
        ("ເຮືອນ", "ຂ້ອຍຢູ່ເຮືອນ"),
        ("Za\u0308hler", "Der Z\u00e4hler steht im Keller."),
        ("Z\u00e4hlers", "Der Z\u00e4hler steht im Keller."),
        ("Cafe\u0301", "Das Cafe\u0301 ist offen."),
        ("caf\u00e9", "Das Cafe\u0301 ist offen."),
    ],
)
def test_words_of_all_scripts(connection: Connection, query: str, expected: str) -> None:
    """Words inside a text without blanks are found, Latin ones glued to it, and either form."""
    store = new_store(connection, "scripts", language="german")
    put_on_axes(
        store,
        "a.md",
        "请先备份硬盘，再运行sync-all命令。",  # noqa: RUF001
        "鍵 は受付にあります。",
        "ค่าสมาชิกรายปี",
        "သူအလုပ်သွားသည်။",
        "បើកពេលព្រឹករាល់ថ្ងៃ។",
        "ຂ້ອຍຢູ່ເຮືອນ",
        "Der Z\u00e4hler steht im Keller.",
        "Das Cafe\u0301 ist offen.",
    )
    assert keyword_texts(store.search(SearchRequest(query, None, 5)))[:1] == [expected]
