"""Regular expressions of case files, matched for a limited time.

A match of `re` cannot be stopped, and some expressions take years: `(a+)+$` tries every division of
a run of letters. `regex` gives up when asked to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern

MATCH_SECONDS = 1
"""The time for an expression and a text, of this process. Chosen by hand."""

_BRACE = re.compile(r"\\N\{[^{}]*+\}|\\.|(\{)(?!\d*+,?+\d*+\})", re.DOTALL)


def compile_expression(expression: str) -> Pattern[str]:
    """Compile an expression of Python's `re`; raises re.error for any other.

    `regex` knows more than `re`, such as approximate matches in braces: there they are letters.
    """
    import regex

    re.compile(expression)
    literal = _BRACE.sub(lambda match: r"\{" if match[1] else match[0], expression)
    try:
        return regex.compile(literal)
    except regex.error as error:
        raise re.error(error.msg, expression) from error


def is_found(expression: str, text: str) -> bool:
    """Return whether an expression matches a part of a text; raises TimeoutError."""
    pattern = compile_expression(expression)
    return pattern.search(text, timeout=MATCH_SECONDS) is not None
