"""Lemmas and relations of words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg import lexicon
from ragpg.text.thesaurus import (
    are_antonyms,
    are_derived,
    are_synonyms,
    is_kind_of,
    lemmas,
)

TABLE = Path(lexicon.__file__).with_name("wordnet.tsv")
LINES = TABLE.read_text(encoding="ascii").splitlines()
WORDS = st.one_of(st.text(max_size=20), st.sampled_from([line.split("\t")[0] for line in LINES]))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("leaves", ("leaf", "leave")),
        ("Mice", ("mouse",)),
        ("written", ("written", "write")),
        ("copies", ("copy",)),
        ("better", ("better", "good", "well")),
        ("repos", ("repo",)),
        ("was", ("be",)),
        ("his", ("his",)),
        ("Carried  out", ("carried_out",)),
        ("zyzzyvas!", ("zyzzyvas!",)),
    ],
)
def test_lemmas(word: str, expected: tuple[str, ...]) -> None:
    """Regular and irregular forms lead to their words, unknown ones to themselves."""
    assert lemmas(word) == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("permits", "allowed"),
        ("began", "start"),
        ("purchase", "buying"),
        ("vacation", "holidays"),
        ("sign in", "login"),
        ("repositories", "repo"),
        ("rises", "rose"),
    ],
)
def test_synonyms(first: str, second: str) -> None:
    """Words of one meaning are synonyms in whatever form, in either direction."""
    assert are_synonyms(first, second)
    assert are_synonyms(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("hired", "fires"),
        ("publicly", "privately"),
        ("minimum", "maximum"),
        ("forbids", "permit"),
        ("uploaded", "download"),
        ("synchronous", "asynchronous"),
    ],
)
def test_antonyms(first: str, second: str) -> None:
    """Opposites are known in either direction, and are no synonyms."""
    assert are_antonyms(first, second)
    assert are_antonyms(second, first)
    assert not are_synonyms(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("employ", "employment"),
        ("employees", "employment"),
        ("approved", "approval"),
        ("quickly", "quick"),
        ("decides", "decision"),
        ("encashes", "encashment"),
    ],
)
def test_derivations(first: str, second: str) -> None:
    """A word and what is derived from it are known as such in either direction."""
    assert are_derived(first, second)
    assert are_derived(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [("employer", "employees"), ("trainer", "trainees"), ("wireless", "wireline")],
)
def test_persons_in_different_roles_are_not_derived(first: str, second: str) -> None:
    """Who does something and who it is done to are two, as are words that begin alike."""
    assert not are_derived(first, second)


def test_kinds() -> None:
    """A more general word is one of a more special one, not the other way round."""
    assert is_kind_of("hotels", "building")
    assert not is_kind_of("building", "hotel")
    assert not is_kind_of("hotel", "castle")


@given(WORDS, WORDS)
def test_any_words_can_be_compared(first: str, second: str) -> None:
    """Relations but kinds are symmetric, a word is its own synonym, and lemmas are stable."""
    for relate in (are_synonyms, are_antonyms, are_derived):
        assert relate(first, second) == relate(second, first)
    assert are_synonyms(first, first)
    assert all(lemma in lemmas(lemma) for lemma in lemmas(first))


def test_the_table_is_sorted_and_symmetric() -> None:
    """Binary search finds each word, and what one word says of another holds of both."""
    columns = {line.split("\t")[0]: (line.split("\t") + [""] * 5)[:6] for line in LINES}
    assert list(columns) == sorted(columns)
    for word, (_, _, _, *relations) in columns.items():
        for number, others in enumerate(relations, start=3):
            assert all(word in columns[other][number].split() for other in others.split()), word


def test_only_what_compares_words_reads_the_table() -> None:
    """Importing the thesaurus opens no file; the first word costs reading it once."""
    code = (
        "import ragpg.text.thesaurus as thesaurus;"
        "assert not thesaurus._read_table.cache_info().currsize;"
        "thesaurus.lemmas('words');"
        "assert thesaurus._read_table.cache_info().currsize == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
