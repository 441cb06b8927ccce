"""The blocks that markdown-it finds, without what only a renderer needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markdown_it.rules_block import StateBlock

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LEFT_OUT = frozenset(
    {"inline", "paragraph_close", "heading_close", "tr_close", "th_open", "th_close"}
    | {"td_open", "td_close", "thead_close", "tbody_open", "tbody_close", "table_close"}
)


class BlockToken:
    """What is read of a token of markdown-it, and is written by its rules."""

    map: list[int] | None = None

    def __init__(self, kind: str, tag: str, nesting: int, level: int) -> None:
        self.type, self.tag, self.nesting, self.level = kind, tag, nesting, level


class _Tokens(StateBlock):
    """The state of markdown-it's rules, which keeps only the tokens that are read."""

    def push(self, ttype: str, tag: str, nesting: int) -> Any:
        self.level -= nesting < 0
        token = BlockToken(ttype, tag, nesting, self.level)
        self.level += nesting > 0
        if ttype not in _LEFT_OUT:
            self.tokens.append(token)
        return token


def find_tokens(text: str, parser: MarkdownIt) -> list[BlockToken]:
    """Return the tokens of the blocks of a text, whose lines end with LF."""
    state = _Tokens(text, parser, {}, [])
    parser.block.tokenize(state, 0, state.lineMax)
    return state.tokens
