"""Files of cases: what they may contain, and the errors for everything else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ragpg.errors import UsageError
from ragpg.evaluation.case_file import parse_cases
from ragpg.evaluation.cases import Case, Span, TextPattern, resolve_documents

FULL: dict[str, Any] = {
    "id": "encash",
    "question": "Can leave be encashed?",
    "answer": "Yes.",
    "source": "docs/**",
    "filter": "year > 2020",
    "doc": ["a.md"],
    "evidence": [{"doc": "a.md", "start": 3, "end": 9, "content": "ignored"}],
    "answerable": True,
    "cites": "a.md#leave",
    "contains": ["5 days", "/[0-9]+ days/"],
    "excludes": "10 days",
    "refuses": False,
    "anything": ["else"],
}
TOML = """
# A comment.
[[case]]
question = "Can leave be encashed?"
doc = "a.md"

[[case]]
question = "What does a share cost?"
refuses = true
"""


def lines(*cases: Any) -> bytes:
    """Cases as JSON Lines."""
    return "\n".join(map(json.dumps, cases)).encode()


def test_every_key() -> None:
    """All keys of a case; a single text counts as a list; others are ignored."""
    [case] = parse_cases(lines(FULL), name="cases.jsonl")
    assert case == Case(
        location="cases.jsonl:1",
        id="encash",
        question="Can leave be encashed?",
        answer="Yes.",
        sources=("docs/**",),
        filter="year > 2020",
        documents=("a.md",),
        evidence=(Span("a.md", 3, 9),),
        answerable=True,
        cites=("a.md#leave",),
        contains=(TextPattern("5 days"), TextPattern("/[0-9]+ days/")),
        excludes=(TextPattern("10 days"),),
        refuses=False,
    )


def test_toml_knows_its_lines() -> None:
    """Places are those of the headers; a case without an id is called by its question."""
    first, second = parse_cases(TOML.encode(), name="cases.toml")
    assert (first.location, first.id) == ("cases.toml:3", "Can leave be encashed?")
    assert (second.location, second.refuses) == ("cases.toml:7", True)
    assert parse_cases(TOML.encode(), name="-")[1].location == "-:7"


def test_json_lines_of_any_making() -> None:
    """A BOM, CRLF, blank lines, null for what is absent, another suffix, a number as id."""
    text = '\ufeff{"question": "a", "id": 7, "answer": null, "doc": null}\r\n\r\n{"question": "b"}'
    first, second = parse_cases(text.encode(), name="cases.txt")
    assert (first.id, first.documents, second.location) == ("7", (), "cases.txt:3")


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ({}, "question is missing or blank"),
        ({"question": " "}, "question is missing or blank"),
        ({"question": 3}, "question must be text, not 3"),
        ({"question": "a\0"}, "question holds a character that is no text"),
        ([], "a case must be an object, not []"),
        ({"question": "a", "id": True}, "id must be text, not true"),
        ({"question": "a", "doc": 1}, "doc must be text or a list of texts, not 1"),
        ({"question": "a", "doc": [""]}, 'doc must be text or a list of texts, not [""]'),
        ({"question": "a", "source": {}}, "source must be text or a list of texts, not {}"),
        ({"question": "a", "refuses": 1}, "refuses must be true or false, not 1"),
        ({"question": "a", "answerable": "no"}, 'answerable must be true or false, not "no"'),
        ({"question": "a", "evidence": "x"}, 'evidence must be a list, not "x"'),
        (
            {"question": "a", "evidence": [{"doc": "x", "start": 5, "end": 5}]},
            (
                'evidence must be {"doc", "start", "end"} with 0 ≤ start < end, '
                'not {"doc": "x", "start": 5, "end": 5}'
            ),
        ),
        (
            {"question": "a", "evidence": [{"doc": "x", "start": False, "end": True}]},
            (
                'evidence must be {"doc", "start", "end"} with 0 ≤ start < end, '
                'not {"doc": "x", "start": false, "end": true}'
            ),
        ),
        (
            {"question": "a", "contains": ["/(/"]},
            (
                "contains /(/ is no regular expression: missing ), unterminated subpattern "
                "at position 0"
            ),
        ),
    ],
)
def test_wrong_cases(case: Any, message: str) -> None:
    """One line: the file, the line, the key, what it must be, what it is."""
    content = lines({"question": "first"}, case)
    with pytest.raises(UsageError, match=f"^{re.escape(f'cases.jsonl:2: {message}')}$"):
        parse_cases(content, name="cases.jsonl")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.jsonl", b"", "c.jsonl: no cases"),
        ("c.toml", b"title = 'x'", "c.toml: no cases"),
        ("c.jsonl", b'{"question": "a"}\n{', "c.jsonl:2: not JSON: "),
        ("c.jsonl", b"[" * 100_000, "c.jsonl:1: not JSON: nested too deep"),
        ("c.toml", b"[[case]]\nquestion = \n", "c.toml:2: not TOML: invalid value"),
        ("c.toml", b"[case]\nquestion = 'a'", "c.toml: case must be [[case]], in double brackets"),
        ("c.toml", b"\n[[case]]\nquestion = 1", "c.toml:2: question must be text, not 1"),
        ("c.jsonl", b'{"question": "a"}\n\xff', "c.jsonl:2: not UTF-8"),
        (
            "c.jsonl",
            b'{"question": "a"}\n{"question": "a"}',
            'c.jsonl:2: "a" is there already, at ',
        ),
    ],
)
def test_wrong_files(name: str, content: bytes, message: str) -> None:
    """What is wrong with the file as a whole, and where."""
    with pytest.raises(UsageError, match=f"^{re.escape(message)}"):
        parse_cases(content, name=name)


def test_documents_are_found() -> None:
    """By their source, or by what a path means; what is not there is an error."""
    case = Case("c:1", "a", "a?", documents=("../a.md",), evidence=(Span("../a.md", 0, 9),))
    [found] = resolve_documents(
        [case], sizes={"a.md": 9}, to_source=lambda typed: typed.removeprefix("../")
    )
    assert (found.documents, found.evidence) == (("a.md",), (Span("a.md", 0, 9),))
    with pytest.raises(UsageError, match=r"^c:1: evidence ends at 9, behind 'a.md'$"):
        resolve_documents([found], sizes={"a.md": 8}, to_source=str)
    with pytest.raises(UsageError, match=r"^c:1: no document 'a.md' in the table$") as raised:
        resolve_documents([found], sizes={"b.md": 8}, to_source=str)
    assert raised.value.hint == "did you mean 'b.md'?"


@pytest.mark.parametrize(
    ("wanted", "text", "is_in"),
    [
        ("At most 5", "- at **most** 5\n  days", True),
        ("at most 5", "at least 5", False),
        ("/^At most/", "At most 5", True),
        ("/^at most/", "At most 5", False),
        ("/(?i)^at most/", "At most 5", True),
        ("//", "a//b", True),
    ],
)
def test_words_and_expressions(wanted: str, text: str, is_in: bool) -> None:
    """Words in any case, blanks and markup; expressions verbatim."""
    assert TextPattern(wanted).matches(text) is is_in
