"""Batches: many inputs in one run, one a line, and a JSON object for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ragpg.cli import exit_codes
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.files import open_input
from ragpg.errors import DocumentError, RagpgError, UsageError
from ragpg.text import utf8

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from ragpg.cli.session import Session

    Answer: TypeAlias = Callable[[str], tuple[dict[str, Any], ExitCode]]


def check_usage(argument: str | None, file: str | None, *, as_json: bool, name: str) -> None:
    """Raise UsageError unless there is either an argument or, with --json, a batch file."""
    if file is not None and argument is not None:
        raise UsageError(f"--batch reads its questions from {file!r}: leave {name} out")
    if file is not None and not as_json:
        raise UsageError("--batch needs --json", hint="its output is one JSON object a line")
    if file is None and not (argument or "").strip():
        raise UsageError(f"{name} is missing or blank", hint="ask something, in quotation marks")


def run(session: Session, file: str, answer: Answer, *, key: str) -> ExitCode:
    """Answer each line of a file; where a line fails, print its error and continue.

    `key` names the input in the JSON object of an error.
    """
    codes = []
    for number, line in enumerate(open_input(file), start=1):
        result, code = answer_line(line, answer, number=number, key=key)
        session.print_json(result)
        codes.append(code)
    return exit_codes.of_batch(codes)


def answer_line(
    line: bytes, answer: Answer, *, number: int, key: str
) -> tuple[dict[str, Any], ExitCode]:
    """Answer one line, or describe why this failed."""
    from ragpg.display import json_shapes

    text = utf8.sanitise(line.decode(errors="replace")).strip().lstrip("\ufeff")
    try:
        check_encoding(line, number=number)
        if not text:
            raise UsageError(f"line {number} is blank")
        return answer(text)
    except RagpgError as error:
        return {key: text, "error": json_shapes.shape_error(error)}, ExitCode.FAILED


def check_encoding(line: bytes, *, number: int) -> None:
    """Raise DocumentError for a line that is not UTF-8: repaired, it would be another question."""
    try:
        utf8.decode(line)
    except utf8.NotUtf8Error as error:
        raise DocumentError(f"line {number} is {error}") from error
