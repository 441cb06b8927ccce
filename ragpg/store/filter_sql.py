"""A filter as a condition in SQL, on rows called `document` and, for headings, `chunk`.

All text of the user is passed as parameters. The front matter is read by PostgreSQL's JSON paths in
lax mode: steps and comparisons unwrap lists, a missing field has no values, and comparisons of
different types do not hold.
https://www.postgresql.org/docs/current/functions-json.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from psycopg import sql

from ragpg.filters import (
    And,
    Column,
    Comparison,
    Date,
    Expression,
    Not,
    Operator,
    Or,
    find_columns,
    is_year,
)
from ragpg.store.table import FIELDS_SINCE
from ragpg.store.table_registry import outdated_error

if TYPE_CHECKING:
    from ragpg.filters import Value
    from ragpg.store.table import Table

# Lax mode unwraps a list once; this excludes lists inside of lists.
IS_VALUE = '@.type() != "array"'

# JSON paths compare strings by code points, which is the order of dates in ISO 8601. A date is
# compared up to the length of the filter's one; time zones are ignored.
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
NEGATIONS = {Operator.UNEQUAL: Operator.EQUAL, Operator.NOT_IN: Operator.IN}

JSON_HOLDS = sql.SQL("jsonb_path_exists({json}, {path}::jsonpath, {values}::jsonb)")
METADATA = sql.SQL("document.metadata")

# The front matter's own keys come last, and win; what a chunk's code is in is added to them.
FACTS = {
    Column.MODIFIED: sql.SQL("""
        jsonb_build_object('modified', to_char(
            document.modified AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS'
        )) || document.metadata
    """),
    Column.SIZE: sql.SQL("jsonb_build_object('size', document.size) || document.metadata"),
    Column.LANGUAGE: sql.SQL("""
        jsonb_build_object(
            'language',
            coalesce(document.metadata -> 'language', '[]') || to_jsonb(chunk.languages)
        )
    """),
}

TEXTS = {
    Column.SOURCE: sql.SQL("ARRAY[document.source]"),
    Column.TITLE: sql.SQL("ARRAY[document.title]"),
    Column.HEADING: sql.SQL("chunk.heading"),
}
ANY_IS = sql.SQL("{texts} && {values}::text[]")
ANY_COMPARES = sql.SQL(
    'EXISTS (SELECT FROM unnest({texts}) AS text WHERE text COLLATE "C" {operator} ANY({values}))'
)
ORDERS = {
    Operator.LESS: sql.SQL("<"),
    Operator.AT_MOST: sql.SQL("<="),
    Operator.GREATER: sql.SQL(">"),
    Operator.AT_LEAST: sql.SQL(">="),
}


def filter_condition(
    table: Table, expression: Expression, parameters: dict[str, Any]
) -> sql.Composable:
    """Write a filter of a table in SQL, and add its values to the parameters.

    Raises DatabaseError where the table's layout lacks a column.
    """
    unknown = {Column.MODIFIED, Column.LANGUAGE}.intersection(find_columns(expression))
    if unknown and table.layout_version < FIELDS_SINCE:
        raise outdated_error(table, f" and has no {' and no '.join(sorted(unknown))} yet")
    return expression_condition(expression, parameters)


def expression_condition(expression: Expression, parameters: dict[str, Any]) -> sql.Composable:
    """Write an expression in SQL."""
    match expression:
        case Comparison(field, operator, values) if operator in NEGATIONS:
            negated = Comparison(field, NEGATIONS[operator], values)
            return sql.SQL("NOT {}").format(comparison_condition(negated, parameters))
        case Comparison():
            return comparison_condition(expression, parameters)
        case Not(operand):
            return sql.SQL("NOT {}").format(expression_condition(operand, parameters))
        case And(operands):
            separator = sql.SQL(" AND ")
        case Or(operands):
            separator = sql.SQL(" OR ")
    parts = [expression_condition(operand, parameters) for operand in operands]
    return sql.SQL("({})").format(separator.join(parts))


def comparison_condition(comparison: Comparison, parameters: dict[str, Any]) -> sql.Composable:
    """Write a comparison, but not a negated one, in SQL."""
    field = comparison.field
    if isinstance(field, Column) and field.is_text:
        return text_condition(field, comparison, parameters)
    json_value, keys = (FACTS[field], (field,)) if isinstance(field, Column) else (METADATA, field)
    values = [typed for value in comparison.values for typed in interpretations(value)]
    names = {f"v{number}": value for number, value in enumerate(values)}
    tests = " || ".join(
        json_test(comparison.operator, value, name) for name, value in names.items()
    )
    path = f"{json_path(keys)} ? ({IS_VALUE}) ? ({tests})"
    variables = json.dumps({name: to_json(value) for name, value in names.items()})
    return JSON_HOLDS.format(
        json=json_value,
        path=add_parameter(path, parameters),
        values=add_parameter(variables, parameters),
    )


def text_condition(
    column: Column, comparison: Comparison, parameters: dict[str, Any]
) -> sql.Composable:
    """Write a comparison with the texts of a column in SQL."""
    texts, values = TEXTS[column], add_parameter(list(comparison.values), parameters)
    if comparison.operator not in ORDERS:
        return ANY_IS.format(texts=texts, values=values)
    return ANY_COMPARES.format(texts=texts, values=values, operator=ORDERS[comparison.operator])


def add_parameter(value: object, parameters: dict[str, Any]) -> sql.Placeholder:
    """Add a parameter and return its placeholder."""
    name = f"filter_{len(parameters)}"
    parameters[name] = value
    return sql.Placeholder(name)


def json_test(operator: Operator, value: Value, name: str) -> str:
    """Write the comparison with the variable of that name as a JSON path's test."""
    tests = TESTS_OF_DATES if isinstance(value, Date) else TESTS
    return tests[Operator.EQUAL if operator is Operator.IN else operator].replace("$v", f"${name}")


def json_path(path: tuple[str, ...]) -> str:
    """Write the path of a value as a JSON path."""
    # A JSON path writes strings as JSON does.
    return "$" + "".join(f".{json.dumps(name)}" for name in path)


def interpretations(value: Value) -> tuple[Value, ...]:
    """Return a value in all its types: an integer may be a year as well."""
    return (value, Date(str(value))) if is_year(value) else (value,)


def to_json(value: Value) -> str | int | float | bool:
    """Return a value as JSON has it."""
    return value.written if isinstance(value, Date) else value
