"""Annotations as SARIF and as GitHub's commands and summaries, whatever stands in them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ragpg.display import github
from ragpg.display.escape import line, literal
from ragpg.display.json_shapes import dumps
from ragpg.display.sarif import shape_artifact, shape_sarif
from ragpg.types import Locator, LocatorKind
from ragpg.types.annotations import (
    MAX_QUOTED,
    Annotation,
    Location,
    Region,
    RelatedPassage,
    Rule,
    Severity,
    shorten,
)
from tests.support.sarif import assert_valid

RULE = Rule("claim-partial", "Partly supported claim", "The documents say only a part of it.")
OURS = {"p", "h3", "table", "tr", "th", "td", "code", "br"}
HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from("%:,\r\n#[]<>&|`*_@{}\\\"'\u2028\u202e ")),
    min_size=1,
)


def annotation(text: str, *, path: str = "a.md") -> Annotation:
    """An annotation with the same text everywhere."""
    return Annotation(
        RULE,
        Severity.ERROR,
        text,
        Location(path, Region(3, 4, 1, 5)),
        (text,),
        (RelatedPassage("[1]", Location(path, Region(1, 2)), text),),
    )


@given(HOSTILE)
def test_a_command_is_one_line(text: str) -> None:
    """A runner sees one command, whose path and message are what they were."""
    [command] = github.format_commands([annotation(text, path=text)])
    assert len(re.split("[\r\n]", command)) == 1
    match = re.fullmatch(
        r"::error title=Partly supported claim,file=([^:,]*),line=3,endLine=4::(.*)", command
    )
    assert match
    path = match[1].replace("%2C", ",").replace("%3A", ":").replace("%25", "%")
    assert path == line(text)
    first, *_ = match[2].split("%0A")
    assert first.replace("%25", "%") == line(f'"{shorten(text)}"')


@given(HOSTILE)
def test_a_summary_has_no_markup_but_ours(text: str) -> None:
    """Markdown makes one table of it, in which the text stands as it is."""
    html = MarkdownIt("commonmark").render(github.format_summary("1 of 2", [annotation(text)]))
    assert set(re.findall(r"<(\w+)", html)) <= OURS
    where, subject, reason, place, passage = re.findall("<code>(.*?)</code>", html)
    assert (where, place) == ("a.md:L3-L4", "[1] a.md:L1-L2")
    shown = " ".join(literal(shorten(text)).split())
    assert [unescape(cell) for cell in (subject, passage)] == [shown, shown]
    assert unescape(reason) == " ".join(literal(text).split())


def test_a_summary_has_a_limit() -> None:
    """What does not fit is counted."""
    many = [annotation(f"Claim {number}.") for number in range(100)]
    summary = github.format_summary("many", many, room=5_000)
    assert len(summary.encode()) <= 5_000
    shown = summary.count("<tr>") - 1
    assert 0 < shown < 100
    assert summary.endswith(f"</table>\n\nand {100 - shown} more, which the log names\n\n")
    assert github.format_summary("full", many, room=0).count("<tr>") == 1


@given(HOSTILE)
def test_sarif_is_valid(text: str) -> None:
    """Whatever a text holds, the log fits the schema and is readable JSON."""
    shape = json.loads(
        dumps(shape_sarif([annotation(text)] * 2, command="verify", version="1.0.0"))
    )
    assert_valid(shape)
    first, second = shape["runs"][0]["results"]
    message = first["message"]["text"]
    assert "](" not in message
    assert not re.search(r"(?<!\{)(\{\{)*\{(?!\{)", message)
    assert first["partialFingerprints"] != second["partialFingerprints"]


def test_paths_are_uris() -> None:
    """Relative ones begin at the root of the repository; others are absolute."""
    root = {"uriBaseId": "%SRCROOT%"}
    assert shape_artifact("docs/a b#?.md") == {"uri": "docs/a%20b%23%3F.md", **root}
    assert shape_artifact("a:b/é.md") == {"uri": "a%3Ab/%C3%A9.md", **root}
    assert shape_artifact("odd\udcff.md") == {"uri": "odd%FF.md", **root}
    assert shape_artifact("/srv/a b.md") == {"uri": "file:///srv/a%20b.md"}
    assert shape_artifact("C:/docs/a.md") == {"uri": "file:///C:/docs/a.md"}


def test_converted_documents_have_no_lines() -> None:
    """What is said of one names its page; lines of the converted text are none of the file's."""
    page = Locator(LocatorKind.PAGE, "12")
    report = Location("report.pdf", Region(1, 2), converted=True, locator=page)
    memo = Location("memo.docx", Region(1, 2), converted=True)
    assert (str(report), str(memo)) == ("report.pdf#page=12", "memo.docx:L1-L2")
    for location in (report, memo):
        result = replace(annotation("Leave is 20 days."), location=location)
        shape = shape_sarif([result], command="conflicts", version="1.0.0")
        (where,) = shape["runs"][0]["results"][0]["locations"]
        assert where["physicalLocation"].keys() == {"artifactLocation"}
        (command,) = github.format_commands([result])
        assert "line=" not in command


def test_long_texts_are_cut() -> None:
    """A claim or a passage has some lines at most, on one line."""
    assert shorten("a\n\n b") == "a b"
    assert len(shorten("word " * 1000)) == MAX_QUOTED
    assert shorten("x" * MAX_QUOTED) == "x" * MAX_QUOTED
