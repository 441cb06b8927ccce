"""What .gitignore files leave out of a directory, with git itself as the judge."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragpg.documents import FileSelection, find_files
from ragpg.documents.discover import FoundPath
from ragpg.documents.gitignore import MAX_BYTES, MAX_PATTERNS, find_rules, parse
from ragpg.operating_system import is_root
from ragpg.types import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = ("a", "b", "ab", "a b", "a.md", "b.md", "x1.md", "[a].md", "!a.md", "#a.md", "ä.md")
# fmt: off
PIECES = ("a", "b", "1", ".md", "*", "**", "?", "/", "!", "#", " ", "\\", "[ab]", "[!a]", "[^b]",
          "[0-9]", "[[:digit:]]", "[[:alpha:]b]", "[", "[]a]", "x", "\\*",
          "\\[", "ä", "-")
# fmt: on


def select(*, honours_gitignore: bool = True, follow_symlinks: bool = False) -> FileSelection:
    """Select all files."""
    return FileSelection(
        Path(),
        ("*",),
        (),
        follow_symlinks,
        1000,
        honours_gitignore=honours_gitignore,
    )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository, which is the current directory."""
    directory = tmp_path.resolve() / "repository"
    make_repository(directory)
    monkeypatch.chdir(directory)
    return directory


def make_repository(directory: Path) -> None:
    """Make an empty repository."""
    subprocess.run(["git", "init", "--quiet", directory], check=True)


def write(files: dict[str, str]) -> None:
    """Write files and the directories above them."""
    for path, text in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(text.encode())


def find(*arguments: str, honours_gitignore: bool = True) -> list[str]:
    """The files that are found, but for .gitignore itself."""
    selection = select(honours_gitignore=honours_gitignore)
    return list_names(find_files(arguments, selection))


def list_names(found: Iterable[object]) -> list[str]:
    """The paths of the files among what is found, but for .gitignore itself."""
    paths = [item.path for item in found if isinstance(item, FoundPath)]
    return [str(path) for path in paths if path.name not in {".git", ".gitignore"}]


def reasons(*arguments: str) -> dict[str, str]:
    """What is left out, relative to the current directory, and why."""
    found = find_files(arguments, select())
    left_out = (item for item in found if isinstance(item, LeftOut))
    return {os.path.relpath(item.path): item.reason for item in left_out}


def list_with_git(top: Path) -> list[str]:
    """The files below a repository's top that git does not ignore, but for .gitignore itself."""
    command = ["git", "-C", str(top), "-c", "core.excludesFile=/dev/null", "ls-files", "-z",
               "--others", "--exclude-per-directory=.gitignore"]  # fmt: skip
    output = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    return sorted(name for name in output.split("\0") if name and not name.endswith(".gitignore"))


def test_what_is_ignored_is_left_out_with_the_line_that_says_so(repository: Path) -> None:
    """A file in between adds its own lines, and takes back what those above it say."""
    write(
        {
            ".gitignore": "# built\nbuild/\n*.tmp.md\n",
            "docs/.gitignore": "!keep.tmp.md\r\n/draft.md\r\n",
            "a.md": "",
            "a.tmp.md": "",
            "build/b.md": "",
            "docs/draft.md": "",
            "docs/keep.tmp.md": "",
            "docs/more/draft.md": "",
        }
    )
    assert find(".") == ["a.md", "docs/keep.tmp.md", "docs/more/draft.md"]
    assert reasons(".") == {
        "a.tmp.md": "ignored by .gitignore:3: *.tmp.md",
        "build": "ignored by .gitignore:2: build/",
        "docs/draft.md": "ignored by docs/.gitignore:2: /draft.md",
    }
    assert len(find(".", honours_gitignore=False)) == 6


def test_what_is_named_is_read(repository: Path) -> None:
    """A file or a directory that is named is read, ignored or not, a walk below it as it says."""
    write(
        {
            ".gitignore": "build/\n*.log.md\nsecret.md\n",
            "build/docs/.gitignore": "draft.md\n",
            "build/docs/api.md": "",
            "build/docs/secret.md": "",
            "build/docs/draft.md": "",
            "notes.log.md": "",
        }
    )
    assert find("notes.log.md") == ["notes.log.md"]
    assert find("build/docs") == ["build/docs/api.md", "build/docs/secret.md"]
    assert find("build") == ["build/docs/api.md", "build/docs/secret.md"]
    assert find("build/docs/*.md") == ["build/docs/api.md", "build/docs/secret.md"]
    assert find("build/docs/draft.md", ".") == ["build/docs/draft.md"]


def test_files_above_count_up_to_the_top_of_the_repository(repository: Path) -> None:
    """A walk that begins below obeys the files above; those above the repository are others'."""
    write({"../.gitignore": "a.md\n", ".gitignore": "b.md\ndocs/c.md\n"})
    write({f"docs/{name}.md": "" for name in "abcd"})
    assert find("docs") == ["docs/a.md", "docs/d.md"]
    assert reasons("docs")["docs/c.md"] == "ignored by .gitignore:2: docs/c.md"


