"""What a PDF draws apart, or beside each other, and says in one piece."""

from __future__ import annotations

import pytest

from ragpg.formats.accents import join_accents
from ragpg.formats.false_tables import drop_contents, restore_text
from ragpg.formats.furniture import drop_furniture
from ragpg.formats.pdf import tidy

TEX = (
    "r\u00b4egl\u00b4ee \u00b4etat, Entr\u00b4 ees `a l'\u02c6\u0131le, fa\u00b8con, "
    "Ver\u00a8offentlichung, 3\u02dce"
)


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        (TEX, "réglée état, Entrées à l'île, façon, Veröffentlichung, 3\u02dce"),
        (f"{TEX} Fac\u00b8on C\u00b8 a", "Façon Ça"),
        (f"{TEX} `b` `a` x\u00b4 3\u00b4e", "`b` `a` x\u00b4 3\u00b4e"),
        ("One `a or \u00b4etat is no proof", "One `a or \u00b4etat is no proof"),
    ],
)
def test_accents_beside_their_letters(drawn: str, read: str) -> None:
    """They are put on them where a text has several, and what may be code or a quote stays."""
    assert join_accents(drawn).endswith(read)


def test_a_numbered_heading_above_text() -> None:
    """The blank behind the number divides nothing below; tables and definitions stay."""
    false = """\
| 5.8 | Packages |
|---|---|
| Before | installing them, the content of all files is added |
| to | the list, in version |
| 2.0. |  |
| 5.8.1 | Hints |
| • When | nothing helps, ask. |
| • Or | wait \\| sleep. |"""
    assert tidy(false) == (
        "### 5.8 Packages\n\nBefore installing them, the content of all files is added to the "
        "list, in version 2.0.\n\n#### 5.8.1 Hints\n\n"
        "- When nothing helps, ask.\n- Or wait \\| sleep."
    )
    for table in (
        "| 1.5 | Name |\n|---|---|\n| 2.5 | Other |",
        "| 1.1 | Rent |\n|---|---|\n| Sum | Rent |\n| Rest | None |",
        "| UTC | set the clock |\n|---|---|\n| ROOT | be the root |",
        "| 1.1 | a | b |\n|---|---|---|\n| c | d | e |",
        "Words.",
    ):
        assert restore_text(table) == table


def test_contents_of_a_pdf() -> None:
    """Numbered headings with pages that grow are left out; sums in a table are not."""
    contents = """\
## Contents

| 1 | Introduction | 1 |
|---|---|---|
| 1.1 | Availability | 1 |
| 1.2 | Motivation | 2 |

**2 Quickstart of it 3**

2.1 My first installation 13

The end."""
    assert drop_contents(contents) == "## Contents\n\nThe end."
    sums = "| 1 | Rent | 90 |\n|---|---|---|\n" + "\n".join(f"| {n} | A | 9 |" for n in range(2, 6))
    assert drop_contents(sums) == sums
    assert drop_contents(sums.replace("90", "1")) == sums.replace("90", "1")
    assert drop_contents(contents[:80]) == contents[:80]


def test_roman_pages() -> None:
    """They are numbers as well, alone and in a running head."""
    assert drop_furniture(["Guide ii\n\nA.", "Guide iv\n\nB.", "Guide 7\n\nC.\n\nxii"]) == [
        "A.",
        "B.",
        "C.",
    ]


def test_items_with_the_bullet_of_the_next() -> None:
    """They are several, and none of them is a heading."""
    page = "- Make it easy. • Avoid double work\n\n#### • Lower the cost\n\nA • B"
    assert tidy(page) == "- Make it easy.\n- Avoid double work\n\n- Lower the cost\n\nA • B"


def test_terms_above_what_they_mean() -> None:
    """Several are a list, each with its meaning; headings in bold and few are none."""
    terms = (
        "#### ALLOW_UNSIGNED\n\nIf set, all is allowed.\n\n**hold**\n\nKeep it.\n\n"
        "**no-clean**\n\nAll stays."
    )
    assert tidy(f"## Names\n\n{terms}\n\n**A last one**\n\n- of items") == (
        "## Names\n\n**ALLOW_UNSIGNED** If set, all is allowed.\n\n**hold** Keep it.\n\n"
        "**no-clean** All stays.\n\n**A last one**\n\n- of items"
    )
    for page in (
        "**hold**\n\nKeep it.\n\n**wait**\n\nStay.",
        "## One\n\nA.\n\n## Two\n\nB.\n\n## Three\n\nC.",
        "**One.**\n\nA.\n\n**Two.**\n\nB.\n\n**Three.**\n\nC.",
    ):
        assert tidy(page) == page
