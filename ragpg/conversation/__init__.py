"""Conversations: turns that go on with earlier ones become questions that stand alone. Pure."""

from __future__ import annotations

from ragpg.conversation.carrying import carry_over
from ragpg.conversation.history import Conversation, Exchange
from ragpg.conversation.rewriting import compose_messages, read_reply

__all__ = ["Conversation", "Exchange", "carry_over", "compose_messages", "read_reply"]
