"""Keys, codes, versions and options are found as they are typed, beside others that look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg import quoting
from ragpg.types import Hit
from tests.support.command_line import Project, new_project

if TYPE_CHECKING:
    from pathlib import Path

PAIRS = (
    ("ERR_CONN-42", "ERR_CONN-43"),
    ("v1.29.3", "v1.29.4"),
    ("storage.sync", "storage.async"),
    ("--dry-run=client", "--dry-run=server"),
    ("node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"),
    ("/etc/hosts", "/etc/passwd"),
    ("max_conn_idle", "max_conn_life"),
    ("10.0.0.1", "10.0.0.2"),
    ("kubectl apply -f", "kubectl delete -f"),
    ("getUserById", "getUserByName"),
    ("CVE-2024-3094", "CVE-2024-3095"),
    ("std::vector", "std::string"),
    ("foo.bar.baz()", "foo.bar.qux()"),
    ("x86_64", "aarch64"),
    ("TLSv1.2", "TLSv1.3"),
    ("sha-1", "sha-256"),
)
SETTINGS = {
    "storage.path": "/var/data",
    "storage.sync": "true",
    "storage.sync.interval": "5s",
    "storage.async": "false",
    "storage.maxSize": "10GB",
    "server.port": "8080",
    "server.host": "0.0.0.0",
    "server.max_conn_idle": "10",
    "server.max_conn_life": "1h",
}


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with a page for each of many identifiers, and a table of settings."""
    made = new_project(tmp_path_factory.mktemp("manual"), data_dir=shared_data_dir)
    for number, name in enumerate(name for pair in PAIRS for name in pair):
        about = f"The log says `{name}` when an operator has to look after the system."
        made.write(f"page{number}.md", f"# Page {number}\n\n{about}\n")
    lines = [f"| `{key}` | {value} | What it is set to. |" for key, value in SETTINGS.items()]
    table = "\n".join(["| Key | Default | Meaning |", "|---|---|---|", *lines])
    made.write("settings.md", f"# Settings\n\n{table}\n")
    made.ok("ingest", ".")
    return made


@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
def test_the_page_of_an_identifier_comes_first(manual: Project, mode: str) -> None:
    """By words alone and by both, whatever marks an identifier has in it."""
    names = [name for pair in PAIRS for name in pair]
    options = ("--mode", mode, "--batch", "-", "--json")
    lines = manual.ok("search", *options, stdin="\n".join(names).encode()).lines
    found = {line["query"]: line["hits"][0]["source"] for line in lines}
    assert found == {name: f"page{number}.md" for number, name in enumerate(names)}


def test_a_settings_row_is_quoted_and_no_other(manual: Project) -> None:
    """One key of a table, not the next one to it, nor one of which it is a part."""
    questions = [f"What is the default of {key}?" for key in SETTINGS]
    lines = manual.ok("ask", "--batch", "-", "--json", stdin="\n".join(questions).encode()).lines
    for line, (key, value) in zip(lines, SETTINGS.items(), strict=True):
        quoted = [row for row in line["answer"].splitlines() if row.startswith("| `")]
        assert quoted == [f"| `{key}` | {value} | What it is set to. |"]


def test_what_is_taken_letter_by_letter() -> None:
    """Words are not, with a hyphen or an apostrophe or in capitals neither."""
    question = "Does `ab.cd` or ERR-42, (v1.2) --flag, myName or C++ at year-end, don't I? NASA!"
    question += " - and/or, e.g., the U.S. -> yes -- no"
    expected = ("ab.cd", "ERR-42", "v1.2", "--flag", "myName", "C++")
    assert quoting.QuestionType.of(question).identifiers == expected


def test_a_part_of_an_identifier_is_another_one() -> None:
    """Neither the beginning nor the end of a longer one; a full stop behind it is none of it."""
    texts = (
        "It is ab.cd.",
        "It is ab.cd.c.",
        "It is x.ab.cd.",
        "It is `ab.cd`, and so on.",
        "It is AB.CD.",
    )
    hits = [Hit(1, "a.md", "", (), 0, 9, 1, 1, text, 1.0) for text in texts]
    question_type = quoting.QuestionType.of("ab.cd")
    shares = [
        question_type.identifier_share(quoting.find_quotable_segments([hit])[0]) for hit in hits
    ]
    assert shares == [1.0, 0.0, 0.0, 1.0, 0.0]
