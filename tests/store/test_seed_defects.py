"""Nine faults of the system that this one grew out of, none of which it has."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import tiny_model
from tests.support.database_state import assert_whole, opened, state
from tests.support.documents import chunks, document, embeddings
from tests.support.embedded import await_that
from tests.support.provider import Provider

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.store.postgres import PostgresStore
    from tests.support.command_line import Project

HOSTILE = (
    "it's",
    "'; DROP TABLE ragpg_document; --",
    '" OR 1 = 1',
    "a & b | !c <-> (d",
    "50% of {chunk} \\ $1 %(limit)s :name",
)


@pytest.fixture
def library(project: Project, tiny: Path) -> Project:
    """A project that embeds fast."""
    return project.with_own_table().within({"RAGPG_EMBEDDING_MODEL": str(tiny)})


@pytest.fixture(scope="session")
def large_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with more dimensions than an index over vectors of full precision takes."""
    return tiny_model.build(tmp_path_factory.mktemp("large"), dimension=2_500, seed=1)


def found(project: Project, query: str, *options: str) -> list[Any]:
    """The hits of a search."""
    hits: list[Any] = project.ok("search", "--json", *options, query).json["hits"]
    return hits


def test_1_a_search_uses_the_index_over_vectors(library: Project) -> None:
    """Once there are enough of them, no search compares all vectors."""
    library.write("first.md", "# First\n\nThe first one.\n")
    library.ok("ingest", "first.md")
    bodies = [f"Number {number}. " for number in range(6_000)]
    with opened(library) as store:
        drawn = embeddings(len(bodies), dimension=store.model.dimension)
        store.upsert(document("many.md", *bodies), chunks(*bodies), drawn, chunking_fingerprint=b"")
        store.vacuum()
        store.table.connection.execute("SELECT pg_stat_force_next_flush()")
        before, read = scans(store)
        for mode in ("dense", "hybrid"):
            assert len(found(library, "which number?", "--mode", mode)) == 5
        # A session's figures are there once it has ended.
        await_that(lambda: scans(store) == (before + 2, read))


def scans(store: PostgresStore) -> tuple[int, int]:
    """How often the index over vectors was used, and how often all vectors were read."""
    query = """
        SELECT pg_stat_get_numscans(%s::regclass), pg_stat_get_numscans(%s::regclass)
        FROM pg_stat_clear_snapshot()
    """
    names = [f"{store.table.name}_{suffix}" for suffix in ("vectors_idx", "embedding")]
    row: Any = store.table.connection.execute(query, names).fetchone()
    return row[0], row[1]


def test_2_several_documents_are_removed_at_once(library: Project) -> None:
    """A glob or a directory that matches several removes them all, and nothing else."""
    for name in ("docs/a.md", "docs/b.md", "docs/deep/c.md", "other.md"):
        library.write(name, f"# {name}\n\nContent of {name}.\n")
    library.ok("ingest", ".")
    removed = library.ok("remove", "docs/*.md", "--yes", "--json").json["removed"]
    assert removed == ["docs/a.md", "docs/b.md"]
    assert library.ok("remove", "docs").out == "removed docs/deep/c.md\n"
    listed = library.ok("list", "--json").json["documents"]
    assert [row["source"] for row in listed] == ["other.md"]
    assert_whole(state(library))


@pytest.mark.parametrize("text", HOSTILE)
def test_3_nothing_that_is_typed_is_read_as_sql(library: Project, text: str) -> None:
    """Apostrophes, operators and statements are text: in names, queries, globs and contents."""
    name = f"{text} [1].md"
    library.write(name, f"# {text}\n\nThis is about {text}, really.\n")
    library.write("plain.md", "# Plain\n\nThis is about nothing.\n")
    library.ok("ingest", ".")
    assert found(library, f"really {text}", "--mode", "keyword")[0]["source"] == name
    assert [hit["source"] for hit in found(library, text, "--source", name)] == [name]
    assert [hit["source"] for hit in found(library, text, "--source", f"{text[:2]}*.md")] == [name]
    assert library.run("search", "about", "--source", text).code == 3
    assert library.run("remove", text).code == 1
    assert library.ok("remove", name, "--json").json == {"removed": [name]}
    assert_whole(state(library))


def test_4_a_second_ingest_duplicates_nothing(library: Project) -> None:
    """Unchanged documents stay as they are; a changed one replaces its former self."""
    text = "# One\n\nThe only sentence about zebras.\n"
    library.write("one.md", text)
    library.ok("ingest", "one.md")
    before = state(library)
    [again] = library.ok("ingest", "one.md", ".", "./one.md", "--json").json["documents"]
    assert (again["status"], again["embedded"]) == ("unchanged", 0)
    assert state(library).chunks == before.chunks
    library.write("one.md", text.replace("only", "sole"))
    library.ok("ingest", ".")
    [hit] = found(library, "zebras")
    assert "sole" in hit["text"]
    assert_whole(state(library))


def test_5_another_dimension_is_refused_before_anything_is_done(
    library: Project, large_model: Path
) -> None:
    """Both models are named with their dimensions, whichever command notices."""
    library.write("a.md", "# A\n\nThe letter.\n")
    library.ok("ingest", "a.md")
    library.write("b.md", "# B\n\nAnother letter.\n")
    other = library.within({"RAGPG_EMBEDDING_MODEL": str(large_model)})
    for command in (("ingest", "b.md"), ("search", "letter"), ("ask", "Which letter?")):
        result = other.run(*command)
        assert (result.code, result.out) == (2, "")
        first, second = result.err.splitlines()
        assert first.startswith('error: the table "')
        assert "was made with the embedding model" in first
        assert "(32 dimensions, fingerprint " in first
        assert "(2500 dimensions, fingerprint " in first
        assert "`ragpg ingest --rebuild`" in second
    assert list(state(library).texts()) == ["a.md"]


