"""`ragpg ask`: an answer with citations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragpg.cli import answers, batch
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.cli.shared_options import (
    BatchOption,
    ExtractiveOption,
    FilterOption,
    JsonOption,
    ModelOption,
    PlainOption,
    SourceOption,
    TopOption,
    parse_filter,
)
from ragpg.errors import UsageError
from ragpg.text import utf8

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.pipeline.answer_schema import AnswerSchema
    from ragpg.protocols import LLM
    from ragpg.types import Answer, Asked, Sentence


def ask(
    session: Session,
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", hidden=True)] = None,
    *,
    top_k: TopOption = None,
    model: ModelOption = None,
    extractive: ExtractiveOption = False,
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
            finished = answers.finish(generate(question))
            result = answers.to_json(question, *finished, strict=strict, has_data=shape is not None)
            failures.keep(failures.last)
            return result

        if batch_file is not None:
            return batch.run(session, batch_file, answer, key="question")
        question = utf8.sanitise(question or "")
        events = answers.show_wait(generate(question), session.terminal)
        if as_json:
            code = answers.print_json(
                session, question, events, strict=strict, has_data=shape is not None
            )
        elif shape:
            code = answers.show_data(session, events, strict=strict)
        else:
            code = answers.show(session, events, strict=strict)
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
