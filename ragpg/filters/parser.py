"""A recursive descent parser for filters."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from ragpg.errors import UsageError
from ragpg.filters.expression import And, Column, Comparison, Date, Not, Operator, Or

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg.filters.expression import Expression, Field, Value

MAX_DEPTH = 100
"""The deepest nesting of NOT and parentheses."""

MAX_TOKEN_SHOWN = 20
"""Characters of an unexpected token in an error."""

QUOTED = r""""(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'"""
NAME = rf"""{QUOTED}|[^\s.()\[\],"'=!<>]++"""

BLANK = re.compile(r"\s*")
TOKEN = re.compile(r"[()\[\],]|[=!<>]+|[^\s()\[\],=!<>]+")
FIELD = re.compile(rf"(?:{NAME})(?:\.(?:{NAME}))*(?!\.)", re.DOTALL)
PART = re.compile(NAME, re.DOTALL)
VALUE = re.compile(rf"""{QUOTED}|[^\s()\[\],"'=!<>]++""", re.DOTALL)
OPERATOR = re.compile(r"==|!=|<=|>=|<|>|n?in(?![^\s(\[\"'])", re.IGNORECASE)
NOT, AND, OR = (re.compile(rf"{word}(?![^\s(\"'])", re.IGNORECASE) for word in ("not", "and", "or"))
OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COMMA = (re.compile(re.escape(sign)) for sign in "()[],")

# As in YAML, where these words are text only if they are quoted.
BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
INTEGER = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?")
# No document contains them, and PostgreSQL does not accept them.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")

HINT = 'write it like: tag == hr AND (year >= 2023 OR NOT title == "two words")'


def parse_filter(text: str) -> Expression:
    """Parse a filter; raises UsageError with the column and what was expected there."""
    parser = Parser(text)
    if unstorable := UNSTORABLE.search(text):
        raise parser.error("text", at=unstorable.start())
    expression = parser.disjunction()
    if parser.position < len(text):
        raise parser.error("AND, OR or the end")
    return expression


class Parser:
    """A text and the position in it; each method consumes what it is named after."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0
        self.skip()

    def disjunction(self) -> Expression:
        """Parse operands joined by OR."""
        operands = self.joined(self.conjunction, OR)
        return operands[0] if len(operands) == 1 else Or(operands)

    def conjunction(self) -> Expression:
        """Parse operands joined by AND."""
        operands = self.joined(self.operand, AND)
        return operands[0] if len(operands) == 1 else And(operands)

    def joined(
        self, parse_operand: Callable[[], Expression], separator: re.Pattern[str]
    ) -> tuple[Expression, ...]:
        """Parse operands as long as the separator follows."""
        operands = [parse_operand()]
        while self.take(separator):
            operands.append(parse_operand())
        return tuple(operands)

    def operand(self) -> Expression:
        """Parse a comparison, an expression in parentheses, or the negation of either."""
        if self.depth == MAX_DEPTH:
            raise self.error(f"no more than {MAX_DEPTH} levels of NOT and parentheses")
        self.depth += 1
        expression: Expression
        if self.take(NOT):
            expression = Not(self.operand())
        elif self.take(OPEN):
            expression = self.disjunction()
            self.need(CLOSE, "AND, OR or )")
        else:
            expression = self.comparison()
        self.depth -= 1
        return expression

    def comparison(self) -> Comparison:
        """Parse a field, an operator, and a value or a list of values."""
        field = self.field()
        operator = Operator(self.need(OPERATOR, ", ".join(Operator)).lower())
        if operator not in (Operator.IN, Operator.NOT_IN):
            return Comparison(field, operator, (self.value(field),))
        self.need(OPEN_LIST, "[ and a list of values")
        values = [self.value(field)]
        while self.take(COMMA):
            values.append(self.value(field))
        self.need(CLOSE_LIST, ", or ]")
        return Comparison(field, operator, tuple(values))

    def field(self) -> Field:
        """Parse a column or the path of a value; a quoted name is never a column."""
        written = self.need(FIELD, "the name of a field")
        if written in set(Column):
            return Column(written)
        return tuple(unquote(name) for name in PART.findall(written))

    def value(self, field: Field) -> Value:
        """Parse a value; some columns are compared with text only."""
        start = self.position
        written = self.need(VALUE, "a value")
        text = unquote(written)
        if isinstance(field, Column) and field.is_text:
            return text
        if DATE.fullmatch(text):
            return Date(text)
        if text != written:
            return text
        if NUMBER.fullmatch(text) and not math.isfinite(float(text)):
            raise self.error("a smaller number", at=start)
        return parse_word(text)

    def skip(self) -> None:
        """Skip blanks."""
        self.position = BLANK.match(self.text, self.position).end()  # type: ignore[union-attr] # matches anything

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """Consume a match of the pattern if there is one."""
        token = pattern.match(self.text, self.position)
        if not token:
            return None
        self.position = token.end()
        self.skip()
        return token[0]

    def need(self, pattern: re.Pattern[str], expected: str) -> str:
        """Consume a match of the pattern; raises UsageError if there is none."""
        if (token := self.take(pattern)) is not None:
            return token
        if self.text.startswith(('"', "'"), self.position) and pattern in (FIELD, VALUE):
            expected = f"{expected} with its closing {self.text[self.position]}"
        raise self.error(expected)

    def error(self, expected: str, *, at: int | None = None) -> UsageError:
        """Return an error that says what was expected at an offset, and what is there."""
        offset = self.position if at is None else at
        token = TOKEN.match(self.text, offset)
        shown = repr(token[0][:MAX_TOKEN_SHOWN]) if token else "the end"
        return UsageError(
            f"filter, column {offset + 1}: expected {expected}, found {shown}", hint=HINT
        )


def unquote(written: str) -> str:
    """Remove the quotes of a string, and backslashes before quotes and backslashes."""
    if written[0] not in "\"'":
        return written
    return re.sub(r"""\\(["'\\])""", r"\1", written[1:-1])


def parse_word(word: str) -> Value:
    """Return an unquoted word as YAML does: a boolean, a number or text."""
    if word.lower() in BOOLEANS:
        return BOOLEANS[word.lower()]
    if INTEGER.fullmatch(word):
        return int(word)
    return float(word) if NUMBER.fullmatch(word) else word
