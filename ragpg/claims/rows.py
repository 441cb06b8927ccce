"""What a claim says about the cells of a table. Pure."""

from __future__ import annotations

import re
from itertools import permutations
from typing import TYPE_CHECKING

from ragpg.claims import figures
from ragpg.claims.faults import Fault, phrase
from ragpg.claims.tokens import Kind, Token, tokens
from ragpg.text.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.claims.evidence import Table, Unit

UP = frozenset(
    map(
        stem,
        [
            "rise",
            "rose",
            "increase",
            "grow",
            "grew",
            "climb",
            "higher",
            "more",
            "up",
            "gain",
            "improve",
            "exceed",
            "larger",
            "greater",
            "jump",
            "surge",
        ],
    )
)
DOWN = frozenset(
    map(
        stem,
        [
            "fall",
            "fell",
            "decrease",
            "decline",
            "drop",
            "lower",
            "less",
            "down",
            "shrink",
            "reduce",
            "smaller",
            "sink",
            "slump",
            "lost",
        ],
    )
)

FILLING = frozenset(
    map(
        stem,
        [
            "figure",
            "stand",
            "amount",
            "number",
            "value",
            "total",
            "come",
            "equal",
            "record",
            "report",
            "period",
            "row",
            "column",
            "table",
            "entry",
            "reach",
        ],
    )
)
"""Words that only say that a cell has a value."""


COMPUTING = frozenset(
    map(
        stem,
        """
        difference change sum total together combined altogether ratio times average between gap
        compared twice double triple spread growth
        """.split(),  # noqa: SIM905 - far easier to read
    )
)
"""Words that say that a figure is computed from others."""

_NOTE = re.compile(r"\([^)]*\)")
"""What stands in parentheses in a label: the number of a note, a limit."""


def values(cell: str) -> list[float]:
    """The figures of a cell; one in parentheses is negative as well."""
    return [token.value for token in tokens(cell) if token.value is not None]


def columns(claim: Sequence[Token], header: Sequence[str]) -> list[int]:
    """The columns that a claim names: those that it names best, or by words of their own."""
    said = {token.key for token in claim if token.is_content}
    dates = [token.key for token in claim if token.kind is Kind.DATE]
    found: list[tuple[float, int, set[str]]] = []
    for index, name in enumerate(header):
        keys = {token.key for token in tokens(name) if token.is_content}
        named = keys & said | {k for k in keys for d in dates if k in d.split("-") or k == d}
        if index and keys and named:
            found.append((len(named) / len(keys), index, named))
    best = max((share for share, _, _ in found), default=0.0)
    known = set[str]().union(*(named for share, _, named in found if share >= best - 0.01))
    return [
        index
        for share, index, named in found
        if share >= 0.5 and (share >= best - 0.01 or not named <= known)
    ]


def derived(unit: Unit) -> set[float]:
    """What can be computed from two cells of the row that are of the same unit.

    Differences, sums, ratios, changes in percent.
    """
    if unit.table is None:
        return set()
    cells = [token for cell in unit.table.cells[1:] for token in tokens(cell)]
    found = {(token.value, token.unit) for token in cells if token.value is not None}
    result: set[float] = set()
    for (one, its), (other, unlike) in permutations(found, 2):
        if its != unlike:
            continue
        result |= {abs(one - other), one + other}
        if other:
            result |= {abs(one - other) / abs(other) * 100, one / other}
    return result


def faults(claim: Sequence[Token], unit: Unit) -> Iterator[Fault]:
    """Yield what the row's cells contradict: another label or column, a trend reversed."""
    if unit.table is None or not unit.table.cells:
        return
    header, cells = unit.table.header, unit.table.cells
    label = [token for token in tokens(_NOTE.sub(" ", cells[0])) if token.is_content]
    said = {token.key for token in claim}
    others = [token for token in label if token.key not in said]
    # A row of another name, or of the same but for its figures: "three to six months".
    if label and (others == label or any(token.value is not None for token in others)):
        yield Fault(next((token.text for token in claim if token.is_content), ""), cells[0])
    yield from _of_another_unit(claim, unit)
    named = [index for index in columns(claim, header) if index < len(cells)]
    if named:
        yield from _misplaced(claim, header, cells, named)
        yield from _exchanged(claim, unit, named)
        yield from _trend(claim, header, cells, named)
        yield from _comparison(claim, header, cells, named)


def crossed(names: Sequence[str], cells: Sequence[str], table: Table) -> Iterator[Fault]:
    """Yield what a claimed row has in one column and the table in another."""
    for column, cell in list(zip(names, cells, strict=False))[1:]:
        named = [i for i in columns(tokens(column), table.header) if i < len(table.cells)]
        if named:
            yield from _misplaced(tokens(cell), table.header, table.cells, named)


