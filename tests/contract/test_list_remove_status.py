"""What `ragpg list`, `ragpg remove` and `ragpg status` tell and do."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from tests.support.command_line import Project, new_project
from tests.support.database_state import assert_whole, state
from tests.support.postgres import PASSWORD, shared

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "a.md": "# Apples\n\nApples are red.\n",
    "docs/b.md": "# Boats\n\nBoats float.\n",
    "docs/deep/c.md": "# Cars\n\nCars drive.\n",
    "docs*": "# Literally\n\nA star in its name.\n",
    "documents.md": "# Documents\n\nIts name begins alike.\n",
}


@pytest.fixture
def project(project: Project) -> Project:
    """A project of this test's own, with documents in the table."""
    filled = project.with_own_table()
    for name, text in FILES.items():
        filled.write(name, text)
    filled.ok("ingest", ".", "docs*")
    return filled


def list_sources(project: Project) -> list[str]:
    """The documents in the table."""
    return [document["source"] for document in project.ok("list", "--json").json["documents"]]


def remove(project: Project, *arguments: str) -> list[str]:
    """Remove, and tell what was removed."""
    shape = project.ok("remove", *arguments, "--json").json
    assert list(shape) == ["removed"]
    listed: list[str] = shape["removed"]
    return listed


# --- list -----------------------------------------------------------------------------------


def test_the_shape_of_a_list(project: Project) -> None:
    """Each document with its origin, title, chunks, bytes and time, ordered by source."""
    documents = project.ok("list", "--json").json["documents"]
    assert [document["source"] for document in documents] == sorted(FILES)
    for document in documents:
        text = FILES[document["source"]]
        assert list(document) == [
            *("source", "origin", "title", "chunks", "bytes", "ingested", "modified"),
            "converted",
        ]
        assert document["converted"] is False
        assert document["origin"] == str(project.directory / document["source"])
        assert (document["chunks"], document["bytes"]) == (1, len(text))
        assert document["title"] == text.splitlines()[0][2:]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", document["ingested"])


def test_a_list_as_text(project: Project) -> None:
    """A table with a row for each document."""
    head, *rows = project.ok("list").out.splitlines()
    assert head.split() == ["source", "title", "chunks", "bytes", "ingested"]
    assert [row.split()[0] for row in rows] == sorted(FILES)


# --- remove ---------------------------------------------------------------------------------


def test_remove_a_source(project: Project) -> None:
    """The document and its passages go; its file stays."""
    assert remove(project, "docs/b.md") == ["docs/b.md"]
    assert "docs/b.md" not in list_sources(project)
    assert project.run("search", "--mode", "keyword", "boats").code == 3
    assert (project.directory / "docs" / "b.md").exists()
    assert project.ok("remove", "a.md", "docs/deep/c.md").out == (
        "removed a.md\nremoved docs/deep/c.md\n"
    )


def test_remove_a_directory(project: Project) -> None:
    """A prefix that ends at a slash means what is below it."""
    result = project.run("remove", "docs", "--json")
    assert result.code == 2
    assert result.json["error"]["message"] == (
        "2 documents match (docs/b.md, docs/deep/c.md): nothing was removed"
    )
    assert result.json["error"]["hint"] == "--yes removes several documents"
    assert len(list_sources(project)) == len(FILES)
    assert remove(project, "docs/", "--yes") == ["docs/b.md", "docs/deep/c.md"]
    assert list_sources(project) == ["a.md", "docs*", "documents.md"]


def test_remove_a_directory_with_one_document(project: Project) -> None:
    """One document needs no confirmation, however it was named."""
    assert remove(project, "docs/deep") == ["docs/deep/c.md"]
    assert remove(project, "a*") == ["a.md"]


def test_remove_a_glob(project: Project) -> None:
    """A star stops at a slash, two do not; a source that exists is itself first."""
    assert remove(project, "docs*") == ["docs*"]
    assert remove(project, "docs/*") == ["docs/b.md"]
    assert remove(project, "-y", "**/*.md") == ["a.md", "docs/deep/c.md", "documents.md"]
    assert list_sources(project) == []


