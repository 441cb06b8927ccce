"""Which files `ragpg ingest` reads, how it names them, and what it changes in the table."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Project, Result, new_project

SMALL_CHUNKS = {"RAGPG_CHUNKING_MAX_TOKENS": "32", "RAGPG_CHUNKING_MIN_TOKENS": "0"}
OTHER_MODEL = {"RAGPG_EMBEDDING_DIMENSIONS": "128"}


@pytest.fixture
def project(project: Project) -> Project:
    """A project with its own table."""
    return project.with_own_table()


def statuses(result: Result) -> dict[str, str]:
    """Return the status of each document."""
    return {document["source"]: document["status"] for document in result.json["documents"]}


def ingest(project: Project, *arguments: str, code: int = 0, stdin: bytes = b"") -> dict[str, str]:
    """Ingest, and return the status of each document."""
    result = project.run("ingest", *arguments, "--json", stdin=stdin)
    assert result.code == code, result
    return statuses(result)


def documents(project: Project) -> dict[str, Any]:
    """The documents in the table by their sources."""
    return {
        document["source"]: document for document in project.ok("list", "--json").json["documents"]
    }


def failure(project: Project, *arguments: str) -> Any:
    """The one document that fails."""
    result = project.run("ingest", *arguments, "--json")
    assert result.code == 1
    [document] = result.json["documents"]
    assert document["status"] == "failed"
    assert (document["chunks"], document["embedded"]) == (0, 0)
    assert result.err == f"failed: {document['source']}: {document['error']}\n"
    return document["error"]


# --- what is reported -----------------------------------------------------------------------


def test_the_shape_of_an_ingest(project: Project) -> None:
    """Each document has its status and counts; the totals add them up."""
    path = project.write("a.md", "# A\n\nWords.\n")
    shape = project.ok("ingest", "a.md", "--json").json
    assert shape["documents"] == [
        {
            "source": "a.md",
            "origin": str(path),
            "status": "added",
            "previous_source": None,
            "chunks": 1,
            "embedded": 1,
            "reused": 0,
            "error": None,
            "warning": None,
            "reason": None,
        }
    ]
    seconds = shape["totals"].pop("seconds")
    assert isinstance(seconds, float)
    assert shape["totals"] == {"documents": 1, "chunks": 1, "embedded": 1, "reused": 0}
    assert (shape["outdated"], shape["other_files"]) == (0, {"total": 0, "suffixes": {}})


def test_other_files_are_counted(project: Project) -> None:
    """What lies beside the documents is counted by suffix; hidden and excluded files are not."""
    project.write("docs/a.md", "Words.")
    project.write("docs/b.mdx", "Words.")
    for name in ("c.rst", "sub/d.RST", "e.png", ".f.rst", ".git/g.rst", "draft/h.rst"):
        project.write(f"docs/{name}", "Words.")
    arguments = "ingest", "docs", "--exclude", "draft"
    assert "\n3 other files, most .rst\n" in project.ok(*arguments).out
    assert project.ok(*arguments, "--json").json["other_files"] == {
        "total": 3,
        "suffixes": {".png": 1, ".rst": 2},
    }


def test_front_matter_that_cannot_be_parsed(project: Project) -> None:
    """It is warned of with file and line, its lines are not found, and the document is there."""
    project.write("docs/a.md", "---\ntag: zebra\ntitle: Pumps: two\n---\nApples are red.\n")
    result = project.ok("ingest", "docs", "--json")
    warning = result.json["documents"][0]["warning"]
    assert warning.startswith("line 3: the front matter is not valid YAML and is left out: mapping")
    assert result.err == f"warning: docs/a.md, {warning}\n"
    assert project.run("search", "zebra", "--mode", "keyword").code == 3
    assert project.run("search", "apples", "--mode", "keyword").code == 0
    assert project.ok("ingest", "docs").err == ""


def test_an_older_chunking_is_renewed_below_a_path(project: Project) -> None:
    """Documents of other settings are found as before, warned of, and renewed when named."""
    older = project.within(SMALL_CHUNKS)
    project.write("a/a.md", "# A\n\nApples are red.\n")
    project.write("b/b.md", "# B\n\nBoats float.\n")
    older.ok("ingest", "a", "b")
    assert project.ok("search", "boats").code == 0
    assert project.run("ingest", "a", "--plan", "--check").code == 4
    [check] = [c for c in project.ok("status", "--json").json["checks"] if c["level"] != "ok"]
    assert (check["name"], check["level"]) == ("chunking", "warning")
    assert check["message"] == "documents of an older chunking: 2"
    assert project.ok("status", "--check").code == 0
    assert project.ok("ingest", "a", "--plan", "--json").json["outdated"] == 1
    result = project.ok("ingest", "a", "--json")
    assert statuses(result) == {"a/a.md": "changed"}
    assert result.json["outdated"] == 1
    assert result.err.startswith("warning: documents of an older chunking elsewhere: 1\nhint: ")
    assert project.ok("ingest", "a", "--plan", "--check").code == 0
    assert project.run("ingest", ".", "--plan", "--check").code == 4
    (project.directory / "b/b.md").unlink()
    assert project.ok("ingest", "--rebuild", "--json").json["outdated"] == 0
    assert all(c["level"] == "ok" for c in project.ok("status", "--json").json["checks"])


def test_unchanged_documents_cost_nothing(project: Project) -> None:
    """Content decides, not the time of the file; nothing is embedded for unchanged documents."""
    path = project.write("a.md", "# A\n\nWords.\n")
    project.ok("ingest", ".")
    before = documents(project)
    os.utime(path, (1, 1))
    shape = project.ok("ingest", ".", "--json").json
    assert shape["documents"][0]["status"] == "unchanged"
    assert (shape["totals"]["chunks"], shape["totals"]["embedded"]) == (1, 0)
    project.write("a.md", "# A\n\nOther words.\n")
    os.utime(path, (1, 1))
    shape = project.ok("ingest", ".", "--json").json
    assert shape["documents"][0]["status"] == "changed"
    assert shape["totals"]["embedded"] == 1
    assert documents(project)["a.md"]["ingested"] > before["a.md"]["ingested"]


def test_a_changed_passage_is_embedded_alone(project: Project) -> None:
    """The vectors of unchanged passages are reused."""
    small = project.within(SMALL_CHUNKS)
    sections = [f"## Section {n}\n\n{'Many different words about it. ' * 4}\n" for n in range(5)]
    small.write("a.md", "\n".join(sections))
    first = small.ok("ingest", "a.md", "--json").json["totals"]
    small.write("a.md", "\n".join([*sections, "## New\n\nSomething entirely new.\n"]))
    second = small.ok("ingest", "a.md", "--json").json["totals"]
    assert second["reused"] == first["chunks"] >= 5
    assert second["embedded"] == second["chunks"] - second["reused"] == 1


def test_a_renamed_document(project: Project) -> None:
    """A file that moved keeps its vectors; the old name is told, and gone from the table."""
    old = project.write("old.md", "# A\n\nWords.\n")
    project.ok("ingest", ".")
    old.rename(project.directory / "new.md")
    [document] = project.ok("ingest", ".", "--json").json["documents"]
    assert (document["source"], document["status"]) == ("new.md", "renamed")
    assert (document["previous_source"], document["embedded"]) == ("old.md", 0)
    assert list(documents(project)) == ["new.md"]


def test_failures_leave_the_others(project: Project) -> None:
    """The other documents are ingested, each failure is reported, and the exit code is 1."""
    project.write("good.md", "# Good\n\nWords.\n")
    project.write("bad.md", b"caf\xe9")
    assert ingest(project, ".", "gone.md", "*.rst", code=1) == {
        "bad.md": "failed",
        "good.md": "added",
        "gone.md": "failed",
        "*.rst": "failed",
    }
    assert list(documents(project)) == ["good.md"]
    result = project.run("ingest", ".", "gone.md")
    assert result.code == 1
    assert result.out.splitlines()[0].split() == ["status", "documents", "chunks", "embedded"]
    assert result.err == (
        "failed: bad.md: 'bad.md' is not valid UTF-8: byte 0xe9 at offset 3\n"
        "failed: gone.md: no such file or directory\n"
    )


def test_a_failure_keeps_what_is_in_the_table(project: Project) -> None:
    """A document that can no longer be read stays as it was."""
    project.write("a.md", "# A\n\nzebra\n")
    project.ok("ingest", ".")
    project.write("a.md", b"\xff")
    assert ingest(project, ".", code=1) == {"a.md": "failed"}
    assert project.ok("search", "--mode", "keyword", "zebra").code == 0


# --- what is a document ---------------------------------------------------------------------


def test_what_is_no_text(project: Project) -> None:
    """Invalid UTF-8 and NULs are failures that name the byte's offset in the file."""
    project.write("latin.md", b"\xef\xbb\xbfna\xefve")
    assert failure(project, "latin.md") == ("'latin.md' is not valid UTF-8: byte 0xef at offset 5")
    project.write("nul.md", "é\0".encode())
    assert failure(project, "nul.md") == "'nul.md' is not a text: NUL at offset 2"


