"""Our table of units beside that of pint."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.claims import check_text
from ragpg.claims.alignment import token_similarity
from ragpg.claims.tokens import tokenize
from ragpg.lexicon import units
from ragpg.lexicon.calendar import RATE_PERIODS
from ragpg.text.units import _index_spellings, _list_units, convert, find_unit, units_agree
from ragpg.types import Verdict
from tests.support.claims import make_hit

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

NOT_OURS = {
    "mil",
    "pct",
    "pt",
    "px",
    "kb",
    "mb",
    "Mb",
    "Gb",
    "Tb",
    "amps",
    "centigrade",
    "centigrades",
}
"""Spellings that mean something else to pint."""
CALENDAR = {"calendar"}
"""For pint a year is so many seconds."""


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


def test_spellings_of_one_unit_are_one() -> None:
    """All spellings of a unit are known and are one unit, those of different units are not."""
    ours = {unit: set(map(find_unit, words.split())) for unit, words in SPELLINGS.items()}
    assert {unit: names for unit, names in ours.items() if len(names) > 1 or None in names} == {}
    assert len(set.union(*ours.values())) == len(ours)


def test_every_spelling_that_pint_knows_is_the_same_unit_there() -> None:
    """Symbols and names of the table, with all prefixes, are what they are for pint."""
    symbols, names, _ = _index_spellings()
    for spelling, unit in {**symbols, **names}.items():
        if not spelling.isidentifier() or spelling in NOT_OURS:
            continue
        if spelling not in REGISTRY or unit not in REGISTRY:
            continue
        assert base_quantity(spelling) == base_quantity(unit), spelling


def test_conversions_are_those_of_pint() -> None:
    """Two units of a dimension convert as pint converts them, and others not at all."""
    by_dimension = defaultdict(list)
    for unit in _list_units().values():
        if unit.name in REGISTRY and unit.dimension not in CALENDAR:
            by_dimension[unit.dimension].append(unit.name)
    for names in by_dimension.values():
        for source, target in pairwise([*names, names[0]]):
            expected = REGISTRY.Quantity(7.0, source).to(target).magnitude
            assert convert(7.0, source, to=target) == pytest.approx(expected, rel=1e-4), source
    assert convert(1.0, "day", to="month") is None
    assert convert(1.0, "gram", to="metre") is None
    assert convert(24.0, "month", to="year") == 2.0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("MB", "Mb"),
        ("MB", "MiB"),
        ("m", "min"),
        ("mil", "mi"),
        ("mm", "m"),
        ("ms", "min"),
        ("MW", "mW"),
        ("h", "ha"),
        ("£", "€"),
        ("°C", "°F"),
        ("month", "min"),
        ("percentage points", "%"),
        ("kWh", "kW"),
    ],
)
def test_units_that_look_alike_are_different(first: str, second: str) -> None:
    """Neither case nor a letter more or less makes one unit of two."""
    ours, others = find_unit(first), find_unit(second)
    assert ours
    assert others
    assert not units_agree(ours, others)


@pytest.mark.parametrize("word", ["M", "K", "in", "a", "S", "mill", "users", ""])
def test_what_is_no_unit(word: str) -> None:
    """Letters that stand for thousands or millions, and words, are no units."""
    assert find_unit(word) is None


@given(st.sampled_from(sorted(_list_units())), st.floats(-1e6, 1e6))
def test_there_and_back(unit: str, value: float) -> None:
    """An amount in the base unit of its dimension and back again is the same amount."""
    base = next(
        u.name for u in _list_units().values() if u.dimension == _list_units()[unit].dimension
    )
    there = convert(value, unit, to=base)
    assert there is not None
    assert convert(there, base, to=unit) == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_names_in_other_tables_are_units() -> None:
    """What an informal or ambiguous spelling stands for is in the table, as are currency signs."""
    assert set(units.INFORMAL.values()) <= _list_units().keys()
    assert set().union(*units.AMBIGUOUS.values()) <= _list_units().keys()
    assert all(map(find_unit, units.CURRENCY_SIGNS))
    assert set(map(find_unit, RATE_PERIODS)) == RATE_PERIODS


@pytest.mark.parametrize(
    ("claimed", "stated"),
    [
        ("The parcel weighs 12 kilograms.", "The parcel weighs 12 kg."),
        ("Uploads stop at 40 megabytes.", "Uploads stop at 40MB."),
        ("The sensor works up to 60 degrees Celsius.", "The sensor works up to 60 °C."),
        ("The cable is 5 meters long.", "The cable is 5 metres long."),
        ("The lift moves at 9 km/h.", "The lift moves at 9 kilometres per hour."),
        ("The probe waits 45 seconds.", "The probe waits 45s."),
        ("The lease lasts half an hour.", "The lease lasts 0.5 hours."),
        ("Two thirds of members must agree.", "Two-thirds of members must agree."),
        ("The archive has 25'000 entries.", "The archive has 25,000 entries."),
        ("Offices are on the 22nd floor.", "Offices are on the twenty-second floor."),
        ("The timer runs for 30 minutes.", "The timer runs for 30m."),
        ("The fare is 20 euros.", "The fare is EUR 20."),
        ("The token is valid for 2 hours.", "The token is valid for 120 minutes."),
        ("The warranty lasts 24 months.", "The warranty lasts 2 years."),
    ],
)
def test_an_amount_is_the_same_however_it_is_written(claimed: str, stated: str) -> None:
    """A claim is supported by a passage that writes its amount in another way."""
    (claim,) = check_text(f"{claimed[:-1]} [1].", [make_hit(stated)])
    assert claim.verdict is Verdict.SUPPORTED, claim.why


@pytest.mark.parametrize(
    ("claimed", "stated"),
    [
        ("Uploads stop at 40 megabits.", "Uploads stop at 40 megabytes."),
        ("The sensor works up to 60 °F.", "The sensor works up to 60 °C."),
        ("The probe waits 45 minutes.", "The probe waits 45s."),
        ("Offices are on the 23rd floor.", "Offices are on the twenty-second floor."),
        ("The fare is £20.", "The fare is €20."),
        ("The token is valid for 3 hours.", "The token is valid for 120 minutes."),
    ],
)
def test_another_unit_is_another_amount(claimed: str, stated: str) -> None:
    """A claim with the same number of another unit is not supported."""
    (claim,) = check_text(f"{claimed[:-1]} [1].", [make_hit(stated)])
    assert claim.verdict is Verdict.UNSUPPORTED


def test_an_amount_in_another_unit() -> None:
    """Amounts are compared in one unit, where one is a multiple of the other."""
    claimed, stated = (
        tokenize("The session ends after 2 hours."),
        tokenize("It ends after 120 min."),
    )
    quantities = [next(t for t in tokens if t.value) for tokens in (claimed, stated)]
    assert token_similarity(*quantities, approximate=False) == 1.0
