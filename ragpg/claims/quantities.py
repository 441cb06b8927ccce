"""Numbers, amounts, dates and units in one form, however they are written. Pure."""

from __future__ import annotations

import re

from ragpg.lexicon.calendar import AMBIGUOUS_MONTHS, MONTHS
from ragpg.lexicon.numbers import (
    DOZEN,
    FRACTIONS,
    ORDINALS,
    SCALE_LETTERS,
    SCALES,
    TENS,
    TO_NINETEEN,
)
from ragpg.lexicon.units import AMBIGUOUS, CURRENCY_SIGNS
from ragpg.text.units import convert, find_unit, units_agree

_VALUES: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(TO_NINETEEN)},
    **{word: 10.0 * value for value, word in enumerate(TENS, start=2)},
    **DOZEN,
    **SCALES,
}
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
_DIGITS = r"(?:\d{1,3}(?:[,'\u2019\u00a0\u202f]\d{3}){1,6}|\d{1,3}(?:_\d{3}){1,6}|\d+)(?:\.\d+)?"
_SEPARATORS = re.compile(r"[,'\u2019_\u00a0\u202f]")
_SIGN = rf"(?:US|C|A)?[{CURRENCY_SIGNS}]"
# "30m" are minutes or metres; millions are what is counted: "30m users".
_GLUED_SCALE = (
    r"(?:bn|mn|k|m(?=\s[a-z])(?!\s(?:a|an|and|as|at|by|for|if|in|is|of|on|or|to|with)\b))"
)
_FRACTION = rf"(?:{'|'.join(FRACTIONS)})"
QUANTITY = re.compile(
    rf"""{_SIGN}\s?(?=\d){_DIGITS}(?:\s?(?:million|billion|trillion|thousand|bn|mn|m|k|b)\b)?
      | (?<![\w.]){_DIGITS}(?![\d]|\.\d|[,]\d)
        (?:\s?(?:%|percent\b|per\scent\b)|\s(?:million|billion|trillion|thousand|hundred)\b
          |{_GLUED_SCALE}\b(?!\w|[/-]))?
      | \bhalf(?=\san?\b)|\b(?:one|a)[\s-]{_FRACTION}(?=\sof\b)
      | \b(?:two|three|four|five)[\s-]{_FRACTION}s(?:(?<!quarters)\b|(?=\sof\b))
      | \b{_SPELLED}(?:(?:\sand\s|[\s-]){_SPELLED})*\b(?:\s(?:percent|per\scent)\b)?""",
    re.VERBOSE | re.IGNORECASE,
)
_ORDINAL = "|".join(ORDINALS)
ORDINAL = re.compile(
    rf"\b\d{{1,3}}(?:st|nd|rd|th)\b|\b(?:{'|'.join(TENS)})[\s-](?:{_ORDINAL})\b", re.IGNORECASE
)
_UNIT_SIGN = re.compile(r"\s?([^\W\d_]{0,5}[°\u2032\u2033%‰¢℃℉/][^\W\d_]{0,3}|(?<=\d)m)(?![\w/-])")
_DECADE = re.compile(r"\d{3}0$")

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
    if sign := re.match(_SIGN, folded.upper()):
        unit = find_unit(sign.group())
    digits = re.search(_DIGITS, folded)
    if digits is None:
        value = _parse_spelled(re.sub(r"\s*(?:percent|per cent)", "", folded))
        return (None if folded == "one" else value), unit
    value = float(_SEPARATORS.sub("", digits.group()))
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


def find_unit_sign(text: str, offset: int) -> tuple[str | None, int]:
    """Return the unit whose sign is at an offset of a text, "°C" or "km/h", and the sign's end."""
    sign = _UNIT_SIGN.match(text, offset)
    unit = sign and (sign[0] if sign[0] in AMBIGUOUS else find_unit(sign[1]))
    return (unit, sign.end()) if sign and unit else (None, offset)


def is_unit_of(word: str, *, number: str, before: str) -> bool:
    """Return whether a word right after a number can be its unit: no "s" of a decade."""
    return word != "s" or not (_DECADE.search(number) or before == "the")


def express(value: float, unit: str | None, *, to: str | None) -> float | None:
    """Return an amount in another unit, None where the two cannot be compared.

    An amount without a unit can be one of any unit but percent.
    """
    if unit is None or to is None:
        return None if unit == "percent" else value
    return value if units_agree(unit, to) else convert(value, unit, to=to)


def parse_ordinal(text: str) -> str:
    """Return an ordinal number in one form: "first" of "1st", "21th" of "twenty-first"."""
    tens, _, ones = re.sub(r"[\s-]+", "-", text.casefold()).rpartition("-")
    if tens:
        number = 10 * (TENS.index(tens) + 2) + ORDINALS.index(ones) + 1
    else:
        number = int(re.sub(r"\D", "", ones))
    return ORDINALS[number - 1] if 0 < number <= len(ORDINALS) else f"{number}th"


def _parse_spelled(words: str) -> float:
    """Return the value of a spelled number: "two hundred and five", "three quarters"."""
    if words == "half":
        return 0.5
    *count, last = re.split(r"[\s-]+", words)
    if (part := FRACTIONS.get(last.removesuffix("s"))) and count:
        return _VALUES.get(count[0], 1.0) * part
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
