"""`ragpg ask --prompt`: what a language model would get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ragpg.cli import batch, exit_codes
from ragpg.text import utf8

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg.cli.exit_codes import ExitCode
    from ragpg.cli.session import Session
    from ragpg.pipeline.prompt import Prompt


def print_prompts(
    session: Session,
    question: str | None,
    batch_file: str | None,
    *,
    compose: Callable[[str], Prompt],
    as_json: bool,
) -> ExitCode:
    """Print the messages for a question, or for each of a batch."""
    from ragpg.display import json_shapes

    def answer(question: str) -> tuple[dict[str, Any], ExitCode]:
        prompt = compose(question)
        return json_shapes.shape_prompt(prompt), exit_codes.of_search(prompt)

    if batch_file is not None:
        return batch.run(session, batch_file, answer, key="question")
    prompt = compose(utf8.sanitise(question or ""))
    if as_json:
        session.print_json(json_shapes.shape_prompt(prompt))
    else:
        show(session, prompt)
    return exit_codes.of_search(prompt)


def show(session: Session, prompt: Prompt) -> None:
    """Print the messages as they are, one below the other."""
    from ragpg.display.escape import literal

    session.terminal.print(*(f"{literal(message.content)}\n" for message in prompt.messages))
    if prompt.refusal:
        session.terminal.note(f"no model would be asked: {prompt.refusal.reason}")
