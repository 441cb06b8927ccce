"""Files, directories and globs as files that are read."""

from __future__ import annotations

import io
import json
import os
import subprocess
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from ragpg.documents import FileSelection, discover_files, find_files, measure_files, read_stdin
from ragpg.operating_system import is_root
from ragpg.pipeline.meter import Meter
from ragpg.types import File, LeftOut, UnreadableFile, Work

AS_ROOT = is_root()


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory that is the current one and the root of all sources."""
    directory = tmp_path.resolve() / "project"
    directory.mkdir()
    monkeypatch.chdir(directory)
    return directory


def write(*paths: str, content: bytes = b"text\n") -> None:
    """Write files, each with its own name in it, and the directories above them."""
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content + os.fsencode(path))


def select(
    *,
    root: str | None = ".",
    include: tuple[str, ...] = ("*.md", "*.markdown", "*.mdx"),
    exclude: tuple[str, ...] = (),
    follow_symlinks: bool = False,
    max_bytes: int = 1000,
) -> FileSelection:
    """The default selection, or another one."""
    base = None if root is None else Path(root)
    return FileSelection(base, include, exclude, follow_symlinks, max_bytes)


def sources(*paths: str, selection: FileSelection | None = None) -> list[str]:
    """The names of what is found; each of it can be read."""
    found = list(discover_files(paths, selection or select()))
    assert [one for one in found if isinstance(one, UnreadableFile)] == []
    return [one.source for one in found]


def failure(*paths: str, selection: FileSelection | None = None) -> UnreadableFile:
    """The one thing that is found and cannot be read."""
    (found,) = discover_files(paths, selection or select())
    assert isinstance(found, UnreadableFile)
    return found


def test_a_file(root: Path) -> None:
    """A file that is named is read, whatever its suffix."""
    write("notes.txt")
    content = b"text\nnotes.txt"
    modified = datetime.fromtimestamp(Path("notes.txt").stat().st_mtime, UTC)
    assert list(discover_files(["notes.txt"], select())) == [
        File(
            "notes.txt",
            f"{root}/notes.txt",
            content,
            sha256(content).digest(),
            from_directory=False,
            modified=modified,
        )
    ]


def test_a_directory_is_walked() -> None:
    """Files are found by their names' globs, below any directory, in the order of their names."""
    write("docs/b.md", "docs/a.markdown", "docs/c.txt", "docs/x/z.md", "docs/x/.hidden.md", "e.md")
    assert sources("docs") == ["docs/a.markdown", "docs/b.md", "docs/x/.hidden.md", "docs/x/z.md"]
    found = list(discover_files(["docs", "e.md"], select()))
    assert [one.from_directory for one in found if isinstance(one, File)] == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_include() -> None:
    """`include` is about names or, with a `/`, about paths below the directory."""
    write("docs/a.md", "docs/b.txt", "docs/x/a.md", "docs/x/c.rst")
    assert sources("docs", selection=select(include=("*.txt", "*.rst"))) == [
        "docs/b.txt",
        "docs/x/c.rst",
    ]
    assert sources("docs", selection=select(include=("x/*",))) == ["docs/x/a.md", "docs/x/c.rst"]


def test_directories_that_are_left_out() -> None:
    """Dot-directories, node_modules and virtual environments are not walked, unless named."""
    write("a.md", ".git/a.md", "node_modules/a.md", "x/venv/pyvenv.cfg", "x/venv/lib/a.md")
    assert sources(".") == ["a.md"]
    assert sources(".git", "x/venv") == [".git/a.md", "x/venv/lib/a.md"]


def test_what_programs_leave_behind() -> None:
    """Files with which Office locks documents, and those that macOS puts beside them, are none."""
    write("docs/a.md", "docs/~$a.md", "docs/._a.md", "docs/.~lock.a.md", "docs/.a.md", "docs/~a.md")
    assert sources("docs") == ["docs/.a.md", "docs/a.md", "docs/~a.md"]
    assert sources("docs/~$a.md") == ["docs/~$a.md"]


