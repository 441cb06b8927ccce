"""What is typed, stored and found is taken verbatim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.database_state import assert_whole, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Project

HOSTILE = (
    "it's",
    "'; DROP TABLE ragpg_document; --",
    '" OR 1 = 1',
    "a & b | !c <-> (d",
    "50% of {chunk} \\ $1 %(limit)s :name",
)


@pytest.fixture
def fast_project(project: Project, tiny: Path) -> Project:
    """A project that embeds fast."""
    return project.with_own_table().within({"RAGPG_EMBEDDING_MODEL": str(tiny)})


def found(project: Project, query: str, *options: str) -> list[Any]:
    """The hits of a search."""
    hits: list[Any] = project.ok("search", "--json", *options, query).json["hits"]
    return hits


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_is_read_as_sql(fast_project: Project, text: str) -> None:
    """Apostrophes, operators and statements are text: in names, queries, globs and contents."""
    name = f"{text} [1].md"
    fast_project.write(name, f"# {text}\n\nThis is about {text}, really.\n")
    fast_project.write("plain.md", "# Plain\n\nThis is about nothing.\n")
    fast_project.ok("ingest", ".")
    assert found(fast_project, f"really {text}", "--mode", "keyword")[0]["source"] == name
    assert [hit["source"] for hit in found(fast_project, text, "--source", name)] == [name]
    assert [hit["source"] for hit in found(fast_project, text, "--source", f"{text[:2]}*.md")] == [
        name
    ]
    assert fast_project.run("search", "about", "--source", text).code == 3
    assert fast_project.run("remove", text).code == 1
    assert fast_project.ok("remove", name, "--json").json == {"removed": [name]}
    assert_whole(state(fast_project))


def test_text_is_kept_to_the_letter(fast_project: Project) -> None:
    """Semicolons, dashes, SQL, blanks: what is found stands in the file, letter by letter."""
    text = (
        "# Notes; -- on SQL\r\n\r\nSELECT * FROM t; -- then DROP TABLE t;\r\n\r\n"
        "* It's  `INSERT INTO x VALUES ('a');`\r\n* 50% /* of */ \\n &amp; café\t😀 {x}\r\n"
    )
    fast_project.write("sql.md", text)
    fast_project.ok("ingest", "sql.md")
    [hit] = found(fast_project, "drop table")
    assert hit["text"] == text[hit["start"] : hit["end"]] == text.strip()
    answer = fast_project.ok(
        "ask", "What is 50% of café?", "--json", RAGPG_RETRIEVAL_REFUSAL="off"
    ).json
    assert all(citation["quote"] in text for citation in answer["citations"])
    assert state(fast_project).texts() == {"sql.md": text}


def test_a_row_is_answered_with_the_head_of_its_table(project: Project) -> None:
    """The head stands above a row also where it belongs to an earlier passage."""
    project = project.with_own_table()
    parts = ("anchor", "beam", "bolt", "cable", "chain", "clamp", "drum", "hook", "rope", "winch")
    rows = "".join(
        f"| K-{number:03} | {size} {part} | {17 * number} kg |\n"
        for number, (size, part) in enumerate(
            ((size, part) for size in ("small", "light", "heavy", "spare") for part in parts), 1
        )
    )
    project.write("parts.md", f"# Parts\n\n| Code | Part | Load |\n| --- | --- | --- |\n{rows}")
    project.ok("ingest", "parts.md")
    answer = project.ok("ask", "--json", "What is the load of the spare rope?").json
    assert answer["answer"].startswith("| Code | Part | Load |\n| --- | --- | --- |\n| K-")
    assert "spare rope | 663 kg |" in answer["answer"]
    text = (project.directory / "parts.md").read_text()
    for citation in answer["citations"]:
        assert text[citation["start"] : citation["end"]] == citation["text"]
        assert citation["quote"] in citation["text"]


def test_comments_are_never_quoted(project: Project) -> None:
    """A comment between two sentences divides the quotation."""
    project = project.with_own_table()
    project.write(
        "tank.md",
        "# Tank\n\nThe tank holds 40 litres.\n\n<!-- The old tank held 30 litres. -->\n\n"
        "{/* The test tank holds 20 litres. */}\n\nThe tank is emptied in autumn.[^1]\n\n"
        "[^1]: In October, that is.\n",
    )
    project.ok("ingest", "tank.md")
    answer = project.ok("ask", "--json", "How many litres does the tank hold, when is it emptied?")
    quotes = [citation["quote"] for citation in answer.json["citations"]]
    assert quotes[0] == "The tank holds 40 litres."
    assert not any("30 litres" in quote or "20 litres" in quote for quote in quotes)
    assert "In October, that is." in answer.json["answer"]
    assert project.run("search", "old", "--mode", "keyword").code == 3
