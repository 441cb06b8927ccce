"""Texts in one Unicode form, and the scripts that they are in. Pure.

Patterns of many characters take a millisecond to compile: they are made for the first text that
needs them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""Chinese characters, also in Japanese; the default embedding model reads each as a word."""
THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
SPELLED = (
    f"{THAI}"
    "\u0e81-\u0ece\u0edc-\u0edf"  # Lao
    "\u1000-\u103f\u1050-\u109f\ua9e0-\ua9ef\uaa60-\uaa7f"  # Burmese
    "\u1780-\u17d3\u17dc-\u17dd"  # Khmer
)
"""Characters of scripts without blanks that spell sounds: a word has several of them."""
UNSPACED = (
    f"{IDEOGRAPHS}\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
    f"{SPELLED}"
)
"""Characters of Chinese, Japanese, Thai, Lao, Burmese and Khmer."""
PAIR, SPELLED_WORD = 2, 4
"""Characters that count as a word in scripts without blanks; the second in those of SPELLED."""
HANGUL = "\uac00-\ud7a3"
"""Korean, which has blanks between words, but none before particles."""
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
    return is_beyond_latin(text[:1]) and _unspaced().match(text) is not None


def drop_unspaced(text: str) -> str:
    """Return a text with a blank for each of its runs without blanks."""
    return _substitute_runs(text, lambda _: " ")


def _substitute_runs(text: str, replace: Callable[[str], str]) -> str:
    if not is_beyond_latin(text):
        return text
    return _unspaced().sub(lambda match: replace(match.group()), text)


def mark_negations(text: str) -> str:
    """Return a text with the word "not" before what negates in scripts without blanks."""
    if not is_beyond_latin(text):
        return text
    return _negations().sub(lambda match: match["kept"] or f" not {match.group()}", text)


def find_words(text: str) -> list[str]:
    """Return the words of a text; a run without blanks is one."""
    return _words().findall(text) if is_beyond_latin(text) else re.findall(r"\w+", text)


def substitute_words(text: str, replace: Callable[[str], str]) -> str:
    """Return a text with each word replaced."""
    return _words().sub(lambda match: replace(match.group()), text)


def find_model_words(text: str) -> list[str]:
    """Return the words of a text as the default model reads them: each ideograph is one."""
    is_simple = not is_beyond_latin(text)
    return re.findall(r"[^\W_]+", text) if is_simple else _model_words().findall(text)


def count_words(text: str) -> int:
    """Return the number of words; see SPELLED_WORD for those in scripts without blanks."""
    others = drop_unspaced(text)
    words = 0.0
    if others != text:
        runs = _unspaced().findall(text)
        words = sum(len(run) / (SPELLED_WORD if is_spelled(run) else PAIR) for run in runs)
    return len(others.split()) + math.ceil(words)


def is_spelled(text: str) -> bool:
    """Return whether a text begins with a character of a script of SPELLED."""
    return _spelled().match(text) is not None


def find_script(text: str) -> str | None:
    """Return the script of a text, None where there is none.

    It is Latin only where there is little of any other: texts of all scripts have Latin words.
    """
    if not is_beyond_latin(text):
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


def is_beyond_latin(text: str) -> bool:
    """Return whether a text has letters or marks beyond the Latin ones."""
    return not text.isascii() and any(
        "\u0300" <= character < "\u2000" or character > "\u2e7f" for character in set(text)
    )


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]+")


@cache
def _spelled() -> re.Pattern[str]:
    return re.compile(f"[{SPELLED}]")


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