@pytest.mark.parametrize(
    ("exclude", "expected"),
    [
        (("b.md",), ["docs/a.md", "docs/x/a.md"]),
        (("x",), ["docs/a.md", "docs/b.md"]),
        (("x/",), ["docs/a.md", "docs/b.md"]),
        (("x/a.md",), ["docs/a.md", "docs/b.md", "docs/x/b.md"]),
        (("docs/x/a.md",), ["docs/a.md", "docs/b.md", "docs/x/b.md"]),
        (("./docs/x/**",), ["docs/a.md", "docs/b.md"]),
        (("**/a.md",), ["docs/b.md", "docs/x/b.md"]),
        (("*",), []),
    ],
)
def test_exclude(exclude: tuple[str, ...], expected: list[str]) -> None:
    """`exclude` is about names, paths below the directory, and paths below the root."""
    write("docs/a.md", "docs/b.md", "docs/x/a.md", "docs/x/b.md")
    assert sources("docs", selection=select(exclude=exclude)) == expected
    if expected:
        assert sources("docs/**/*.md", selection=select(exclude=exclude)) == expected


def test_a_file_that_is_named_is_never_excluded() -> None:
    """`exclude` is for what is found."""
    write("a.md")
    assert sources("a.md", selection=select(exclude=("*.md",))) == ["a.md"]


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("*.md", ["a.md"]),
        ("docs/*.md", ["docs/b.md"]),
        ("docs/**/*.md", ["docs/b.md", "docs/x/c.md"]),
        ("**/c.*", ["docs/x/c.md", "docs/x/c.txt"]),
        ("d?cs/[a-b].md", ["docs/b.md"]),
        ("./docs/**", ["docs/b.md", "docs/x/c.md", "docs/x/c.txt"]),
        ("*/x/c.md", ["docs/x/c.md"]),
    ],
)
def test_globs(glob: str, expected: list[str]) -> None:
    """Globs stand for files, whatever their suffix, which count as named one by one."""
    write("a.md", "docs/b.md", "docs/x/c.md", "docs/x/c.txt", ".git/c.md")
    assert sources(glob) == expected
    assert sources(f"{Path.cwd()}/{glob}") == expected
    assert not any(
        one.from_directory for one in discover_files([glob], select()) if isinstance(one, File)
    )


def test_a_file_beats_a_glob() -> None:
    """A name with special characters is a name first."""
    write("a[1].md", "a1.md", "what?.md")
    assert sources("a[1].md", "what?.md") == ["a[1].md", "what?.md"]


def test_what_is_not_there(root: Path) -> None:
    """A missing path and a glob without a match are failures with their reasons."""
    write("a.md/b.md")
    missing = failure("gone.md")
    assert missing == UnreadableFile("gone.md", f"{root}/gone.md", "no such file or directory")
    assert failure("no/such/dir/").reason == "no such file or directory"
    assert failure("a.md/b.md/c.md").reason == "not a directory"
    assert failure("docs/**/*.md").reason == "no file matches"
    assert failure("*.txt").source == "*.txt"
    assert failure("").reason == "the path is empty"
    assert failure("x" * 300).reason == "file name too long"


def test_an_empty_directory() -> None:
    """Nothing is found, which is no failure of a file."""
    Path("docs").mkdir()
    assert sources("docs") == []


def test_nothing_is_found_twice() -> None:
    """Overlapping paths, other spellings and links to the same file give it once."""
    write("docs/a.md", "docs/b.md")
    Path("link.md").symlink_to("docs/a.md")
    paths = ("docs/a.md", "docs", "./docs/../docs", "docs/*.md", "link.md", f"{Path.cwd()}/docs")
    assert sources(*paths) == ["docs/a.md", "docs/b.md"]
    assert len(list(discover_files(["gone.md", "gone.md"], select()))) == 1


