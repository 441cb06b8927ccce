"""Units of measure, of time and of money.

The two tables are not closed: "m" and "metre" are two units, "mb" and "megabyte" as well. What this
means is recorded in tests/claims/test_units.py.
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
"""Other spellings of units, and forms that lose more than an "s"."""
CURRENCIES = {
    "$": "dollar",
    "£": "pound",
    "€": "euro",
    "¥": "yen",
}
"""Signs before an amount."""
