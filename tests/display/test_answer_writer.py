"""Answers on a terminal: Markdown that grows sentence by sentence, with marks in it."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from ragpg.display.answer_writer import LiteralWriter, MarkdownWriter
from ragpg.display.escape import literal
from ragpg.display.text import Text
from tests.display.test_markdown import MARKDOWN, WORDS

RED = ("bold red", "\x1b[1;31m")
UNCITED = (" [uncited]", RED[0])
ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def make_console(width: int = 60) -> tuple[Console, io.StringIO]:
    """Make a console that writes colours into a buffer."""
    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=True,
        width=width,
        markup=False,
        highlight=False,
        emoji=False,
        color_system="standard",
        no_color=False,
    )
    return console, out


def show(*parts: str | Text, width: int = 60) -> list[str]:
    """Return what was sent after each part, and at the end."""
    console, out = make_console(width)
    writer, seen = MarkdownWriter(console), []
    for part in parts:
        writer.write(part if isinstance(part, Text) else Text.of(literal(part)))
        seen.append(out.getvalue())
    writer.finish()
    return [*seen, out.getvalue()]


def strip(sent: str) -> str:
    """Return what a terminal shows."""
    return re.sub(r"\x1b\[[0-9;]*m", "", sent)


def test_an_answer_looks_as_it_is_meant() -> None:
    """Emphasis, lists, tables and code; an address is text."""
    *_, sent = show(
        "## Leave\n\nUp to **5** days [1]. ",
        "See [the rules](http://example.com).\n\n",
        "- one\n",
        "- two\n\n",
        "| a | b |\n|---|---|\n| c | d |\n\n",
        "```\nx  = 1\n```\n",
    )
    assert strip(sent) == (
        "Leave\n\nUp to 5 days [1]. See the rules (http://example.com).\n\n • one\n • two\n\n"
        " a  b\n ────\n c  d\n\nx  = 1\n"
    )
    assert "\x1b[1m5\x1b[0m" in sent
    assert "\x1b]8" not in sent


def test_sentences_and_items_are_shown_at_once() -> None:
    """A table waits for its last row, a sentence for the end of its emphasis."""
    parts = [
        "It rains. ",
        "It pours.\n\n",
        "1. one\n",
        "2. two\n\n",
        "| a | b |\n|---|---|\n",
        "| c | d |\n\n",
        "**Hail. ",
        "Snow.** ",
    ]
    seen = [strip(sent) for sent in show(*parts)]
    new = [after.removeprefix(before) for before, after in zip(["", *seen], seen, strict=False)]
    assert new == [
        "It rains.",
        " It pours.",
        "\n\n 1 one",
        "\n 2 two",
        "",
        "",
        "\n\n a  b\n ────\n c  d",
        "\n\nHail. Snow.",
        "\n",
    ]


def test_marks_stand_behind_their_claims() -> None:
    """They are no Markdown, and in a table they stand in the last cell."""
    why = (" [unsupported: *7*: [1] says `5`]", RED[0])
    *_, sent = show(
        Text.of("It **rains**.", why, " It pours.", UNCITED, "\n\n"),
        Text.of("| a | b |\n|---|---|\n"),
        Text.of("| c | d |", UNCITED, "\n\n"),
        Text.of("```\ncode", UNCITED, "\n```\n"),
    )
    assert f"{RED[1]}{why[0]}" in sent
    assert strip(sent) == (
        "It rains. [unsupported: *7*: [1] says `5`] It pours.\n[uncited]\n\n"
        " a  b\n ──────────────\n c  d [uncited]\n\ncode [uncited]\n"
    )


def test_what_markdown_would_drop_is_shown_as_it_is() -> None:
    """A mark in an address, a word in a cell that the table's head has no place for."""
    *_, sent = show(Text.of("See [x](http://y", UNCITED, ") now."))
    assert strip(sent) == "See [x](http://y [uncited]) now.\n"
    *_, sent = show(Text.of("| a |\n|---|\n| b | lost", UNCITED, " |\n"))
    assert "lost [uncited]" in strip(sent)
    assert "\\ufdd0" in strip(show("A noncharacter: \ufdd0.")[-1])


@pytest.mark.parametrize("width", [20, 33, 80])
def test_growing_changes_nothing(width: int) -> None:
    """Sentence by sentence or all at once: what stands there in the end is the same."""
    parts = ["The sea is *wide* and deep. ", "A boat of `oak` sails on it, ", "slowly.\n\n"]
    parts += [
        f"{number}. A point of some length, the number {number}.\n" for number in range(8, 12)
    ]
    parts += ["\n> A quotation. ", "It goes on.\n\n", "### The end\n\n", "Bye."]
    assert show(*parts, width=width)[-1] == show("".join(parts), width=width)[-1]


@given(
    st.lists(st.lists(MARKDOWN | WORDS.map(" {} ".format), max_size=8).map("".join), max_size=5),
    st.booleans(),
)
def test_no_word_and_no_mark_is_lost(parts: list[str], is_marked: bool) -> None:
    """Whatever the Markdown, and wherever its parts begin."""
    texts = [Text.of(literal(part), *[UNCITED] * is_marked) for part in parts]
    shown = strip(show(*texts)[-1])
    for word in ("leave", "boat", "seven", "noon", "zebra"):
        assert shown.count(word) >= "".join(parts).count(word)
    assert shown.count("[uncited]") >= len(parts) * is_marked


@given(st.lists(st.text(max_size=20), max_size=4))
@example(["\x1b[31m&#x202e;", "&#27;\u202e\x07\x00", "[a](http://x/%1b]8;;y)"])
@example(["[red]x[/red]", "\u2066`\x1b[1m`\n\n    \x1b]0;x\x07"])
def test_nothing_acts_on_the_terminal(parts: list[str]) -> None:
    """No control of a model's reaches the terminal."""
    shown = strip(show(*parts)[-1])
    assert not ACTING.search(shown)


def test_plain_text_is_not_interpreted() -> None:
    """With --plain an answer is shown as it is, wrapped between words."""
    console, out = make_console(20)
    writer = LiteralWriter(console)
    for part in ("Up to **5** days. ", "[red]It[/red] pours *always*."):
        writer.write(Text.of(part))
    writer.finish()
    assert out.getvalue() == "Up to **5** days. \n[red]It[/red] pours \n*always*.\n"
