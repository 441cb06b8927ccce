"""`ragpg chat`: questions that go on with earlier ones."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.cli.shared_options import (
    ExtractiveOption,
    FilterOption,
    JsonOption,
    ModelOption,
    PlainOption,
    SourceOption,
    TopOption,
    parse_filter,
)


def chat(
    session: Session,
    *,
    top_k: TopOption = None,
    model: ModelOption = None,
    extractive: ExtractiveOption = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit with 4 if a claim was unsupported or uncited."),
    ] = False,
    no_history: Annotated[
        bool, typer.Option("--no-history", help="Keep no file of the questions typed.")
    ] = False,
    source: SourceOption = None,
    where: FilterOption = None,
    plain: PlainOption = False,
    as_json: JsonOption = False,
) -> ExitCode:
    """Answer questions that may go on with earlier ones, each checked as by `ragpg ask`.

    At a terminal, /help lists the commands. Otherwise it reads one question a line;
    with --json a line is a text or an object in JSON, {"question": "…"} or {"reset": true}.
    """
    from ragpg import Ragpg
    from ragpg.cli import conversation

    session.plain = plain
    session.override(tableName=session.table, retrieval__topK=top_k, llm__model=model)
    parse_filter(where)
    _ = session.config  # warns of settings without effect
    with Ragpg(session.overrides, config_file=session.config_file) as documents:
        dialogue = conversation.Dialogue(
            session,
            documents,
            documents.chat(extractive=extractive, sources=source or (), where=where),
            strict=strict,
        )
        dialogue.prepare()
        if as_json:
            return conversation.answer_json_lines(dialogue)
        if not sys.stdin.isatty():
            return conversation.answer_lines(dialogue)
        return conversation.talk(dialogue, keeps_history=not no_history)
