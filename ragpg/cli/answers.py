"""How an answer is waited for and printed, for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ragpg.cli import exit_codes
from ragpg.cli.exit_codes import ExitCode
from ragpg.errors import ProviderError
from ragpg.types import Answer, Asked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.cli.session import Session
    from ragpg.display.terminal import Terminal
    from ragpg.display.text import Text
    from ragpg.types import Sentence

    Events: TypeAlias = Iterator[Sentence | Answer]


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
