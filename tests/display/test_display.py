"""What is printed cannot act on a terminal, and JSON stays JSON."""

from __future__ import annotations

import json as standard_json

from hypothesis import given
from hypothesis import strategies as st

from ragpg.display import json_shapes, render
from ragpg.display.escape import line, literal
from ragpg.display.links import Places
from ragpg.display.text import Table
from ragpg.types import Claim, Hit, Verdict

ANY_TEXT = st.text(alphabet=st.characters(), max_size=60)
HARMFUL = "\x1b\x9b\x07\x7f\u202e\u2066\u200f\ufeff\U000e0041\udcff\x00"


@given(ANY_TEXT)
def test_literal_text_holds_nothing_that_acts(text: str) -> None:
    """No control, escape or direction mark is left, and nothing but these is changed."""
    shown = literal(text)
    assert not any(character in HARMFUL for character in shown)
    assert all(ord(character) >= 0x20 or character in "\n\t" for character in shown)
    if text.isprintable():
        assert shown == text


def test_what_would_act_is_shown() -> None:
    """A reader sees what stood there."""
    assert literal("a\x1b[31mb\u202ec\r\nd") == "a\\x1b[31mb\\u202ec\nd"
    assert line("two\nlines\tand a tab") == "two\\nlines\\tand a tab"


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=60))
def test_json_means_what_it_was_made_of(text: str) -> None:
    """Escaping changes how JSON is written, never what it means, and it stays on one line."""
    written = json_shapes.dumps({"text": text})
    assert standard_json.loads(written) == {"text": text}
    assert len(written.splitlines()) == 1
    written.encode()


def test_json_escapes_what_would_act() -> None:
    """Controls and direction marks are escaped, other letters are readable."""
    assert json_shapes.dumps({"ü": "\x1b\u202e\U000e0041\x7f"}) == (
        '{"ü": "\\u001b\\u202e\\udb40\\udc41\\u007f"}'
    )


def claim(text: str, verdict: Verdict, *, why: str | None = None) -> Claim:
    """Make a claim with a verdict."""
    return Claim(text, (1,), verdict, 0.0, why)


def test_unsupported_claims_are_marked_in_place() -> None:
    """A mark follows each claim that is not supported; the rest of the answer stays as it is."""
    text = "It rains. [1] It pours. [2]\nThat is all."
    claims = [
        claim("It rains.", Verdict.SUPPORTED),
        claim("It pours.", Verdict.UNSUPPORTED, why="[2] says it rains"),
        claim("That is all.", Verdict.UNCITED),
    ]
    assert render.mark_claims(text, claims).plain == (
        "It rains. [1] It pours. [unsupported: [2] says it rains] [2]\nThat is all. [uncited]"
    )


def test_markup_in_documents_stays_text() -> None:
    """What looks like Rich markup, or acts on terminals, is printed unchanged."""
    hit = Hit(1, "a\x1b.md", "T", ("[red]H[/red]",), 0, 5, 3, 4, "[bold]\x1b[1mtext", 0.5)
    lines = [text.plain for text in render.render_hits([hit], terms=[], places=Places(str))]
    assert lines == [
        "1. a\\x1b.md:L3-L4  [red]H[/red]  0.5000",
        "[bold]\\x1b[1mtext\n",
    ]


def test_columns_are_aligned_by_the_width_of_characters() -> None:
    """Wide characters take two columns, combining marks none."""
    table = Table(("name", "n"), numbers=frozenset({1}))
    for name in ("日本", "e\u0301", "ascii"):
        table.add(name, "1")
    assert table.plain == "name   n\n日本   1\ne\u0301      1\nascii  1"
