"""Claims about a table's row that its cells contradict. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragpg.claims.contradictions import Contradiction, Kind, describe_token
from ragpg.claims.table_cells import (
    FALLING,
    RISING,
    TRENDS,
    find_named_columns,
    is_computed,
    names_column,
    parse_values,
)
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.claims.tokens import tokenize
from ragpg.text.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from ragpg.claims.evidence import Row, Span

_NOTE = re.compile(r"\([^)]{0,200}\)")
"""What a label has in parentheses: the number of a note, a limit."""
_CODE = re.compile(r"[^\W\d_]{0,6}[-_./#]?\d[\w./-]*")
"""A code or a number in the first column: the name of the row is in the second one."""


def find_table_contradictions(claim: Sequence[Token], span: Span) -> Iterator[Contradiction]:
    """Yield what the cells of a row contradict: its label, columns, units and trends."""
    row = span.row
    if row is None or not row.cells:
        return
    yield from _find_other_label(claim, row)
    yield from _find_other_unit(claim, span.tokens)
    columns = [index for index in find_named_columns(claim, row.header) if index < len(row.cells)]
    if columns:
        yield from _find_wrong_column(claim, row, columns)
        yield from _find_misplaced_identifier(claim, row, columns)
        yield from _find_exchanged(claim, row, columns)
        yield from _find_wrong_trend(claim, row, columns)
        yield from _find_wrong_comparison(claim, row, columns)


def find_cell_contradictions(
    names: Sequence[str], cells: Sequence[str], row: Row
) -> Iterator[Contradiction]:
    """Yield the values of a claimed row, with columns of these names, that are elsewhere in a row.

    The first column holds the label and is left out.
    """
    for name, cell in list(zip(names, cells, strict=False))[1:]:
        named = find_named_columns(tokenize(name), row.header)
        columns = [index for index in named if index < len(row.cells)]
        if columns:
            yield from _find_wrong_column(tokenize(cell), row, columns)


def _find_other_label(claim: Sequence[Token], row: Row) -> Iterator[Contradiction]:
    """Yield a row of another name, or of one that differs in a number: "three to six months"."""
    keys = {token.key for token in claim}
    if _has_name_behind_code(keys, row.cells):
        return
    label = [token for token in tokenize(_NOTE.sub(" ", row.cells[0])) if token.is_content]
    missing = [token for token in label if token.key not in keys]
    if label and (missing == label or any(token.value is not None for token in missing)):
        claimed = next((token.text for token in claim if token.is_content), "")
        yield Contradiction(claimed, row.cells[0], Kind.SUBJECT)


def _has_name_behind_code(keys: Set[str], cells: Sequence[str]) -> bool:
    """Return whether a claim has the whole name of a row whose first column is a code."""
    if len(cells) < 2 or not _CODE.fullmatch(cells[0].strip()):
        return False
    name = [token for token in tokenize(cells[1]) if token.is_content]
    is_name = bool(name) and all(token.value is None for token in name)
    return is_name and all(token.key in keys for token in name)


def _find_other_unit(claim: Sequence[Token], tokens: Sequence[Token]) -> Iterator[Contradiction]:
    """Yield the numbers that the row has with another unit."""
    with_unit = {token.value: index for index, token in enumerate(tokens) if token.unit}
    for index, token in enumerate(claim):
        if token.unit and token.value is not None and token.value in with_unit:
            at = with_unit[token.value]
            if tokens[at].unit != token.unit:
                stated = describe_token(tokens, at)
                yield Contradiction(describe_token(claim, index), stated, Kind.VALUE)


def _find_wrong_column(
    claim: Sequence[Token], row: Row, columns: Sequence[int]
) -> Iterator[Contradiction]:
    """Yield the numbers that are in a column which the claim does not name."""
    allowed = {value for index in (0, *columns) for value in parse_values(row.cells[index])}
    allowed |= {value for name in row.header for value in parse_values(name)}
    for index, token in enumerate(claim):
        if token.value is None or token.value in allowed:
            continue
        cells = enumerate(row.cells)
        column = next((i for i, cell in cells if token.value in parse_values(cell)), None)
        if column is not None and column < len(row.header):
            yield _describe_column(describe_token(claim, index), row, columns[0], column)


def _find_misplaced_identifier(
    claim: Sequence[Token], row: Row, columns: Sequence[int]
) -> Iterator[Contradiction]:
    """Yield the identifiers that are in a column which the claim does not name."""
    cells = [{t.key for t in tokenize(c) if t.kind is TokenKind.IDENTIFIER} for c in row.cells]
    allowed = set[str]().union(*(cells[index] for index in (0, *columns)))
    for token in claim:
        column = next((i for i, keys in enumerate(cells) if token.key in keys - allowed), None)
        if column is not None and column < len(row.header):
            yield _describe_column(token.text, row, columns[0], column)


def _find_exchanged(
    claim: Sequence[Token], row: Row, columns: Sequence[int]
) -> Iterator[Contradiction]:
    """Yield a number that a claim gives to another one of the columns that it names.

    Its column may be named before it or after it, or all columns before all numbers, in their
    order.
    """
    mentions = [
        (at, column)
        for at, token in enumerate(claim)
        for column in columns
        if names_column(token, row.header[column])
    ]
    order = list(dict.fromkeys(i for _, i in mentions if parse_values(row.cells[i])))
    values = [
        (at, actual)
        for at, token in enumerate(claim)
        if token.value is not None
        if (actual := [i for i in columns if token.value in parse_values(row.cells[i])])
        if not is_computed(claim, at, row)
    ]
    if len(values) < 2 or len(order) < 2:
        return
    for place, (at, actual) in enumerate(values):
        before = [column for mention, column in mentions if mention < at][-1:]
        after = [column for mention, column in mentions if mention > at][:1]
        in_order = [order[place]] if len(order) == len(values) else []
        if not {*before, *after, *in_order} & set(actual):
            claimed = next((column for column in columns if column not in actual), columns[0])
            yield _describe_column(describe_token(claim, at), row, claimed, actual[0])
            return


def _describe_column(value: str, row: Row, claimed: int, actual: int) -> Contradiction:
    header = row.header
    claim, cell = f"{value} for {header[claimed]}", f"{value} for {header[actual]}"
    return Contradiction(claim, cell, Kind.TABLE)


def _find_wrong_trend(
    claim: Sequence[Token], row: Row, columns: Sequence[int]
) -> Iterator[Contradiction]:
    """Yield "rises" where the value falls from the first to the second column, or the reverse."""
    keys = {token.key for token in claim}
    rises, falls = not keys.isdisjoint(RISING), not keys.isdisjoint(FALLING)
    if rises == falls or len(columns) != 2:
        return
    first, second = (
        row.cells[column]
        for column in sorted(columns, key=lambda i: parse_values(row.header[i])[:1] or [0.0])
    )
    before, after = parse_values(first), parse_values(second)
    if not before or not after or before[0] == after[0]:
        return
    if (after[0] > before[0]) != rises:
        word = next(token.text for token in claim if token.key in TRENDS)
        yield Contradiction(word, f"{first}, then {second}", Kind.TABLE)


def _find_wrong_comparison(
    claim: Sequence[Token], row: Row, columns: Sequence[int]
) -> Iterator[Contradiction]:
    """Yield "higher than" before the name of a column whose value is not the lower one."""
    for index, token in enumerate(claim):
        is_comparison = token.kind is TokenKind.COMPARISON
        if not is_comparison or not token.text.casefold().endswith(" than"):
            continue
        word, following = stem(token.text.split()[0]), claim[index + 1 : index + 3]
        compared = [i for i in columns if any(names_column(t, row.header[i]) for t in following)]
        if word not in TRENDS or len(columns) != 2 or len(compared) != 1:
            continue
        [subject] = set(columns) - set(compared)
        cell, other_cell = row.cells[subject], row.cells[compared[0]]
        values, other_values = parse_values(cell), parse_values(other_cell)
        if not values or not other_values or values[0] == other_values[0]:
            continue
        if (values[0] > other_values[0]) != (word in RISING):
            yield Contradiction(token.text, f"{cell}, and {other_cell} there", Kind.TABLE)
