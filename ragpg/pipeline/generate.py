"""Answers that a language model writes, checked sentence by sentence."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from ragpg.errors import ProviderError
from ragpg.pipeline.answer_check import AnswerCheck
from ragpg.pipeline.repetition import SentenceCounts, find_loop
from ragpg.types import Asked, Completion, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.claims.word_similarity import EmbedText
    from ragpg.protocols import LLM, NliModel, Reader
    from ragpg.types import Answer, Sentence


NON_ANSWER = Refusal("the model found no answer in the passages")


@dataclass(slots=True)
class Draft:
    """An answer while it is written: `rest` is the end of `text` that is no finished sentence.

    Once it `is_repetitive` it holds what was said before the repetition.
    """

    check: AnswerCheck
    text: str = ""
    rest: str = ""
    table_header: str = ""
    counts: SentenceCounts = field(default_factory=SentenceCounts)
    is_repetitive: bool = False

    def add(self, piece: str) -> Iterator[Sentence]:
        """Add what a model said; yield the sentences that are finished by it, checked."""
        from ragpg import claims

        self.text += piece
        finished, self.rest = claims.split_finished(self.rest + piece)
        for position, sentence in enumerate(finished):
            if self.counts.is_repetition(sentence):
                self._cut("".join(finished[position:]) + self.rest, 0)
                return
            yield self.check.check(sentence, table_header=self.table_header)
            self.table_header = claims.find_open_table_header(self.table_header + sentence)
        turn = find_loop(self.rest)
        if turn is not None:
            self._cut(self.rest, turn)

    def finish(self) -> Iterator[Sentence]:
        """Yield what is left, checked."""
        if self.counts.is_repetition(self.rest):
            self._cut(self.rest, 0)
        if self.rest:
            yield self.check.check(self.rest, table_header=self.table_header)

    def _cut(self, end: str, kept: int) -> None:
        """Keep so many characters of the end of the text."""
        self.text = self.text.removesuffix(end) + end[:kept]
        self.rest = end[:kept]
        self.is_repetitive = True


def generate(
    answer: Answer,
    *,
    llm: LLM,
    nli: NliModel | None = None,
    reader: Reader | None = None,
    embed: EmbedText | None = None,
) -> Iterator[Asked | Sentence | Answer]:
    """Let a model answer from the passages, and check it sentence by sentence.

    Raises ProviderError, after the partial answer, if the model fails, is cut at its limit or
    repeats itself.
    """
    from ragpg.llm import prompt

    messages, shown = prompt.compose_messages(
        answer.question, answer.hits, budget=llm.prompt_tokens
    )
    if nli:
        nli.load()
    embed, read = cache(embed) if embed else None, reader.read_claim if reader else None
    draft = Draft(AnswerCheck(answer.question, shown, nli, embed, read))
    completion: Completion | None = None
    yield Asked(llm.name, llm.host)
    try:
        with closing(llm.stream(messages)) as stream:
            for piece in stream:
                if isinstance(piece, Completion):
                    completion = piece
                    break
                yield from draft.add(piece)
                if draft.is_repetitive:
                    break
        yield from draft.finish()
    except ProviderError:
        # The NLI model may be what failed.
        draft.check = replace(draft.check, nli=None)
        yield from draft.finish()
        if draft.text.strip():
            yield check_answer(answer, draft)
        raise
    yield replace(check_answer(answer, draft), usage=completion.usage if completion else None)
    check_completeness(draft, completion, model=llm.name)


def check_completeness(draft: Draft, completion: Completion | None, *, model: str) -> None:
    """Raise ProviderError if an answer was cut."""
    if draft.is_repetitive:
        raise ProviderError(
            f"the answer of {model!r} was cut: it repeats itself",
            hint="ask a larger model, or raise temperature in [llm]",
        )
    if completion and completion.finish_reason == "length":
        raise ProviderError(
            f"the answer of {model!r} was cut at maxTokens", hint="raise maxTokens in [llm]"
        )


def check_answer(answer: Answer, draft: Draft) -> Answer:
    """Check a model's whole answer; a non-answer leaves the question unanswered."""
    from ragpg import claims

    if claims.is_non_answer(draft.text):
        return replace(answer, refusal=NON_ANSWER)
    checked = draft.check.check(draft.text)
    citations = draft.check.quote(checked.claims)
    return replace(answer, text=checked.text, claims=checked.claims, citations=citations)