def test_remove_a_name_in_the_other_unicode_form(project: Project) -> None:
    """A name may be typed composed or not; the document's own is printed."""
    decomposed, composed = "Mu\u0308ll.md", "M\u00fcll.md"
    project.write(decomposed, "# Waste\n\nBins are blue.\n")
    project.ok("ingest", decomposed)
    [hit] = project.ok("search", "bins", "--source", composed, "--json").json["hits"]
    assert hit["source"] == decomposed
    assert remove(project, composed) == [decomposed]


def test_remove_seen_from_a_subdirectory(project: Project) -> None:
    """Sources are meant as they are listed, or as paths from the current directory."""
    inside = Project(project.directory / "docs", project.environment)
    assert inside.ok("remove", "b.md").out == "removed b.md\n"
    assert remove(inside, "docs/deep/c.md") == ["docs/deep/c.md"]
    assert remove(inside, "../a.md") == ["a.md"]


def test_an_unknown_source_removes_nothing(project: Project) -> None:
    """One unknown source among others exits with 1, and all stay."""
    for unknown in ("zebra.md", "zebra/", "z*", "doc", ""):
        result = project.run("remove", "a.md", unknown, "--yes", "--json")
        assert result.code == 1
        assert result.json["error"] == {
            "type": "document",
            "message": f"no document {unknown!r} in the table: nothing was removed",
            "hint": "`ragpg list` shows the documents",
        }
    assert len(list_sources(project)) == len(FILES)


def test_remove_what_a_filter_holds_for(project: Project) -> None:
    """Alone it means every document, with names those among them; headings are no documents."""
    for name, team in (("old/x.md", "fleet"), ("old/y.md", "fleet"), ("z.md", "fleet")):
        project.write(name, f"---\nteam: {team}\n---\n# X\n\nText of {name}.\n")
    project.ok("ingest", "old", "z.md")
    result = project.run("remove", "--filter", "team == fleet", "--json")
    assert (result.code, result.json["error"]["hint"]) == (2, "--yes removes several documents")
    assert remove(project, "old/*", "--filter", "team == fleet AND source != old/y.md") == [
        "old/x.md"
    ]
    assert remove(project, "--filter", "team == fleet", "--yes") == ["old/y.md", "z.md"]
    assert len(list_sources(project)) == len(FILES)
    for arguments, code in (
        (["--filter", "team == fleet"], 1),
        (["a.md", "--filter", "team == fleet"], 1),
        (["--filter", "heading == X"], 2),
        ([], 2),
    ):
        result = project.run("remove", *arguments, "--json")
        assert (result.code, len(list_sources(project))) == (code, len(FILES))


def test_remove_the_same_twice(project: Project) -> None:
    """Two names of one document are one document."""
    assert remove(project, "a.md", "./a.md", "a*") == ["a.md"]


def test_remove_asks_on_a_terminal(project: Project) -> None:
    """Several documents are removed only after a yes."""
    for answer, code, left in (("n", 1, 5), ("y", 0, 3)):
        child = terminal(project, "remove", "docs")
        child.expect_exact("Remove 2 documents (docs/b.md, docs/deep/c.md)? [y/N]: ")
        child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        assert (child.exitstatus, len(list_sources(project))) == (code, left)


