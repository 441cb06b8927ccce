"""How English words are related: lemmas, synonyms, antonyms, derivations, kinds. Pure.

WordNet 3.0 (Miller: WordNet: A Lexical Database for English, CACM 1995) in the senses that are
frequent, and the words of documentation that it lacks. `tools/lexicon.py` makes the table.
A phrase may be written with blanks: "carry out".
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from ragpg import lexicon
from ragpg.lexicon import antonyms, documentation_words, stop_words, synonyms
from ragpg.lexicon.word_forms import UNINFLECTED
from ragpg.text.stems import stem

_TABLE = Path(lexicon.__file__).with_name("wordnet.tsv")
# Endings of forms and of lemmas by part of speech, as in WordNet's morphy(7WN).
_ENDINGS = {
    "n": ("s:", "ses:s", "xes:x", "zes:z", "ches:ch", "shes:sh", "men:man", "ies:y"),
    "v": ("s:", "ies:y", "es:e", "es:", "ed:e", "ed:", "ing:e", "ing:"),
    "a": ("er:", "est:", "er:e", "est:e"),
}

_PREFIXES = ("un", "re", "non", "pre", "sub", "multi", "over", "mis", "de", "dis", "auto", "inter")
_LONGEST = 40
_SUFFIXES = ("ly", "er", "ers", "able", "ness", "less", "ful", "wise")


class _Entry(NamedTuple):
    """The columns of a line of the table after its word: other words, or nothing."""

    parts_of_speech: frozenset[str] = frozenset()
    irregular_form_of: frozenset[str] = frozenset()
    synonyms: frozenset[str] = frozenset()
    antonyms: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


@lru_cache(maxsize=20_000)
def lemmas(word: str) -> tuple[str, ...]:
    """Return the words that a word can be a form of: "leaf" and "leave" of "leaves".

    A word that is one itself comes first; one that is not known is returned alone. In lower case,
    a phrase with "_" for its blanks.
    """
    folded = "_".join(word.casefold().split())
    entry = _look_up(folded)
    found = [folded] if entry.parts_of_speech else []
    found += sorted(entry.irregular_form_of)
    if folded not in stop_words.CLAIMS | UNINFLECTED:
        found += _find_regular(folded)
    return tuple(dict.fromkeys(found)) or (folded,)


def is_known(word: str) -> bool:
    """Return whether a word is a form of one in the table, derived from one, or made of two."""
    folded = word.casefold()
    if len(folded) > _LONGEST:
        return False
    if _is_form(folded) or folded in stop_words.CLAIMS | stop_words.LATE_INTERACTION:
        return True
    bases = [folded.removeprefix(prefix) for prefix in _PREFIXES if folded.startswith(prefix)]
    bases += [folded.removesuffix(suffix) for suffix in _SUFFIXES if folded.endswith(suffix)]
    if any(len(base) > 2 and _is_form(base) for base in bases):
        return True
    splits = range(3, len(folded) - 2)
    return any(_is_form(folded[:at]) and _is_form(folded[at:]) for at in splits)


def _is_form(word: str) -> bool:
    return any(_look_up(lemma).parts_of_speech for lemma in lemmas(word))


def find_related(word: str) -> frozenset[str]:
    """Return the synonyms of a word in whatever form, and what is derived with it."""
    entries = [_look_up(lemma) for lemma in lemmas(word)]
    return frozenset().union(*(entry.synonyms | entry.derived for entry in entries))


def are_synonyms(first: str, second: str) -> bool:
    """Return whether two words, in whatever form, can be one word or mean the same."""
    return not set(lemmas(first)).isdisjoint(lemmas(second)) or _are_related(
        first, second, "synonyms"
    )


def are_antonyms(first: str, second: str) -> bool:
    """Return whether two words, in whatever form, can be opposites."""
    return _are_related(first, second, "antonyms")


def are_derived(first: str, second: str) -> bool:
    """Return whether one word is derived from the other, or both from the same one.

    Two persons are not: "employer" and "employee". Words that WordNet lacks count as derived from
    each other when they have the same stem: "encash" and "encashment".
    """
    if _are_related(first, second, "derived"):
        return True
    is_known = all(_look_up(lemmas(word)[0]).parts_of_speech for word in (first, second))
    return not is_known and stem(first) == stem(second)


def is_kind_of(first: str, second: str) -> bool:
    """Return whether the second word is a more general one: "vehicle" for "car"."""
    return any(not _look_up(word).kinds.isdisjoint(lemmas(second)) for word in lemmas(first))


def _are_related(first: str, second: str, relation: str) -> bool:
    others = set(lemmas(second))
    return any(not others.isdisjoint(getattr(_look_up(word), relation)) for word in lemmas(first))


def _find_regular(word: str) -> list[str]:
    """Return the words that a word is a regular form of."""
    return [
        lemma
        for pos, endings in _ENDINGS.items()
        if not (pos == "n" and word.endswith("ss"))
        for ending, _, replacement in (rule.partition(":") for rule in endings)
        if word.endswith(ending)
        and pos in _look_up(lemma := word.removesuffix(ending) + replacement).parts_of_speech
    ]


@lru_cache(maxsize=20_000)
def _look_up(word: str) -> _Entry:
    """Return what is known of a word; an unknown one has an empty entry."""
    table = _read_table()
    offset = bisect_left(range(len(table)), word.encode(), key=_word_at)
    name, *columns = table[offset : table.find(b"\n", offset)].decode().split("\t")
    entry = _Entry(*(frozenset(column.split()) for column in columns)) if name == word else _Entry()
    synonyms, antonyms = (groups.get(word, frozenset()) for groups in _group_documentation_words())
    if not (synonyms or antonyms):
        return entry
    return entry._replace(
        parts_of_speech=entry.parts_of_speech or frozenset(_ENDINGS),
        synonyms=entry.synonyms | synonyms,
        antonyms=entry.antonyms | antonyms,
    )


@cache
def _group_documentation_words() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Return the synonyms and the antonyms of each word that documentation_words has."""
    opposites = f"{documentation_words.ANTONYMS}|{antonyms.ANTONYMS}"
    equals = f"{documentation_words.SYNONYMS}|{synonyms.SYNONYMS}"
    related: tuple[dict[str, frozenset[str]], ...] = ({}, {})
    for words, table in zip(related, (equals, opposites), strict=True):
        for group in table.replace("\n", "|").split("|"):
            for word in group.split():
                words[word] = words.get(word, frozenset()) | set(group.split()) - {word}
    return related[0], related[1]


def _word_at(offset: int) -> bytes:
    """Return the word of the line that an offset of the table lies in."""
    table = _read_table()
    start = table.rfind(b"\n", 0, offset) + 1
    return table[start : table.find(b"\n", start)].partition(b"\t")[0]


@cache
def _read_table() -> bytes:
    return _TABLE.read_bytes()
