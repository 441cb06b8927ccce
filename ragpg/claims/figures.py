"""Numbers, amounts and dates in one form, however they are written. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.claims.tokens import Token

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_VALUES: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(_SMALL)},
    **{word: 10.0 * value for value, word in enumerate(_TENS, start=2)},
    "dozen": 12.0,
    **_SCALES,
}
_LETTERS = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_SPELLED = rf"(?:{'|'.join(sorted(_VALUES, key=len, reverse=True))})"
_CURRENCIES = {
    "$": "dollar",
    "£": "pound",
    "€": "euro",
    "¥": "yen",
    "usd": "dollar",
    "eur": "euro",
    "gbp": "pound",
    "us": "dollar",
}

DATE = re.compile(
    rf"""\b\d{{4}}-\d{{2}}-\d{{2}}(?:T\d{{2}}:\d{{2}}(?::\d{{2}})?(?:\.\d+)?(?:Z|[+-]\d{{2}}:?\d{{2}})?)?\b
      | \b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:,?\s\d{{4}}\b)?
      | \b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?\b(?!,\d|[.]\d)(?:,?\s\d{{4}}\b)?
      | \b{_MONTH},?\s(?:of\s)?\d{{4}}\b
      | \b(?:january|february|april|june|july|august|september|october|november|december)\b
      | (?<=[a-z]\s)(?-i:March|May)\b(?!\s[a-z]+ed\b)""",
    re.VERBOSE | re.IGNORECASE,
)
FIGURE = re.compile(
    rf"""(?:US)?[$£€¥]\s?(?=\d)(?:\d{{1,3}}(?:[,\u00a0\u202f]\d{{3}}){{1,6}}|\d+)(?:\.\d+)?(?:\s?(?:million|billion|trillion|thousand|bn|mn|m|k|b)\b)?
      | (?<![\w.])(?:\d{{1,3}}(?:[,\u00a0\u202f]\d{{3}}){{1,6}}|\d+)(?:\.\d+)?(?![\d]|\.\d|[,]\d)
        (?:\s?(?:%|percent\b|per\scent\b)|\s(?:million|billion|trillion|thousand|hundred)\b|(?:bn|mn|m|k)\b(?!\w))?
      | \b{_SPELLED}(?:(?:\sand\s|[\s-]){_SPELLED})*\b(?:\s(?:percent|per\scent)\b)?""",
    re.VERBOSE | re.IGNORECASE,
)
UNITS = frozenset(
    [
        "second",
        "minute",
        "hour",
        "day",
        "week",
        "month",
        "year",
        "decade",
        "century",
        "euro",
        "dollar",
        "pound",
        "yen",
        "percent",
        "cent",
        "millimetre",
        "centimetre",
        "metre",
        "kilometre",
        "mile",
        "inch",
        "foot",
        "yard",
        "mm",
        "cm",
        "m",
        "km",
        "kg",
        "g",
        "mg",
        "ton",
        "tonne",
        "lb",
        "oz",
        "liter",
        "litre",
        "ml",
        "l",
        "kb",
        "mb",
        "gb",
        "tb",
        "byte",
        "bit",
        "hz",
        "mhz",
        "ghz",
        "degree",
        "watt",
        "kw",
        "kwh",
        "volt",
        "calorie",
        "acre",
        "hectare",
        "point",
        "quarter",
        "fortnight",
    ]
)
_SAME = {
    "meter": "metre",
    "kilometer": "kilometre",
    "centimeter": "centimetre",
    "feet": "foot",
    "inches": "inch",
    "centuries": "century",
    "hrs": "hour",
    "hr": "hour",
    "mins": "minute",
    "min": "minute",
    "secs": "second",
    "sec": "second",
    "yr": "year",
    "yrs": "year",
    "kilogram": "kg",
    "gram": "g",
    "milligram": "mg",
    "liter": "litre",
    "km": "kilometre",
    "eur": "euro",
    "euros": "euro",
    "usd": "dollar",
    "sqkm": "kilometre",
    "kilometres": "kilometre",
    "kilometers": "kilometre",
    "tons": "ton",
    "tonnes": "tonne",
    "pence": "cent",
}


def read(said: str) -> tuple[float | None, str | None]:
    """Value and unit of a figure: "$5.2 million", "twenty percent", "1,750"."""
    folded = said.casefold().strip()
    unit = "percent" if re.search(r"%|percent|per cent", folded) else None
    if sign := re.match(r"(us)?([$£€¥])", folded):
        unit = _CURRENCIES[sign[2]]
    digits = re.search(r"\d[\d,.\u00a0\u202f]*", folded)
    if digits is None:
        value = _spelled(re.sub(r"\s*(?:percent|per cent)", "", folded))
        return (None if folded == "one" else value), unit
    value = float(re.sub(r"[,\u00a0\u202f]", "", digits.group()).rstrip("."))
    scale = re.sub(r"%|percent|per cent", "", folded[digits.end() :]).strip()
    return value * (_SCALES.get(scale) or _LETTERS.get(scale) or 1.0), unit


def date(said: str) -> str:
    """A date as `YYYY-MM-DD`, with blanks for what it leaves open."""
    if iso := re.match(r"\d{4}-\d{2}-\d{2}", said):
        return iso.group()
    year = re.search(r"\d{4}", said)
    day = re.search(r"(?<!\d)\d{1,2}(?!\d)", said)
    month = re.search(r"[a-z]{3}", re.sub(r"(?<=\d)(?:st|nd|rd|th)|\bof\b", "", said.casefold()))
    number = _MONTHS.index(month.group()) + 1 if month and month.group() in _MONTHS else 0
    parts = (f"{number:02}", f"{int(day.group()) if day else 0:02}")
    known = ("  " if part == "00" else part for part in parts)
    return "-".join((year.group() if year else "    ", *known))


def looser(date: str) -> list[str]:
    """A date with all that may be left open of it: "3 May 2016" is "May 2016", "May", 2016, too."""
    year, month, day = date.split("-")
    kept = [("    ", month, day), (year, month, "  "), (year, "  ", "  "), ("    ", month, "  ")]
    return [date, year, *("-".join(parts) for parts in kept)]


def agree(claimed: str, known: str) -> bool:
    """Whether a known date is the claimed one, or a closer definition of it."""
    return all(
        not one.strip() or one == other
        for one, other in zip(claimed.split("-"), known.split("-"), strict=True)
    )


LARGE = (1e12, 1e9, 1e6)
"""What large figures are counted in: "about 2 million" may be 1.7 of them."""


def matches(claimed: float, known: float, *, roughly: bool) -> bool:
    """Whether two values are the same, or one is the other rounded."""
    if abs(claimed - known) <= 1e-9 * max(1.0, abs(known)):
        return True
    scale = next((each for each in LARGE if min(abs(claimed), abs(known)) >= each), 1.0)
    whole, parts = claimed / scale, known / scale
    slack = 0.5 * scale if whole.is_integer() and not parts.is_integer() else 0.0
    return roughly and abs(claimed - known) <= max(slack, 0.06 * abs(known))


def with_units(found: Sequence[Token]) -> list[Token]:
    """Give every figure the unit that follows it; the ends of a range ("3 to 5 days") share it."""
    return [
        replace(token, unit=_unit_behind(found[index + 1 : index + 5]))
        if token.value is not None and token.unit is None
        else token
        for index, token in enumerate(found)
    ]


def _unit_behind(following: Sequence[Token]) -> str | None:
    for step, token in enumerate(following):
        unit = unit_of(token.text)
        if unit and (step == 0 or following[0].kind in ("figure", "small")):
            return unit
        if token.kind not in ("figure", "small", "comparison"):
            return None
    return None


def unit_of(word: str) -> str | None:
    """The unit that a word names."""
    folded = word.casefold()
    folded = _SAME.get(folded, folded)
    forms = (folded, folded.removesuffix("s"), folded.removesuffix("es"))
    return next((unit for form in forms if (unit := _SAME.get(form, form)) in UNITS), None)


def _spelled(words: str) -> float:
    """What a spelled number says: "two hundred and five"."""
    total = current = 0.0
    for word in re.split(r"[\s-]+", words):
        value = _VALUES.get(word, 0.0)
        if word == "hundred":
            current = max(current, 1) * value
        elif word in _SCALES:
            total += max(current, 1) * value
            current = 0.0
        elif word == "dozen":
            current = max(current, 1) * value
        else:
            current += value
    return total + current
