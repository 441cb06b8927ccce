"""Abbreviations with a full stop, by whether a sentence may end after them."""

from __future__ import annotations

NEVER_FINAL = frozenset(
    """
    dr mr mrs ms v prof rev gen col lt sgt capt hon st mt messrs mme vs e.g i.e cf viz ca approx
    incl z.b d.h bzw
    """.split()  # noqa: SIM905 - far easier to read
)
"""Titles and the like: never the end of a sentence."""
BEFORE_NUMBERS = frozenset(
    """
    no nos nr fig figs eq eqs sec sect art vol vols p pp ch chap para paras par ex tab app ver jan
    feb mar apr jun jul aug sep sept oct nov dec
    """.split()  # noqa: SIM905 - far easier to read
)
"""Not the end of a sentence before a number. Its months are those of `calendar.MONTHS`, besides
"may", which is a word, and with "sept" as well."""
OFTEN_INTERNAL = frozenset(
    """
    inc ltd co corp llc plc jr sr etc al dept est univ assn bros ave blvd rd ph.d b.sc m.sc
    """.split()  # noqa: SIM905 - far easier to read
)
"""The end of a sentence only before one of `stop_words.SENTENCE_OPENERS`."""
