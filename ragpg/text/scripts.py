"""Texts in one Unicode form, and words in scripts that put no blanks between them. Pure.

Runs of such a script are compared by their pairs of characters: a word of two or more characters
has pairs of its own, wherever it begins. Nie et al.: On the Use of Words and N-grams for Chinese
Information Retrieval, IRAL 2000.
"""

from __future__ import annotations

import re
import unicodedata

from ragpg.lexicon import stop_words

IDEOGRAPHS = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # these are words by themselves
)
UNSPACED_CHARACTERS = (
    f"{IDEOGRAPHS}\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
    "\u0e01-\u0e3a\u0e40-\u0e4e"  # Thai
    "\u0e81-\u0ece\u0edc-\u0edf"  # Lao
    "\u1000-\u103f\u1050-\u109f\ua9e0-\ua9ef\uaa60-\uaa7f"  # Burmese
    "\u1780-\u17d3\u17dc-\u17dd"  # Khmer
)
UNSPACED = re.compile(rf"[{UNSPACED_CHARACTERS}]+")
"""Runs of characters of Chinese, Japanese, Thai, Lao, Burmese and Khmer."""
MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u0670\u0900-\u0963\u0966-\u0dff"
    f"{UNSPACED_CHARACTERS}"
)
"""Vowel signs and other marks, which belong to words, with all letters of their scripts."""
_STOP_WORDS = re.compile(
    rf"(?P<kept>{'|'.join(stop_words.CHINESE_WORDS)})"
    rf"|{'|'.join((*stop_words.CHINESE, *stop_words.JAPANESE))}"
)
_PARTICLES = re.compile(
    rf"(?<![\u3041-\u309f])[{stop_words.JAPANESE_PARTICLES}](?![\u3041-\u309f])"
)
SENTENCE_ENDS = (
    "。\uff61\uff01\uff1f\u203c\u2047\u2048\u2049"  # Chinese and Japanese
    "\u0589\u061f\u06d4\u0964\u0965"  # Armenian, Arabic, Urdu, scripts of India
    "\u1362\u1367\u104b\u17d4\u17d5\u1803\u1809"  # Ethiopic, Burmese, Khmer, Mongolian
)
"""Characters that end a sentence whether or not a blank follows."""
_SCRIPTS = {
    "Han": re.compile(rf"[{IDEOGRAPHS}\u3041-\u30ff]"),
    "Latin": re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    "Cyrillic": re.compile(r"[\u0400-\u052f]"),
    "Greek": re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"),
    "Arabic": re.compile(r"[\u0600-\u06ff\u0750-\u077f]"),
    "Hebrew": re.compile(r"[\u0590-\u05ff]"),
    "Devanagari": re.compile(r"[\u0900-\u097f]"),
    "Hangul": re.compile(r"[\u1100-\u11ff\uac00-\ud7af]"),
    "Thai": re.compile(r"[\u0e00-\u0e7f]"),
    "Lao": re.compile(r"[\u0e80-\u0eff]"),
    "Burmese": re.compile(r"[\u1000-\u109f]"),
    "Khmer": re.compile(r"[\u1780-\u17ff]"),
}
"""The characters of each script; Chinese and Japanese are one, Latin words are in texts of all."""


def normalize(text: str) -> str:
    """Return a text in the composed form (NFC), in which canonically equal texts are equal."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def split_unspaced(text: str) -> str:
    """Return a text with its runs without blanks as pairs of characters, between blanks."""
    return text if text.isascii() else UNSPACED.sub(_separate, text)


def drop_stop_words(query: str) -> str:
    """Return a query without the words that only ask, in scripts without blanks.

    In those with blanks they are stop words of the table's language.
    """
    if query.isascii():
        return query
    return _PARTICLES.sub(" ", _STOP_WORDS.sub(lambda match: match["kept"] or " ", query))


def _separate(run: re.Match[str]) -> str:
    return f" {' '.join(split_pairs(run.group()))} "


def split_pairs(run: str) -> list[str]:
    """Return the pairs of characters of a run; a single character is left alone."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def count_words(text: str) -> int:
    """Return the number of words; two characters of scripts without blanks are one."""
    characters = sum(len(run) for run in UNSPACED.findall(text))
    return len(UNSPACED.sub(" ", text).split()) + (characters + 1) // 2


def find_script(text: str) -> str | None:
    """Return the script of a text; Latin only where there is no other, None where there is none."""
    if text.isascii():
        return "Latin" if any(map(str.isalpha, text)) else None
    counts = {script: len(letters.findall(text)) for script, letters in _SCRIPTS.items()}
    latin = counts.pop("Latin")
    script = max(counts, key=lambda name: counts[name])
    if counts[script] * 4 >= latin and counts[script]:
        return script
    return "Latin" if latin else None
