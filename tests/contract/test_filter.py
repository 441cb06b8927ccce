"""`--filter` of `ragpg search` and `ragpg ask`, over front matter as people write it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import Project, new_project
from tests.support.documents import ingested

if TYPE_CHECKING:
    from pathlib import Path

SMALL_CHUNKS = {"RAGPG_CHUNKING_MAX_TOKENS": "32", "RAGPG_CHUNKING_MIN_TOKENS": "0"}
LEAVE = (
    "# Leave\n\n## Annual leave\n\nThere are 25 days a year.\n\n## Sick leave\n\nCall in early.\n"
)
FILES = {
    "hr/leave.md": f"""---
title: Leave of absence
tags: [hr, leave]
version: 3
updated: 2024-05-01
draft: no
author: {{name: Ada Byron, mail: ada@example.com}}
---
{LEAVE}""",
    "hr/old.md": f"""---
tags: hr
version: 2.5
updated: 2023-11-30T09:00:00Z
draft: true
---
{LEAVE}""",
    "it/laptops.md": """+++
tags = ["it"]
version = "3"
updated = 2024-05-01T17:30:00
+++
# Laptops

A laptop lasts four years.
""",
    "bare.md": "# Bare\n\nA page without front matter, on leave and laptops.\n",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project whose documents are in the table; tests only read it."""
    project = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    return ingested(project.within(SMALL_CHUNKS), FILES)


def sources(project: Project, expression: str, *arguments: str) -> list[str]:
    """The documents that a filter passes."""
    shape = project.run(
        "search", "leave", "-k", "100", "--filter", expression, "--json", *arguments
    )
    assert shape.code in {0, 3}, shape
    return sorted({hit["source"] for hit in shape.json["hits"]})


EVERY = sorted(FILES)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("tags == hr", ["hr/leave.md", "hr/old.md"]),
        ("tags in [it, leave]", ["hr/leave.md", "it/laptops.md"]),
        ("tags nin [hr]", ["bare.md", "it/laptops.md"]),
        ("version >= 2", ["hr/leave.md", "hr/old.md"]),
        ("version == '3'", ["it/laptops.md"]),
        ("updated == 2024-05-01", ["hr/leave.md", "it/laptops.md"]),
        ("updated < 2024-05", ["hr/old.md"]),
        ("updated >= 2023-11-30", ["hr/leave.md", "hr/old.md", "it/laptops.md"]),
        ("draft == true", ["hr/old.md"]),
        ("NOT draft == true", ["bare.md", "hr/leave.md", "it/laptops.md"]),
        ("author.name == 'Ada Byron'", ["hr/leave.md"]),
        ("author.name != 'Ada Byron' AND tags == hr", ["hr/old.md"]),
        ("title == 'Leave of absence'", ["hr/leave.md"]),
        ("title in [Leave, Bare] or source == it/laptops.md", sorted({*EVERY} - {"hr/leave.md"})),
        ("heading == Laptops", ["it/laptops.md"]),
        ("(tags == hr OR tags == it) AND NOT version == 3", ["hr/old.md", "it/laptops.md"]),
        ("nowhere == 1", []),
        ("nowhere != 1", EVERY),
    ],
)
def test_filters(corpus: Project, expression: str, expected: list[str]) -> None:
    """Front matter of either kind, columns and headings, typed."""
    for mode in ("dense", "hybrid"):
        assert sources(corpus, expression, "--mode", mode) == expected


def test_a_heading_restricts_to_its_section(corpus: Project) -> None:
    """Only passages below the heading are found, of those documents that pass."""
    found = corpus.ok("search", "leave", "--filter", "heading == 'Sick leave'", "--json").json
    assert {hit["source"] for hit in found["hits"]} == {"hr/leave.md", "hr/old.md"}
    assert {hit["heading"][-1] for hit in found["hits"]} == {"Sick leave"}
    both = "heading == 'Sick leave' AND draft == false"
    [hit] = corpus.ok("search", "leave", "--filter", both, "--json").json["hits"]
    assert hit["source"] == "hr/leave.md"


CODE = {
    "new.md": "# New\n\n## Read\n\n```python\nopen('a')\n```\n\n## Write\n\n```sh\ncat > a\n```\n",
    "old.md": "---\nlanguage: en\n---\n# Old\n\nA page on reading.\n",
    "said.md": "---\nmodified: 2020-02-02\nsize: large\n---\n# Said\n\nA page on reading.\n",
}


