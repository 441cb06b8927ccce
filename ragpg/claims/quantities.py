"""Numbers, amounts, dates and units in one form, however they are written. Pure."""

from __future__ import annotations

import re

from ragpg.lexicon.calendar import AMBIGUOUS_MONTHS, MONTHS
from ragpg.lexicon.numbers import DOZEN, SCALE_LETTERS, SCALES, TENS, TO_NINETEEN
from ragpg.lexicon.units import ALIASES, CURRENCIES, UNITS

_VALUES: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(TO_NINETEEN)},
    **{word: 10.0 * value for value, word in enumerate(TENS, start=2)},
    **DOZEN,
    **SCALES,
}
_UNIT_NAMES = {spelling: unit for unit, words in ALIASES.items() for spelling in words.split()}
_SPELLED = rf"(?:{'|'.join(sorted(_VALUES, key=len, reverse=True))})"
_MONTH_NUMBERS = {month[:3].casefold(): number for number, month in enumerate(MONTHS, start=1)}
_MONTH = rf"(?:{'|'.join(f'{month[:3]}(?:{month[3:]})?' for month in MONTHS)}|sept)\b\.?"
_CLEAR_MONTH = "|".join(month for month in MONTHS if month not in AMBIGUOUS_MONTHS)
_AMBIGUOUS_MONTH = "|".join(sorted(AMBIGUOUS_MONTHS))

DATE = re.compile(
    rf"""\b\d{{4}}-\d{{2}}-\d{{2}}(?:T\d{{2}}:\d{{2}}(?::\d{{2}})?(?:\.\d+)?(?:Z|[+-]\d{{2}}:?\d{{2}})?)?\b
      | \b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:,?\s\d{{4}}\b)?
      | \b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?\b(?!,\d|[.]\d)(?:,?\s\d{{4}}\b)?
      | \b{_MONTH},?\s(?:of\s)?\d{{4}}\b
      | \b(?:{_CLEAR_MONTH})\b
      | (?<=[a-z]\s)(?-i:{_AMBIGUOUS_MONTH})\b(?!\s[a-z]+ed\b)""",
    re.VERBOSE | re.IGNORECASE,
)
QUANTITY = re.compile(
    rf"""(?:US)?[$£€¥]\s?(?=\d)(?:\d{{1,3}}(?:[,\u00a0\u202f]\d{{3}}){{1,6}}|\d+)(?:\.\d+)?(?:\s?(?:million|billion|trillion|thousand|bn|mn|m|k|b)\b)?
      | (?<![\w.])(?:\d{{1,3}}(?:[,\u00a0\u202f]\d{{3}}){{1,6}}|\d+)(?:\.\d+)?(?![\d]|\.\d|[,]\d)
        (?:\s?(?:%|percent\b|per\scent\b)|\s(?:million|billion|trillion|thousand|hundred)\b|(?:bn|mn|m|k)\b(?!\w))?
      | \b{_SPELLED}(?:(?:\sand\s|[\s-]){_SPELLED})*\b(?:\s(?:percent|per\scent)\b)?""",
    re.VERBOSE | re.IGNORECASE,
)

ROUNDING_SCALES = (1e12, 1e9, 1e6)
"""What large numbers are rounded to: "about 2 million" may be 1.7 of them."""
ROUNDING_TOLERANCE = 0.06
"""Largest relative difference of an approximate number. Chosen by hand."""


def parse_quantity(text: str) -> tuple[float | None, str | None]:
    """Return value and unit of a quantity: "$5.2 million", "twenty percent", "1,750".

    The value of "one" is None: it is a pronoun more often than a number.
    """
    folded = text.casefold().strip()
    unit = "percent" if re.search(r"%|percent|per cent", folded) else None
    if sign := re.match(r"(us)?([$£€¥])", folded):
        unit = CURRENCIES[sign[2]]
    digits = re.search(r"\d[\d,.\u00a0\u202f]*", folded)
    if digits is None:
        value = _parse_spelled(re.sub(r"\s*(?:percent|per cent)", "", folded))
        return (None if folded == "one" else value), unit
    value = float(re.sub(r"[,\u00a0\u202f]", "", digits.group()).rstrip("."))
    scale = re.sub(r"%|percent|per cent", "", folded[digits.end() :]).strip()
    return value * (SCALES.get(scale) or SCALE_LETTERS.get(scale) or 1.0), unit


def parse_date(text: str) -> str:
    """Return a date as `YYYY-MM-DD`, with spaces in place of missing parts."""
    if iso := re.match(r"\d{4}-\d{2}-\d{2}", text):
        return iso.group()
    year = re.search(r"\d{4}", text)
    day = re.search(r"(?<!\d)\d{1,2}(?!\d)", text)
    month = re.search(r"[a-z]{3}", re.sub(r"(?<=\d)(?:st|nd|rd|th)|\bof\b", "", text.casefold()))
    number = _MONTH_NUMBERS.get(month.group(), 0) if month else 0
    parts = (f"{number:02}", f"{int(day.group()) if day else 0:02}")
    padded = ("  " if part == "00" else part for part in parts)
    return "-".join((year.group() if year else "    ", *padded))


def list_less_precise(date: str) -> list[str]:
    """Return a date and what it implies: "3 May 2016" is also "May 2016", "May" and "2016"."""
    year, month, day = date.split("-")
    kept = [("    ", month, day), (year, month, "  "), (year, "  ", "  "), ("    ", month, "  ")]
    return [date, year, *("-".join(parts) for parts in kept)]


def dates_agree(claimed: str, stated: str) -> bool:
    """Return whether the stated date has all parts of the claimed one."""
    return all(
        not claimed_part.strip() or claimed_part == stated_part
        for claimed_part, stated_part in zip(claimed.split("-"), stated.split("-"), strict=True)
    )


def values_agree(claimed: float, stated: float, *, approximate: bool) -> bool:
    """Return whether two numbers are equal or, for an approximate claim, close enough."""
    if abs(claimed - stated) <= 1e-9 * max(1.0, abs(stated)):
        return True
    smaller = min(abs(claimed), abs(stated))
    scale = next((scale for scale in ROUNDING_SCALES if smaller >= scale), 1.0)
    is_rounded = (claimed / scale).is_integer() and not (stated / scale).is_integer()
    tolerance = max(0.5 * scale if is_rounded else 0.0, ROUNDING_TOLERANCE * abs(stated))
    return approximate and abs(claimed - stated) <= tolerance


def find_unit(word: str) -> str | None:
    """Return the unit that a word names, in whatever form, or None."""
    folded = word.casefold()
    folded = _UNIT_NAMES.get(folded, folded)
    forms = (folded, folded.removesuffix("s"), folded.removesuffix("es"))
    return next((unit for form in forms if (unit := _UNIT_NAMES.get(form, form)) in UNITS), None)


def _parse_spelled(words: str) -> float:
    """Return the value of a spelled number: "two hundred and five"."""
    total = current = 0.0
    for word in re.split(r"[\s-]+", words):
        value = _VALUES.get(word, 0.0)
        if word == "hundred" or word in DOZEN:
            current = max(current, 1) * value
        elif word in SCALES:
            total += max(current, 1) * value
            current = 0.0
        else:
            current += value
    return total + current