def test_what_is_too_large(project: Project) -> None:
    """A file over the limit is a failure that names the key."""
    small = project.within({"RAGPG_INGEST_MAX_FILE_BYTES": "10"})
    small.write("large.md", "x" * 11)
    assert failure(small, "large.md") == "its 11 bytes are more than maxFileBytes in [ingest], 10"


def test_what_is_not_there(project: Project) -> None:
    """A missing path and a glob without a match are one failed document each."""
    assert failure(project, "gone.md") == "no such file or directory"
    assert failure(project, "docs/*.md") == "no file matches"
    assert failure(project, "") == "the path is empty"


def test_no_document_at_all(project: Project) -> None:
    """A directory without documents is an error."""
    project.write("docs/a.txt", "Words.")
    result = project.run("ingest", "docs", "--json")
    assert result.code == 1
    assert result.json["error"] == {
        "type": "document",
        "message": "no document under 'docs'",
        "hint": "include in [ingest] is *.md, *.markdown, *.mdx; 1 other file, .txt",
    }


@pytest.mark.parametrize("text", ["", "\ufeff", "\r\n", "---\ntitle: T\n---\n", "---\n---"])
def test_empty_documents(project: Project, text: str) -> None:
    """A document without text has no chunks, and is no failure."""
    project.write("a.md", text)
    [document] = project.ok("ingest", "a.md", "--json").json["documents"]
    assert (document["status"], document["chunks"]) == ("added", 0)
    assert project.run("search", "anything", "--json").json["hits"] == []
    assert ingest(project, "a.md") == {"a.md": "unchanged"}


