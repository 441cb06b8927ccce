"""Months, weekdays and periods."""

from __future__ import annotations

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
AMBIGUOUS_MONTHS = frozenset({"March", "May"})
"""Months that are words of another meaning, too."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RATE_PERIODS = frozenset({"hour", "day", "week", "month", "quarter", "year"})
"""Units of `units.UNITS` that an amount may be given for: "a month", "per year"."""
TIME_WORDS = (
    *("century", "today", "daily", "weekly", "monthly", "yearly", "annually"),
    *("year", "month", "week", "day", "hour", "minute"),
)
"""Words that answer the question "when"."""
