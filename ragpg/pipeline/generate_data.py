"""Answers of a given shape that a language model writes, checked string by string."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ragpg.errors import ProviderError
from ragpg.pipeline.answer_check import AnswerCheck
from ragpg.pipeline.answer_schema import NotFittingError, iter_strings
from ragpg.pipeline.generate import NON_ANSWER
from ragpg.text import utf8
from ragpg.types import Asked, Completion, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.claims.word_similarity import EmbedText
    from ragpg.pipeline.answer_schema import AnswerSchema
    from ragpg.protocols import LLM, NliModel, Reader
    from ragpg.types import Answer, Claim, Message

CAPABLE = "choose a model that supports structured outputs, by --model or in [llm]"


def generate_data(
    answer: Answer,
    schema: AnswerSchema,
    *,
    llm: LLM,
    nli: NliModel | None = None,
    reader: Reader | None = None,
    embed: EmbedText | None = None,
) -> Iterator[Asked | Answer]:
    """Let a model answer from the passages by a schema, and check every string.

    Raises ProviderError if the model fails, is cut at its limit, or gives something else.
    """
    from ragpg import claims
    from ragpg.llm import prompt

    messages, shown = prompt.compose_messages(
        answer.question, answer.hits, budget=llm.prompt_tokens, schema=schema.definition
    )
    if nli:
        nli.load()
    yield Asked(llm.name, llm.host)
    text, completion = complete(messages, schema, llm=llm)
    if claims.is_non_answer(text):
        yield replace(answer, refusal=NON_ANSWER, usage=completion.usage)
        return
    try:
        data = schema.read(text)
    except NotFittingError as error:
        raise ProviderError(f"the answer of {llm.name!r} {error}", hint=CAPABLE) from None
    embed, read = cache(embed) if embed else None, reader.read_claim if reader else None
    check = AnswerCheck(answer.question, shown, nli, embed, read)
    checked = tuple(check_strings(data, check))
    yield replace(
        answer,
        text=text.strip(),
        data=data,
        claims=checked,
        citations=check.quote(checked),
        usage=completion.usage,
    )


def complete(
    messages: Sequence[Message], schema: AnswerSchema, *, llm: LLM
) -> tuple[str, Completion]:
    """Return all that a model says; raises ProviderError, also where it is cut."""
    pieces: list[str] = []
    completion = Completion("stop", None)
    try:
        with closing(llm.stream(messages, schema=schema.definition)) as stream:
            for piece in stream:
                if isinstance(piece, Completion):
                    completion = piece
                    break
                pieces.append(piece)
    except ProviderError as error:
        if error.hint:
            raise
        raise ProviderError(error.message, hint=CAPABLE) from None
    if completion.finish_reason == "length":
        raise ProviderError(
            f"the answer of {llm.name!r} was cut at maxTokens", hint="raise maxTokens in [llm]"
        )
    return "".join(pieces), completion


def check_strings(data: Any, check: AnswerCheck) -> Iterator[Claim]:
    """Yield the claims of each string, with its JSON Pointer.

    Data cite nothing: a claim that a passage supports is given that one, however short it is.
    """
    for pointer, string in iter_strings(data):
        for claim in check.check(utf8.sanitise(string)).claims:
            is_supported = claim.finding is Finding.SUPPORTED and claim.supported_by
            if claim.verdict is Verdict.UNCITED and is_supported:
                cited = check.cite(claim)
                yield replace(cited, pointer=pointer)
            else:
                yield replace(claim, pointer=pointer)