def test_front_matter_is_not_searched(project: Project) -> None:
    """YAML and TOML in front of a document are metadata."""
    project.write("a.md", "---\ntitle: Given\nauthor: zebra\n---\n# A\n\nApples.\n")
    project.write("b.md", '+++\ntitle = "Also"\nauthor = "zebra"\n+++\n# B\n\nBoats.\n')
    project.ok("ingest", ".")
    assert project.run("search", "--mode", "keyword", "zebra").code == 3
    found = project.ok("search", "apples boats", "--json").json["hits"]
    assert sorted(hit["text"] for hit in found) == ["# A\n\nApples.", "# B\n\nBoats."]
    assert {hit["start_line"] for hit in found} == {5}
    titles = {source: document["title"] for source, document in documents(project).items()}
    assert titles == {"a.md": "Given", "b.md": "Also"}


def test_a_heading_belongs_to_the_first_chunk_of_its_section(project: Project) -> None:
    """No chunk ends with a heading, and each hit tells the headings that it stands under."""
    small = project.within(SMALL_CHUNKS)
    sections = [f"## Section {n}\n\n{'Words about it, quite many. ' * 9}\n" for n in range(4)]
    small.write("a.md", "# Title\n\n" + "\n".join(sections))
    small.ok("ingest", "a.md")
    hits = small.ok("search", "section words", "-k", "100", "--json").json["hits"]
    for hit in hits:
        assert not hit["text"].splitlines()[-1].startswith("#")
        headings = [line for line in hit["text"].splitlines() if line.startswith("## ")]
        assert headings == ([f"## {hit['heading'][-1]}"] if headings else [])
    assert {hit["heading"][-1] for hit in hits} == {f"Section {n}" for n in range(4)}


# --- where documents are looked for ---------------------------------------------------------


