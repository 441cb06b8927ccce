"""Texts in one Unicode form, and words in scripts that put no blanks between them. Pure.

Runs of such a script are compared by their pairs of characters: a word of two or more characters
has pairs of its own, wherever it begins. Nie et al.: On the Use of Words and N-grams for Chinese
Information Retrieval, IRAL 2000. Patterns of many characters take a millisecond to compile: they
are made for the first text that needs them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""Chinese characters, also in Japanese; the default embedding model reads each as a word."""
UNSPACED = (
    f"{IDEOGRAPHS}\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
    "\u0e01-\u0e3a\u0e40-\u0e4e"  # Thai
    "\u0e81-\u0ece\u0edc-\u0edf"  # Lao
    "\u1000-\u103f\u1050-\u109f\ua9e0-\ua9ef\uaa60-\uaa7f"  # Burmese
    "\u1780-\u17d3\u17dc-\u17dd"  # Khmer
)
"""Characters of Chinese, Japanese, Thai, Lao, Burmese and Khmer."""
MARKS = f"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u0670\u0900-\u0963\u0966-\u0dff{UNSPACED}"
"""Vowel signs and other marks, which belong to words, with all letters of their scripts."""
SENTENCE_ENDS = (
    "。\uff61\uff01\uff1f\u203c\u2047\u2048\u2049"  # Chinese and Japanese
    "\u0589\u061f\u06d4\u0964\u0965"  # Armenian, Arabic, Urdu, scripts of India
    "\u1362\u1367\u104b\u17d4\u17d5\u1803\u1809"  # Ethiopic, Burmese, Khmer, Mongolian
)
"""Characters that end a sentence whether or not a blank follows."""
_SCRIPTS = {
    "Latin": "AZaz\u00c0\u024f\u1e00\u1eff",
    "Greek": "\u0370\u03ff\u1f00\u1fff",
    "Cyrillic": "\u0400\u052f",
    "Hebrew": "\u0590\u05ff",
    "Arabic": "\u0600\u06ff\u0750\u077f",
    "Devanagari": "\u0900\u097f",
    "Thai": "\u0e00\u0e7f",
    "Lao": "\u0e80\u0eff",
    "Burmese": "\u1000\u109f",
    "Hangul": "\u1100\u11ff\uac00\ud7af",
    "Khmer": "\u1780\u17ff",
    "Han": "\u3041\u30ff\u3400\u9fff\uf900\ufaff",
}
"""First and last characters of each script's ranges; Chinese and Japanese are one."""


def normalize(text: str) -> str:
    """Return a text in the composed form (NFC), in which canonically equal texts are equal."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_unspaced(text: str) -> bool:
    """Return whether a text begins with a character of a script without blanks."""
    return _is_beyond_latin(text[:1]) and _unspaced().match(text) is not None


def split_unspaced(text: str) -> str:
    """Return a text with its runs without blanks as pairs of characters, between blanks."""
    return _substitute_runs(text, lambda run: f" {' '.join(split_pairs(run))} ")


def split_pairs(run: str) -> list[str]:
    """Return the pairs of characters of a run; a single character is left alone."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def drop_unspaced(text: str) -> str:
    """Return a text with a blank for each of its runs without blanks."""
    return _substitute_runs(text, lambda _: " ")


def _substitute_runs(text: str, replace: Callable[[str], str]) -> str:
    if not _is_beyond_latin(text):
        return text
    return _unspaced().sub(lambda match: replace(match.group()), text)


def drop_stop_words(query: str) -> str:
    """Return a query without the words that only ask, in scripts without blanks.

    In those with blanks they are stop words of the table's language.
    """
    if not _is_beyond_latin(query):
        return query
    words, particles = _stop_words()
    return particles.sub(" ", words.sub(lambda match: match["kept"] or " ", query))


def mark_negations(text: str) -> str:
    """Return a text with the word "not" before what negates in scripts without blanks."""
    if not _is_beyond_latin(text):
        return text
    return _negations().sub(lambda match: match["kept"] or f" not {match.group()}", text)


def find_words(text: str) -> list[str]:
    """Return the words of a text; a run without blanks is one."""
    return _words().findall(text) if _is_beyond_latin(text) else re.findall(r"\w+", text)


def find_model_words(text: str) -> list[str]:
    """Return the words of a text as the default model reads them: each ideograph is one."""
    is_simple = not _is_beyond_latin(text)
    return re.findall(r"[^\W_]+", text) if is_simple else _model_words().findall(text)


def count_words(text: str) -> int:
    """Return the number of words; two characters of scripts without blanks are one."""
    others = drop_unspaced(text)
    characters = 0
    if others != text:
        characters = sum(len(run) for run in _unspaced().findall(text))
    return len(others.split()) + (characters + 1) // 2


def find_script(text: str) -> str | None:
    """Return the script of a text, None where there is none.

    It is Latin only where there is little of any other: texts of all scripts have Latin words.
    """
    if not _is_beyond_latin(text):
        return "Latin" if any(map(str.isalpha, text)) else None
    counts = dict.fromkeys(_SCRIPTS, 0)
    for character, count in Counter(text).items():
        for script, ends in _SCRIPTS.items():
            ranges = zip(ends[::2], ends[1::2], strict=True)
            counts[script] += count * any(first <= character <= last for first, last in ranges)
    latin = counts.pop("Latin")
    script = max(counts, key=lambda name: counts[name])
    if counts[script] and counts[script] * 4 >= latin:
        return script
    return "Latin" if latin else None


def _is_beyond_latin(text: str) -> bool:
    """Return whether a text has letters or marks beyond the Latin ones."""
    return not text.isascii() and any(
        "\u0300" <= character < "\u2000" or character > "\u2e7f" for character in set(text)
    )


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]+")


@cache
def _words() -> re.Pattern[str]:
    return re.compile(rf"[\w{MARKS}]+")


@cache
def _model_words() -> re.Pattern[str]:
    letter = rf"[^\W_{IDEOGRAPHS}]|[{MARKS}](?<![{IDEOGRAPHS}])"
    return re.compile(rf"[{IDEOGRAPHS}]|(?:{letter})+")


@cache
def _negations() -> re.Pattern[str]:
    from ragpg.lexicon import negation

    others = "|".join(negation.UNSPACED_OTHERS)
    return re.compile(rf"(?P<kept>{others})|(?:{'|'.join(negation.UNSPACED)})")


@cache
def _stop_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns of stop words and of particles between other characters than Hiragana."""
    from ragpg.lexicon import stop_words

    words = (*stop_words.CHINESE, *stop_words.JAPANESE)
    return (
        re.compile(rf"(?P<kept>{'|'.join(stop_words.CHINESE_WORDS)})|{'|'.join(words)}"),
        re.compile(rf"(?<![\u3041-\u309f])[{stop_words.JAPANESE_PARTICLES}](?![\u3041-\u309f])"),
    )
