"""Atoms with their tokens, divided further where they have too many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ragpg.chunking.context import contexts
from ragpg.chunking.counting import count
from ragpg.markdown import MarkdownSegment, SegmentKind, halve_segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ragpg.chunking.context import Context
    from ragpg.protocols import Tokenizer


Path: TypeAlias = tuple[str, ...]
Part: TypeAlias = tuple[MarkdownSegment, int]
"""An atom and its tokens."""

SHARES = {SegmentKind.HEADING: 4, SegmentKind.TABLE_HEADER: 2}
"""Into how many parts a chunk's room is divided for what must not stand alone."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Tokens of a chunk's own text; half-way between the two is what chunks strive for."""

    max_tokens: int
    min_tokens: int

    @property
    def target(self) -> float:
        """The best number of tokens."""
        return (self.max_tokens + self.min_tokens) / 2


@dataclass(frozen=True, slots=True)
class Measured:
    """The atoms of `text` and, for each, its tokens and the head to repeat if a chunk begins there.

    `heads` holds the index of the table's head for every row but the first, else None;
    `contexts` what a chunk under a path of headings is introduced with.
    """

    text: str
    atoms: list[MarkdownSegment]
    tokens: list[int]
    heads: list[int | None]
    contexts: Mapping[Path, Context]

    def is_body(self, index: int) -> bool:
        """Whether an atom says something and is not a heading."""
        return self.tokens[index] > 0 and self.atoms[index].kind is not SegmentKind.HEADING

    def heading(self, first: int, last: int) -> Path:
        """The headings that the chunk of the atoms from `first` to before `last` stands under."""
        body = next((index for index in range(first, last) if self.is_body(index)), first)
        return self.atoms[body].heading


def measure(
    text: str,
    found: Sequence[MarkdownSegment],
    *,
    title: str,
    tokenizer: Tokenizer,
    limits: Limits,
    window: int,
) -> Measured:
    """Count the tokens of atoms, and divide those which would not fit into a chunk.

    A heading gets a quarter of a chunk's room and a table's head half of it at most, so that what
    must not be separated from these fits with them.
    """
    introduced = contexts(
        title, {atom.heading for atom in found}, tokenizer=tokenizer, most=window // 2
    )
    rooms = {
        path: max(1, min(limits.max_tokens, window - context.tokens))
        for path, context in introduced.items()
    }
    tokens = count(tokenizer, [atom.plain for atom in found])
    parts = list(zip(found, tokens, strict=True))
    for most in (_most_of_heads, _most_of_others):
        parts = list(_divided(text, parts, most(parts, rooms), tokenizer=tokenizer))
    divided = [atom for atom, _ in parts]
    return Measured(text, divided, [size for _, size in parts], _heads(parts), introduced)


def _most_of_heads(parts: Sequence[Part], rooms: Mapping[Path, int]) -> Iterator[int]:
    """Yield how many tokens each atom may have, as far as headings and heads of tables go."""
    for atom, tokens in parts:
        yield max(1, rooms[atom.heading] // SHARES[atom.kind]) if atom.kind in SHARES else tokens


def _most_of_others(parts: Sequence[Part], rooms: Mapping[Path, int]) -> Iterator[int]:
    """Yield how many tokens each atom may have besides what must stand before it."""
    bound = head = 0
    for atom, tokens in parts:
        if atom.kind in SHARES:
            head = tokens if atom.kind is SegmentKind.TABLE_HEADER else 0
            bound += tokens
            yield tokens
            continue
        head = head if atom.kind is SegmentKind.TABLE_ROW else 0
        room = rooms[atom.heading]
        yield max(1, room - min(max(bound, head), room * 3 // 4))
        bound = 0 if tokens else bound


def _divided(
    text: str, parts: Sequence[Part], most: Iterable[int], *, tokenizer: Tokenizer
) -> Iterator[Part]:
    for part, limit in zip(parts, most, strict=True):
        yield from _halved(text, part, limit, tokenizer=tokenizer)


def _halved(text: str, part: Part, most: int, *, tokenizer: Tokenizer) -> Iterator[Part]:
    atom, tokens = part
    halves = halve_segment(text, atom) if tokens > most else (atom,)
    if len(halves) == 1:
        yield part
        return
    counts = tokenizer.counts([half.plain for half in halves])
    for half in zip(halves, counts, strict=True):
        yield from _halved(text, half, most, tokenizer=tokenizer)


def _heads(parts: Sequence[Part]) -> list[int | None]:
    """For each row but a table's first, the index of the table's head."""
    heads: list[int | None] = []
    head: int | None = None
    for index, (atom, _) in enumerate(parts):
        is_row = atom.kind is SegmentKind.TABLE_ROW
        heads.append(head if is_row and head != index - 1 else None)
        if not is_row:
            head = index if atom.kind is SegmentKind.TABLE_HEADER else None
    return heads
