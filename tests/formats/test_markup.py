"""AsciiDoc, reStructuredText and LaTeX as people write them."""

from __future__ import annotations

import io
import re
import shutil
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import DocumentError
from ragpg.formats import Conversion
from ragpg.formats.navigation import drop_contents, drop_menus
from ragpg.formats.titles import read_title
from tests.support.formats import make_epub, make_zip

if TYPE_CHECKING:
    from collections.abc import Iterator

needs_pandoc = pytest.mark.skipif(not shutil.which("pandoc"), reason="pandoc is not on PATH")


@pytest.fixture(scope="module")
def conversion() -> Iterator[Conversion]:
    """One process that converts."""
    with Conversion() as conversion:
        yield conversion


ASCIIDOC = """\
= Handbook
:product: Frobnicator
:url: https://example.com/

The {product} is small.

[[tags]]
== Tags

(((tag, list)))
A tag names a commit.
It is ((light)).

* one
* two goes
  on here
* three

=== Lists

See <<tags,Tags>> and {glossary}layer[Layers],{nbsp}not <<more>>.
// no word of this
ifdef::x[]

----
= no heading
if (((a))) then
----

== Notes

[NOTE]
====
Take care.
====
"""


def test_asciidoc_keeps_its_order(conversion: Conversion) -> None:
    """Paragraphs and lists stay below their heading; index terms and comments are not shown."""
    converted = conversion.convert("a.adoc", ASCIIDOC.encode())
    assert converted.text == (
        "# Handbook\n\nThe Frobnicator is small.\n\n## Tags\n\n"
        "A tag names a commit. It is light.\n\n- one\n- two goes on here\n- three\n\n"
        "### Lists\n\nSee Tags and Layers, not more.\n\n"
        "```\n= no heading\nif (((a))) then\n```\n\n## Notes\n\nTake care.\n"
    )


def test_asciidoc_that_is_not_utf_8(conversion: Conversion) -> None:
    """It fails with the place, as Markdown does."""
    with pytest.raises(DocumentError, match="it is not UTF-8, from byte 2 on"):
        conversion.convert("a.adoc", b"= \xfcber\n")


@needs_pandoc
def test_what_sphinx_lets_follow_a_directive(conversion: Conversion) -> None:
    """A list on the line below a directive is a list; pictures without words are left out."""
    text = b".. seealso::\n   * one\n   * two\n\n.. image:: badge.svg\n\nEnd.\n"
    converted = conversion.convert("a.rst", text)
    assert [line.split() for line in converted.text.splitlines() if "o" in line] == [
        ["-", "one"],
        ["-", "two"],
    ]
    assert "badge" not in converted.text


@needs_pandoc
@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\SI 5{\volt} at \num 3", "5\u00a0V at 3"),
        (r"\SI 2\volt", "2\u00a0V"),
        ("\\SI\n{33.9}{\\volt}", "33.9\u00a0V"),
        (r"Trainer \hfill 35,- Euro", "Trainer 35,- Euro"),
        (r"\[\label{x} u_1 = \frac{a_\text{h}}{b}\]", r"$$u_1 = \frac{a_\text{h}}{b}$$"),
    ],
)
def test_latex_as_it_is_written(conversion: Conversion, written: str, read: str) -> None:
    """Amounts without braces, numbers behind a filled line, and formulas are read."""
    text = f"\\documentclass{{article}}\\begin{{document}}\n{written}\n\\end{{document}}"
    assert conversion.convert("a.tex", text.encode()).text == f"{read}\n"


@needs_pandoc
def test_arguments_of_commands_that_are_defined_elsewhere(conversion: Conversion) -> None:
    """They are text; those of known commands, of the file's own and in formulas stay theirs."""
    body = r"""\newcommand{\mine}[1]{\textbf{#1}}
\jurparagraph{Fees and \emph{dues}}\label{fees}

\mine{Own} \pai*{learning} with \TikZ{} costs \SI{5}{\volt}, $\foo{x} = \sqrt{y}$, \verb|\gls{a}|.%
\footnote{See \pai*{pgf}.} \vspace{lines} \cite{key}"""
    text = f"\\documentclass{{article}}\n\\begin{{document}}\n{body}\n\\end{{document}}"
    lines = conversion.convert("a.tex", text.encode()).text.splitlines()
    assert lines[0].startswith("Fees and *dues*")
    assert "**Own** learning with TikZ costs 5\u00a0V" in lines[2]
    assert "`\\gls{a}`" in lines[2]
    assert r"$\foo{x} = \sqrt{y}$" in lines[2]
    assert "lines" not in lines[2]
    assert lines[-1] == "[^1]: See pgf."


@needs_pandoc
def test_latex_that_cannot_be_read_with_arguments(conversion: Conversion) -> None:
    """It is read without them; what is not UTF-8 is, too."""
    text = r"\begin{document}\odd{a_b \left(}\end{document} caf\'e"
    assert conversion.convert("a.tex", f"Words. {text}".encode()).text
    assert "Words" in conversion.convert("a.tex", b"Words \\x{\xfc}.").text


