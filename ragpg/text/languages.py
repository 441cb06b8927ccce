"""What language a text is in, by its script and its function words. Pure."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from ragpg.lexicon import function_words
from ragpg.lexicon.function_words import SIMPLE
from ragpg.lexicon.stop_words import LATE_INTERACTION
from ragpg.text.scripts import find_script, normalize, substitute_words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_ELSEWHERE = frozenset(
    "a all am an as do had he her i in me must no on or s so t was".split()  # noqa: SIM905
)
_TELLING = LATE_INTERACTION - _ELSEWHERE
"""Function words that are hardly words of other languages."""
MIN_TELLING = 0.12
"""Share of these words: English prose has twice as many. Chosen by hand."""

AUTO = "auto"
"""The language of a table whose documents have one each."""
LANGUAGES = (*function_words.LATIN, *function_words.OTHER_SCRIPTS, SIMPLE)
"""What `find_language` returns: names of PostgreSQL's text search configurations."""
DEFAULT = "english"
"""The language of texts that do not tell, and of Latin words in scripts without blanks."""
BY_SCRIPT = {"Greek": "greek", "Cyrillic": "russian", "Arabic": "arabic", "Devanagari": "hindi"}
FOREIGN_LETTERS = {
    "russian": "іїєґўђјљњћџ",  # Ukrainian, Belarusian, Serbian, Macedonian
    "arabic": "پچژگکیٹڈ",  # Persian, Urdu
}
"""Letters of other languages in the same script."""
MIN_FOREIGN = 0.01
"""Share of such letters in a text of another language."""
MAX_LENGTH = 20_000
"""Characters of a text that are looked at."""
MIN_SHARE = 0.04
"""Share of function words that a text in a language has; see `measure_languages`."""

_WORD = re.compile(r"[^\W\d_]+")


def is_english(text: str) -> bool:
    """Return whether a text has as many function words of English as an English text."""
    words = _WORD.findall(text.lower())
    return sum(word in _TELLING for word in words) >= MIN_TELLING * len(words) > 0


def find_language(text: str, among: Collection[str] = (), default: str = DEFAULT) -> str:
    """Return the language of a text as one of LANGUAGES, if given of those `among` them.

    It is `default` where the text does not tell.
    """
    text = normalize(text[:MAX_LENGTH]).lower()
    script = find_script(text)
    found = default
    if script in BY_SCRIPT:
        found = find_by_letters(text, BY_SCRIPT[script])
    elif script == "Latin":
        found = find_by_words(text, among, default)
    elif script in ("Hebrew", "Lao", "Burmese", "Khmer"):
        found = SIMPLE
    return found if not among or found in among else default


def drop_function_words(text: str) -> str:
    """Return a text without function words, if PostgreSQL has no stop words of its language."""
    language = find_language(text, default="")
    if language not in function_words.WITHOUT_STOP_WORDS:
        return text
    words = _function_words(language)
    return substitute_words(text, lambda word: " " if word.lower() in words else word)


def find_by_letters(text: str, language: str) -> str:
    """Return the language, or SIMPLE where the letters are those of another one."""
    foreign = FOREIGN_LETTERS.get(language, "")
    count = sum(text.count(letter) for letter in foreign)
    return SIMPLE if count > MIN_FOREIGN * len(text) else language


def find_by_words(text: str, among: Collection[str], default: str) -> str:
    """Return the language in Latin script of which a text has most function words."""
    shares = measure_languages(text)
    known = {name: share for name, share in shares.items() if not among or to_known(name) in among}
    best = max(known, key=lambda name: (known[name], to_known(name) == default), default=None)
    return to_known(best) if best and known[best] >= MIN_SHARE else default


def to_known(language: str) -> str:
    """Return SIMPLE for a language that PostgreSQL does not know."""
    return language if language in function_words.LATIN else SIMPLE


def measure_languages(text: str) -> dict[str, float]:
    """Return for each language the share of its function words among the words of a text.

    A word that several languages have counts for each in part.
    """
    words = Counter(_WORD.findall(text))
    telling, total = _telling_words(), words.total()
    shares: dict[str, float] = {}
    for word, count in words.items():
        languages = telling.get(word, ())
        for language in languages:
            shares[language] = shares.get(language, 0.0) + count / len(languages) / total
    return shares


@cache
def _function_words(language: str) -> frozenset[str]:
    """Return the function words of a language."""
    known = {**function_words.LATIN, **function_words.OTHER_SCRIPTS}
    return frozenset(known[language].split())


@cache
def _telling_words() -> Mapping[str, list[str]]:
    """Return for each function word the languages that have it."""
    languages: dict[str, list[str]] = {}
    for name, words in {**function_words.LATIN, **function_words.LATIN_OTHERS}.items():
        for word in dict.fromkeys(words.split()):
            if len(word) > 1:  # single letters are in formulas and code, too
                languages.setdefault(word, []).append(name)
    return languages
