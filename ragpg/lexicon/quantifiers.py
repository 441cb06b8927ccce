"""Quantifiers and comparisons by class, and the classes that exclude each other.

`|` separates phrases of several words. "most" is the class of "mostly" among quantifiers, and that
of "at most" among comparisons.
"""

from __future__ import annotations

QUANTIFIERS = {
    "all": (
        "all every each both always everyone everybody everything invariably entirely entire whole"
        " completely wholly universally|without exception|in full|any"
    ),
    "most": "mostly generally usually typically normally largely most majority|almost all"
    "|nearly all|for the most part|as a rule",
    "many": "many numerous often frequently several various multiple|a number of|lots of|a lot of"
    "|plenty of|a quantity of",
    "some": "some sometimes occasionally partly partially half|a few|at times|in part|a part of"
    "|parts of|a portion of|now and then",
    "few": "few rarely seldom hardly scarcely barely infrequently little|a handful of|handful of"
    "|hardly any|hardly ever|scarcely any",
    "only": "only solely exclusively merely|nothing but|no one but|none but",
}
COMPARISONS = {
    "least": "least over above exceeding minimum beyond|at least|more than|no less than"
    "|no fewer than|not less than|or more|a minimum of|greater than|higher than|in excess of"
    "|upwards of|no earlier than|no sooner than|later than",
    "most": "under below maximum|at most|up to|less than|fewer than|no more than|not more than"
    "|or less|or fewer|a maximum of|smaller than|lower than|no later than|not later than"
    "|not exceeding|within|earlier than|sooner than",
    "about": "about around roughly approximately nearly almost circa ca|some|just over|just under"
    "|close to|more or less|or so|an estimated|a little over|slightly more than|slightly less than",
    "exact": "exactly precisely",
}
CONFLICTS = {
    "all": "most many some few",
    "most": "some few many",
    "few": "many some",
    "only": "all",
    "least": "most exact",
    "exact": "most",
}
"""The last two entries are of comparisons, all others are of quantifiers."""
EMPHASISED = frozenset({"not", "never", "must", "should", "shall", "only", "all", "always"})
"""Markers of any kind that are often written in capitals; others may be abbreviations then."""
