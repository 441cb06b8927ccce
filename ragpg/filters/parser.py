"""From a filter's text to its meaning, by recursive descent."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from ragpg.errors import UsageError
from ragpg.filters.expression import And, Column, Comparison, Date, Not, Operator, Or

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg.filters.expression import Expression, Field, Value

DEEPEST = 100
"""NOTs and parentheses within each other."""

LONGEST_SHOWN = 20

QUOTED = r""""(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'"""
NAME = rf"""{QUOTED}|[^\s.()\[\],"'=!<>]++"""

BLANK = re.compile(r"\s*")
ANY = re.compile(r"[()\[\],]|[=!<>]+|[^\s()\[\],=!<>]+")
FIELD = re.compile(rf"(?:{NAME})(?:\.(?:{NAME}))*+(?!\.)", re.DOTALL)
PART = re.compile(NAME, re.DOTALL)
VALUE = re.compile(rf"""{QUOTED}|[^\s()\[\],"'=!<>]++""", re.DOTALL)
COMPARING = re.compile(r"==|!=|<=|>=|<|>|n?in(?![^\s(\[\"'])", re.IGNORECASE)
NOT, AND, OR = (re.compile(rf"{word}(?![^\s(\"'])", re.IGNORECASE) for word in ("not", "and", "or"))
OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COMMA = (re.compile(re.escape(sign)) for sign in "()[],")

# As YAML, where these words are no text unless they are quoted.
TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
WHOLE = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?")
# No document holds them, and PostgreSQL doesn't take them.
UNREADABLE = re.compile("[\0\ud800-\udfff]")

HINT = 'write it like: tag == hr AND (year >= 2023 OR NOT title == "two words")'


def parse(text: str) -> Expression:
    """Read a filter; raises UsageError, which tells the column and what was expected there."""
    parser = Parser(text)
    if unreadable := UNREADABLE.search(text):
        raise parser.error("text", at=unreadable.start())
    expression = parser.either()
    if parser.position < len(text):
        raise parser.error("AND, OR or the end")
    return expression


class Parser:
    """A text and how far it has been read; each method reads what its name says."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0
        self.skip()

    def either(self) -> Expression:
        """Read what is joined by OR."""
        operands = self.joined(self.both, OR)
        return operands[0] if len(operands) == 1 else Or(operands)

    def both(self) -> Expression:
        """Read what is joined by AND."""
        operands = self.joined(self.one, AND)
        return operands[0] if len(operands) == 1 else And(operands)

    def joined(
        self, operand: Callable[[], Expression], by: re.Pattern[str]
    ) -> tuple[Expression, ...]:
        """Read operands as long as there is such a word behind them."""
        operands = [operand()]
        while self.take(by):
            operands.append(operand())
        return tuple(operands)

    def one(self) -> Expression:
        """Read a comparison, what is in parentheses, or the opposite of either."""
        if self.depth == DEEPEST:
            raise self.error(f"no more than {DEEPEST} levels of NOT and parentheses")
        self.depth += 1
        expression: Expression
        if self.take(NOT):
            expression = Not(self.one())
        elif self.take(OPEN):
            expression = self.either()
            self.need(CLOSE, "AND, OR or )")
        else:
            expression = self.comparison()
        self.depth -= 1
        return expression

    def comparison(self) -> Comparison:
        """Read a field, an operator and a value or a list of them."""
        field = self.field()
        operator = Operator(self.need(COMPARING, ", ".join(Operator)).lower())
        if operator not in (Operator.IN, Operator.NOT_IN):
            return Comparison(field, operator, (self.value(field),))
        self.need(OPEN_LIST, "[ and a list of values")
        values = [self.value(field)]
        while self.take(COMMA):
            values.append(self.value(field))
        self.need(CLOSE_LIST, ", or ]")
        return Comparison(field, operator, tuple(values))

    def field(self) -> Field:
        """Read a column's name or a path; a name in quotes is never a column's."""
        written = self.need(FIELD, "the name of a field")
        if written in set(Column):
            return Column(written)
        return tuple(unquoted(name) for name in PART.findall(written))

    def value(self, field: Field) -> Value:
        """Read a value; what is compared with a column is text."""
        start = self.position
        written = self.need(VALUE, "a value")
        text = unquoted(written)
        if isinstance(field, Column):
            return text
        if DATE.fullmatch(text):
            return Date(text)
        if text != written:
            return text
        if NUMBER.fullmatch(text) and not math.isfinite(float(text)):
            raise self.error("a smaller number", at=start)
        return typed(text)

    def skip(self) -> None:
        """Go on to what is not blank."""
        self.position = BLANK.match(self.text, self.position).end()  # type: ignore[union-attr] # matches anything

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """Read something if it is there."""
        found = pattern.match(self.text, self.position)
        if not found:
            return None
        self.position = found.end()
        self.skip()
        return found[0]

    def need(self, pattern: re.Pattern[str], expected: str) -> str:
        """Read something that must be there; raises UsageError."""
        if (found := self.take(pattern)) is not None:
            return found
        if self.text.startswith(('"', "'"), self.position) and pattern in (FIELD, VALUE):
            expected = f"{expected} with its closing {self.text[self.position]}"
        raise self.error(expected)

    def error(self, expected: str, *, at: int | None = None) -> UsageError:
        """Say what should stand at a place, and what does."""
        place = self.position if at is None else at
        found = ANY.match(self.text, place)
        shown = repr(found[0][:LONGEST_SHOWN]) if found else "the end"
        return UsageError(
            f"filter, column {place + 1}: expected {expected}, found {shown}", hint=HINT
        )


def unquoted(written: str) -> str:
    """Take the quotes from a string; a backslash before a quote or a backslash goes too."""
    if written[0] not in "\"'":
        return written
    return re.sub(r"""\\(["'\\])""", r"\1", written[1:-1])


def typed(word: str) -> Value:
    """A bare word as front matter has it: truth, a number or text."""
    if word.lower() in TRUTH:
        return TRUTH[word.lower()]
    if WHOLE.fullmatch(word):
        return int(word)
    return float(word) if NUMBER.fullmatch(word) else word
