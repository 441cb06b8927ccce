"""Turns of a conversation to questions that stand alone."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING

from ragpg.errors import ProviderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ragpg.conversation import Conversation
    from ragpg.protocols import LLM
    from ragpg.types import Answer

MAX_REPLY = 2000
"""Characters after which a model is not listened to any longer."""

logger = logging.getLogger(__name__)


def make_standalone(typed: str, conversation: Conversation, *, llm: LLM | None) -> str:
    """Return a turn as a question that stands alone.

    A model rewrites it, if there is one; where it fails, or writes what can't be the question,
    words are carried over from the turns before. The first turn is left as it is.
    """
    from ragpg.conversation import carry_over

    if not conversation.exchanges:
        return typed
    rewritten = rewrite(typed, conversation, llm=llm) if llm else None
    return rewritten or carry_over(typed, conversation.questions)


def converse(
    turns: Iterable[str], *, answer: Callable[[str], Answer], llm: LLM | None
) -> Conversation:
    """Ask turns one after another, and return the conversation; raises ProviderError."""
    from ragpg.conversation import Conversation, Exchange

    conversation = Conversation()
    for typed in turns:
        standalone = make_standalone(typed, conversation, llm=llm)
        conversation = conversation.add(Exchange(typed, standalone, answer(standalone)))
    return conversation


def rewrite(typed: str, conversation: Conversation, *, llm: LLM) -> str | None:
    """Let a model rewrite a turn; None where it fails or its reply can't be the question."""
    from ragpg.conversation import compose_messages, read_reply

    reply = ""
    try:
        with closing(llm.stream(compose_messages(typed, conversation))) as stream:
            for piece in stream:
                reply += piece if isinstance(piece, str) else ""
                if len(reply) > MAX_REPLY:
                    break
    except ProviderError as error:
        logger.info("%r did not rewrite the question: %s", llm.name, error.message)
        return None
    question = read_reply(reply, typed=typed, conversation=conversation)
    if question is None:
        logger.info("what %r wrote is not the question: %.80r", llm.name, reply)
    return question
