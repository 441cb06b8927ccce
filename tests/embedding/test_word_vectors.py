"""Vectors of words: stored by default, left out on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.database_state import opened, rows

if TYPE_CHECKING:
    from tests.support.command_line import Project

QUESTION = "What do baleen whales eat?"


def coded_bytes(project: Project) -> int:
    """The bytes that the words of all passages take."""
    with opened(project) as store:
        return int(rows(store, "SELECT sum(length(words)) FROM {embedding}")[0][0])


def test_a_table_without_words_takes_less_and_is_searched_all_the_same(project: Project) -> None:
    """A table is not mixed: what it was made with is told, and a rebuild turns it over."""
    project.write("whales.md", "# Whales\n\nBaleen whales eat krill, tons of it a day.\n")
    project.write("trees.md", "# Trees\n\nOaks grow slowly and live for hundreds of years.\n")
    project.ok("ingest", ".")
    assert coded_bytes(project) > 0
    without = project.within({"RAGPG_RETRIEVAL_WORD_VECTORS": "false"})
    refused = without.run("search", QUESTION)
    assert refused.code == 2
    assert "wordVectors" in refused.err
    without.ok("ingest", "--rebuild")
    assert coded_bytes(without) == 0
    hits = without.ok("search", QUESTION, "--json").json["hits"]
    assert [hit["source"] for hit in hits] == ["whales.md", "trees.md"]
    assert "krill" in without.ok("ask", QUESTION).out
    assert project.run("search", QUESTION).code == 2
