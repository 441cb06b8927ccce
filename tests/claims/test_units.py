"""Our table of units beside that of pint."""

from __future__ import annotations

from collections import defaultdict

import pint

from ragpg.claims.quantities import find_unit

REGISTRY: pint.UnitRegistry[float] = pint.UnitRegistry()
SPELLINGS = {
    "second": "second seconds sec secs s",
    "minute": "minute minutes min mins",
    "hour": "hour hours hr hrs h",
    "day": "day days",
    "week": "week weeks",
    "fortnight": "fortnight fortnights",
    "month": "month months",
    "year": "year years yr yrs",
    "decade": "decade decades",
    "century": "century centuries",
    "percent": "percent",
    "millimeter": "mm millimetre millimetres millimeter millimeters",
    "centimeter": "cm centimetre centimetres centimeter centimeters",
    "meter": "m metre metres meter meters",
    "kilometer": "km kilometre kilometres kilometer kilometers",
    "kilometer ** 2": "sqkm",
    "mile": "mile miles mi",
    "inch": "inch inches",
    "foot": "foot feet ft",
    "yard": "yard yards yd",
    "milligram": "mg milligram milligrams",
    "gram": "g gram grams",
    "kilogram": "kg kilogram kilograms",
    "metric_ton": "tonne tonnes",
    "ton": "ton tons",
    "pound": "lb lbs pound pounds",
    "ounce": "oz ounce ounces",
    "milliliter": "ml millilitre millilitres milliliter milliliters",
    "liter": "l litre litres liter liters",
    "bit": "bit bits",
    "byte": "byte bytes",
    "kilobyte": "kB kilobyte kilobytes",
    "megabyte": "MB megabyte megabytes",
    "gigabyte": "GB gigabyte gigabytes",
    "terabyte": "TB terabyte terabytes",
    "hertz": "Hz hertz",
    "megahertz": "MHz megahertz",
    "gigahertz": "GHz gigahertz",
    "degree": "degree degrees",
    "watt": "watt watts",
    "kilowatt": "kW kilowatt kilowatts",
    "kilowatt_hour": "kWh",
    "volt": "volt volts",
    "calorie": "calorie calories",
    "acre": "acre acres",
    "hectare": "hectare hectares ha",
}
"""Units as pint calls them, and their spellings in texts."""

# What the table does not say rightly yet.
DIFFERENT_UNITS_AS_ONE = {"kilometre": {"kilometer", "kilometer ** 2"}}
ONE_UNIT_AS_DIFFERENT_ONES = {
    "millimeter": {"mm", "millimetre"},
    "centimeter": {"cm", "centimetre"},
    "meter": {"m", "metre"},
    "pound": {"lb", "pound"},
    "liter": {"l", "litre"},
}
"""The unit "pound" is the currency, which pint does not know."""
UNKNOWN_SPELLINGS = """
    s h mi ft yd millimeter millimeters ounce ounces millilitre millilitres milliliter milliliters
    kilobyte kilobytes megabyte megabytes gigabyte gigabytes terabyte terabytes hertz megahertz
    gigahertz kilowatt kilowatts ha
"""


def base_quantity(unit: str) -> tuple[float, str]:
    """Return how much one of pint's units is in base units."""
    quantity = REGISTRY.Quantity(1.0, unit).to_base_units()
    return round(float(quantity.magnitude), 12), str(quantity.units)


def test_pint_takes_its_names_for_different_units() -> None:
    """No two of pint's units are the same, so that each stands for its spellings."""
    assert len({base_quantity(unit) for unit in SPELLINGS}) == len(SPELLINGS)


def test_spellings_are_those_of_pint() -> None:
    """Wherever pint knows a spelling, it is the unit that is noted for it here."""
    for unit, spellings in SPELLINGS.items():
        for spelling in spellings.split():
            if spelling in REGISTRY:
                assert base_quantity(spelling) == base_quantity(unit), spelling


def test_units_that_are_one_for_us_are_equal_for_pint() -> None:
    """Spellings that count as the same unit are equal quantities, known cases excepted."""
    units = defaultdict(set)
    for unit, spellings in SPELLINGS.items():
        for spelling in spellings.split():
            if ours := find_unit(spelling):
                units[ours].add(unit)
    confused = {unit: names for unit, names in units.items() if len(names) > 1}
    assert confused == DIFFERENT_UNITS_AS_ONE


def test_units_that_are_equal_for_pint_are_one_for_us() -> None:
    """Equal quantities count as one unit, known cases excepted."""
    ours = {unit: set(map(find_unit, words.split())) - {None} for unit, words in SPELLINGS.items()}
    split = {unit: names for unit, names in ours.items() if len(names) > 1}
    assert split == ONE_UNIT_AS_DIFFERENT_ONES


def test_unknown_spellings() -> None:
    """Every spelling is known as a unit, known cases excepted."""
    spellings = [word for words in SPELLINGS.values() for word in words.split()]
    unknown = {word for word in spellings if find_unit(word) is None}
    assert unknown == set(UNKNOWN_SPELLINGS.split())
