"""A filter as a condition of SQL, on rows called `document` and, for headings, `chunk`.

Everything that a user wrote travels as a parameter. Fields are read by PostgreSQL's JSON paths, in
their lax mode: a step and a comparison look into lists, what is missing has no values, and values
of different types never compare. https://www.postgresql.org/docs/current/functions-json.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from psycopg import sql

from ragpg.filters import And, Column, Comparison, Date, Expression, Not, Operator, Or

if TYPE_CHECKING:
    from ragpg.filters import Field, Value

# A filter and a comparison each look into a list once; the second time there is none left.
IS_VALUE = '@.type() != "array"'

# PostgreSQL compares strings by code points here, so that dates come in their order. What they
# begin with is all that is compared; a time zone doesn't count.
IS_DATE = r'@ like_regex "^[0-9]{4}-[0-9]{2}(-[0-9]{2}([T ].*)?)?$"'

# `$v` is the variable that holds the value.
TESTS = {
    Operator.EQUAL: "@ == $v",
    Operator.LESS: "@ < $v",
    Operator.AT_MOST: "@ <= $v",
    Operator.GREATER: "@ > $v",
    Operator.AT_LEAST: "@ >= $v",
}
TESTS_OF_DATES = {
    Operator.EQUAL: f"({IS_DATE} && @ starts with $v)",
    Operator.LESS: f"({IS_DATE} && @ < $v)",
    Operator.AT_MOST: f"({IS_DATE} && (@ < $v || @ starts with $v))",
    Operator.GREATER: f"({IS_DATE} && @ > $v && !(@ starts with $v))",
    Operator.AT_LEAST: f"({IS_DATE} && @ >= $v)",
}
OPPOSITES = {Operator.UNEQUAL: Operator.EQUAL, Operator.NOT_IN: Operator.IN}

TARGETS = {
    Column.SOURCE: sql.SQL("to_jsonb(document.source)"),
    Column.TITLE: sql.SQL("to_jsonb(document.title)"),
    Column.HEADING: sql.SQL("to_jsonb(chunk.heading)"),
}
METADATA = sql.SQL("document.metadata")
HOLDS = sql.SQL("jsonb_path_exists({target}, {path}::jsonpath, {values}::jsonb)")


def condition(expression: Expression, parameters: dict[str, Any]) -> sql.Composable:
    """Write an expression in SQL; what it needs is added to the parameters."""
    match expression:
        case Comparison(field, operator, values) if operator in OPPOSITES:
            same = Comparison(field, OPPOSITES[operator], values)
            return sql.SQL("NOT {}").format(comparison(same, parameters))
        case Comparison():
            return comparison(expression, parameters)
        case Not(operand):
            return sql.SQL("NOT {}").format(condition(operand, parameters))
        case And(operands):
            joint = sql.SQL(" AND ")
        case Or(operands):
            joint = sql.SQL(" OR ")
    parts = [condition(operand, parameters) for operand in operands]
    return sql.SQL("({})").format(joint.join(parts))


def comparison(compared: Comparison, parameters: dict[str, Any]) -> sql.Composable:
    """Write a comparison, other than an opposite, in SQL."""
    names = {f"v{number}": value for number, value in enumerate(compared.values)}
    tests = " || ".join(test(compared.operator, value, name) for name, value in names.items())
    path, values = f"filter_{len(parameters)}_path", f"filter_{len(parameters)}_values"
    parameters[path] = f"{steps(compared.field)} ? ({IS_VALUE}) ? ({tests})"
    parameters[values] = json.dumps({name: plain(value) for name, value in names.items()})
    field = compared.field
    return HOLDS.format(
        target=TARGETS[field] if isinstance(field, Column) else METADATA,
        path=sql.Placeholder(path),
        values=sql.Placeholder(values),
    )


def test(operator: Operator, value: Value, name: str) -> str:
    """Write in JSON path how a value is compared with the variable of that name."""
    tests = TESTS_OF_DATES if isinstance(value, Date) else TESTS
    return tests[Operator.EQUAL if operator is Operator.IN else operator].replace("$v", f"${name}")


def steps(field: Field) -> str:
    """Write in JSON path where a field is."""
    names = () if isinstance(field, Column) else field
    # JSON's strings are those of JSON path too.
    return "$" + "".join(f".{json.dumps(name)}" for name in names)


def plain(value: Value) -> str | int | float | bool:
    """A value as JSON has it."""
    return value.written if isinstance(value, Date) else value