@pytest.mark.parametrize("table", ["large", "wiki.large"])
def test_5_more_than_2000_dimensions_and_a_schema_work(
    library: Project, large_model: Path, table: str
) -> None:
    """The vectors have half precision, and the index over them is there, in whatever schema."""
    library = library.within({"RAGPG_EMBEDDING_MODEL": str(large_model), "RAGPG_TABLE_NAME": table})
    library.write("a.md", "# A\n\nThe letter.\n")
    library.ok("ingest", "a.md")
    [hit] = found(library, "letter", "--mode", "dense")
    assert hit["source"] == "a.md"
    status = library.ok("status", "--check", "--json").json
    assert (status["model"]["dimension"], status["table"].endswith(table)) == (2500, True)
    [check] = [check for check in status["checks"] if check["name"] == "indexes"]
    assert check["message"] == "every index is there and valid"


def test_6_text_is_kept_to_the_letter(library: Project) -> None:
    """Semicolons, dashes, SQL, blanks: what is found stands in the file, letter by letter."""
    text = (
        "# Notes; -- on SQL\r\n\r\nSELECT * FROM t; -- then DROP TABLE t;\r\n\r\n"
        "* It's  `INSERT INTO x VALUES ('a');`\r\n* 50% /* of */ \\n &amp; café\t😀 {x}\r\n"
    )
    library.write("sql.md", text)
    library.ok("ingest", "sql.md")
    [hit] = found(library, "drop table")
    assert hit["text"] == text[hit["start"] : hit["end"]] == text.strip()
    answer = library.ok("ask", "What is 50% of café?", "--json", RAGPG_RETRIEVAL_REFUSAL="off").json
    assert all(citation["quote"] in text for citation in answer["citations"])
    assert state(library).texts() == {"sql.md": text}


def test_7_a_rule_keeps_its_heading(project: Project) -> None:
    """A heading is in one chunk with what it heads, below those that it belongs to."""
    filler = "It has many a word that fills the page until it is too long for one passage. " * 9
    rule = "Five days are {} into the new year."
    project.write(
        "policy.md",
        f"Before any heading.\n\n# Policy\n\n{filler}\n\n## Annual leave\n\n{filler}\n\n"
        f"### Carry forward\n\n{rule.format('carried')}\n\n{filler}\n\n"
        f"## Encashment\n\n{rule.format('encashed')}\n\n{filler}\n",
    )
    project.ok("ingest", "policy.md")
    for word, heading in {
        "carried": ["Policy", "Annual leave", "Carry forward"],
        "encashed": ["Policy", "Encashment"],
    }.items():
        hit = found(project, f"Five days {word}")[0]
        assert hit["heading"] == heading
        head = f"{'#' * len(heading)} {heading[-1]}\n\n{rule.format(word)}"
        assert hit["text"].startswith(head)
    [first] = [hit for hit in found(project, "before", "-k", "50") if hit["start"] == 0]
    assert first["heading"] == []


def test_8_no_request_embeds_everything(library: Project) -> None:
    """A provider gets many small requests, in each of which there is a batch of passages."""
    sections = (f"## Part {number}\n\n{f'Word {number}. ' * 60}\n\n" for number in range(50))
    library.write("long.md", "".join(sections))
    with Provider(dimension=64) as provider:
        hosted = library.within(
            {
                "RAGPG_EMBEDDING_PROVIDER": "litellm",
                "RAGPG_EMBEDDING_MODEL": "openai/embedder",
                "RAGPG_EMBEDDING_API_BASE": provider.url,
                "RAGPG_EMBEDDING_BATCH_SIZE": "16",
            }
        )
        [receipt] = hosted.ok("ingest", "long.md", "--json").json["documents"]
        counts = [len(request.body["input"]) for request in provider.requests]
        assert hosted.ok("status", "--json").json["model"]["dimension"] == 64
    assert receipt["embedded"] == receipt["chunks"] >= 50
    assert max(counts) == 16
    assert sum(counts) - receipt["embedded"] <= 1
    assert_whole(state(hosted))


def test_9_a_table_knows_its_model(library: Project, tmp_path: Path) -> None:
    """`status` names it; another one of the same size and name is refused until a rebuild."""
    model = tiny_model.build(tmp_path / "first", dimension=32, seed=2)
    library = library.within({"RAGPG_EMBEDDING_MODEL": str(model)})
    library.write("a.md", "# A\n\nThe letter.\n")
    library.ok("ingest", "a.md")
    known = library.ok("status", "--json").json["model"]
    assert (known["name"], known["dimension"]) == (str(model), 32)
    assert f"{model} (32 dimensions)" in library.ok("status").out
    before = vectors_digest(library)
    model.rename(tmp_path / "moved")
    tiny_model.build(tmp_path / "first", dimension=32, seed=3)
    for command in (("ingest", "a.md"), ("ingest", "--plan", "a.md"), ("search", "letter")):
        result = library.run(*command, "--json")
        assert (result.code, result.json["error"]["type"]) == (2, "model_mismatch")
        assert known["fingerprint"][:8] in result.json["error"]["message"]
    assert library.ok("list").out != ""
    library.ok("ingest", "--rebuild")
    assert library.ok("status", "--json").json["model"]["fingerprint"] != known["fingerprint"]
    assert vectors_digest(library) != before
    assert found(library, "letter")[0]["source"] == "a.md"
    assert_whole(state(library))


def vectors_digest(project: Project) -> str:
    """A digest of all vectors."""
    return hashlib.sha256(state(project).vectors.tobytes()).hexdigest()
