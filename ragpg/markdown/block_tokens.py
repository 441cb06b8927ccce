"""The blocks that markdown-it finds, without the tokens that only a renderer needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markdown_it.rules_block import StateBlock

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

NOT_READ = frozenset(
    {"inline", "paragraph_close", "heading_close", "tr_close", "th_open", "th_close"}
    | {"td_open", "td_close", "thead_close", "tbody_open", "tbody_close", "table_close"}
)


class BlockToken:
    """What is read of a token; markdown-it's rules write further attributes.

    `map` has the first line and the one after the last.
    """

    map: list[int] | None = None

    def __init__(self, kind: str, tag: str, nesting: int, level: int) -> None:
        self.type, self.tag, self.nesting, self.level = kind, tag, nesting, level


class _State(StateBlock):
    """The state of markdown-it's rules; to make one of its own tokens takes as long as a rule."""

    def push(self, ttype: str, tag: str, nesting: int) -> Any:
        self.level -= nesting < 0
        token: Any = BlockToken(ttype, tag, nesting, self.level)
        self.level += nesting > 0
        if ttype not in NOT_READ:
            self.tokens.append(token)
        return token


def find_tokens(text: str, parser: MarkdownIt) -> list[BlockToken]:
    """Return the tokens of the blocks of a text whose lines end with LF."""
    tokens: list[Any] = []
    state = _State(text, parser, {}, tokens)
    parser.block.tokenize(state, 0, state.lineMax)
    return tokens
