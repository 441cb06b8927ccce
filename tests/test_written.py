"""The written questions and claims, and the documents that are fetched for them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.real import lines
from benchmarks.written import DATA, WrittenSet, build, read_sets

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONS, CLAIMS = lines(DATA / "questions.jsonl"), lines(DATA / "claims.jsonl")
ANSWERABLE = {
    "current",
    "default",
    "exception",
    "howto",
    "identifier",
    "list",
    "lookup",
    "section",
    "table",
    "two",
    "why",
    "yesno",
}
UNANSWERABLE = {"near", "off", "unknown"}
TRUE = {"free", "near", "reworded"}
FALSE = {
    "figure",
    "name",
    "negation",
    "not_said",
    "opposite",
    "order",
    "role",
    "scope",
    "sibling",
    "table",
    "unit",
}


def test_ids_and_sets() -> None:
    """Each question and claim has an id of its own and belongs to a set; no set has none."""
    ids = [case["id"] for case in (*QUESTIONS, *CLAIMS)]
    assert len(ids) == len(set(ids))
    assert {case["set"] for case in (*QUESTIONS, *CLAIMS)} == {each.name for each in read_sets()}


def test_questions() -> None:
    """A question has a known kind, and evidence and short phrases just if it is answerable."""
    for case in QUESTIONS:
        assert case["kind"] in (ANSWERABLE if case["answerable"] else UNANSWERABLE), case["id"]
        assert bool(case["evidence"]) is bool(case["must"]) is case["answerable"], case["id"]
        assert all(len(phrase.split()) <= 12 for group in case["must"] for phrase in group)


def test_claims() -> None:
    """A claim has a known kind, and evidence unless the documents say nothing of the kind."""
    for case in CLAIMS:
        is_true = case["label"] == "supported"
        assert case["kind"] in (TRUE if is_true else FALSE), case["id"]
        assert bool(case["evidence"]) is (is_true or case["says"] == "contradicted"), case["id"]
        assert is_true or case["style"] in TRUE, case["id"]


def test_evidence() -> None:
    """Evidence is a stretch of a document, without its text."""
    for case in (*QUESTIONS, *CLAIMS):
        for part in case["evidence"]:
            assert part.keys() == {"doc", "start", "end"}, case["id"]
            assert 0 <= part["start"] < part["end"], case["id"]


@pytest.fixture
def written(tmp_path: Path) -> WrittenSet:
    """A set whose repository is a directory, with a document that has CR LF and one that is cut."""
    repository = tmp_path / "repository"
    (repository / "docs" / "old").mkdir(parents=True)
    (repository / "docs" / "boats.mdx").write_bytes("\ufeff# Boats\r\n\r\nÉva rows.\r\n".encode())
    (repository / "docs" / "long.md").write_bytes("été, autumn".encode())
    (repository / "docs" / "old" / "rafts.md").write_bytes(b"gone")
    (repository / "README.md").write_bytes(b"not a document")

    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=N", "-c", "user.email=n@example.org", *arguments]
        done = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "--quiet")
    git("-c", "core.autocrlf=false", "add", ".")
    git("commit", "--quiet", "--message", "Documents")
    return WrittenSet(
        name="boats",
        group="a",
        repository=repository.as_uri(),
        commit=git("rev-parse", "HEAD"),
        licence="none",
        patterns=["/docs/**/*.md", "/docs/**/*.mdx", "!/docs/old/**"],
        files=2,
        root="docs",
        rename={".mdx": ".md"},
        cut={"long.md": 3},
    )


def question(must: str, *, end: int) -> dict[str, Any]:
    """Return a question about the third line of boats.md."""
    evidence = [{"doc": "boats.md", "start": 11, "end": end}]
    return {"id": "boats-01", "set": "boats", "must": [[must]], "evidence": evidence}


def test_documents_are_fetched(written: WrittenSet, tmp_path: Path) -> None:
    """Documents are as in the repository but for what the set says; evidence gets its text."""
    questions = [question("éva", end=20), {"set": "other"}]
    said = build(written, tmp_path, questions=questions, claims=[])

    built = tmp_path / "real" / "boats"
    assert said == "boats: 2 files, 1 questions, 0 claims"
    assert (
        (built / "docs" / "boats.md").read_bytes().endswith("# Boats\r\n\r\nÉva rows.\r\n".encode())
    )
    assert (built / "docs" / "long.md").read_text("utf-8") == "été"
    assert not (built / "docs" / "old").exists()
    assert lines(built / "questions.jsonl")[0]["evidence"][0]["content"] == "Éva rows."
    assert lines(built / "claims.jsonl") == []


@pytest.mark.parametrize(
    ("must", "end", "message"),
    [("Ida", 20, "boats-01: its evidence has none of .*Ida"), ("rows", 99, "has no text at 11-99")],
)
def test_other_documents(
    written: WrittenSet, tmp_path: Path, must: str, end: int, message: str
) -> None:
    """Evidence that is not where it should be is told, and what was built before stays."""
    before = tmp_path / "real" / "boats" / "docs"
    before.mkdir(parents=True)
    with pytest.raises(ValueError, match=message):
        build(written, tmp_path, questions=[question(must, end=end)], claims=[])
    assert before.exists()
    assert not list(tmp_path.glob("fetched-*"))