TITLED = (
    r"\title{A \emph{b}\\ c}\begin{document}\begin{abstract}X.\end{abstract}"
    r"\section{One}\end{document}"
)


@needs_pandoc
@pytest.mark.parametrize(
    ("source", "written", "read"),
    [
        ("a.org", "#+TITLE: On *wine*\n\n* One\n** Two\n", "# On wine\n\n## One\n\n### Two\n"),
        ("a.org", "#+TITLE: One\n\n* One\nText.\n", "# One\n\nText.\n"),
        (
            "a.tex",
            TITLED,
            "# A b c\n\nX.\n\n## One\n",
        ),
    ],
)  # fmt: skip
def test_titles_that_are_no_headings(
    conversion: Conversion, source: str, written: str, read: str
) -> None:
    """The title of a document is its first heading, all others are below it."""
    assert conversion.convert(source, written.encode()).text == read


@needs_pandoc
def test_no_html_is_left_where_markdown_has_words(conversion: Conversion) -> None:
    """Admonitions begin with their names, and tables whose cells have lists are tables."""
    text = """\
.. note:: Mind *it*.

   More.

.. warning::

   - Hot

+-----+------------+
| a   | b          |
+=====+============+
| c   | * long | x |
|     | * ``y      |
|     |   z``      |
+-----+------------+

.. code:: text

   | a     |
"""
    assert conversion.convert("a.rst", text.encode()).text == (
        "**Note:** Mind *it*.\n\nMore.\n\n**Warning:**\n\n-   Hot\n\n"
        "| a | b |\n|---|---|\n| c | long \\| x; `y z` |\n\n``` text\n| a     |\n```\n"
    )


def test_asciidoc_tables(conversion: Conversion) -> None:
    """They stay where they are, with any bar, and code in their cells stays between the rows."""
    text = """\
= Rules image:logo.png[width=150]
:who: Ann

toc::[]

These are the rules:
|===
|Name |Rule
|{who} |Ask image:x.png[]
|===

.Call
[cols="h,a", separator=!]
|===
!Method ! POST
!Header !
[source,text]
----
|=== a | b
----
NOTE: Short.

!Body ! none
!Code !
----
c
----
|===
The end.
"""
    assert conversion.convert("a.asc", text.encode()).text == (
        "# Rules\n\nThese are the rules:\n\n| Name | Rule |\n| - | - |\n| Ann | Ask |\n\nCall\n\n"
        "| Method | POST |\n| - | - |\n| Header |  |\n\n```\n|=== a | b\n```\n\nNOTE: Short.\n\n"
        "| Body | none |\n| - | - |\n| Code |  |\n\n```\nc\n```\n\nThe end.\n"
    )


def test_signatures_are_no_asciidoc(conversion: Conversion) -> None:
    """They have its suffix, and no text."""
    assert conversion.convert("a.asc", b"-----BEGIN PGP SIGNATURE-----\n\niQ==\n").text == ""


@pytest.mark.parametrize(
    ("page", "read"),
    [
        (
            "<title>On &amp; off | Site</title><h2>One</h2><h2>Two</h2>",
            "# On & off\n\n## One\n\n## Two\n",
        ),
        (
            "<title>On</title><h1>One</h1><pre># x</pre><h1>Two</h1>",
            "# On\n\n## One\n\n```\n# x\n```\n\n## Two\n",
        ),
        ("<title>On</title><h2>On</h2><h2>Two</h2>", "# On\n\n## Two\n"),
        ("<title>On</title><h1>One</h1><h2>Two</h2>", "# One\n\n## Two\n"),
        ("<title>Untitled</title><h2>Two</h2>", "## Two\n"),
        ("<p>Text.</p>", "Text.\n"),
    ],
)
def test_titles_of_pages(conversion: Conversion, page: str, read: str) -> None:
    """They begin a page that has no heading above all others, without the name of the site."""
    assert conversion.convert("a.html", f"<html>{page}</html>".encode()).text == read


def test_titles_of_books(conversion: Conversion) -> None:
    """The chapters are below the title of the book."""
    content = make_epub("<h1>One</h1><p>First.</p>", "<h1>Two</h1><p>Second.</p>")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    package = next(name for name in parts if name.endswith(".opf"))
    title = b"<dc:title>A &amp;  B</dc:title><dc:identifier"
    parts[package] = re.sub(b"<dc:title>.*?</dc:title>", b"", parts[package]).replace(
        b"<dc:identifier", title, 1
    )
    assert conversion.convert("a.epub", make_zip(parts)).text == (
        "# A & B\n\n## One\n\nFirst.\n\n## Two\n\nSecond.\n"
    )


@pytest.mark.parametrize(
    "fragment", ["<nav>", "<div role=navigation>", "<title>", "<a ", "- [a](#b)"]
)
def test_elements_that_never_end_take_linear_time(fragment: str) -> None:
    """What is quadratic takes minutes at this length, all else a second."""
    page = 100_000 * fragment
    began = time.process_time()
    assert drop_menus(page.encode()) == page.encode()
    assert read_title(page.encode(), ".html") == ""
    assert drop_contents(page) == page
    assert time.process_time() - began < 15
