"""Questions to the messages that a language model would get; no model is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.pipeline.answer_evidence import assess, gather_evidence

if TYPE_CHECKING:
    from ragpg.pipeline.search import Searcher
    from ragpg.protocols import Reader
    from ragpg.types import Hit, Message, Refusal


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages for a question, and the hits that they show.

    `refusal` says why the question would be refused before a model gets them; None if it would not.
    """

    question: str
    messages: tuple[Message, ...]
    hits: tuple[Hit, ...]
    refusal: Refusal | None


def compose_prompt(
    question: str, *, searcher: Searcher, budget: int, reader: Reader | None = None
) -> Prompt:
    """Retrieve passages for a question and write the messages; `budget` is in tokens."""
    from ragpg.llm import prompt

    evidence = gather_evidence(question, searcher)
    assessment = assess(question, evidence, searcher, reader=reader)
    messages, shown = prompt.compose_messages(question, evidence.result.hits, budget=budget)
    is_refused = assessment.score < searcher.options.refusal_threshold or not evidence.segments
    return Prompt(question, messages, shown, assessment.explain() if is_refused else None)
