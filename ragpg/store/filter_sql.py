"""A filter as a condition of SQL, on rows called `document` and, for headings, `chunk`.

Everything that a user wrote travels as a parameter. Front matter is read by PostgreSQL's JSON
paths, in their lax mode: a step and a comparison look into lists, what is missing has no values,
and values of different types never compare.
https://www.postgresql.org/docs/current/functions-json.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from psycopg import sql

from ragpg.filters import And, Column, Comparison, Date, Expression, Not, Operator, Or, is_year

if TYPE_CHECKING:
    from ragpg.filters import Value

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

METADATA_HOLDS = sql.SQL("jsonb_path_exists(document.metadata, {path}::jsonpath, {values}::jsonb)")

TEXTS = {
    Column.SOURCE: sql.SQL("ARRAY[document.source]"),
    Column.TITLE: sql.SQL("ARRAY[document.title]"),
    Column.HEADING: sql.SQL("chunk.heading"),
}
ANY_IS = sql.SQL("{texts} && {values}::text[]")
ANY_COMPARES = sql.SQL(
    'EXISTS (SELECT FROM unnest({texts}) AS one WHERE one COLLATE "C" {operator} ANY({values}))'
)
ORDERS = {
    Operator.LESS: sql.SQL("<"),
    Operator.AT_MOST: sql.SQL("<="),
    Operator.GREATER: sql.SQL(">"),
    Operator.AT_LEAST: sql.SQL(">="),
}


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
    if isinstance(compared.field, Column):
        return of_column(compared.field, compared, parameters)
    read = [meaning for value in compared.values for meaning in meanings(value)]
    names = {f"v{number}": value for number, value in enumerate(read)}
    tests = " || ".join(test(compared.operator, value, name) for name, value in names.items())
    path = f"{steps(compared.field)} ? ({IS_VALUE}) ? ({tests})"
    values = json.dumps({name: plain(value) for name, value in names.items()})
    return METADATA_HOLDS.format(
        path=parameter(path, parameters), values=parameter(values, parameters)
    )


def of_column(column: Column, compared: Comparison, parameters: dict[str, Any]) -> sql.Composable:
    """Write a comparison of text, or of several texts, in SQL."""
    texts, values = TEXTS[column], parameter(list(compared.values), parameters)
    if compared.operator not in ORDERS:
        return ANY_IS.format(texts=texts, values=values)
    return ANY_COMPARES.format(texts=texts, values=values, operator=ORDERS[compared.operator])


def parameter(value: object, parameters: dict[str, Any]) -> sql.Placeholder:
    """Add a parameter, and give its place in the statement."""
    name = f"filter_{len(parameters)}"
    parameters[name] = value
    return sql.Placeholder(name)


def test(operator: Operator, value: Value, name: str) -> str:
    """Write in JSON path how a value is compared with the variable of that name."""
    tests = TESTS_OF_DATES if isinstance(value, Date) else TESTS
    return tests[Operator.EQUAL if operator is Operator.IN else operator].replace("$v", f"${name}")


def steps(path: tuple[str, ...]) -> str:
    """Write in JSON path where a value is."""
    # JSON's strings are those of JSON path too.
    return "$" + "".join(f".{json.dumps(name)}" for name in path)


def meanings(value: Value) -> tuple[Value, ...]:
    """What a value may be: a number may be a year as well."""
    return (value, Date(str(value))) if is_year(value) else (value,)


def plain(value: Value) -> str | int | float | bool:
    """A value as JSON has it."""
    return value.written if isinstance(value, Date) else value