@pytest.mark.parametrize(
    "name",
    [
        "with space.md",
        'it\'s "quoted".md',
        "new\nline.md",
        "emoji 🙂.md",
        "é.md",
        "-x.md",
        "a\x1b.md",
    ],
)
def test_unusual_names(name: str) -> None:
    """Any name that is UTF-8 is a source, to the letter."""
    write(name)
    assert sources(".") == [name]
    assert sources(f"./{name}") == [name]


def test_a_name_that_is_not_utf8(root: Path) -> None:
    """Such a name cannot be stored; the failure shows it escaped, the other files are read."""
    write("good.md")
    try:
        write(os.fsdecode(b"bad\xff.md"))
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    bad, good = discover_files(["."], select())
    assert bad == UnreadableFile("bad\\xff.md", None, "its name is not valid UTF-8")
    assert good.source == "good.md"
    json.dumps(bad.source).encode()


def test_sources_outside_the_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside the root a source is relative to it, outside it is absolute."""
    write("docs/a.md", "../other/b.md")
    assert sources("docs/a.md", "../other") == ["docs/a.md", f"{root.parent}/other/b.md"]
    assert sources("docs/a.md", selection=select(root="docs")) == ["a.md"]
    assert sources("docs/a.md", selection=select(root=None)) == [f"{root}/docs/a.md"]
    monkeypatch.chdir("docs")
    assert sources("a.md", selection=select(root="..")) == ["docs/a.md"]


def test_sources_below_a_link_to_the_root(root: Path) -> None:
    """A root that is reached through a link is the root nevertheless."""
    write("docs/a.md")
    link = root.parent / "link"
    link.symlink_to(root)
    assert sources(str(link / "docs")) == ["docs/a.md"]
    assert sources("docs", selection=select(root=str(link))) == ["docs/a.md"]


def test_links(root: Path) -> None:
    """Links are left out of walks unless they are to be followed; a link that is named is read."""
    write("docs/a.md", "../other/b.md", "../c.md")
    Path("docs/dir").symlink_to("../../other")
    Path("docs/file.md").symlink_to("../../c.md")
    assert sources("docs") == ["docs/a.md"]
    assert sources("docs", selection=select(follow_symlinks=True)) == [
        "docs/a.md",
        "docs/file.md",
        "docs/dir/b.md",
    ]
    assert sources("docs/file.md", "docs/dir") == ["docs/file.md", "docs/dir/b.md"]


def test_links_in_circles() -> None:
    """Following links ends, and broken ones are failures."""
    write("docs/a.md", "docs/x/b.md")
    Path("docs/x/up").symlink_to("..")
    Path("docs/x/self.md").symlink_to("self.md")
    Path("docs/x/gone.md").symlink_to("nowhere")
    found = list(discover_files(["docs"], select(follow_symlinks=True)))
    assert [one.source for one in found if isinstance(one, File)] == ["docs/a.md", "docs/x/b.md"]
    assert {one.source: one.reason for one in found if isinstance(one, UnreadableFile)} == {
        "docs/x/gone.md": "no such file or directory",
        "docs/x/self.md": "too many levels of symbolic links",
    }
    assert failure("docs/x/gone.md").reason == "no such file or directory"


def test_files_that_are_too_large(root: Path) -> None:
    """The limit holds; the failure names the key and both sizes."""
    write("at.md", content=b"x" * 995)
    write("over.md", content=b"x" * 994)
    assert sources("at.md") == ["at.md"]
    expected = "its 1001 bytes are more than maxFileBytes in [ingest], 1000"
    assert failure("over.md") == UnreadableFile("over.md", f"{root}/over.md", expected)


def test_a_huge_file_is_not_read() -> None:
    """A file of a terabyte fails at once."""
    with Path("huge.md").open("wb") as file:
        file.truncate(1 << 40)
    assert "1099511627776 bytes" in failure("huge.md").reason


def test_what_is_no_file() -> None:
    """A pipe and a device are never opened, so that nothing waits for them."""
    os.mkfifo("pipe.md")
    assert failure("pipe.md").reason == "it is not a regular file"
    assert failure(".").source == "pipe.md"
    assert failure("/dev/zero").reason == "it is not a regular file"


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_what_may_not_be_read() -> None:
    """A file and a directory without permission fail with the system's reason."""
    write("a.md", "docs/b.md")
    Path("a.md").chmod(0)
    assert failure("a.md").reason == "permission denied"
    Path("docs").chmod(0)
    assert failure("docs").reason == "cannot read the directory: Permission denied"
    Path("docs").chmod(0o700)