def _of_another_unit(claim: Sequence[Token], unit: Unit) -> Iterator[Fault]:
    """Yield the figures that the row has with another unit."""
    known = {token.value: index for index, token in enumerate(unit.tokens) if token.unit}
    for index, token in enumerate(claim):
        if token.unit and token.value in known:
            at = known[token.value]
            if unit.tokens[at].unit != token.unit:
                yield Fault(phrase(claim, index), phrase(unit.tokens, at))


def _misplaced(
    claim: Sequence[Token], header: Sequence[str], cells: Sequence[str], named: Sequence[int]
) -> Iterator[Fault]:
    """Yield the figures that stand in a column which the claim doesn't name."""
    inside = {value for index in (0, *named) for value in values(cells[index])}
    inside |= {value for name in header for value in values(name)}
    for at, token in enumerate(claim):
        if token.value is None or token.value in inside:
            continue
        place = next((i for i, cell in enumerate(cells) if token.value in values(cell)), None)
        if place is not None and place < len(header):
            said = phrase(claim, at)
            yield Fault(f"{said} for {header[named[0]]}", f"{said} for {header[place]}")


def _exchanged(claim: Sequence[Token], unit: Unit, named: Sequence[int]) -> Iterator[Fault]:
    """Yield a figure that a claim gives to another one of the columns that it names.

    Its column may be named before it, behind it, or all columns before all figures, in their order.
    """
    table = unit.table
    if table is None:
        return
    header, cells = table.header, table.cells
    places = [(at, i) for at, token in enumerate(claim) for i in named if _names(header[i], token)]
    order = list(dict.fromkeys(i for _, i in places if values(cells[i])))
    homes = [
        (at, home)
        for at, token in enumerate(claim)
        if token.value is not None
        if (home := [i for i in named if token.value in values(cells[i])])
        if not explains(claim, at, unit)
    ]
    if len(homes) < 2 or len(order) < 2:
        return
    for place, (at, home) in enumerate(homes):
        before = [i for other, i in places if other < at][-1:]
        behind = [i for other, i in places if other > at][:1]
        along = [order[place]] if len(order) == len(homes) else []
        if not {*before, *behind, *along} & set(home):
            other = next((i for i in named if i not in home), named[0])
            said = phrase(claim, at)
            yield Fault(f"{said} for {header[other]}", f"{said} for {header[home[0]]}")
            return


def _trend(
    claim: Sequence[Token], header: Sequence[str], cells: Sequence[str], named: Sequence[int]
) -> Iterator[Fault]:
    keys = {token.key for token in claim}
    up, down = keys & UP, keys & DOWN
    if bool(up) == bool(down) or len(named) != 2:
        return
    ordered = sorted(named, key=lambda index: values(header[index])[:1] or [0.0])
    first, second = (values(cells[index]) for index in ordered)
    if not first or not second or first[0] == second[0]:
        return
    if (second[0] > first[0]) != bool(up):
        one, other = (cells[index] for index in ordered)
        word = next(t.text for t in claim if t.key in up | down)
        yield Fault(word, f"{one}, then {other}")


def _comparison(
    claim: Sequence[Token], header: Sequence[str], cells: Sequence[str], named: Sequence[int]
) -> Iterator[Fault]:
    """Yield "higher than" before the name of a column whose figure is not the lower one."""
    for index, token in enumerate(claim):
        if token.kind is not Kind.COMPARISON or not token.text.casefold().endswith(" than"):
            continue
        word, behind = stem(token.text.split()[0]), claim[index + 1 : index + 3]
        after = [i for i in named if any(_names(header[i], other) for other in behind)]
        if word not in UP | DOWN or len(named) != 2 or len(after) != 1:
            continue
        [before] = set(named) - set(after)
        one, other = values(cells[before]), values(cells[after[0]])
        if one and other and one[0] != other[0] and (one[0] > other[0]) != (word in UP):
            yield Fault(token.text, f"{cells[before]}, and {cells[after[0]]} there")


def _names(column: str, token: Token) -> bool:
    """Whether a token of a claim names a column; a date does by its year."""
    keys = {each.key for each in tokens(column) if each.is_content}
    return bool(keys & {token.key, *token.key.split("-")})


def explains(claim: Sequence[Token], index: int, unit: Unit) -> bool:
    """Whether a figure that no cell holds is computed from two of them, as the claim says it is."""
    value = claim[index].value
    if value is None or not any(t.key in UP | DOWN | COMPUTING for t in claim):
        return False
    return any(
        figures.matches(value, other, roughly=False) or (other < 1000 and abs(value - other) < 0.06)
        for other in derived(unit)
    )