def test_directories(project: Project) -> None:
    """Walked for Markdown, without hidden directories, node_modules and virtual environments."""
    for name in ("a.md", "b.markdown", "deep/er/c.md", "d.txt", ".git/e.md", ".hidden/f.md"):
        project.write(name, f"# {name}\n")
    for name in ("node_modules/g.md", "venv/pyvenv.cfg", "venv/h.md", "i.MD"):
        project.write(name, f"# {name}\n")
    assert list(ingest(project, ".")) == ["a.md", "b.markdown", "deep/er/c.md"]


def test_a_named_file_is_read_whatever_its_suffix(project: Project) -> None:
    """Files named on the command line are read whatever their name."""
    project.write("notes", "# Notes\n")
    project.write(".git/d.txt", "# D\n")
    assert list(ingest(project, "notes", ".git/d.txt")) == ["notes", ".git/d.txt"]


def test_globs(project: Project) -> None:
    """`*` stops at a slash, `**` does not; a file that exists is itself first."""
    for name in ("a.md", "b[1].md", "b1.md", "docs/c.md", "docs/deep/d.md"):
        project.write(name, f"# {name}\n")
    assert list(ingest(project, "--plan", "*.md")) == ["a.md", "b1.md", "b[1].md"]
    assert list(ingest(project, "--plan", "docs/*")) == ["docs/c.md"]
    assert list(ingest(project, "--plan", "docs/**")) == ["docs/c.md", "docs/deep/d.md"]
    assert list(ingest(project, "--plan", "**/d.md")) == ["docs/deep/d.md"]
    assert list(ingest(project, "--plan", "b[1].md")) == ["b[1].md"]
    assert list(ingest(project, "--plan", "b[0-9].md")) == ["b1.md"]


def test_exclude(project: Project) -> None:
    """--exclude leaves out by name and by path, besides what the configuration leaves out."""
    for name in ("a.md", "docs/b.md", "docs/draft.md", "old/c.md"):
        project.write(name, f"# {name}\n")
    project.write("Config.toml", '[ingest]\nexclude = ["old"]\n')
    assert list(ingest(project, "--plan", ".", "--exclude", "draft*")) == ["a.md", "docs/b.md"]
    assert list(ingest(project, "--plan", ".", "--exclude", "docs/**")) == ["a.md"]