def test_fields_of_files_and_code(tmp_path: Path, shared_data_dir: Path) -> None:
    """Time and size are those of the file, unless the front matter says something else."""
    project = new_project(tmp_path, data_dir=shared_data_dir).within(SMALL_CHUNKS)
    for source, text in CODE.items():
        path = project.write(source, text)
        os.utime(path, (0, datetime(2023 + (source == "new.md"), 5, 1, tzinfo=UTC).timestamp()))
    project.ok("ingest", ".")
    size = len(CODE["old.md"].encode())
    for expression, expected in {
        "modified == 2024-05-01": ["new.md"],
        "modified < 2024": ["old.md", "said.md"],
        "modified <= 2020": ["said.md"],
        '"modified" <= 2024': ["said.md"],
        "modified != 2020-02-02": ["new.md", "old.md"],
        f"size == {size}": ["old.md"],
        "size == large": ["said.md"],
        "language == python": ["new.md"],
        "language in [en, sh]": ["new.md", "old.md"],
        '"language" == en': ["old.md"],
    }.items():
        assert sources(project, expression) == expected, expression
    [hit] = project.ok("search", "read", "--filter", "language == sh", "--json").json["hits"]
    assert "cat > a" in hit["text"]
    listed = {each["source"]: each for each in project.ok("list", "--json").json["documents"]}
    assert listed["new.md"]["modified"] == "2024-05-01T00:00:00.000000Z"
    for source in CODE:
        os.utime(project.directory / source)
    again = project.ok("ingest", ".", "--json").json
    assert {receipt["status"] for receipt in again["documents"]} == {"unchanged"}
    assert sources(project, "modified == 2024-05-01") == ["new.md"]
    refused = project.run("remove", "--filter", "language == en", "--yes")
    assert refused.code == 2
    assert "a filter by language chooses passages" in refused.err
    removed = project.ok("remove", "--filter", '"language" == en', "--json").json
    assert removed == {"removed": ["old.md"]}


def test_with_globs(corpus: Project) -> None:
    """Globs and a filter must both pass."""
    assert sources(corpus, "updated >= 2024-05", "--source", "hr/*") == ["hr/leave.md"]
    assert sources(corpus, "draft != true", "--source", "*.md", "--source", "it/**") == [
        "bare.md",
        "it/laptops.md",
    ]


def test_ask(corpus: Project) -> None:
    """An answer comes from what passes alone; nothing passes, nothing is said."""
    question = "How many days of annual leave are there?"
    answer = corpus.ok("ask", question, "--filter", "draft == true", "--json").json
    assert {hit["source"] for hit in answer["hits"]} == {"hr/old.md"}
    nothing = corpus.run("ask", question, "--filter", "tags == law", "--json")
    assert (nothing.code, nothing.json["answered"], nothing.json["hits"]) == (3, False, [])


def test_batch(corpus: Project) -> None:
    """A filter counts for every line."""
    arguments = ("--batch", "-", "--json", "--filter", "tags == it")
    for command in ("search", "ask"):
        lines = corpus.run(command, *arguments, stdin=b"leave\nlaptops\n").lines
        assert [{hit["source"] for hit in line["hits"]} for line in lines] == [
            {"it/laptops.md"},
            {"it/laptops.md"},
        ]


@pytest.mark.parametrize("command", ["search", "ask"])
def test_a_filter_that_is_none(corpus: Project, command: str) -> None:
    """Wrong usage, told before anything is opened, with the column."""
    result = corpus.run(command, "leave", "--filter", "tags = hr")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "error: filter, column 6: expected ==, !=, <, <=, >, >=, in, nin, found '='\n"
        'hint: write it like: tag == hr AND (year >= 2023 OR NOT title == "two words")\n'
    )
    shape = corpus.run(command, "leave", "--filter", "", "--json")
    assert shape.code == 2
    assert shape.json["error"]["type"] == "usage"
    assert shape.json["error"]["message"] == (
        "filter, column 1: expected the name of a field, found the end"
    )
    escape = corpus.run(command, "leave", "--filter", "tags \x1b[31m")
    assert "\x1b" not in escape.err