def test_a_repository_in_a_repository_has_its_own_rules(repository: Path) -> None:
    """Also where it is a submodule, whose .git is a file."""
    write({".gitignore": "a.md\n", "a.md": "", "b.md": "", "one/a.md": ""})
    for name in ("inner", "submodule"):
        write({f"{name}/.gitignore": "b.md\n", f"{name}/a.md": "", f"{name}/b.md": ""})
    make_repository(Path("inner"))
    Path("submodule/.git").write_text("gitdir: ../.git/modules/submodule\n")
    assert find(".") == ["b.md", "inner/a.md", "submodule/a.md"]


def test_without_a_repository_nothing_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository below has its rules all the same."""
    monkeypatch.chdir(tmp_path)
    write(
        {".gitignore": "*.md\n", "a.md": "", "r/.gitignore": "a.md\n", "r/a.md": "", "r/b.md": ""}
    )
    make_repository(Path("r"))
    assert find(".") == ["a.md", "r/b.md"]


def test_a_link_is_obeyed_where_it_leads(repository: Path, tmp_path: Path) -> None:
    """A directory that a link leads to has the rules of its own repository."""
    other = tmp_path / "other"
    make_repository(other)
    write({".gitignore": "a.md\n"})
    write({f"{other}/.gitignore": "b.md\n", f"{other}/docs/a.md": "", f"{other}/docs/b.md": ""})
    Path("docs").symlink_to(other / "docs")
    assert list_names(find_files(["."], select(follow_symlinks=True))) == ["docs/a.md"]


def test_a_file_that_cannot_be_honoured_is_told(
    repository: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is too large, has too many patterns, or cannot be read; a pipe is never opened."""
    write({"a/.gitignore": "#" * (MAX_BYTES + 1), "a/a.md": ""})
    write({"b/.gitignore": "x\n" * (MAX_PATTERNS + 1), "b/x": ""})
    write({"c/x": "", "d/.gitignore": "x\n", "d/x": ""})
    os.mkfifo("c/.gitignore")
    Path("d/.gitignore").chmod(0)
    assert find(".") == ["a/a.md", "b/x", "c/x"] + ([] if is_root() else ["d/x"])
    top, limits = str(repository), f"{MAX_BYTES} bytes or {MAX_PATTERNS} patterns"
    messages = [record.message for record in caplog.records]
    assert messages[:2] == [
        f"{f'{top}/{name}/.gitignore'!r} is not honoured: it has more than {limits}"
        for name in ("a", "b")
    ]


def test_a_changed_file_is_read_again(repository: Path) -> None:
    """What was read once is kept for as long as it is the same file."""
    write({".gitignore": "a.md\n", "a.md": "", "b.md": ""})
    assert find(".") == ["b.md"]
    Path(".gitignore").unlink()
    write({".gitignore": "b.md\n\n"})
    assert find(".") == ["a.md"]


@pytest.mark.parametrize(
    "pattern",
    [
        "*a" * 60 + "b",
        "**/a/" * 60 + "b",
        "a*/" * 60 + "b",
        "?*" * 100 + "b",
        "[a-]*" * 100 + "b",
        "*" * 5000 + "b",
        "[" * 5000,
        "[!" * 2500,
        "\\" * 5001,
        "[[:" * 2000,
        " " * 100_000 + "a",
        "a" + "\\ " * 20_000 + "b ",
        "[" + "\\]" * 20_000,
    ],
)
def test_no_pattern_takes_long(repository: Path, pattern: str) -> None:
    """Each is read, and tried on a long name in a deep directory, in a moment."""
    deep = Path(*["a" * 30] * 40)
    deep.mkdir(parents=True)
    write({".gitignore": f"{pattern}\n/{pattern}\n", f"{deep}/{'a' * 250}": ""})
    started = time.process_time()
    found = find(".")
    assert time.process_time() - started < 1
    assert len(found) == 1


lines = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(lines, max_size=4), st.lists(lines, max_size=3))
def test_git_finds_the_same(repository: Path, above: list[str], below: list[str]) -> None:
    """Whatever the patterns are."""
    for top in ("", "a/", "a/b/"):
        for name in NAMES:
            if "." in name:
                write({f"{top}{name}": ""})
    write({"ab/a.md": "", "a b/b.md": "", "ab/a/b.md": ""})
    write({".gitignore": "\n".join(above), "a/.gitignore": "\n".join(below)})
    assert sorted(find(".")) == list_with_git(repository), (above, below)


def test_lines_that_match_nothing(repository: Path) -> None:
    """Comments, blank lines, what is not valid, and bytes that are not UTF-8."""
    assert list(parse("#a\n\n   \n/\n!\na\\\n[a\n\udcff\n")) == []
    assert find_rules(repository).files == ()
