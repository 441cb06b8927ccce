"""Markdown as segments, and as a reader sees it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from ragpg.markdown import (
    SegmentKind,
    find_line_starts,
    find_title,
    halve_segment,
    split_segments,
    strip_markup,
)
from tests.support.markdown import MARKDOWN


def kinds(text: str) -> list[tuple[str, str]]:
    """Each segment's kind and what a reader sees of it."""
    return [(segment.kind.name, segment.plain) for segment in split_segments(text)]


def sentences(text: str) -> list[str]:
    """The text's segments as a reader sees them."""
    return [segment.plain for segment in split_segments(text)]


@given(MARKDOWN)
@settings(max_examples=300)
def test_segments_partition_the_text(text: str) -> None:
    """Segments follow each other without a gap from 0 to the text's end, and are never blank."""
    segments = split_segments(text)
    assert "".join(text[segment.start : segment.end] for segment in segments) == text
    assert [segment.start for segment in segments] == [0, *(segment.end for segment in segments)][
        : len(segments)
    ]
    if text.strip():
        assert all(text[segment.start : segment.end].strip() for segment in segments)


@given(MARKDOWN)
@settings(max_examples=150)
def test_newlines_do_not_change_what_is_read(text: str) -> None:
    """The same text with LF, CRLF and CR has the same segments."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    expected = kinds(lines)
    for newline in ("\r\n", "\r"):
        assert kinds(lines.replace("\n", newline)) == expected


@given(MARKDOWN)
@settings(max_examples=100)
def test_halves_partition_the_segment(text: str) -> None:
    """Halving a segment again and again ends, and loses nothing."""
    for segment in split_segments(text):
        left, *right = halve_segment(text, segment)
        assert (left.start, [*(half.start for half in right), segment.end][0]) == (
            segment.start,
            left.end,
        )
        assert not right or segment.start < left.end < segment.end == right[0].end


def test_kinds_and_headings() -> None:
    """Every sort of block is told apart and stands under its headings."""
    text = (
        "Before.\n\n# Top\n\n## Sub *one* {#sub}\n\nText here.\n\n- item\n  - nested\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```sh\nls -l\n```\n\nUnder\nlined\n===\n\n<!-- c -->\n"
    )
    assert [(segment.kind, segment.plain, segment.heading) for segment in split_segments(text)] == [
        (SegmentKind.SENTENCE, "Before.", ()),
        (SegmentKind.HEADING, "Top", ("Top",)),
        (SegmentKind.HEADING, "Sub one", ("Top", "Sub one")),
        (SegmentKind.SENTENCE, "Text here.", ("Top", "Sub one")),
        (SegmentKind.LIST_ITEM, "item", ("Top", "Sub one")),
        (SegmentKind.LIST_ITEM, "nested", ("Top", "Sub one")),
        (SegmentKind.TABLE_HEADER, "a | b", ("Top", "Sub one")),
        (SegmentKind.TABLE_ROW, "1 | 2", ("Top", "Sub one")),
        (SegmentKind.CODE, "ls -l", ("Top", "Sub one")),
        (SegmentKind.HEADING, "Under lined", ("Under lined",)),
        (SegmentKind.OTHER, "", ("Under lined",)),
    ]


def test_levels_that_are_left_out() -> None:
    """A heading ends all sections of its level or a deeper one."""
    text = "### C\n\na\n\n# A\n\nb\n\n### D\n\nc\n\n## B\n\nd\n"
    paths = [
        segment.heading for segment in split_segments(text) if segment.kind is SegmentKind.SENTENCE
    ]
    assert paths == [("C",), ("A",), ("A", "D"), ("A", "B")]


def test_headings_in_quotes_and_lists_open_no_section() -> None:
    """A heading in a quote is a heading there, and what follows the quote is not under it."""
    segments = split_segments("# A\n\n> ## B\n> quoted\n\n- # C\n  x\n\nafter\n")
    assert {segment.heading for segment in segments} == {("A",)}
    assert [segment.plain for segment in segments] == ["A", "B", "quoted", "C", "x", "after"]


def test_no_other_character_breaks_a_line() -> None:
    """Vertical tab, form feed, NEL and the Unicode separators do not begin a new line."""
    for character in ("\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"):
        text = f"a{character}# b\n\n# c\n"
        assert [segment.heading for segment in split_segments(text)] == [(), ("c",)]
        assert find_line_starts(text) == [0, 6, 7, 11]


def test_line_starts() -> None:
    """LF, CRLF and a lone CR end a line, each once."""
    assert find_line_starts("a\r\nb\rc\n\nd") == [0, 3, 5, 7, 8]
    assert find_line_starts("") == [0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He came. She left! Why? Who knows…", ["He came.", "She left!", "Why?", "Who knows…"]),
        (
            "Ask Dr. Smith, e.g. at 5 p.m. today. Yes.",
            ["Ask Dr. Smith, e.g. at 5 p.m. today.", "Yes."],
        ),
        ("See No. 5 of vol. 2. No. That is all.", ["See No. 5 of vol. 2.", "No.", "That is all."]),
        (
            "It costs 3.5 dollars. Version 1.2.3 is out.",
            ["It costs 3.5 dollars.", "Version 1.2.3 is out."],
        ),
        ("J. R. R. Tolkien wrote it. He did.", ["J. R. R. Tolkien wrote it.", "He did."]),
        (
            "In the U.S. Army. He left the U.S. The end.",
            ["In the U.S. Army.", "He left the U.S.", "The end."],
        ),
        ("Acme Inc. Sales rose. They did.", ["Acme Inc. Sales rose.", "They did."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ('"Really?" he asked. "Yes!" she said.', ['"Really?" he asked.', '"Yes!" she said.']),
        ("Use it. `ls -l` lists. **Bold** follows.", ["Use it.", "ls -l lists.", "Bold follows."]),
        ("Wait... what? ok.", ["Wait... what?", "ok."]),
        ("One. 2. Two. 3. Three.", ["One.", "2. Two.", "3. Three."]),
        ("一。二！三", ["一。", "二！", "三"]),  # noqa: RUF001  (the marks of the language)
        ("行吗?行!", ["行吗?", "行!"]),
        ("真的？！当然。", ["真的？！", "当然。"]),  # noqa: RUF001
        ("यह खुला है। वह बंद है।", ["यह खुला है।", "वह बंद है।"]),
        ("هل هو مفتوح؟ نعم.", ["هل هو مفتوح؟", "نعم."]),
        ("Այո։ Ոչ։", ["Այո։", "Ոչ։"]),  # noqa: RUF001
        ("បាទ។ ទេ។", ["បាទ។", "ទេ។"]),
        ("문을 열었다.그는 들어갔다. 끝.", ["문을 열었다.", "그는 들어갔다.", "끝."]),
        (
            f"{'ค่าเช่า' * 12} {'ประตู' * 9} {'ประตู' * 12} ปิด",
            [f"{'ค่าเช่า' * 12}", f"{'ประตู' * 9} {'ประตู' * 12}", "ปิด"],
        ),
        ("ဟုတ်ကဲ့။မဟုတ်ပါ။", ["ဟုတ်ကဲ့။", "မဟုတ်ပါ။"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    """Sentences end where a reader would say so."""
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "See [the guide. It helps](https://x.org 'A. B') now.",
        "Run `a. B. c` now.",
        "Look at https://x.org/?a. b",
        "A <span title='One. Two'>word</span> here.",
        "A {{< note text='One. Two' >}} here.",
        "One <!-- first. Second --> two.",
    ],
)
def test_markup_is_never_split(text: str) -> None:
    """No sentence ends inside a link, code, a tag, a comment, or a shortcode."""
    assert len(split_segments(text)) == 1


def test_hard_line_breaks_end_a_sentence() -> None:
    """An address or a poem is one part a line."""
    assert sentences("12 Main Street  \nSpringfield\\\nUSA") == [
        "12 Main Street",
        "Springfield",
        "USA",
    ]


def test_what_is_too_long_is_cut_at_the_best_place() -> None:
    """A long sentence is cut at a clause, then between words, then anywhere; each part is short."""
    clause = "many words that go on and on, "
    for text in (clause * 40, "word " * 400, "x" * 3000, "词" * 3000, "- " + clause * 40):
        segments = split_segments(text)
        assert len(segments) > 1
        assert max(segment.end - segment.start for segment in segments) <= 352
    assert all(segment.plain.endswith("on,") for segment in split_segments(clause * 40))


def test_a_long_item_begins_with_an_item_and_goes_on_in_sentences() -> None:
    """An item stays whole while it is short, and is divided at its sentences otherwise."""
    short, long = "- One. Two. Three.\n", "- " + "This is a sentence of the item. " * 20
    assert kinds(short) == [("LIST_ITEM", "One. Two. Three.")]
    assert [kind for kind, _ in kinds(long)] == ["LIST_ITEM"] + ["SENTENCE"] * 19


def test_code_is_grouped_by_lines() -> None:
    """Code falls into groups of whole lines of about 350 characters."""
    text = "```\n" + "a line of code = 30 characters\n" * 40 + "```\n"
    segments = split_segments(text)
    assert [segment.kind for segment in segments] == [SegmentKind.CODE] * len(segments)
    assert all(250 < segment.end - segment.start <= 352 for segment in segments[:-1])
    assert all(text[segment.end - 1] == "\n" for segment in segments)


def test_data_in_a_link_is_cut_but_not_read() -> None:
    """An image that is written into the text is no text to search."""
    text = f"Before ![chart](data:image/png;base64,{'iVBORw0' * 1000}) after."
    segments = split_segments(text)
    assert strip_markup(text) == "Before chart after."
    assert max(segment.end - segment.start for segment in segments) <= 700


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'a [link](http://x.org "T") and [ref][r] and ![alt](i.png) and [](x)',
            "a link and ref and alt and",
        ),
        (
            '[![alt](a.png)](b) [x](<a b>) [y](a(b)c) [z]({{< ref "p" >}}) [w](/{% y %}/)',
            "alt x y z w",
        ),
        (
            "**bold** _it_ ***both*** ~~no~~ **bo**ld `co*de*` ``a`b``",
            "bold it both no bold co*de* a`b",
        ),
        ("snake_case 2**3 5*4 a * b __init__ f_x_", "snake_case 2**3 5*4 a * b init f_x"),
        ("**One. Two.** 这是**重点**内容", "One. Two. 这是重点内容"),
        ("a\\*b \\# c\\\\d", "a*b # c\\d"),
        ("AT&amp;T &#65;&nbsp;&lt;b&gt; &unknown;", "AT&T A <b> &unknown;"),
        (
            "a<br>b <b>c</b>d <img src='x' alt='y'> <http://x.org> <a@b.org> x<!-- z -->y",
            "a b cd y http://x.org a@b.org x y",
        ),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ('{{< tip text="pods" id="p" >}} {{% note %}}x{{% /note %}} {% raw %}y', "pods x y"),
        ('a {{< figure\n  alt="x"\n  caption="y"\n>}}\nb [c]({% page\n"d" %})', "a y b c"),
        ("text[^1] [1] [2][3] [a] [b][0] [c][]", "text [1] [2][3] [a] b c"),
        ("# Title #\n\n## Two {#two}\n\nThree\n---\n", "Title\nTwo\nThree"),
        ("- a\n- [x] b\n  1. c\n\n> q\n> r\n", "a\nb\nc\nq r"),
        ("| a | b \\| c |\n|---|---|\n| `x` |  | y |\n", "a | b | c\nx | y"),
        ("| 1 | 2 |\n| 3 | 4 |\n", "1 | 2\n3 | 4"),
        ("```python\nx = '*a*'\n\ny\n```\n", "x = '*a*'\n\ny"),
        ("<div>\n<p>Hi <i>you</i></p>\n<script>x()</script>\n</div>\n", "Hi you"),
        ("[a]: http://x.org\n\ntext\n\n***\n", "text"),
        ("[^1]: A note.\n", "A note."),
    ],
)
def test_plain(text: str, expected: str) -> None:
    """What a reader sees has no markup."""
    assert strip_markup(text) == expected


def test_plain_of_rows_without_their_head() -> None:
    """A part of a table is still rows."""
    assert kinds("| 1 | 2 |\n| 3 | 4 |\n") == [("TABLE_ROW", "1 | 2"), ("TABLE_ROW", "3 | 4")]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# One *two*\n\n## Three\n", "One two"),
        ("Setext\n======\n", "Setext"),
        ("# One\n\n# Two\n", None),
        ("## Two\n", None),
        ("> # Quoted\n", None),
        ("```\n# comment\n```\n", None),
        ("#\n", None),
        ("", None),
    ],
)
def test_title_of(text: str, title: str | None) -> None:
    """The title is the only heading of the first level."""
    assert find_title(text) == title


@pytest.mark.parametrize(
    "text",
    [
        ">" * 10_000 + " a",
        "- " * 10_000 + "a",
        "[" * 200_000,
        "![a](" * 50_000,
        "[a](" + " " * 200_000,
        "`" * 100_000 + " ".join("`" * (n % 200) for n in range(500)),
        "*a " * 60_000,
        "<!-- " * 40_000,
        "<a " * 60_000,
        "{{< " * 40_000,
        "." * 200_000,
        "a" + " " * 1_000_000 + "b",
        "a\n" + "  \n" * 80_000 + "b",
        "|" * 100_000,
        "x" * 1_000_000,
        "[a\n" * 20_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_pathological_texts_take_linear_time(text: str) -> None:
    """Nothing blows up: each of these takes well under a second."""
    begun = time.process_time()
    assert "".join(text[segment.start : segment.end] for segment in split_segments(text)) == text
    assert time.process_time() - begun < 5
