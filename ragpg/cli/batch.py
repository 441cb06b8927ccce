"""Many questions in one run: a line in, a JSON object out."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ragpg.cli.exit_codes import Outcome, gravest
from ragpg.errors import DocumentError, RagpgError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg.cli.session import Session


def check_usage(question: str | None, file: str | None, *, as_json: bool, name: str) -> None:
    """Refuse what contradicts itself: raises UsageError."""
    if file is not None and question is not None:
        raise UsageError(f"--batch reads its questions from {file!r}: leave {name} out")
    if file is not None and not as_json:
        raise UsageError("--batch needs --json", hint="its output is one JSON object a line")
    if file is None and not (question or "").strip():
        raise UsageError(f"{name} is missing or blank", hint="ask something, in quotation marks")


def readable(question: str | None) -> str:
    """Take from a question what no model and no database reads: NULs and broken UTF-8."""
    return (question or "").encode(errors="replace").decode().replace("\0", " ")


def run(
    session: Session,
    file: str,
    answer: Callable[[str], tuple[dict[str, Any], Outcome]],
    *,
    key: str,
) -> Outcome:
    """Answer each line of a file; one that fails gets its error, and the rest goes on."""
    outcomes = []
    for number, line in enumerate(opened(file), start=1):
        shape, outcome = attempt(line, answer, number=number, key=key)
        session.emit(shape)
        outcomes.append(outcome)
    return gravest(outcomes)


def attempt(
    line: bytes,
    answer: Callable[[str], tuple[dict[str, Any], Outcome]],
    *,
    number: int,
    key: str,
) -> tuple[dict[str, Any], Outcome]:
    """Answer one line, or say why not."""
    from ragpg.display import json_shapes

    text = readable(line.decode(errors="replace")).strip().lstrip("\ufeff")
    try:
        check_encoding(line, number=number)
        if not text:
            raise UsageError(f"line {number} is blank")
        return answer(text)
    except RagpgError as failure:
        return {key: text, "error": json_shapes.error(failure)}, Outcome.FAILED


def check_encoding(line: bytes, *, number: int) -> None:
    """Refuse a line that is not UTF-8, lest another question be answered than was asked."""
    try:
        line.decode()
    except UnicodeDecodeError as error:
        message = f"line {number} is not UTF-8: byte {error.start} is invalid"
        raise DocumentError(message) from error


def opened(file: str) -> IO[bytes]:
    """Open a file of lines, `-` for standard input; raises DocumentError."""
    if file == "-":
        return sys.stdin.buffer
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise DocumentError(f"{file!r} cannot be read: {error.strerror}") from error
    return io.BytesIO(content)
