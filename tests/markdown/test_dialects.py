"""Dialects of Markdown: what a reader of the rendered page sees of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from ragpg.markdown import SegmentKind, clean_markdown, split_cells, split_segments, strip_markup
from tests.support.markdown import MARKDOWN


def visible(text: str) -> list[str]:
    """What a reader sees of each segment, those without words left out."""
    return [segment.plain for segment in split_segments(text) if segment.plain]


@given(MARKDOWN)
@settings(max_examples=200)
def test_what_is_shown_lies_in_its_segment(text: str) -> None:
    """The span without tags is a part of the segment, and has no blanks around it."""
    for segment in split_segments(text):
        start, end = segment.shown
        assert segment.start <= start <= end <= segment.end
        assert text[start:end] == text[start:end].strip()


@given(MARKDOWN)
@settings(max_examples=200)
def test_cleaning_ends(text: str) -> None:
    """Any text can be cleaned."""
    assert isinstance(clean_markdown(text), str)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ('!!! warning "Hot"\n\n    Do not touch the lid.\n\nAfter.\n', ("Hot",)),
        ('??? note "Hot"\n    Do not touch the lid.\n\nAfter.\n', ("Hot",)),
        (":::danger Hot\nDo not touch the lid.\n:::\n\nAfter.\n", ("Hot",)),
        (":::danger[Hot]\n\nDo not touch the lid.\n\n:::\n\nAfter.\n", ("Hot",)),
        ("/// warning | Hot\nDo not touch the lid.\n///\n\nAfter.\n", ("Hot",)),
        ("> [!warning]- Hot\n> Do not touch the lid.\n\nAfter.\n", ("Hot",)),
        ("```{warning} Hot\nDo not touch the lid.\n```\n\nAfter.\n", ("Hot",)),
        ('{{% alert info "Hot" %}}\nDo not touch the lid.\n{{% /alert %}}\n\nAfter.\n', ("Hot",)),
        ('<Callout title="Hot">\n  Do not touch the lid.\n</Callout>\n\nAfter.\n', ("Hot",)),
        ('<Tab\n  title="Hot"\n>\n\n  Do not touch the lid.\n\n</Tab>\n\nAfter.\n', ("Hot",)),
        ('=== "Hot"\n\n    Do not touch the lid.\n\nAfter.\n', ("Hot",)),
        (
            "<details>\n<summary>Hot</summary>\n\nDo not touch the lid.\n\n</details>\n\nAfter.\n",
            ("Hot",),
        ),
        ("<div>\n<h4>Hot</h4>\n<p>Do not touch the lid.</p>\n</div>\n\nAfter.\n", ("Hot",)),
        ("```{tip} Hot\n:class: x\n\nDo not touch the lid.\n```\n\nAfter.\n", ("Hot",)),
        ("/// tip | Hot\n    open: true\n\nDo not touch the lid.\n///\n\nAfter.\n", ("Hot",)),
        ('<ParamField path="Hot">\nDo not touch the lid.\n</ParamField>\n\nAfter.\n', ("Hot",)),
        ('{% tab title="Hot" %}\nDo not touch the lid.\n{% endtab %}\n\nAfter.\n', ("Hot",)),
    ],
)
def test_a_titled_container(text: str, titles: tuple[str, ...]) -> None:
    """The body of an admonition, tab or component is text under its title, and what follows not."""
    segments = [segment for segment in split_segments(text) if segment.plain]
    assert [(s.kind, s.plain, s.titles) for s in segments] == [
        (SegmentKind.TITLE, "Hot", titles),
        (SegmentKind.SENTENCE, "Do not touch the lid.", titles),
        (SegmentKind.SENTENCE, "After.", ()),
    ]
    start, end = segments[1].shown
    assert text[start:end].removeprefix("> ") == "Do not touch the lid."


@pytest.mark.parametrize(
    "text",
    [
        "!!! note\n    Wear gloves.\n",
        "::: note\nWear gloves.\n:::\n",
        "> [!NOTE]\n> Wear gloves.\n",
        "{{< note >}}\nWear gloves.\n{{< /note >}}\n",
        "<Note>\nWear gloves.\n</Note>\n",
        '<Admonition type="note">\nWear gloves.\n</Admonition>\n',
    ],
)
def test_an_admonition_without_title_is_called_by_its_type(text: str) -> None:
    """A reader sees the type, which is no title of the text below, and the two are one block."""
    title, body = (segment for segment in split_segments(text) if segment.plain)
    assert (title.kind, title.plain, body.plain) == (SegmentKind.TITLE, "Note", "Wear gloves.")
    assert body.titles == ()
    assert title.block == body.block


def test_a_body_is_markdown() -> None:
    """Lists, code and paragraphs are found in an indented body."""
    text = "!!! tip\n\n    Then:\n\n    - one\n    - two\n\n    ```sh\n    ls\n    ```\n"
    kinds = [(s.kind.name, s.plain) for s in split_segments(text)][1:]
    assert kinds == [
        ("SENTENCE", "Then:"),
        ("LIST_ITEM", "one"),
        ("LIST_ITEM", "two"),
        ("CODE", "    ls"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Seen. <!-- hidden --> Seen.",
        "Seen.\n\n<!-- hidden\n\nhidden -->\n\nSeen.",
        "Seen. {/* hidden */} Seen.",
        "Seen.\n\n{/* hidden\n\nhidden */}\n\nSeen.",
        "Seen. {% comment %} hidden {% endcomment %} Seen.",
        "Seen.\n\n{% comment %}\nhidden\n\nhidden\n{% endcomment %}\n\nSeen.",
        "Seen.\n\n{{< comment >}}\nhidden\n\nhidden\n{{< /comment >}}\n\nSeen.",
        "Seen. {{</* hidden */>}} Seen.",
        "Seen. {{/* hidden */}} Seen.",
        "Seen. %%hidden%% Seen.",
        "Seen.\n\n%%\nhidden\n\nhidden\n%%\n\nSeen.",
        "Seen. {# hidden #} Seen.",
        "Seen.\n\n{::comment}\nhidden\n{:/comment}\n\nSeen.",
        "```{div}\n:class: hidden\n\n```\n\nSeen. Seen.",
        "import hidden from 'hidden'\n\nSeen.\n\nSeen.",
        "export const hidden = {\n  a: 1,\n\n  b: 2,\n}\n\nSeen. Seen.",
        "Seen.\n{: .hidden #hidden}\n\n{% include hidden.html %}\n\nSeen.",
    ],
)
def test_what_a_reader_does_not_see(text: str) -> None:
    """Comments, imports, attributes and tags are neither searched nor quoted."""
    assert " ".join(visible(text)) == "Seen. Seen."


@pytest.mark.parametrize(
    "text",
    [
        "import the file first, then go on.",
        "Save 50%% now and 20%% later.",
        "Set: yes\n\n: not a definition of anything",
    ],
)
def test_prose_that_looks_like_markup(text: str) -> None:
    """Words that begin like an import or a comment are read."""
    assert strip_markup(text).split()[-1] == text.rsplit(maxsplit=1)[-1]


def test_code_keeps_what_it_shows() -> None:
    """In code, comments, tags and shortcodes are what the reader is shown."""
    code = "<!-- a -->\n{/* b */}\n:::note\n!!! tip\n<Tab>\n{{< note >}}\nimport a from 'b'"
    assert visible(f"```\n{code}\n```\n") == [code]
    assert visible("Write `<!-- a -->` and `{/* b */}`.") == ["Write <!-- a --> and {/* b */}."]


def test_preformatted_html_keeps_its_signs() -> None:
    """What is markup in a paragraph is a sign of the code within `<pre>`; entities are read."""
    text = "<pre><code>tar -x \\\n\t--file=*a*.tar \\\n\t-C [d](x) _b_ &amp;&amp; ls</code></pre>\n"
    [code] = visible(text)
    assert code == "tar -x \\\n\t--file=*a*.tar \\\n\t-C [d](x) _b_ && ls"
    assert clean_markdown(text) == f"```\n{code}\n```"


def test_alternative_texts_with_quotes() -> None:
    """A quote of the other kind does not end the text; an image without one is nothing."""
    assert visible('<img alt="Ada\'s notes" src="a.png"> are here.') == ["Ada's notes are here."]
    assert visible('See [<img src="i.svg">the notes](https://x.example).') == ["See the notes."]


def test_shortcodes_around_code() -> None:
    """What a shortcode shows as code is code."""
    text = "{{< code-toggle file=hugo >}}\n[a]\nb = 1\n{{< /code-toggle >}}\n"
    assert [(s.kind, s.plain) for s in split_segments(text)] == [(SegmentKind.CODE, "[a]\nb = 1")]
    assert clean_markdown(text) == "```\n[a]\nb = 1\n```"


def test_html_is_divided_as_it_is_shown() -> None:
    """Paragraphs, headings and items of HTML are such."""
    text = (
        "<h2 id='a'>Pumps</h2>\n<p>One <b>two</b>. Three.</p>\n"
        "<ul><li>first</li><li><p>second</p></li></ul>\n<pre>x &lt; 1\n  y</pre>\n"
    )
    assert [(s.kind.name, s.plain, s.heading) for s in split_segments(text)] == [
        ("HEADING", "Pumps", ("Pumps",)),
        ("SENTENCE", "One two.", ("Pumps",)),
        ("SENTENCE", "Three.", ("Pumps",)),
        ("LIST_ITEM", "first", ("Pumps",)),
        ("LIST_ITEM", "second", ("Pumps",)),
        ("CODE", "x < 1\n  y", ("Pumps",)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<table><tr><th>Hall</th><th>Area</th></tr><tr><td>North</td><td>9 m²</td></tr></table>\n",
        "<table>\n<thead><tr>\n<td>Hall\n<td>Area<tbody>\n\n<tr>\n<td>North\n<td>9 m²\n\n</table>",
        (
            "<div>\n<table class='x'>\n  <tr>\n    <th>Hall</th>\n    <th>Area</th>\n  </tr>\n\n"
            "  <tr>\n    <td><p>North</p></td>\n    <td>9 m²</td>\n  </tr>\n</table>\n</div>\n"
        ),
    ],
)
def test_html_tables(text: str) -> None:
    """Rows of an HTML table are rows, under their header, whatever the layout of the tags."""
    header, row = (segment for segment in split_segments(text) if segment.plain)
    assert (header.kind, row.kind) == (SegmentKind.TABLE_HEADER, SegmentKind.TABLE_ROW)
    assert (split_cells(text, header), split_cells(text, row)) == (
        ("Hall", "Area"),
        ("North", "9 m²"),
    )


def test_cells_keep_their_columns() -> None:
    """An empty cell is a cell, an escaped pipe is text, and a header may have two lines."""
    text = "| a | b |\n|   | c |\n| - | - |\n|  | x \\| y |\n"
    header, row = split_segments(text)
    assert split_cells(text, header) == ("a", "b c")
    assert split_cells(text, row) == ("", "x | y")


def test_a_definition_is_read_with_its_term() -> None:
    """Terms and definitions are items of one list, also with a blank line between them."""
    text = (
        "Pod\n: A group of containers.\n\nNode\n\n:   A machine.\n\n    It runs pods.\n\nAfter.\n"
    )
    segments = split_segments(text)
    assert [(s.kind.name, s.plain) for s in segments] == [
        ("LIST_ITEM", "Pod: A group of containers."),
        ("LIST_ITEM", "Node: A machine."),
        ("SENTENCE", "It runs pods."),
        ("SENTENCE", "After."),
    ]


def test_footnotes() -> None:
    """A footnote is told apart, with the paragraphs that are indented below it."""
    text = "Loud[^a].\n\n[^a]: 96 decibels.\n\n    At noon.\n[^b]: word\n"
    assert [(s.kind.name, s.plain) for s in split_segments(text)] == [
        ("SENTENCE", "Loud."),
        ("FOOTNOTE", "96 decibels."),
        ("SENTENCE", "At noon."),
        ("FOOTNOTE", "word"),
    ]


def test_wiki_links() -> None:
    """A wiki link is read as its alias, or as the page and heading that it names."""
    assert strip_markup("See [[Page|the page]], [[Page#Part]], ![[plan.png|300]]and [[x]](y).") == (
        "See the page, Page > Part, and [x]."
    )


def test_words_of_components() -> None:
    """What a component shows of its attributes is read, what configures it is not."""
    text = '<Card title="Cheap pumps" icon="pump" href="/x" />\n\n<Icon name="arrow" />\n'
    assert visible(text) == ["Cheap pumps"]
    assert visible('<Tab title="Hot">Do not touch.</Tab>\n') == ["Hot: Do not touch."]
    shortcode = '{{< tab name="Hot" >}}Do not touch.{{< /tab >}}\n'
    assert visible(shortcode) == ["Hot: Do not touch."]


@pytest.mark.parametrize("newline", ["", "\n"])
def test_details_that_end_within_a_line(newline: str) -> None:
    """What follows a collapsible part is not below its title, wherever in a line it ends."""
    text = f"<details>{newline}<summary>Hot?</summary>{newline}Yes.</details>\n\nAfter.\n"
    assert [(s.plain, s.titles) for s in split_segments(text)] == [
        ("Hot?", ("Hot?",)),
        ("Yes.", ("Hot?",)),
        ("After.", ()),
    ]


def test_cleaned_answers() -> None:
    """An answer is shown as plain Markdown, with tables as tables and without tags."""
    assert clean_markdown("One.\n\n{{< x >}}\n\n> [!TIP] Two\n> Three *four*.") == (
        "One.\n\n**Two**\n\nThree *four*."
    )
    assert clean_markdown("<tr><th>a</th></tr>\n<tr><td>b|c</td></tr>") == (
        "| a |\n| --- |\n| b\\|c |"
    )
    assert clean_markdown("!!! tip\n\n    Then:\n\n    - a\n    - b\n\n        c\n") == (
        "**Tip**\n\nThen:\n\n- a\n- b\n\nc"
    )
    assert clean_markdown("Then:\n\n    - a\n    - b", shift=4) == "Then:\n\n- a\n- b"
    assert clean_markdown("One.</p>\n</div>\n<p>Two.") == "One.\n\nTwo."
    assert clean_markdown("One <Tab>\ntwo <b>three</b> four.") == "One \ntwo three four."
    assert clean_markdown("[a][b] and ![c][] and [d](e)") == "a and c and [d](e)"
    assert clean_markdown("a < b and `<p>`") == "a < b and `<p>`"


@pytest.mark.parametrize(
    "text",
    [
        "!!! a\n" * 20_000,
        ":::a\n" * 20_000,
        "<A>\n" * 20_000,
        "<A\n" * 20_000,
        "<A b='\n" * 20_000,
        '<p class="' + "class=" * 40_000 + '">',
        "- a" + "\u2028" * 100_000 + "::: tip",
        "<details>\n" * 20_000,
        "<table>\n" * 20_000,
        "<details>\n" + "<summary>a</summary>\n" * 20_000,
        "<div><h2>a</h2>" * 20_000,
        "<ul><li>" * 20_000,
        "a<!--" * 20_000,
        "<p>" + "<b>" * 60_000,
        "<table><tr><td>" * 20_000,
        "<div>" * 40_000,
        "{{< a >}}\n" * 20_000 + "{{< /a >}}",
        "{{< highlight >}}\n" * 10_000,
        "{% comment %}\n" * 20_000,
        "{% comment %} " * 20_000,
        "export const a = {\n" * 10_000,
        "{/*\n" * 20_000,
        "{/* " * 40_000,
        "%%\n" * 20_001,
        "%%a " * 40_000,
        "a\n: b\n" * 10_000,
        "[^a]: b\n" * 10_000,
        "[[" * 60_000,
        "{{< " + "a " * 60_000,
        "!!! " + "a " * 60_000,
        "> [!a]\n" * 10_000,
        "<pre>\n" * 20_000,
        '=== "' + '"' * 60_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_pathological_dialects_take_linear_time(text: str) -> None:
    """Unclosed and nested constructs cost about a second a megabyte."""
    begun = time.process_time()
    assert "".join(text[segment.start : segment.end] for segment in split_segments(text)) == text
    assert time.process_time() - begun < 6
