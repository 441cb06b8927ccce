"""Filters on documents and their headings, as a user writes them.

    expression  = conjunction {"OR" conjunction}
    conjunction = operand {"AND" operand}
    operand     = "NOT" operand | "(" expression ")" | comparison
    comparison  = field ("==" | "!=" | "<" | "<=" | ">" | ">=") value
                | field ("in" | "nin") "[" value {"," value} "]"
    field       = name {"." name}

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
    find_columns,
    is_year,
)
from ragpg.filters.parser import parse_filter

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
    "find_columns",
    "is_year",
    "parse_filter",
]
