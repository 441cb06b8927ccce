"""Projects and the names of their databases."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.project import database_name, find_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A directory below that of the tests, which belongs to no project."""
    assert find_project(tmp_path) is None
    return tmp_path


@pytest.mark.parametrize("kind", ["Config.toml", ".git file", ".git directory"])
def test_marks_of_a_project(outside: Path, kind: str) -> None:
    """A Config.toml or a .git makes a project; a worktree's .git is a file."""
    path = outside / kind.split(maxsplit=1)[0]
    path.mkdir() if kind == ".git directory" else path.touch()
    below = outside / "a" / "b"
    below.mkdir(parents=True)

    assert find_project(outside) == outside
    assert find_project(below) == outside


def test_nearest_project(outside: Path) -> None:
    """Of several projects the nearest one counts, whatever marks it."""
    (outside / "Config.toml").touch()
    inner = outside / "inner"
    (inner / ".git").mkdir(parents=True)
    (inner / "docs").mkdir()

    assert find_project(inner / "docs") == inner


def test_directory_named_like_the_file(outside: Path) -> None:
    """A directory called Config.toml marks nothing."""
    (outside / "Config.toml").mkdir()

    assert find_project(outside) is None


def test_project_behind_a_link(outside: Path) -> None:
    """The project is where the directory really lies."""
    real = outside / "real"
    (real / "docs").mkdir(parents=True)
    (real / ".git").touch()
    (outside / "link").symlink_to(real / "docs")

    assert find_project(outside / "link") == real


def test_directory_that_is_gone(outside: Path) -> None:
    """A directory that does not exist belongs to the project above it."""
    (outside / ".git").touch()

    assert find_project(outside / "gone" / "deeper") == outside


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("wiki", "wiki"),
        ("My Wiki-2", "my_wiki_2"),
        ("Größe Änderung", "groe_anderung"),
        ("--x--", "x"),
        ("文档", "project"),
        ("x" * 40, "x" * 30),
        ("x" * 29 + "--y", "x" * 29),
        ("a'; DROP DATABASE b", "a_drop_database_b"),
    ],
)
def test_database_name(tmp_path: Path, name: str, slug: str) -> None:
    """A project's database is named after its directory, and told apart by its path."""
    path = tmp_path / name
    path.mkdir()

    digest = sha256(bytes(path.resolve())).hexdigest()[:8]
    assert database_name(path) == f"{slug}_{digest}"


def test_projects_of_the_same_name(tmp_path: Path) -> None:
    """Two projects of the same name have two databases; one reached by a link has one."""
    for parent in ("a", "b"):
        (tmp_path / parent / "wiki").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a" / "wiki")

    names = {database_name(tmp_path / parent / "wiki") for parent in ("a", "b")}

    assert len(names) == 2
    assert database_name(tmp_path / "link") in names


def test_personal_database() -> None:
    """Outside of any project the personal database is used."""
    assert database_name(None) == "ragpg_personal"


@given(name=st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1))
def test_database_names_are_plain(name: str) -> None:
    """Whatever a directory is called, its database's name is short ASCII."""
    from pathlib import Path

    assert re.fullmatch(r"[a-z0-9_]{1,30}_[0-9a-f]{8}", database_name(Path("/nowhere", name)))
