"""The terms of words that PostgreSQL's parser does not find, or not without their particles. Pure.

Runs of a script without blanks are compared by pairs of characters: a word of two or more has pairs
of its own, wherever it begins. Nie et al.: On the Use of Words and N-grams for Chinese Information
Retrieval, IRAL 2000. Where characters spell sounds, as in Thai, three together tell as much. Words
in Korean are compared by pairs as well, without their particles. Lee & Ahn: Using n-Grams for
Korean Text Retrieval, SIGIR 1996.
"""

# ruff: noqa: RUF001 - marks of other scripts
from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from ragpg.text.scripts import HANGUL, PAIR, SPELLED, UNSPACED, is_beyond_latin, is_spelled

if TYPE_CHECKING:
    from collections.abc import Callable

_FOREIGN_MARKS = dict.fromkeys(map(ord, "،؛؟٪٫٬۔।॥·՝՞։፡።፣፤፥"), " ")
_MARKS = _FOREIGN_MARKS | dict.fromkeys(map(ord, "«»‹›“”„‟‘‚–—―…¿¡•"), " ")
TRIPLE = 3
"""Characters of a term in the scripts of SPELLED; PAIR in the others."""


def is_divided(text: str) -> bool:
    """Return whether a text begins with a character of a script whose words have several terms."""
    return is_beyond_latin(text[:1]) and _runs().match(text) is not None


def split_terms(text: str) -> str:
    """Return a text with the terms of its words in these scripts, between blanks."""
    return _substitute(text, lambda run: " ".join(divide(run)))


def drop_divided(text: str) -> str:
    """Return a text with a blank for each of its words in these scripts."""
    return _substitute(text, lambda _: " ")


def split_query_terms(text: str) -> str:
    """Return the terms of a query, without the words that only ask.

    In scripts of which nothing is said here they are stop words of the table's language.
    """
    return split_terms(drop_stop_words(text))


def separate_marks(text: str, *, is_english: bool) -> str:
    """Return a text with blanks for marks that PostgreSQL takes for letters in some locales.

    In English these are only marks of other scripts: quotation marks and dashes stay as they are.
    """
    if text.isascii():
        return text
    return text.translate(_FOREIGN_MARKS if is_english else _MARKS)


def find_older_terms(query: str) -> set[str]:
    """Return the terms of a query as version 0.1 has indexed them, where these are others.

    They were whole words in Korean, and pairs of characters in Thai and its like.
    """
    if not is_beyond_latin(query):
        return set()
    runs = _runs().findall(query)
    spelled = (run for run in runs if is_spelled(run) and len(run) > PAIR)
    pairs = (pair for run in spelled for pair in divide_by(PAIR, run))
    return {run for run in runs if _is_korean(run) and len(run) > PAIR} | {*pairs}


def divide(run: str) -> list[str]:
    """Return the terms of a run of characters of one kind."""
    if _is_korean(run):
        run = drop_particle(run)
        return divide_by(PAIR, run)
    return divide_by(TRIPLE if is_spelled(run) else PAIR, run)


def divide_by(size: int, run: str) -> list[str]:
    """Return the parts of a run with so many characters; a shorter run is left alone."""
    return [run[at : at + size] for at in range(len(run) - size + 1)] or [run]


def drop_particle(word: str) -> str:
    """Return a Korean word without the particle at its end, if two syllables are left."""
    match = _particles().search(word, PAIR)
    return word[: match.start()] if match else word


def drop_stop_words(query: str) -> str:
    """Return a query without the words that only ask, in the scripts that are divided."""
    if not is_beyond_latin(query):
        return query
    words, particles = _stop_words()
    query = particles.sub(" ", words.sub(lambda match: match["kept"] or " ", query))
    return _korean_words().sub(lambda match: _drop_asking(match.group()), query)


def _drop_asking(word: str) -> str:
    """Return a Korean word without the ending of a question; nothing for one that only asks."""
    asks, endings = _korean_stop_words()
    return " " if asks.fullmatch(word) else endings.sub("", word)


def _is_korean(text: str) -> bool:
    return "\uac00" <= text[:1] <= "\ud7a3"


def _substitute(text: str, replace: Callable[[str], str]) -> str:
    if not is_beyond_latin(text):
        return text
    return _runs().sub(lambda match: f" {replace(match.group())} ", text)


@cache
def _runs() -> re.Pattern[str]:
    others = f"(?:(?![{SPELLED}])[{UNSPACED}])+"
    return re.compile(f"[{SPELLED}]+|{others}|[{HANGUL}]+")


@cache
def _korean_words() -> re.Pattern[str]:
    return re.compile(f"[{HANGUL}]+")


@cache
def _particles() -> re.Pattern[str]:
    from ragpg.lexicon import stop_words

    return re.compile(rf"(?:{'|'.join(stop_words.KOREAN_PARTICLES)})\Z")


@cache
def _korean_stop_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns of words that only ask, and of the endings of questions."""
    from ragpg.lexicon import stop_words

    asking, endings = "|".join(stop_words.KOREAN_ASKING), "|".join(stop_words.KOREAN_ENDINGS)
    words = "|".join(stop_words.KOREAN)
    return re.compile(rf"(?:{asking})[{HANGUL}]{{0,4}}|{words}"), re.compile(rf"(?:{endings})\Z")


@cache
def _stop_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns of stop words and of particles between other characters than Hiragana."""
    from ragpg.lexicon import stop_words

    words = (*stop_words.CHINESE, *stop_words.JAPANESE, *stop_words.THAI)
    kept = (*stop_words.CHINESE_WORDS, *stop_words.THAI_WORDS)
    return (
        re.compile(rf"(?P<kept>{'|'.join(kept)})|{'|'.join(words)}"),
        re.compile(rf"(?<![\u3041-\u309f])[{stop_words.JAPANESE_PARTICLES}](?![\u3041-\u309f])"),
    )
