"""How `ragpg chat` talks: at a terminal, over lines of text, and over lines of JSON."""

from __future__ import annotations

import json
import re
import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer
from typing import TYPE_CHECKING, Any

from ragpg.cli import answers, batch, exit_codes
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.files import open_input
from ragpg.errors import RagpgError, UsageError
from ragpg.text import utf8

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg import Ragpg
    from ragpg.api.chat import Chat
    from ragpg.cli.session import Session
    from ragpg.types import Answer

IDLE = 300.0
"""Seconds without a line after which the embedded PostgreSQL is let go; chosen by hand."""
COMMAND = re.compile(r"/(\w*)(?:\s+(.*))?")
HELP = """\
/sources   list the passages of the last answer
/read N    print passage N of the last answer
/reset     forget what was said
/help      print this
/exit      leave, as Ctrl-D does

Ctrl-C stops an answer, or clears the line."""


@dataclass
class Dialogue:
    """A conversation and where it is printed."""

    session: Session
    documents: Ragpg
    chat: Chat
    strict: bool

    def prepare(self) -> None:
        """Open the documents and load the model, before anybody is asked for a question."""
        self.documents.search("?", top_k=1)

    def show(self, question: str) -> ExitCode:
        """Answer a question for people; say what is searched for, if it is not what was typed."""
        from ragpg.display import render

        terminal = self.session.terminal
        standalone = self.make_standalone(question)
        if standalone != question:
            terminal.note(render.render_standalone(standalone))
        events = answers.show_wait(self.chat.stream(question, standalone), terminal)
        return answers.show(self.session, events, strict=self.strict)

    def to_json(self, question: str) -> tuple[dict[str, Any], ExitCode]:
        """Answer a question as JSON."""
        from ragpg.display import json_shapes

        standalone = self.make_standalone(question)
        answer, error = answers.finish(self.chat.stream(question, standalone))
        shape = json_shapes.shape_exchange(self.chat.conversation.exchanges[-1])
        if error is None:
            return shape, exit_codes.of_answer(answer, strict=self.strict)
        asked = {"question": question, "standalone": standalone}
        return {**asked, "error": json_shapes.shape_error(error), "partial": shape}, ExitCode.FAILED

    def make_standalone(self, question: str) -> str:
        """Let a question stand alone, and show which model is waited for."""
        llm = self.chat.llm
        if llm is None or not self.chat.conversation.exchanges:
            return self.chat.make_standalone(question)
        with self.session.terminal.waiting_for(llm.name):
            return self.chat.make_standalone(question)


def talk(dialogue: Dialogue, *, keeps_history: bool) -> ExitCode:
    """Read questions and commands at a terminal until its user leaves."""
    from ragpg.cli.line_editor import LineEditor

    terminal = dialogue.session.terminal
    editor = LineEditor(find_history() if keeps_history else None)
    terminal.note("Ask a question. /help lists the commands, Ctrl-D leaves.")
    with interruptible():
        while True:
            try:
                with released_when_idle(dialogue.documents):
                    line = editor.read()
                if line is None:
                    terminal.note("")
                    break
                obey(line, dialogue)
            except Leave:
                break
            except KeyboardInterrupt:
                # A query may have been cut off in the middle of it.
                dialogue.documents.close()
                terminal.note("")
            except UnicodeDecodeError:
                terminal.error(UsageError("the line is not UTF-8"))
            except RagpgError as error:
                terminal.error(error)
    return ExitCode.OK


def answer_lines(dialogue: Dialogue) -> ExitCode:
    """Read a question or a command a line, and print the answers one after another."""
    codes = []
    for number, line in enumerate(open_input("-"), start=1):
        try:
            batch.check_encoding(line, number=number)
            codes.append(obey(utf8.decode(line).strip(), dialogue))
        except Leave:
            break
        except RagpgError as error:
            dialogue.session.terminal.error(error)
            codes.append(ExitCode.FAILED)
        sys.stdout.flush()
    return exit_codes.of_batch(codes)


def answer_json_lines(dialogue: Dialogue) -> ExitCode:
    """Read a text or an object in JSON a line, and print an object for each."""

    def answer(line: str) -> tuple[dict[str, Any], ExitCode]:
        question = parse_line(line)
        if question is None:
            dialogue.chat.reset()
            return {"reset": True}, ExitCode.OK
        return dialogue.to_json(question)

    return batch.run(dialogue.session, "-", answer, key="question")


def parse_line(line: str) -> str | None:
    """Return the question of a line in JSON, None for `{"reset": true}`; raises UsageError."""
    hint = 'a line is {"question": "…"}, "…" or {"reset": true}'
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not JSON: {line[:60]!r}", hint=hint) from error
    match value:
        case {"reset": True, **others} if not others:
            return None
        case str(question) | {"question": str(question)}:
            return utf8.sanitise(question)
    raise UsageError(f"no question in {line[:60]!r}", hint=hint)


class Leave(Exception):  # noqa: N818 - no error
    """The conversation is over."""


def obey(line: str, dialogue: Dialogue) -> ExitCode:
    """Answer a line, or do what it commands; raises Leave."""
    command = COMMAND.fullmatch(line)
    if not command:
        return dialogue.show(line) if line else ExitCode.OK
    terminal, (name, argument) = dialogue.session.terminal, command.groups()
    match name:
        case "exit" | "quit":
            raise Leave
        case "help":
            terminal.print(HELP)
        case "reset":
            dialogue.chat.reset()
        case "sources":
            print_sources(dialogue)
        case "read":
            print_passage(dialogue, argument or "")
        case _:
            raise UsageError(f"unknown command {'/' + name!r}; /help lists the commands")
    return ExitCode.OK


def print_sources(dialogue: Dialogue) -> None:
    """Print the passages of the last answer, those that it cites first; raises UsageError."""
    from ragpg.display import render

    answer = find_answer(dialogue)
    dialogue.session.terminal.print(*render.render_passages(answer, places=dialogue.session.places))


def print_passage(dialogue: Dialogue, number: str) -> None:
    """Print a passage of the last answer with its place; raises UsageError."""
    from ragpg.display import render

    answer = find_answer(dialogue)
    ranks = {str(hit.rank): hit for hit in answer.hits}
    hit = ranks.get(number.strip().strip("[]"))
    if hit is None:
        raise UsageError(f"no passage {number!r}", hint=f"/read takes 1 to {len(ranks)}")
    dialogue.session.terminal.print(*render.render_passage(hit, places=dialogue.session.places))


def find_answer(dialogue: Dialogue) -> Answer:
    """Return the last answer; raises UsageError where there is none."""
    for exchange in reversed(dialogue.chat.conversation.exchanges):
        if exchange.answer:
            return exchange.answer
    raise UsageError("there is no answer yet", hint="ask a question first")


def find_history() -> Path:
    """Return the file of the questions typed, in the user's directory for such files."""
    from platformdirs import user_state_path

    return user_state_path("ragpg", appauthor=False) / "chat_history"


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt, wherever it comes, instead of ending the program."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def released_when_idle(documents: Ragpg) -> Iterator[None]:
    """Let the embedded PostgreSQL go if the block takes long; it is started again when needed."""
    timer = Timer(IDLE, documents.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
