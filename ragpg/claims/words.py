"""What a text is made of, as far as it can be compared by words: numbers, names, content. Pure."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation


def _words(text: str) -> list[str]:
    return text.split()


_SMALL = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_VALUES = {
    **{word: value for value, word in enumerate(_SMALL)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
}
_SPELLED = re.compile(
    rf"\b(?:{'|'.join(_VALUES)})(?:[\s-]+(?:and\s+)?(?:{'|'.join(_VALUES)}))*\b", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?")
_NEGATION = re.compile(
    r"\b(?:no|not|never|none|neither|nor|cannot|without|nothing|nobody)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_NO_NEGATION = re.compile(
    r"^\W*(?:yes|no)\b\W|\bnot only\b|\bno (?:more|less|fewer|later|longer|sooner|earlier) than\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![\w'\u2019])[A-Z][\w]*")
_STOPWORDS = frozenset(
    _words(
        "a about according after all also am an and any are as at be because been before being "
        "both but by can could did do does each either else every for from had has have he her "
        "hers him his how however i if in into is it its itself just may me might more most "
        "much must my no nor not of off on once one only or other our out over own per same "
        "shall she should so some such than that the their them then there therefore these they "
        "this those through thus to too under until up upon us very was we were what when where "
        "whether which while who whom whose why will with within without would yes you your "
    )
)


def numbers(text: str) -> dict[str, str]:
    """The numbers of a text, normalised ("1,750" and "1750", "twelve" and "12"), as it has them.

    A lone "one" is left out: it is rarely meant as a number.
    """
    found = {}
    for match in _SPELLED.finditer(text):
        if match.group().lower() != "one":
            found[str(_value(match.group()))] = match.group()
    for match in _DIGITS.finditer(text):
        found[_plain(match.group())] = match.group()
    return found


def names(text: str) -> list[str]:
    """Words with a capital that the beginning of a sentence doesn't explain."""
    return [
        match.group()
        for match in _NAME.finditer(text)
        if match.group() != "I" and (_is_shouted(match.group()) or not _begins(text, match.start()))
    ]


def stems(text: str) -> frozenset[str]:
    """The words that carry content, by their first six letters ("encash", "encashment")."""
    text = re.sub(r"['\u2019](?:s|t|re|ve|ll|d)\b", "", text.casefold().replace("%", " percent "))
    words = re.findall(r"[^\W_]+", text)
    return frozenset(_stem(word) for word in words if word not in _STOPWORDS and len(word) > 1)


def is_negated(text: str) -> bool:
    """Whether a text denies something."""
    return _NEGATION.search(_NO_NEGATION.sub(" ", text)) is not None


def _stem(word: str) -> str:
    if word[0].isdigit():
        return word
    return word[:6] if len(word) > 6 else word.removesuffix("s") if len(word) > 3 else word


def _value(spelled: str) -> int:
    """What a spelled number says: "two hundred and five"."""
    total = current = 0
    for word in re.split(r"[\s-]+", spelled.lower()):
        value = _VALUES.get(word, 0)
        if value == 100:
            current = max(current, 1) * value
        elif value > 100:
            total += max(current, 1) * value
            current = 0
        else:
            current += value
    return total + current


def _plain(digits: str) -> str:
    """A number in one way of writing it."""
    if _GROUPED.fullmatch(digits):
        digits = re.sub(r"[,\u00a0\u202f]", "", digits)
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return digits
    return format(value.normalize(), "f")


def _is_shouted(word: str) -> bool:
    return len(word) > 1 and word.upper() == word


def _begins(text: str, place: int) -> bool:
    """Whether a sentence, a quotation or what follows a colon begins at that place."""
    return re.search(r"(?:^|[.!?:;|•]\s|[\"“'\u2018(\[*_-])\s*$", text[:place]) is not None
