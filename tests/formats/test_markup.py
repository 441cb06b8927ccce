"""AsciiDoc, reStructuredText and LaTeX as people write them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import DocumentError
from ragpg.formats import Conversion

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
