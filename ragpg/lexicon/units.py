"""Units of measure, of time and of money.

The tables are not complete: "m" and "metre" are two units, and "megabyte" is none. All such cases
are listed in tests/claims/test_units.py.
"""

from __future__ import annotations

UNITS = frozenset(
    """
    second minute hour day week month year decade century euro dollar pound yen percent cent
    millimetre centimetre metre kilometre mile inch foot yard mm cm m km kg g mg ton tonne lb oz
    liter litre ml l kb mb gb tb byte bit hz mhz ghz degree watt kw kwh volt calorie acre hectare
    point quarter fortnight
    """.split()  # noqa: SIM905 - far easier to read
)
"""Units in the singular."""
ALIASES = {
    "metre": "meter",
    "kilometre": "kilometer km sqkm kilometres kilometers",
    "centimetre": "centimeter",
    "foot": "feet",
    "inch": "inches",
    "century": "centuries",
    "hour": "hrs hr",
    "minute": "mins min",
    "second": "secs sec",
    "year": "yr yrs",
    "kg": "kilogram",
    "g": "gram",
    "mg": "milligram",
    "litre": "liter",
    "euro": "eur euros",
    "dollar": "usd",
    "ton": "tons",
    "tonne": "tonnes",
    "cent": "pence",
}
"""Other spellings of units, and forms that differ in more than a final "s"."""
CURRENCIES = {"$": "dollar", "£": "pound", "€": "euro", "¥": "yen"}
"""Signs before an amount."""
