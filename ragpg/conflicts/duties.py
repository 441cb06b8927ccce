"""What statements say that must, may or must not be done, and what they deny. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.contradictions import join_texts
from ragpg.claims.token_kinds import Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REACH = 4
"""Most tokens between a marker and the word that it belongs to. Chosen by hand."""
MODALS = frozenset({"possible", "necessary", "advised"})
"""Classes of modal words that duties are told by."""
FORBIDDING = frozenset({"forbidden", "prohibited", "disallowed", "banned", "forbid", "prohibit"})
_CHOICES = frozenset({"optional", "optionally", "voluntary", "voluntarily"})
_STATES = frozenset(
    {*_CHOICES, *FORBIDDING, "mandatory", "obligatory", "compulsory", "required", "necessary"}
    | {"allowed", "permitted", "possible"}
)
_ENABLING = frozenset({"allow", "allows", "allowing", "permit", "permits", "permitting"})
"""Words that tell what something makes possible, instead of what somebody may do."""
_EXCEPTIONS = frozenset({"unless", "except", "without", "excluding"})


class Duty(StrEnum):
    """What may be done about something."""

    REQUIRED = "required"
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    OPTIONAL = "optional"
    ADVISED = "advised"


OPPOSED = {
    frozenset({Duty.REQUIRED, Duty.ALLOWED}),
    frozenset({Duty.REQUIRED, Duty.FORBIDDEN}),
    frozenset({Duty.REQUIRED, Duty.OPTIONAL}),
    frozenset({Duty.ALLOWED, Duty.FORBIDDEN}),
    frozenset({Duty.ADVISED, Duty.FORBIDDEN}),
}


_GROUPS = {
    "forbidding": FORBIDDING,
    "choice": _CHOICES,
    "commanding": frozenset({"must", "shall"}),
}
_DUTIES: dict[str, tuple[Duty, Duty | None]] = {
    "forbidding": (Duty.FORBIDDEN, Duty.ALLOWED),
    "choice": (Duty.OPTIONAL, Duty.REQUIRED),
    "commanding": (Duty.REQUIRED, Duty.FORBIDDEN),
    "necessary": (Duty.REQUIRED, Duty.OPTIONAL),
    "unnecessary": (Duty.OPTIONAL, None),
    "advised": (Duty.ADVISED, None),
    "possible": (Duty.ALLOWED, Duty.FORBIDDEN),
}
"""What a marker of a group says, and what its negation does."""


class Marked(NamedTuple):
    """A word that a duty or a negation is about, by its place, and how that is said."""

    place: int
    duty: Duty | None
    says: str


def list_duties(tokens: Sequence[Token]) -> Iterator[Marked]:
    """Yield the duties of a statement."""
    for at, token in enumerate(tokens):
        word = token.text.casefold()
        is_modal = token.kind is TokenKind.MODAL and token.key in MODALS
        if word in _ENABLING or (not is_modal and word not in FORBIDDING):
            continue
        place = find_content(tokens, at, step=-1 if word in _STATES else 1)
        if place is None:
            continue
        near = [*_negations(tokens[max(0, at - 3) : at]), *_negations(tokens[at + 1 : at + 3])]
        duty = _find_duty(token, word, is_negated=bool(near))
        if duty is None:
            continue
        near = [each for each in near if each.text != token.text]  # "cannot" is two tokens
        says = join_texts([*near, token] if word in _STATES else [token, *near])
        yield Marked(place, duty, says)


def _find_duty(token: Token, word: str, *, is_negated: bool) -> Duty | None:
    """Return what a marker says by itself or negated; None where nothing can be compared."""
    group = token.key
    if word.endswith(("not", "n't")):
        group = "unnecessary"
    for name, words in _GROUPS.items():
        group = name if word in words else group
    return _DUTIES[group][is_negated]


def list_negations(tokens: Sequence[Token]) -> Iterator[Marked]:
    """Yield what a statement denies or excepts."""
    for at, token in enumerate(tokens):
        if token.kind is TokenKind.NEGATION or token.text.casefold() in _EXCEPTIONS:
            place = find_content(tokens, at, step=1)
            if place is not None:
                yield Marked(place, None, join_texts(tokens[at : place + 1]))


def find_content(tokens: Sequence[Token], at: int, *, step: int) -> int | None:
    """Return the place of the next content token on one side, None if none is near."""
    for place in range(at + step, at + step * (REACH + 1), step):
        if not 0 <= place < len(tokens) or tokens[place].kind is TokenKind.BREAK:
            return None
        if tokens[place].is_content:
            return place
    return None


def _negations(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.kind is TokenKind.NEGATION]
