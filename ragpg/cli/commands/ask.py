"""`ragpg ask`: an answer with citations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ragpg.cli import batch, exit_codes
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.cli.shared_options import (
    BatchOption,
    FilterOption,
    JsonOption,
    PlainOption,
    SourceOption,
    TopOption,
    parse_filter,
)
from ragpg.errors import ProviderError, UsageError
from ragpg.text import utf8
from ragpg.types import Answer, Asked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.display.terminal import Terminal
    from ragpg.display.text import Text
    from ragpg.pipeline.answer_schema import AnswerSchema
    from ragpg.protocols import LLM
    from ragpg.types import Sentence

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
    prompt: Annotated[
        bool,
        typer.Option("--prompt", help="Print what a language model would get, and ask none."),
    ] = False,
    schema: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Answer with JSON that fits this JSON Schema."),
    ] = None,
    source: SourceOption = None,
    where: FilterOption = None,
    batch_file: BatchOption = None,
    plain: PlainOption = False,
    as_json: JsonOption = False,
) -> ExitCode:
    """Answer a question from the documents, with numbered citations.

    Exits with 3 when the documents don't say.
    """
    session.plain = plain
    batch.check_usage(question, batch_file, as_json=as_json, name="QUESTION")
    session.override(retrieval__topK=top_k, llm__model=model)
    from ragpg.api import database, factories
    from ragpg.api.failures import FailureLog
    from ragpg.pipeline import ask as pipeline

    expression = parse_filter(where)
    config = session.config
    llm = None if extractive else factories.make_language_model(config)
    shape = read_schema(schema, llm, prompt=prompt) if schema is not None else None
    nli = factories.make_nli_model(config) if llm else None
    reader = factories.make_reader()
    embedder = factories.make_embedder(config)
    with database.open_store(config, embedder=embedder) as store:
        searcher = factories.make_searcher(
            config, store, embedder, sources=source, where=expression
        )
        if prompt:
            from ragpg.cli.commands.prompt import print_prompts
            from ragpg.pipeline.prompt import compose_prompt

            budget = factories.find_prompt_budget(config, llm)
            compose = partial(compose_prompt, searcher=searcher, budget=budget, reader=reader)
            return print_prompts(session, question, batch_file, compose=compose, as_json=as_json)

        failures = FailureLog(store, warn=session.terminal.warn)

        def generate(question: str) -> Iterator[Asked | Sentence | Answer]:
            return failures.watch(
                pipeline.ask(
                    question, searcher=searcher, llm=llm, nli=nli, reader=reader, schema=shape
                )
            )

        def answer(question: str) -> tuple[dict[str, Any], ExitCode]:
            finished = finish(generate(question))
            result = to_json(question, *finished, strict=strict, has_data=shape is not None)
            failures.keep(failures.last)
            return result

        if batch_file is not None:
            return batch.run(session, batch_file, answer, key="question")
        question = utf8.sanitise(question or "")
        events = show_wait(generate(question), session.terminal)
        if as_json:
            code = print_json(session, question, events, strict=strict, has_data=shape is not None)
        elif shape:
            code = show_data(session, events, strict=strict)
        else:
            code = show(session, events, strict=strict)
        failures.keep(failures.last)
        return code


def read_schema(file: str, llm: LLM | None, *, prompt: bool) -> AnswerSchema:
    """Read the value of --schema; raises UsageError where there is no model to follow it."""
    from ragpg.cli.files import open_input
    from ragpg.pipeline.answer_schema import MAX_BYTES, AnswerSchema

    if prompt:
        raise UsageError("--schema and --prompt exclude each other: leave one out")
    if llm is None:
        raise UsageError(
            "--schema needs a language model: quotations have no other shape",
            hint="name one by --model, or as model in [llm], and leave --extractive out",
        )
    return AnswerSchema.parse(open_input(file).read(MAX_BYTES + 1), name=file)


def show_wait(events: Iterator[Asked | Sentence | Answer], terminal: Terminal) -> Events:
    """Yield sentences and the answer; a terminal shows which model the first one is awaited from.

    The model's first words become a sentence when they are complete and checked.
    """
    for event in events:
        if not isinstance(event, Asked):
            yield event
            continue
        place = f" at {event.host}" if event.host else ""
        with terminal.waiting_for(f"{event.model}{place}"):
            first = next(events)
        if not isinstance(first, Asked):
            yield first


def finish(events: Iterator[Asked | Sentence | Answer]) -> tuple[Answer, ProviderError | None]:
    """Wait for the answer; return it with the error that cut it short, if one did.

    Raises ProviderError where there is not even a partial answer.
    """
    answers: list[Answer] = []
    try:
        answers.extend(event for event in events if isinstance(event, Answer))
    except ProviderError as error:
        if not answers:
            raise
        return answers[-1], error
    return answers[-1], None


def to_json(
    question: str,
    answer: Answer,
    error: ProviderError | None,
    *,
    strict: bool,
    has_data: bool = False,
) -> tuple[dict[str, Any], ExitCode]:
    """Return an answer, whole or cut short by an error, as JSON, and its exit code."""
    from ragpg.display import json_shapes

    if error is None:
        shape = json_shapes.shape_answer(answer, has_data=has_data)
        return shape, exit_codes.of_answer(answer, strict=strict)
    partial = {
        "question": question,
        "error": json_shapes.shape_error(error),
        "partial": json_shapes.shape_answer(answer),
    }
    return partial, ExitCode.FAILED


def print_json(
    session: Session, question: str, events: Events, *, strict: bool, has_data: bool
) -> ExitCode:
    """Print an answer as JSON, and the error that cut it short on standard error too."""
    answer, error = finish(events)
    result, code = to_json(question, answer, error, strict=strict, has_data=has_data)
    session.print_json(result)
    if error:
        session.terminal.error(error)
    return code


def show_data(session: Session, events: Events, *, strict: bool) -> ExitCode:
    """Print an answer by a schema: its JSON, and beside it what is wrong with it and sources."""
    from ragpg.display import json_shapes, render

    terminal, places = session.terminal, session.places
    answer, _ = finish(events)
    if not answer.answered:
        terminal.note(*render.render_refusal(answer, places=places))
    else:
        terminal.out.stream.write(f"{json_shapes.dumps(answer.data)}\n")
        terminal.note(*render.render_data_claims(answer.claims))
        terminal.note(*render.render_sources(answer, cut=False, places=places))
    return exit_codes.of_answer(answer, strict=strict)


def show(session: Session, events: Events, *, strict: bool) -> ExitCode:
    """Print an answer for people: on a terminal sentence by sentence, otherwise as a whole."""
    from ragpg.display import render

    terminal, places = session.terminal, session.places
    answer, error = finish(stream(events, terminal) if terminal.streams else events)
    if answer.answered and not terminal.streams:
        terminal.print(render.mark_claims(answer.text or "", answer.claims))
    if answer.answered:
        terminal.print(*render.render_sources(answer, cut=error is not None, places=places))
    elif not error:
        terminal.note(*render.render_refusal(answer, places=places))
    if error:
        terminal.error(error)
        return exit_codes.of_error(error)
    return exit_codes.of_answer(answer, strict=strict)


def stream(events: Events, terminal: Terminal) -> Events:
    """Print each sentence as soon as it is checked, and yield every event.

    A sentence without claims is printed with the next one: it may belong to a refusal, which is
    not printed here.
    """
    from ragpg.display import render

    waiting: list[Text] = []
    written = False
    try:
        for event in events:
            if not isinstance(event, Answer):
                waiting.append(render.mark_claims(event.text, event.claims))
            settled = event.answered if isinstance(event, Answer) else event.claims
            if settled:
                for text in waiting:
                    terminal.writer.write(text)
                written = True
                waiting.clear()
            yield event
    finally:
        if written:
            terminal.writer.finish()
