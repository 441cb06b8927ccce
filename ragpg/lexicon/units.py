"""Units of measure, of time, of data and of money: one closed table.

A line is a unit: its name, its dimension, how much it is in the base unit of that dimension, its
symbols, other names, and the prefixes that it is used with. Symbols are read as they are written,
"Mb" is no "MB"; names in any case and in the plural. A blank in a symbol or name is written "_".
"""

from __future__ import annotations

UNITS = """
second|time|1|s sec|secs|m µ n p
minute|time|60|min|mins|
hour|time|3600|h hr|hrs|
day|time|86400|d||
week|time|604800|wk w|wks|
fortnight|time|1209600|||
month|calendar|1|mo||
quarter|calendar|3|||
year|calendar|12|yr y|yrs|
decade|calendar|120|||
century|calendar|1200||centuries|
percent|ratio|0.01|% pct|per_cent|
permille|ratio|0.001|‰||
percentage_point|points|1|||
point|typography|1|pt||
pixel|pixels|1|px||
em|ems|1|em||
rem|rems|1|rem||
dpi|print resolution|1|dpi||
ppi|screen resolution|1|ppi||
metre|length|1|m|meter|k d c m µ n
inch|length|0.0254||inches|
foot|length|0.3048|ft|feet|
yard|length|0.9144|yd||
mile|length|1609.344|mi||
thou|length|0.0000254|mil||
square_metre|area|1|m² m2 sqm|square_meter|
square_kilometre|area|1000000|km² km2 sqkm|square_kilometer|
square_foot|area|0.09290304|ft² ft2 sqft|square_feet|
hectare|area|10000|ha||
acre|area|4046.8564224||acres|
litre|volume|0.001|l L|liter|d c m µ
cubic_metre|volume|1|m³ m3|cubic_meter|
gallon|volume|0.003785411784|gal||
gram|mass|0.001|g|gramme|k m µ
tonne|mass|1000|t|metric_ton|
ton|mass|907.18474|||
pound|mass|0.45359237|lb|lbs|
ounce|mass|0.028349523125|oz||
bit|data|1|bit||k M G T Ki Mi Gi Ti
byte|data|8|B||k M G T P Ki Mi Gi Ti Pi
bit_per_second|data rate|1|bit/s bps|bits_per_second|k M G T
byte_per_second|data rate|8|B/s|bytes_per_second|k M G T Ki Mi Gi
hertz|frequency|1|Hz||k M G T
frame_per_second|frame rate|1|fps|frames_per_second|
revolution_per_minute|rotation|1|rpm|revolutions_per_minute|
metre_per_second|speed|1|m/s|metres_per_second meter_per_second meters_per_second|m
kilometre_per_hour|speed|0.27777777777777778|km/h kmh kph|kilometres_per_hour kilometers_per_hour|
mile_per_hour|speed|0.44704|mph|miles_per_hour|
millimetre_per_minute|speed|0.0000166666666666667|mm/min||
knot|speed|0.51444444444444444|kn||
degree|angle|1|° deg||
radian|angle|57.295779513082321|rad||
celsius|temperature|1+273.15|°C ℃ degC|centigrade degree_celsius degrees_celsius|
fahrenheit|temperature|0.55555555556+255.37222222222|°F ℉ degF|degree_fahrenheit degrees_fahrenheit|
kelvin|temperature|1|||
watt|power|1|W||k M G m
horsepower|power|745.69987158227|hp||
watt_hour|energy|3600|Wh||k M G
joule|energy|1|J||k M
calorie|energy|4.184|cal||k
volt|voltage|1|V||k m
ampere|current|1|A|amp|m µ
ampere_hour|charge|3600|Ah||m
ohm|resistance|1|Ω||k M
pascal|pressure|1|Pa||k M h
bar|pressure|100000|bar||m
psi|pressure|6894.757293168361|psi||
newton|force|1|N||k
decibel|level|1|dB||
dollar|US dollar|1|$ US$ USD|buck|
euro|euro|1|€ EUR||
pound_sterling|pound sterling|1|£ GBP|quid sterling|
yen|yen|1|¥ JPY|yens|
rupee|rupee|1|₹ INR||
yuan|yuan|1|CNY RMB|renminbi|
won|won|1|₩ KRW||
franc|franc|1|CHF||
real|real|1|BRL|reais|
krona|krona|1|SEK|kronor|
krone|krone|1|NOK|kroner|
canadian_dollar|Canadian dollar|1|CAD C$||
australian_dollar|Australian dollar|1|AUD A$||
bitcoin|bitcoin|1|BTC ₿||
cent|cent|1|¢||
penny|penny|1||pence|
"""
PREFIXES = {
    "p": ("pico", 1e-12),
    "n": ("nano", 1e-9),
    "µ": ("micro", 1e-6),
    "m": ("milli", 1e-3),
    "c": ("centi", 1e-2),
    "d": ("deci", 1e-1),
    "h": ("hecto", 1e2),
    "k": ("kilo", 1e3),
    "M": ("mega", 1e6),
    "G": ("giga", 1e9),
    "T": ("tera", 1e12),
    "P": ("peta", 1e15),
    "Ki": ("kibi", 2.0**10),
    "Mi": ("mebi", 2.0**20),
    "Gi": ("gibi", 2.0**30),
    "Ti": ("tebi", 2.0**40),
    "Pi": ("pebi", 2.0**50),
}
"""Symbols of prefixes with their names and values."""
INFORMAL = {
    "KB": "kilobyte",
    "kb": "kilobyte",
    "mb": "megabyte",
    "gb": "gigabyte",
    "tb": "terabyte",
    "Kb": "kilobit",
    "Mb": "megabit",
    "Gb": "gigabit",
    "Tb": "terabit",
    "KB/s": "kilobyte_per_second",
    "KBps": "kilobyte_per_second",
    "MBps": "megabyte_per_second",
    "GBps": "gigabyte_per_second",
    "Kbps": "kilobit_per_second",
    "Mb/s": "megabit_per_second",
    "Gb/s": "gigabit_per_second",
    "us": "microsecond",
    "usec": "microsecond",
    "um": "micrometre",
    "micron": "micrometre",
}
"""Spellings that differ from the standards, or are read as people mean them: nobody writes of
thousandths of a bit."""
AMBIGUOUS = {
    "pound": frozenset({"pound_sterling"}),
    "point": frozenset({"percentage_point"}),
    "m": frozenset({"metre", "minute"}),
}
"""Names, and a letter right after a number, that stand for units of several dimensions."""
CURRENCY_SIGNS = "$£€¥₹₩₿"
"""Signs before an amount."""

SHORT_UNITS = {
    "yr": "year",
    "yrs": "year",
    "hr": "hour",
    "hrs": "hour",
    "wk": "week",
    "wks": "week",
}
"""Short forms that are units also where no number precedes them: "twice a yr"."""