def test_standard_input(project: Project) -> None:
    """`-` reads a document with the given name and no origin."""
    result = project.ok("ingest", "-", "--name", "notes/in.md", "--json", stdin=b"# In\n\nzebra\n")
    [document] = result.json["documents"]
    assert (document["source"], document["origin"]) == ("notes/in.md", None)
    assert documents(project)["notes/in.md"]["origin"] is None
    assert project.ok("search", "--mode", "keyword", "zebra", "--source", "notes/*").code == 0
    again = project.ok("ingest", "-", "--name", "notes/in.md", "--json", stdin=b"# In\n\nzebra\n")
    assert statuses(again) == {"notes/in.md": "unchanged"}
    bad = project.run("ingest", "-", "--name", "bad.md", "--json", stdin=b"\xff")
    assert (bad.code, statuses(bad)) == (1, {"bad.md": "failed"})
    project.write("a.md", "# A\n")
    assert ingest(project, "-", "a.md", "--name", "b.md", stdin=b"# B\n") == {
        "a.md": "added",
        "b.md": "added",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "PATH is missing"),
        (["-"], "standard input needs a name"),
        (["a.md", "--name", "b.md"], "--name goes with -, standard input"),
        (["a.md", "--check"], "--check goes with --plan"),
        (["--plan", "--rebuild", "a.md"], "--plan and --rebuild exclude each other"),
        (["--rebuild", "--prune"], "--prune goes with a PATH"),
    ],
)
def test_wrong_usage(project: Project, arguments: list[str], message: str) -> None:
    """Options that contradict each other are refused at the start."""
    result = project.run("ingest", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[0] == f"error: {message}"


# --- sources and origins --------------------------------------------------------------------


def test_sources(project: Project) -> None:
    """Relative to the project wherever one stands, absolute outside of it, or below --root."""
    project.write("docs/a.md", "# A\n")
    outside = project.write("../outside/b.md", "# B\n").resolve()
    inside = Project(project.directory / "docs", project.environment)
    assert ingest(inside, "a.md", "../../outside") == {"docs/a.md": "added", str(outside): "added"}
    assert ingest(inside, "--root", ".", "a.md") == {"a.md": "added"}
    assert ingest(project, "--root", "../outside", "../outside/b.md") == {"b.md": "added"}
    origins = {source: document["origin"] for source, document in documents(project).items()}
    path = str(project.directory / "docs" / "a.md")
    assert origins == {
        "docs/a.md": path,
        "a.md": path,
        "b.md": str(outside),
        str(outside): str(outside),
    }


def test_what_is_printed_is_seen_from_here(project: Project) -> None:
    """Sources are shortened to the current directory where their file lies below it."""
    project.write("docs/a.md", "# A\n\nzebra\n")
    project.write("b.md", "# B\n\nzebra\n")
    project.ok("ingest", ".")
    inside = Project(project.directory / "docs", project.environment)
    names = [line.split()[0] for line in inside.ok("list").out.splitlines()]
    assert names == ["source", "b.md", "a.md"]
    assert "1. a.md:L1-L3" in inside.ok("search", "zebra", "--source", "a.md").out
    assert inside.ok("remove", "a.md").out == "removed a.md\n"
    assert list(documents(project)) == ["b.md"]


@pytest.fixture
def twins(tmp_path: Path, shared_data_dir: Path) -> tuple[Project, Project]:
    """Two clones of a project that share one database."""
    one = new_project(tmp_path / "one", data_dir=shared_data_dir).with_own_table()
    two = new_project(tmp_path / "two", data_dir=shared_data_dir).within(one.environment)
    for clone in (one, two):
        clone.write("a.md", "# A\n\nWords.\n")
    return one, two


def test_another_file_with_the_same_source_fails(twins: tuple[Project, Project]) -> None:
    """While the first file exists, the second one fails; --table and --root tell them apart."""
    one, two = twins
    one.ok("ingest", ".")
    assert failure(two, ".") == (
        f"'a.md' is already the source of '{one.directory}/a.md', which still exists and is not "
        f"'{two.directory}/a.md': tell them apart with --root, or use another --table"
    )
    assert ingest(two, ".", "--root", "..") == {"project/a.md": "added"}
    assert ingest(two, ".", "--table", "other") == {"a.md": "added"}
    result = two.run("ingest", "-", "--name", "a.md", "--json", stdin=b"# Other\n")
    assert (result.code, statuses(result)) == (1, {"a.md": "failed"})
    assert "which still exists: tell them apart" in result.json["documents"][0]["error"]


def test_a_new_origin_is_adopted(twins: tuple[Project, Project]) -> None:
    """Once the first file is gone, the source is read from its new place."""
    one, two = twins
    one.ok("ingest", ".")
    (one.directory / "a.md").unlink()
    assert ingest(two, ".") == {"a.md": "unchanged"}
    assert documents(one)["a.md"]["origin"] == str(two.directory / "a.md")


def test_a_file_takes_over_what_came_from_standard_input(project: Project) -> None:
    """What has no origin is adopted by a file."""
    ingest(project, "-", "--name", "a.md", stdin=b"# A\n\nWords.\n")
    path = project.write("a.md", "# A\n\nWords.\n")
    assert ingest(project, "a.md") == {"a.md": "unchanged"}
    assert documents(project)["a.md"]["origin"] == str(path)


# --- missing and pruned ---------------------------------------------------------------------


@pytest.fixture
def gone(project: Project) -> Project:
    """A project with documents of every kind, of which files were deleted."""
    for name in ("docs/keep.md", "docs/walked.md", "docs/single.md", "other/far.md"):
        project.write(name, f"# {name}\n")
    ingest(project, "docs/single.md", "other")
    ingest(project, "docs", "--exclude", "single.md")
    ingest(project, "-", "--name", "docs/stdin.md", stdin=b"# Stdin\n")
    for name in ("docs/walked.md", "docs/single.md", "other/far.md"):
        (project.directory / name).unlink()
    return project


def test_missing_documents_are_reported(gone: Project) -> None:
    """Below a directory that was given, documents without a file are missing, and stay."""
    result = gone.ok("ingest", "docs", "--json")
    assert statuses(result) == {
        "docs/keep.md": "unchanged",
        "docs/single.md": "missing",
        "docs/walked.md": "missing",
    }
    assert result.err == (
        "warning: the file of docs/single.md is gone\n"
        "warning: the file of docs/walked.md is gone\n"
        "hint: --prune removes what a directory brought, `ragpg remove` anything\n"
    )
    assert len(documents(gone)) == 5


@pytest.fixture
def ignoring(project: Project) -> Project:
    """A project whose documents were ingested before some of them were ignored."""
    for name in ("docs/keep.md", "docs/a.tmp.md", "docs/single.tmp.md", "docs/build/api.md"):
        project.write(name, f"# {name}\n")
    ingest(project, "docs/single.tmp.md")
    ingest(project, "docs", "--exclude", "single.tmp.md")
    project.write(".gitignore", "build/\n*.tmp.md\n")
    return project


def test_ignored_documents_are_missing(ignoring: Project) -> None:
    """They are reported with the reason, and stay; the reason is in the JSON, too."""
    result = ignoring.ok("ingest", "docs", "--json")
    assert {document["source"]: document["reason"] for document in result.json["documents"]} == {
        "docs/keep.md": None,
        "docs/a.tmp.md": "ignored by .gitignore:2: *.tmp.md",
        "docs/build/api.md": "ignored by .gitignore:1: build/",
        "docs/single.tmp.md": "ignored by .gitignore:2: *.tmp.md",
    }
    assert statuses(result)["docs/build/api.md"] == "missing"
    assert result.err == (
        "warning: docs/a.tmp.md is ignored by .gitignore:2: *.tmp.md\n"
        "warning: docs/build/api.md is ignored by .gitignore:1: build/\n"
        "warning: docs/single.tmp.md is ignored by .gitignore:2: *.tmp.md\n"
        "hint: --prune removes what a directory brought, `ragpg remove` anything\n"
    )
    assert len(documents(ignoring)) == 4


def test_ignored_documents_are_pruned(ignoring: Project) -> None:
    """As missing ones: what was named by itself stays."""
    assert ingest(ignoring, "docs", "--prune") == {
        "docs/keep.md": "unchanged",
        "docs/a.tmp.md": "removed",
        "docs/build/api.md": "removed",
        "docs/single.tmp.md": "missing",
    }
    assert list(documents(ignoring)) == ["docs/keep.md", "docs/single.tmp.md"]


def test_no_ignore(ignoring: Project) -> None:
    """With --no-ignore all is read; what is named is read in any case, and is not missing."""
    assert set(ingest(ignoring, "docs", "--no-ignore").values()) == {"unchanged"}
    named = ingest(ignoring, ".", "docs/build", "docs/a.tmp.md", "--prune")
    assert named.pop("docs/single.tmp.md") == "removed"  # since a walk has found it by now
    assert set(named.values()) == {"unchanged"}


def test_a_verbose_plan_says_what_is_left_out(ignoring: Project) -> None:
    """And by which line, glob or rule."""
    ignoring.write("node_modules/readme.md", "# Not ours\n")
    ignoring.write("docs/old.md", "# Old\n")
    (ignoring.directory / "link.md").symlink_to("docs/keep.md")
    result = ignoring.ok("ingest", ".", "--plan", "-v", "--exclude", "old*")
    lines = [line for line in result.err.splitlines() if line.startswith("left out")]
    assert lines == [
        "left out  link.md: it is a link, and [ingest] followSymlinks does not follow it",
        "left out  node_modules: node_modules is never read",
        "left out  docs/a.tmp.md: ignored by .gitignore:2: *.tmp.md",
        "left out  docs/build: ignored by .gitignore:1: build/",
        "left out  docs/old.md: excluded by 'old*'",
        "left out  docs/single.tmp.md: ignored by .gitignore:2: *.tmp.md",
    ]
    assert "left out" not in ignoring.ok("ingest", ".", "--plan").err


def test_where_all_is_ignored_that_is_said(project: Project) -> None:
    """The hint names the option that reads it."""
    project.write(".gitignore", "*.md\n")
    project.write("docs/a.md", "# A\n")
    result = project.run("ingest", "docs")
    assert result.code == 1
    assert "--no-ignore reads what .gitignore files leave out" in result.err


def test_prune(gone: Project) -> None:
    """Removes what a walk had found below that directory, and nothing else."""
    assert ingest(gone, "docs", "--prune", "--plan")["docs/walked.md"] == "removed"
    assert len(documents(gone)) == 5
    assert ingest(gone, "docs", "--prune") == {
        "docs/keep.md": "unchanged",
        "docs/single.md": "missing",
        "docs/walked.md": "removed",
    }
    assert list(documents(gone)) == [
        "docs/keep.md",
        "docs/single.md",
        "docs/stdin.md",
        "other/far.md",
    ]


def test_prune_goes_by_origin(project: Project) -> None:
    """A document whose source merely looks as if it lay there is left alone."""
    project.write("elsewhere/docs/a.md", "# A\n")
    project.write("docs/b.md", "# B\n")
    assert ingest(project, "elsewhere", "--root", "elsewhere") == {"docs/a.md": "added"}
    (project.directory / "elsewhere/docs/a.md").unlink()
    assert ingest(project, "docs", "--prune") == {"docs/b.md": "added"}
    assert ingest(project, "docs", "elsewhere", "--prune") == {
        "docs/b.md": "unchanged",
        "docs/a.md": "removed",
    }


def test_prune_of_a_directory_that_is_not_there(gone: Project) -> None:
    """A directory that is gone as a whole, or mistyped, prunes nothing."""
    before = documents(gone)
    (gone.directory / "other").rmdir()
    assert ingest(gone, "other", "--prune", code=1) == {"other": "failed"}
    assert ingest(gone, "typo/", "--prune", code=1) == {"typo": "failed"}
    assert documents(gone) == before


def test_prune_of_a_directory_that_was_emptied(gone: Project) -> None:
    """The last documents of a directory can go; one that never brought any is a mistake."""
    before = documents(gone)
    assert ingest(gone, "other") == {"other/far.md": "missing"}
    assert ingest(gone, "other", "--prune") == {"other/far.md": "removed"}
    result = gone.run("ingest", "other", "--prune", "--json")
    assert result.code == 1
    assert result.json["error"]["message"] == "no document under 'other'"
    assert documents(gone) == {s: d for s, d in before.items() if s != "other/far.md"}


def test_names_that_no_document_can_have(project: Project) -> None:
    """A source is a relative path, and is given once; --root is a directory."""
    for name in ("", " ", "../x.md"):
        assert project.run("ingest", "-", "--name", name, stdin=b"x").code == 2
    assert project.run("ingest", "-", "-", "--name", "a.md", stdin=b"x").code == 2
    project.write("a.md", "A.")
    for root in ("nowhere", "a.md"):
        result = project.run("ingest", "a.md", "--root", root)
        assert (result.code, result.err) == (2, f"error: --root '{root}' is not a directory\n")


def test_empty_options_are_mistakes(project: Project) -> None:
    """An empty argument, as from an unset variable in a script, is a usage error."""
    project.write("a.md", "A.")
    project.ok("ingest", "a.md")
    for option in ("--table", "--source"):
        assert project.run("search", option, "", "words").code == 2
    assert project.run("ask", "--model", "", "words").code == 2


def test_prune_of_an_unreadable_directory(gone: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory that cannot be read prunes nothing."""
    before, scandir = documents(gone), os.scandir

    def refusing(path: Any) -> Any:
        if Path(path).name == "docs":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert ingest(gone, "docs", "--prune", code=1)["docs"] == "failed"
    assert documents(gone) == before
    assert ingest(gone, ".", "--prune", code=1) == {"docs": "failed", "other/far.md": "removed"}
    assert documents(gone) == {s: d for s, d in before.items() if s != "other/far.md"}


# --- plans and rebuilds ---------------------------------------------------------------------


def test_a_plan_does_nothing(project: Project) -> None:
    """--plan tells what an ingest would do, --check whether it would do anything."""
    project.write("a.md", "# A\n\nWords.\n")
    planned = project.ok("ingest", "--plan", ".")
    assert planned.out.splitlines()[0] == "added     a.md"
    assert project.run("ingest", "--plan", "--check", ".").code == 4
    assert project.run("search", "words").code == 1
    project.ok("ingest", ".")
    assert project.ok("ingest", "--plan", "--check", ".", "--json").json["totals"]["chunks"] == 1
    before = documents(project)
    project.write("a.md", "# A\n\nWords that no other table has: of a plan.\n")
    shape = project.run("ingest", "--plan", "--check", ".", "--json")
    assert (shape.code, statuses(shape)) == (4, {"a.md": "changed"})
    assert shape.json["totals"]["embedded"] == 1
    assert documents(project) == before
    project.write("b.md", b"\xff")
    assert ingest(project, "--plan", "--check", ".", code=1)["b.md"] == "failed"


def test_a_missing_file_is_no_change(gone: Project) -> None:
    """Only with --prune is there something to do."""
    assert gone.run("ingest", "--plan", "--check", "docs").code == 0
    assert gone.run("ingest", "--plan", "--check", "--prune", "docs").code == 4


def test_another_recipe_changes_documents(project: Project) -> None:
    """Other sizes of chunks make the same files new work."""
    project.write("a.md", "# A\n\n" + "Words about it, quite many of them. " * 20)
    project.ok("ingest", ".")
    small = project.within(SMALL_CHUNKS)
    assert ingest(small, "--plan", "--check", ".", code=4) == {"a.md": "changed"}
    assert ingest(small, ".") == {"a.md": "changed"}
    assert documents(small)["a.md"]["chunks"] > 1
    assert ingest(small, ".") == {"a.md": "unchanged"}


def test_rebuild_works_from_the_table(project: Project) -> None:
    """Without PATH, and without the files, all is chunked and embedded anew."""
    path = project.write("a.md", "# A\n\n" + "Words about it, quite many of them. " * 20)
    project.ok("ingest", ".")
    path.unlink()
    before = documents(project)
    result = project.within(SMALL_CHUNKS).ok("ingest", "--rebuild", "--json")
    assert statuses(result) == {"a.md": "changed"}
    totals = result.json["totals"]
    assert totals["chunks"] == totals["embedded"] > before["a.md"]["chunks"]
    after = documents(project)
    assert after["a.md"] | {"chunks": 0, "ingested": 0} == before["a.md"] | {
        "chunks": 0,
        "ingested": 0,
    }


def test_another_model_needs_a_rebuild(project: Project) -> None:
    """A table of another model is refused, by name; --rebuild brings it over."""
    project.write("a.md", "# A\n\nWords.\n")
    project.ok("ingest", ".")
    other = project.within(OTHER_MODEL)
    for command in (
        ("search", "words"),
        ("ask", "words"),
        ("ingest", "."),
        ("ingest", "--plan", "."),
    ):
        result = other.run(*command, "--json")
        assert result.code == 2
        error = result.json["error"]
        assert error["type"] == "model_mismatch"
        assert "384 dimensions" in error["message"]
        assert "128 dimensions" in error["message"]
        assert "--rebuild" in error["hint"]
    assert ingest(other, "--rebuild") == {"a.md": "changed"}
    assert other.ok("search", "words", "--json").json["hits"]
    assert other.ok("status", "--json").json["model"]["dimension"] == 128
    assert project.run("search", "words").code == 2


def test_a_rebuild_with_paths(project: Project) -> None:
    """A document that is rebuilt and ingested in one run is reported once."""
    project.write("a.md", "# A\n\nWords.\n")
    project.write("b.md", "# B\n\nWords.\n")
    project.ok("ingest", ".")
    project.write("b.md", "# B\n\nzebra\n")
    project.write("c.md", "# C\n\nWords.\n")
    result = project.ok("ingest", "--rebuild", ".", "--json")
    assert statuses(result) == {"a.md": "changed", "b.md": "changed", "c.md": "added"}
    assert result.json["totals"]["documents"] == len(result.json["documents"]) == 3
    assert project.ok("search", "--mode", "keyword", "zebra").code == 0


def test_times_are_utc(project: Project) -> None:
    """The time of an ingest is ISO 8601 in UTC."""
    project.write("a.md", "# A\n")
    before = datetime.now(UTC)
    project.within({"TZ": "Asia/Tokyo"}).ok("ingest", ".")
    ingested = documents(project.within({"TZ": "Asia/Tokyo", "PGTZ": "Asia/Tokyo"}))["a.md"][
        "ingested"
    ]
    assert ingested.endswith("Z")
    assert before <= datetime.fromisoformat(ingested) <= datetime.now(UTC)
