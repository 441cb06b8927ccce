"""Words that refer to something else, or that join sentences."""

from __future__ import annotations

PRONOUNS = frozenset(
    """
    it they he she we you i this these those that there who which one
    """.split()  # noqa: SIM905 - far easier to read
)
"""Subjects that stand for one named before."""
DEMONSTRATIVES = frozenset({"this", "that", "these", "those", "it", "its", "they", "such"})
"""Words before a noun, or in place of one, that refer to something named before."""
NOTE_TITLES = frozenset({"note", "warning", "tip", "important", "caution", "info", "danger"})
GENERIC_NOUNS = frozenset(
    """
    company city team system country group government organization organisation film book song album
    band author school university player club article model product project report study paper town
    village river building museum state region area program programme command feature setting option
    service mode role app tool function method parameter file page section plugin module device
    """.split()  # noqa: SIM905 - far easier to read
)
"""Nouns that stand for what the title names."""
CONJUNCTIONS = frozenset(
    """
    but although though while whereas however except because unless if
    """.split()  # noqa: SIM905 - far easier to read
)
"""Conjunctions that begin a clause."""
LIGHT_WORDS = frozenset(
    """
    mean use get make need go come take give stand let want thing way people someone somebody
    anyone anybody whoever whatever
    """.split()  # noqa: SIM905 - far easier to read
)
"""Words that say little by themselves."""
TOPIC_OPENERS = (
    ("regarding",),
    ("concerning",),
    ("as", "for"),
    ("as", "to"),
    ("with", "regard", "to"),
    ("with", "respect", "to"),
)
"""Phrases that name the topic of a sentence at its beginning."""
