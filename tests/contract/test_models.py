"""A table knows its embedding model, whatever its dimension and provider."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import tiny_bert
from tests.support.database_state import assert_whole, state
from tests.support.provider import Provider

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Project


@pytest.fixture
def fast_project(project: Project, tiny: Path) -> Project:
    """A project that embeds fast."""
    return project.with_own_table().within({"RAGPG_EMBEDDING_MODEL": str(tiny)})


@pytest.fixture(scope="session")
def large_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with more dimensions than an index over vectors of full precision takes."""
    directory = tiny_bert.build(tmp_path_factory.mktemp("large"), dimension=32, seed=1)
    return tiny_bert.add_dense(directory, dimension=2_500)


def found(project: Project, query: str, *options: str) -> list[Any]:
    """The hits of a search."""
    hits: list[Any] = project.ok("search", "--json", *options, query).json["hits"]
    return hits


def test_another_dimension_is_refused_before_anything_is_done(
    fast_project: Project, large_model: Path
) -> None:
    """Both models are named with their dimensions, whichever command notices."""
    fast_project.write("a.md", "# A\n\nThe letter.\n")
    fast_project.ok("ingest", "a.md")
    fast_project.write("b.md", "# B\n\nAnother letter.\n")
    other = fast_project.within({"RAGPG_EMBEDDING_MODEL": str(large_model)})
    for command in (("ingest", "b.md"), ("search", "letter"), ("ask", "Which letter?")):
        result = other.run(*command)
        assert (result.code, result.out) == (2, "")
        first, second = result.err.splitlines()
        assert first.startswith('error: the table "')
        assert "was made with the embedding model" in first
        assert "(32 dimensions, fingerprint " in first
        assert "(2500 dimensions, fingerprint " in first
        assert "`ragpg ingest --rebuild`" in second
    assert list(state(fast_project).texts()) == ["a.md"]


@pytest.mark.framework
@pytest.mark.parametrize("table", ["large", "wiki.large"])
def test_more_than_2000_dimensions_and_a_schema_work(
    fast_project: Project, large_model: Path, table: str
) -> None:
    """The vectors have half precision, and the index over them is there, in whatever schema."""
    fast_project = fast_project.within(
        {"RAGPG_EMBEDDING_MODEL": str(large_model), "RAGPG_TABLE_NAME": table}
    )
    fast_project.write("a.md", "# A\n\nThe letter.\n")
    fast_project.ok("ingest", "a.md")
    [hit] = found(fast_project, "letter", "--mode", "dense")
    assert hit["source"] == "a.md"
    status = fast_project.ok("status", "--check", "--json").json
    assert (status["model"]["dimension"], status["table"].endswith(table)) == (2500, True)
    [check] = [check for check in status["checks"] if check["name"] == "indexes"]
    assert check["message"] == "every index is there and valid"


def test_no_request_embeds_everything(fast_project: Project) -> None:
    """A provider gets many small requests, in each of which there is a batch of passages."""
    sections = (f"## Part {number}\n\n{f'Word {number}. ' * 60}\n\n" for number in range(50))
    fast_project.write("long.md", "".join(sections))
    with Provider(dimension=64) as provider:
        hosted = fast_project.within(
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


def test_a_table_knows_its_model(fast_project: Project, tmp_path: Path) -> None:
    """`status` names it; another one of the same size and name is refused until a rebuild."""
    model = tiny_bert.build(tmp_path / "first", dimension=32, seed=2)
    fast_project = fast_project.within({"RAGPG_EMBEDDING_MODEL": str(model)})
    fast_project.write("a.md", "# A\n\nThe letter.\n")
    fast_project.ok("ingest", "a.md")
    known = fast_project.ok("status", "--json").json["model"]
    assert (known["name"], known["dimension"]) == (str(model), 32)
    assert f"{model} (32 dimensions)" in fast_project.ok("status").out
    before = vectors_digest(fast_project)
    model.rename(tmp_path / "moved")
    tiny_bert.build(tmp_path / "first", dimension=32, seed=3)
    for command in (("ingest", "a.md"), ("ingest", "--plan", "a.md"), ("search", "letter")):
        result = fast_project.run(*command, "--json")
        assert (result.code, result.json["error"]["type"]) == (2, "model_mismatch")
        assert known["fingerprint"][:8] in result.json["error"]["message"]
    assert fast_project.ok("list").out != ""
    fast_project.ok("ingest", "--rebuild")
    assert fast_project.ok("status", "--json").json["model"]["fingerprint"] != known["fingerprint"]
    assert vectors_digest(fast_project) != before
    assert found(fast_project, "letter")[0]["source"] == "a.md"
    assert_whole(state(fast_project))


def vectors_digest(project: Project) -> str:
    """A digest of all vectors."""
    return hashlib.sha256(state(project).vectors.tobytes()).hexdigest()
