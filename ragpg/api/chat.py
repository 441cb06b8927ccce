"""Conversations, as the command line and the Python interface have them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragpg.api.arguments import check_text
from ragpg.conversation.history import Conversation, Exchange
from ragpg.types import Answer, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from ragpg.protocols import LLM
    from ragpg.types import Asked

    Event: TypeAlias = Asked | Sentence | Answer


@dataclass(slots=True)
class Chat:
    """A conversation with the documents, made by `Ragpg.chat`; for one thread at a time.

    A question that goes on with the ones before it is made to stand alone, and then answered and
    checked as `Ragpg.ask` does it.
    """

    _answer: Callable[[str], Iterator[Event]]
    llm: LLM | None
    conversation: Conversation = field(default_factory=Conversation)

    def ask(
        self, question: str, *, on_sentence: Callable[[Sentence], None] | None = None
    ) -> Exchange:
        """Answer a question, which may go on with earlier ones, and remember both.

        The result has the question as it was typed, `standalone`, which was searched for, and the
        answer. `on_sentence` gets each sentence as soon as it is checked.
        """
        for event in self.stream(question, self.make_standalone(question)):
            if isinstance(event, Sentence) and on_sentence:
                on_sentence(event)
        return self.conversation.exchanges[-1]

    def reset(self) -> None:
        """Forget what was said."""
        self.conversation = Conversation()

    def make_standalone(self, question: str) -> str:
        """Return a question as it can be understood alone; a model is asked, if there is one."""
        from ragpg.pipeline.chat import make_standalone

        text = check_text(question, "question")
        return make_standalone(text, self.conversation, llm=self.llm)

    def stream(self, question: str, standalone: str) -> Iterator[Event]:
        """Yield what `ask` yields for the question that stands alone, and remember it.

        What is stopped or fails is remembered with as much of an answer as there was.
        """
        answer: Answer | None = None
        try:
            for event in self._answer(standalone):
                if isinstance(event, Answer):
                    answer = event
                yield event
        finally:
            self.conversation = self.conversation.add(Exchange(question, standalone, answer))
