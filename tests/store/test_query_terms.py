"""Tables whose documents have a language each."""

# ruff: noqa: RUF001 - letters of other scripts
from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.store import bm25, health, repair, terms
from ragpg.store.table import document_id
from ragpg.types import SearchRequest
from tests.support.documents import MODEL
from tests.support.store import keyword_texts, new_store, put_on_axes, replaced

if TYPE_CHECKING:
    from ragpg.store.postgres import PostgresStore
    from ragpg.store.statements import Connection

GERMAN = "Die Häuser der Stadt werden von den Bewohnern nicht mit Gas geheizt."
ENGLISH = "The houses of the town are not heated with gas by their owners."
FRENCH = "Les maisons de la ville ne sont pas chauffées au gaz par les habitants."
RUSSIAN = "Дома в городе не отапливаются газом."


def fill(connection: Connection, **texts: str) -> PostgresStore:
    """Make a table that tells languages apart."""
    store = new_store(connection, language="auto")
    for source, text in texts.items():
        put_on_axes(store, source, text)
    return store


def find(store: PostgresStore, question: str) -> list[str]:
    """Return the texts that have a keyword of a question."""
    return keyword_texts(store.search(SearchRequest(question, None, 5)))


def test_documents_are_read_in_their_language(connection: Connection) -> None:
    """A word is found in another form, as its language forms it."""
    store = fill(connection, de=GERMAN, en=ENGLISH, fr=FRENCH, ru=RUSSIAN)
    assert store.uses_language("auto")
    assert find(store, "Was ist mit dem Haus?") == [GERMAN]
    assert find(store, "What is the owner of it?") == [ENGLISH]
    assert find(store, "Que fait un habitant de cette maison ?") == [FRENCH]
    assert find(store, "Какой дом?") == [RUSSIAN]


def test_stop_words_are_those_of_the_question(connection: Connection) -> None:
    """A German article is no English verb."""
    store = fill(connection, de=GERMAN, en="Flowers die in winter, and the gardeners are sad.")
    assert find(store, "Wie ist die Heizung?") == []
    assert len(find(store, "When do flowers die?")) == 1


def test_a_word_that_the_language_of_the_question_lacks(connection: Connection) -> None:
    """Names and borrowed words are found in documents of other languages."""
    store = fill(connection, de=GERMAN, en=ENGLISH)
    assert find(store, "Where is the word Bewohnern?") == [GERMAN]
    assert find(store, "Bewohner") == [GERMAN]
    assert store.search(SearchRequest("What is unheard of?", None, 5)).idf.keys() == {"unheard"}


def test_only_one_language(connection: Connection) -> None:
    """A table of English documents has the terms, and the scores, of one whose language is set."""
    text = "Cares and caring, houses, universities. The cars of the owners are in the town."
    told = new_store(connection, language="english")
    put_on_axes(told, "en", text)
    for question in ("Who cares about the university?", "housing Universitäten", "die", ""):
        request = SearchRequest(question, None, 5)
        expected = told.search(request)
        found = fill(connection, en=text).search(request)
        assert found.idf == expected.idf
        assert [c.bm25 for c in found.items] == [c.bm25 for c in expected.items]


def test_the_terms_add_up(connection: Connection) -> None:
    """What stands for a language is counted as terms are."""
    store = fill(connection, de=GERMAN, en=ENGLISH)
    markers = [bm25.hash_lexeme(terms.to_marker(name)) for name in ("german", "english")]
    counted = "SELECT frequency FROM {term} WHERE term = ANY(%s)"
    assert store.table.select_column(int, counted, [markers]) == [1, 1]
    store.remove(["de"])
    assert store.table.select_column(int, counted, [markers]) == [1]
    assert find(store, "Was ist mit dem Gas?") == [ENGLISH]
    [check] = [c for c in health.status(store.table).checks if c.name == "terms"]
    assert check.level == "ok"
    repair.recount_terms(store.table)
    assert find(store, "gas") == [ENGLISH]


def test_from_one_language_to_several(connection: Connection) -> None:
    """A rebuild reads all documents anew."""
    store = new_store(connection, language="english")
    put_on_axes(store, "de", GERMAN)
    assert find(store, "Haus") == []
    with replaced(store, model=MODEL, language="auto") as new:
        put_on_axes(new, "de", GERMAN)
    assert find(store, "Haus") == [GERMAN]


def test_marks_are_no_letters(connection: Connection) -> None:
    """Quotation marks, and the question marks and commas of other scripts, end words."""
    store = fill(connection, ar="لا يعمل المصباح، ولا الباب.", fr="Le «phare» est à la mer.")
    assert len(find(store, "متى يعمل المصباح؟")) == 1
    assert len(find(store, "Où est le phare ?")) == 1


def test_question_words_without_stop_words_of_postgresql(connection: Connection) -> None:
    """PostgreSQL has none of Greek."""
    store = fill(connection, el="Ο φύλακας ανάβει τη λάμπα.")
    found = store.search(SearchRequest("Πότε ανάβει ο φύλακας;", None, 5))
    assert len(found.idf) == 2
    assert len(found.items) == 1


def test_documents_of_version_0_1(connection: Connection) -> None:
    """Until they are renewed, Korean is found by whole words, and Thai by pairs."""
    store = new_store(connection, language="english")
    texts = {"ko": ("도서관은 밤에 닫는다.", "도서관은"), "th": ("ค่าเช่า", "ค่ ่า าเ เช ช่")}
    for source, (text, words) in texts.items():
        put_on_axes(store, source, text)
        store.table.execute(
            "UPDATE {lexical} SET terms = %s, weights = %s WHERE doc_id = %s",
            [
                sorted(bm25.to_dimensions(words.split())),
                bm25.to_sparsevec(dict.fromkeys(words.split(), 1.0)),
                document_id(source),
            ],
        )
    repair.recount_terms(store.table)
    assert find(store, "도서관은 어디?") == ["도서관은 밤에 닫는다."]
    assert find(store, "ค่าเช่าเท่าไร") == ["ค่าเช่า"]
    put_on_axes(store, "new", "도서관에서 읽는다.")
    assert len(find(store, "도서관은 어디?")) == 2