def terminal(project: Project, *arguments: str) -> pexpect.spawn[str]:
    """Run a command on a terminal of its own."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "ragpg", *arguments],
        cwd=str(project.directory),
        env={**os.environ, **project.environment, "TERM": "xterm"},
        encoding="utf-8",
        timeout=60,
    )


# --- status ---------------------------------------------------------------------------------


def test_the_shape_of_a_status(project: Project) -> None:
    """Server, store, table, model, counts, sizes and checks."""
    shape = project.ok("status", "--json").json
    assert list(shape) == ["server", "store", "table", "model", "counts", "sizes", "checks"]
    assert shape["table"].endswith(project.environment["RAGPG_TABLE_NAME"])
    assert shape["store"]["kind"] == "embedded PostgreSQL"
    assert shape["store"]["at"] == project.environment["RAGPG_DATA_DIR"]
    assert shape["store"]["project"] == str(project.directory)
    assert {"version", "pgvector"} <= shape["server"].keys()
    assert shape["model"]["name"] == "all-MiniLM-L6-v2"
    assert shape["model"]["dimension"] == 384
    assert re.fullmatch(r"[0-9a-f]+", shape["model"]["fingerprint"])
    assert (shape["counts"]["documents"], shape["counts"]["chunks"]) == (5, 5)
    assert all(size > 0 for size in shape["sizes"].values())
    for check in shape["checks"]:
        assert list(check) == ["name", "level", "message", "action"]
        assert check["level"] in {"ok", "warning", "fault"}


def test_a_sound_table_passes_its_check(project: Project) -> None:
    """Where there is no fault, --check exits with 0; it looks at more than a bare status."""
    assert project.ok("status", "--check").out == project.ok("status").out + (
        "ok       files: every document's file is there\n"
        "ok       recall: every vector is compared: the table is too small for the index\n"
    )


def test_a_table_of_another_configuration_fails_its_check(project: Project) -> None:
    """Another model finds nothing in it: a fault; another language is put right by an ingest."""
    for key, value, level, message in (
        ("RETRIEVAL_WORD_VECTORS", "false", "fault", "was made with the embedding model"),
        ("EMBEDDING_MODEL", "nowhere/at-all", "warning", "could not be fetched"),
        ("RETRIEVAL_LANGUAGE", "german", "warning", "words are not read as german"),
    ):
        other = project.within({f"RAGPG_{key}": value})
        result = other.run("status", "--check", "--json")
        [check] = [check for check in result.json["checks"] if check["level"] != "ok"]
        assert (result.code, check["name"]) == (4 if level == "fault" else 0, "configuration")
        assert (check["level"], message in check["message"]) == (level, True)
        assert check["action"]


def test_outside_of_any_project(tmp_path: Path, shared_data_dir: Path) -> None:
    """There sources are absolute, and the documents are in the personal database."""
    project = new_project(tmp_path, data_dir=shared_data_dir)
    (project.directory / ".git").rmdir()
    path = project.write("a.md", FILES["a.md"])
    project.ok("ingest", "a.md")
    assert list_sources(project) == [str(path)]
    assert project.ok("list").out.splitlines()[1].startswith("a.md ")
    assert project.ok("status", "--json").json["store"] == {
        "kind": "embedded PostgreSQL",
        "at": str(shared_data_dir),
        "database": "ragpg_personal",
        "project": "none: the personal database",
    }
    assert remove(project, "a.md") == [str(path)]


@pytest.fixture
def served(tmp_path: Path) -> tuple[Project, dict[str, Any]]:
    """A project whose documents are in a server that the test may damage."""
    parameters = shared().new_database()
    made = new_project(tmp_path, data_dir=tmp_path / "none").within(
        {
            "RAGPG_DB_HOST": "127.0.0.1",
            "RAGPG_DB_PORT": str(parameters["port"]),
            "RAGPG_DB_USER": str(parameters["user"]),
            "RAGPG_DB_PASSWORD": PASSWORD,
            "RAGPG_DB_NAME": str(parameters["dbname"]),
        }
    )
    made.write("a.md", FILES["a.md"])
    made.ok("ingest", ".")
    return made, parameters


def test_a_fault_fails_the_check(served: tuple[Project, dict[str, Any]]) -> None:
    """A fault exits with 4 and says what to do; without --check it is told only."""
    project, parameters = served
    [name] = shared().execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'ragpg%embedding'",
        dbname=parameters["dbname"],
    )
    shared().execute("DELETE FROM {}", *name, dbname=parameters["dbname"])
    result = project.run("status", "--check", "--json")
    assert result.code == 4
    faults = [check for check in result.json["checks"] if check["level"] == "fault"]
    assert faults
    assert all(check["action"] for check in faults)
    assert project.ok("status").code == 0
    text = project.run("status", "--check")
    assert text.code == 4
    assert f"fault    {faults[0]['name']}: " in text.out
    assert faults[0]["action"] in text.out


def test_files_that_are_gone_are_a_warning(served: tuple[Project, dict[str, Any]]) -> None:
    """A document whose file is gone is named, and what removes it; one from stdin has none."""
    project, _ = served
    project.run("ingest", "-", "--name", "notes.md", stdin=b"# Notes\n\nSome words.\n")
    (project.directory / "a.md").unlink()
    [check] = [c for c in checks(project, "status", "--check") if c["level"] != "ok"]
    assert (check["name"], check["level"]) == ("files", "warning")
    assert check["message"] == "documents whose file is gone: 1 ('a.md')"
    assert "--prune" in check["action"]
    assert "files" not in {check["name"] for check in checks(project, "status")}


def checks(project: Project, *arguments: str) -> list[dict[str, Any]]:
    """The checks that a command reports."""
    made: list[dict[str, Any]] = project.ok(*arguments, "--json").json["checks"]
    return made


def test_a_repair(served: tuple[Project, dict[str, Any]]) -> None:
    """It does what the checks advise, says what, and has nothing to do afterwards."""
    project, parameters = served
    for statement in (
        "DROP INDEX ragpg_terms_idx",
        "UPDATE ragpg_term SET frequency = frequency + 1",
    ):
        shared().execute(statement, dbname=parameters["dbname"])
    assert project.run("status", "--check").code == 4
    assert project.ok("repair").out == (
        "built the index gin on ragpg_lexical (terms)\ncounted the terms\n"
    )
    assert project.ok("status", "--check").code == 0
    assert project.ok("repair").out == "nothing to repair\n"
    shape = project.ok("repair", "--json").json
    assert list(shape) == ["repaired", "checks"]
    assert shape["repaired"] == []
    assert {check["level"] for check in shape["checks"]} == {"ok"}


def test_what_a_repair_cannot_do(served: tuple[Project, dict[str, Any]]) -> None:
    """Vectors that are lost have to be made anew: it says so and exits with 1."""
    project, parameters = served
    shared().execute("DELETE FROM ragpg_embedding", dbname=parameters["dbname"])
    result = project.run("repair")
    assert result.code == 1
    assert "fault    vectors: chunks without a vector: 1\n" in result.out
    assert "ragpg ingest --rebuild" in result.out


def test_a_status_names_the_server(served: tuple[Project, dict[str, Any]]) -> None:
    """Host, port and database, and no password."""
    project, parameters = served
    shape = project.ok("status", "--json").json
    at = shape["store"]["at"]
    assert shape["store"]["kind"] == "server"
    for part in ("127.0.0.1", str(parameters["port"]), str(parameters["dbname"])):
        assert part in at
    assert PASSWORD not in str(shape)


@pytest.fixture
def fast_project(project: Project, tiny: Path) -> Project:
    """A project that embeds fast."""
    return project.with_own_table().within({"RAGPG_EMBEDDING_MODEL": str(tiny)})


def test_several_documents_are_removed_at_once(fast_project: Project) -> None:
    """A glob or a directory that matches several removes them all, and nothing else."""
    for name in ("docs/a.md", "docs/b.md", "docs/deep/c.md", "other.md"):
        fast_project.write(name, f"# {name}\n\nContent of {name}.\n")
    fast_project.ok("ingest", ".")
    removed = fast_project.ok("remove", "docs/*.md", "--yes", "--json").json["removed"]
    assert removed == ["docs/a.md", "docs/b.md"]
    assert fast_project.ok("remove", "docs").out == "removed docs/deep/c.md\n"
    listed = fast_project.ok("list", "--json").json["documents"]
    assert [row["source"] for row in listed] == ["a.md", "documents.md", "other.md"]
    assert_whole(state(fast_project))
