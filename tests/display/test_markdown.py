"""Passages on a terminal: Markdown that leaves nothing out and does nothing but style."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from ragpg.display.escape import literal
from ragpg.display.markdown_passage import MarkdownPassage
from ragpg.display.text import Passage

MARK, CODE = "\x1b[1;33m", "\x1b[36m"


def shown(text: str, *terms: str, width: int = 80) -> str:
    """What a terminal is sent."""
    out = io.StringIO()
    settings = {"markup": False, "highlight": False, "emoji": False, "color_system": "standard"}
    console = Console(file=out, force_terminal=True, width=width, no_color=False, **settings)  # type: ignore[arg-type] # all are right
    console.print(MarkdownPassage(Passage(literal(text), frozenset(terms))))
    return out.getvalue()


def plain(text: str, *terms: str) -> str:
    """The same without styles."""
    return re.sub(r"\x1b\[[0-9;]*m", "", shown(text, *terms))


def test_markdown() -> None:
    """Headings, emphasis, lists, quotes, code and tables look as they are meant."""
    text = (
        "# Leave\n\nUp to *26* **weeks**.\n\n- one\n- two\n\n1. first\n\n> quoted\n\n"
        "```py\nif x:\n    y()\n```\n\n| a | b |\n|---|---|\n| c | d |\n"
    )
    assert plain(text) == (
        "Leave\n\nUp to 26 weeks.\n\n • one\n • two\n\n 1 first\n\n▌ quoted\n\n"
        "if x:\n    y()\n\n\n a  b\n ────\n c  d\n\n"
    )
    assert f"{CODE}if x:" in shown(text)


def test_words_of_the_question_are_marked() -> None:
    """Words with a stem of the question, on whatever they stand; short stems as a whole."""
    text = "# Leave\n\nPolicies of *leaving* HR, hrs, `policy` and relief.\n"
    marked = shown(text, "leav", "polici", "hr")
    found = re.findall(r"\x1b\[1;(?:3;)?33m(.*?)\x1b", marked)
    assert found == ["Leave", "Policies", "leaving", "HR", "policy"]
    assert "\x1b[1;33m" not in shown(text)


def test_words_without_blanks_are_marked() -> None:
    """In scripts without blanks the characters are marked that pairs of the question cover."""
    marked = shown("先重启路由器，再打开app设置页面。\n", "路由", "由器", "设置", "app")  # noqa: RUF001
    assert re.findall(r"\x1b\[1;33m(.*?)\x1b", marked) == ["路由器", "app设置"]


def test_an_address_with_odd_signs() -> None:
    """Signs that an address has to encode are no lost words."""
    assert plain("*See* [a](http://x/b]2|3)") == "See a (http://x/b%5D2%7C3)\n\n"


def test_rows_without_their_head() -> None:
    """The rest of a table that begins in another passage keeps its rows."""
    assert plain("| c | d |\n| e | f |\n") == "| c | d |\n| e | f |\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "<b>raw</b> <script>alert(1)</script>",
        "<details>\nhidden\n</details>",
        "<!-- a remark -->",
        "[a]: http://example.com",
        "see [this][a]",
        "<http://example.com>",
        "[red]x[/red] :smile:",
        "{{< note >}}",
        "&amp; &#x202e; &copy",
        "| a |\n|---|\n| b | too many cells |",
        "| a |\n|---|\n| 7 | 8 |",
        '[words](http://example.com "a title")',
    ],
)
def test_what_is_shown_as_it_is_written(text: str) -> None:
    """HTML, references and markup of other kinds are text."""
    assert plain(text).replace("\n", " ") == f"{text}\n\n".replace("\n", " ")


def test_links_and_pictures() -> None:
    """A link is its words and its address, and no terminal is told to make it one."""
    sent = shown("[words](http://example.com/a) ![picture](b.png)")
    assert "\x1b]8" not in sent
    assert re.sub(r"\x1b\[[0-9;]*m", "", sent) == (
        "words (http://example.com/a) !picture (b.png)\n\n"
    )


@given(st.text(max_size=40))
@example("\x1b[31m&#x202e;&#27;&#x9b;\u202e\x07\x00")
@example("[a](http://x/\x1b]8;;y)")
@example("`\x1b[1m`\n\n    \x1b]0;x\x07")
def test_nothing_acts_on_the_terminal(text: str) -> None:
    """No control of a document's reaches the terminal, as itself or as an entity."""
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain(text))


# No fences: the language after one is not text.
MARKDOWN = st.sampled_from(
    [
        *"#*_>|-+[]()!<\\\n\n  ",
        " `",
        "\n\n",
        "\n- ",
        "\n1. ",
        "\n    ",
        "](",
        "![",
        "---\n",
        "|\n|-|\n",
    ]
)
WORDS = st.sampled_from(["leave", "boat", "seven", "noon", "zebra"])


@given(st.lists(MARKDOWN | WORDS.map(lambda word: f" {word} "), max_size=25).map("".join))
def test_no_word_is_lost(text: str) -> None:
    """Whatever the Markdown, each word of the passage is shown."""
    expected = sorted(re.findall(r"[a-z]{4,}", text))
    assert sorted(re.findall(r"[a-z]{4,}", plain(text))) == expected