def test_a_directory_that_vanishes() -> None:
    """A directory that cannot be listed is a failure of its own, and the rest is read."""
    write("docs/a.md", "docs/b/c.md", "docs/d.md")
    found = discover_files(["docs"], select())
    first = next(found)
    Path("docs/b/c.md").unlink()
    Path("docs/b").rmdir()
    assert [first.source, *(one.source for one in found)] == ["docs/a.md", "docs/d.md", "docs/b"]


def test_deep_directories(root: Path) -> None:
    """The depth of directories is no limit of the program's."""
    try:
        for _ in range(1200):
            Path("d").mkdir()
            os.chdir("d")
        write("a.md")
        os.chdir(root)
        assert sources(".") == ["d/" * 1200 + "a.md"]
    finally:  # too deep for pytest, which would try again and again
        subprocess.run(["rm", "-rf", str(root / "d")], check=True)


def test_finding_does_not_parse() -> None:
    """A thousand files are found and read in a fraction of a second."""
    write(*(f"docs/{n % 30}/{n}.md" for n in range(1000)), content=b"# Heading\n\n" * 20)
    begun = time.process_time()
    assert len(sources("docs")) == 1000
    assert time.process_time() - begun < 2


def test_standard_input() -> None:
    """Standard input is a document without an origin, within the same limit."""
    content = b"# Title\n"
    found = read_stdin(io.BytesIO(content), name="a/b.md", selection=select())
    assert found == File("a/b.md", None, content, sha256(content).digest())
    large = read_stdin(io.BytesIO(b"x" * 1001), name="b.md", selection=select())
    assert large == UnreadableFile("b.md", None, "it is larger than maxFileBytes in [ingest], 1000")


def test_work_is_measured_before_it_is_read() -> None:
    """The files that are going to be read, each once, and their bytes; others count as files."""
    write("docs/a.md", "docs/b.md")
    write("docs/large.md", content=b"x" * 2000)
    items = find_files(["docs", "docs/a.md", "gone.md"], select())
    found = [item for item in items if not isinstance(item, LeftOut)]
    read = [file for file in discover_files(["docs"], select()) if isinstance(file, File)]
    size = sum(len(file.content) for file in read)
    assert measure_files(found, select()) == Work(documents=4, size=size)
    assert len(read) == 2


def test_work_is_measured_in_text() -> None:
    """A PDF has far less text than bytes: what is to be done would be said to take hours."""
    write("a.md", "b.PDF", content=b"x" * 895)
    items = find_files(["a.md", "b.PDF"], select())
    found = [item for item in items if not isinstance(item, LeftOut)]
    assert measure_files(found, select()) == Work(documents=2, size=899 + 36)
    meter = Meter(Work(2, 935))
    list(meter.count_files(discover_files(["b.PDF"], select())))
    assert meter.size == 36


def test_windows_separators(monkeypatch: pytest.MonkeyPatch) -> None:
    r"""Paths and globs may be typed with `\\` where that separates; sources have `/`."""
    write("a/b.md", "a/c.md")
    assert failure("a\\b.md").reason == "no such file or directory"
    monkeypatch.setattr(os, "sep", "\\")
    monkeypatch.setattr(os, "altsep", "/")
    assert sources("a\\b.md") == ["a/b.md"]
    assert sources("a\\*.md") == ["a/b.md", "a/c.md"]
