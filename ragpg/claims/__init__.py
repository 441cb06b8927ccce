"""Claims: what a text states, what it cites, and whether passages support it."""

from __future__ import annotations

from ragpg.claims.check import Judgement, check_text, judge, quote_cited
from ragpg.claims.citation_parser import Reference, References, parse_references, strip_citations
from ragpg.claims.sentences import find_open_table_header, split_finished
from ragpg.claims.short_answers import restate
from ragpg.claims.statements import Statement, is_non_answer, split_statements

__all__ = [
    "Judgement",
    "Reference",
    "References",
    "Statement",
    "check_text",
    "find_open_table_header",
    "is_non_answer",
    "judge",
    "parse_references",
    "quote_cited",
    "restate",
    "split_finished",
    "split_statements",
    "strip_citations",
]
