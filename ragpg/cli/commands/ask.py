"""`ragpg ask`: an answer with citations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ragpg.cli import batch
from ragpg.cli.exit_codes import Outcome, of
from ragpg.cli.session import (
    BatchOption,
    FilterOption,
    JsonOption,
    Session,
    SourceOption,
    TopOption,
)
from ragpg.errors import ProviderError
from ragpg.types import Answer, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.display.terminal import Terminal
    from ragpg.display.text import Text
    from ragpg.pipeline.ask import Sentence

    Events: TypeAlias = Iterator[Sentence | Answer]


def ask(
    session: Session,
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", hidden=True)] = None,
    *,
    top_k: TopOption = None,
    model: Annotated[
        str | None, typer.Option(metavar="NAME", help="Language model to answer with.")
    ] = None,
    extractive: Annotated[
        bool, typer.Option("--extractive", help="Quote the documents, without a language model.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 4 when a claim is unsupported or uncited.")
    ] = False,
    source: SourceOption = None,
    where: FilterOption = None,
    batch_file: BatchOption = None,
    as_json: JsonOption = False,
) -> Outcome:
    """Answer a question from the documents, with numbered citations.

    Exits with 3 when the documents don't say.
    """
    batch.check_usage(question, batch_file, as_json=as_json, name="QUESTION")
    session.override(retrieval__topK=top_k, llm__model=model)
    from ragpg.cli import database, factories
    from ragpg.pipeline import ask as pipeline
    from ragpg.pipeline.retriever import Retriever

    expression = database.filtering(where)
    config = session.config
    embedder = factories.embedder(config)
    llm = None if extractive else factories.language_model(config)
    nli = factories.entailment(config) if llm else None
    with database.reading(config, embedder=embedder) as store:
        options = factories.search_options(config, sources=database.globs(source), where=expression)
        retriever = Retriever(store, embedder, options)

        def events(question: str) -> Events:
            return pipeline.ask(question, retriever=retriever, llm=llm, nli=nli)

        if batch_file is not None:
            return batch.run(
                session,
                batch_file,
                lambda line: shape(line, *finish(events(line)), strict=strict),
                key="question",
            )
        question = batch.readable(question)
        if as_json:
            return emit(session, question, events(question), strict=strict)
        return show(session, events(question), strict=strict)


def outcome(answer: Answer, *, strict: bool) -> Outcome:
    """Decide how an answer ended."""
    if not answer.answered:
        return Outcome.NOTHING_FOUND
    backed = all(claim.verdict is Verdict.SUPPORTED for claim in answer.claims)
    return Outcome.DONE if backed or not strict else Outcome.CHECK_FAILED


def finish(events: Events) -> tuple[Answer, ProviderError | None]:
    """Wait for the answer, and for the failure that cut it short; raises it if nothing came."""
    answers: list[Answer] = []
    try:
        answers.extend(event for event in events if isinstance(event, Answer))
    except ProviderError as failure:
        if not answers:
            raise
        return answers[-1], failure
    return answers[-1], None


def shape(
    question: str, answer: Answer, failure: ProviderError | None, *, strict: bool
) -> tuple[dict[str, Any], Outcome]:
    """Shape an answer, whole or partial."""
    from ragpg.display import json_shapes

    if failure is None:
        return json_shapes.ask(answer), outcome(answer, strict=strict)
    partial = {
        "question": question,
        "error": json_shapes.error(failure),
        "partial": json_shapes.ask(answer),
    }
    return partial, Outcome.FAILED


def emit(session: Session, question: str, events: Events, *, strict: bool) -> Outcome:
    """Print an answer as JSON; a failure that cut it short is said on standard error too."""
    answer, failure = finish(events)
    result, ending = shape(question, answer, failure, strict=strict)
    session.emit(result)
    if failure:
        session.terminal.error(failure)
    return ending


def show(session: Session, events: Events, *, strict: bool) -> Outcome:
    """Print an answer for a person: on a terminal as it grows, otherwise when it is whole."""
    from ragpg.cli.paths import Names
    from ragpg.display import render

    terminal, name = session.terminal, Names.here().shown
    answer, failure = finish(stream(events, terminal) if terminal.streams else events)
    if answer.answered and not terminal.streams:
        terminal.print(render.marked(answer.text or "", answer.claims))
    if answer.answered:
        terminal.print(*render.footnotes(answer, cut=failure is not None, name=name))
    elif not failure:
        terminal.note(*render.refusal(answer, name=name))
    if failure:
        terminal.error(failure)
        return of(failure)
    return outcome(answer, strict=strict)


def stream(events: Events, terminal: Terminal) -> Events:
    """Print each sentence when it is complete and checked, and pass everything on.

    One that claims nothing waits for what follows: it may be all that a refusal says.
    """
    from ragpg.display import render

    waiting: list[Text] = []
    written = False
    try:
        for event in events:
            if not isinstance(event, Answer):
                waiting.append(render.marked(event.text, event.claims))
            settled = event.answered if isinstance(event, Answer) else event.claims
            if settled:
                for text in waiting:
                    terminal.write(text)
                written = True
                waiting.clear()
            yield event
    finally:
        if written:
            terminal.print("")
