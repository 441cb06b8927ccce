"""Conditions on documents and passages, as a user writes them.

    expression = all-of {"OR" all-of}
    all-of     = one {"AND" one}
    one        = "NOT" one | "(" expression ")" | comparison
    comparison = field ("==" | "!=" | "<" | "<=" | ">" | ">=") value
               | field ("in" | "nin") "[" value {"," value} "]"
    field      = name {"." name}

A name or a value is a bare word or a string in single or double quotes.
"""

from ragpg.filters.expression import (
    And,
    Column,
    Comparison,
    Date,
    Expression,
    Field,
    Not,
    Operator,
    Or,
    Value,
    columns,
    is_year,
)
from ragpg.filters.parser import parse

__all__ = [
    "And",
    "Column",
    "Comparison",
    "Date",
    "Expression",
    "Field",
    "Not",
    "Operator",
    "Or",
    "Value",
    "columns",
    "is_year",
    "parse",
]
