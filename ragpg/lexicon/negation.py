"""Words and prefixes that negate. `|` separates phrases of several words."""

from __future__ import annotations

NEGATIONS = (
    "not n't no never without neither nor none nobody nothing nowhere|no longer|fails to|failed to"
    "|fail to|lacks|lack|lacked|free of|devoid of|instead of|rather than"
)
NEGATED_AUXILIARIES = {"ca": "can", "wo": "will", "sha": "shall"}
"""What is left of an auxiliary verb before "n't", if it is another word then."""
PREFIXES = ("un", "in", "im", "il", "ir", "non", "dis", "mis", "anti", "counter", "a")
"""Prefixes that make a word its opposite, as in "unsafe"."""
