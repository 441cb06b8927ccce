"""Files, directories and globs as documents."""

from __future__ import annotations

import io
import json
import os
import subprocess
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragpg.documents import FileSelection, discover_files, match, parse_document, read_stdin
from ragpg.errors import DocumentError
from ragpg.types import File, UnreadableFile

if TYPE_CHECKING:
    from ragpg.types import Document

AS_ROOT = os.geteuid() == 0


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
    include: tuple[str, ...] = ("*.md", "*.markdown"),
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


def document(content: bytes | str, source: str = "notes.md") -> Document:
    """Parse a document."""
    content = content.encode() if isinstance(content, str) else content
    return parse_document(File(source, None, content, sha256(content).digest()))


# --- discover_files -------------------------------------------------------------------------


def test_a_file(root: Path) -> None:
    """A file that is named is read, whatever its suffix."""
    write("notes.txt")
    content = b"text\nnotes.txt"
    assert list(discover_files(["notes.txt"], select())) == [
        File(
            "notes.txt",
            f"{root}/notes.txt",
            content,
            sha256(content).digest(),
            from_directory=False,
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


# --- parse ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a\r\nb\rc\n", "\ufeffa", "é🙂\x0c\u2028", ""])
def test_text(text: str) -> None:
    """The text is the file's, newlines and all, without its first byte order mark."""
    read = document(b"\xef\xbb\xbf" + text.encode())
    assert (read.text, read.size, read.body_start) == (text, len(text.encode()) + 3, 0)
    assert read.digest == sha256(b"\xef\xbb\xbf" + text.encode()).digest()
    assert document(text.removeprefix("\ufeff")).text == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"abc\xff", "'notes.md' is not valid UTF-8: byte 0xff at offset 3"),
        (b"\xef\xbb\xbfab\xe2\x82", "'notes.md' is not valid UTF-8: byte 0xe2 at offset 5"),
        ("a".encode("utf-16"), "'notes.md' is not valid UTF-8: byte 0xff at offset 0"),
        (b"\xed\xa0\x80", "'notes.md' is not valid UTF-8: byte 0xed at offset 0"),
        (b"\xef\xbb\xbfab\0", "'notes.md' is not a text: NUL at offset 5"),
    ],
)
def test_what_is_not_text(content: bytes, message: str) -> None:
    """The message names the file, the byte, and its offset in the file."""
    with pytest.raises(DocumentError) as caught:
        document(content)
    assert caught.value.message == message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("front", "metadata"),
    [
        ("---\ntitle: A\ntags: [b, c]\n---\n", {"title": "A", "tags": ["b", "c"]}),
        (
            "---\non: 2024-05-06\nat: 2024-05-06 07:08:09\n...\n",
            {"true": "2024-05-06", "at": "2024-05-06T07:08:09"},
        ),
        ("---  \n---\t\n", {}),
        ("---\n# nothing\n---\n", {}),
        ("---\r\na: 1\r\n---\r\n", {"a": 1}),
        ("---\ra: 1\r---\r", {"a": 1}),
        ("---\na: .nan\nb: -.inf\nc: ~\n---\n", {"a": "nan", "b": "-inf", "c": None}),
        ("---\n1: a\n2020-01-01: b\n~: c\n---\n", {"1": "a", "2020-01-01": "b", "null": "c"}),
        (
            '---\na: "x\\0y"\nb: !!binary aGk=\nc: !!set {z, y}\n---\n',
            {"a": "xy", "b": "aGk=", "c": ["y", "z"]},
        ),
        (
            '+++\ntitle = "A"\nd = 2024-05-06\nt = 07:08:09\n[p]\nq = nan\n+++\n',
            {"title": "A", "d": "2024-05-06", "t": "07:08:09", "p": {"q": "nan"}},
        ),
        ("+++\r\na = 1\r\n+++\r\n", {"a": 1}),
    ],
)
def test_front_matter(front: str, metadata: dict[str, Any]) -> None:
    """Front matter is metadata that JSON can hold, and not a part of the body."""
    read = document(f"{front}Body.")
    assert (read.metadata, read.body_start) == (metadata, len(front))
    assert document(front.rstrip()).body_start == len(front.rstrip())
    assert json.loads(json.dumps(read.metadata, allow_nan=False)) == metadata


BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in ("ab", "bc", "cd", "de"))


@pytest.mark.parametrize(
    "text",
    [
        "---\nno end\n",
        "---\na: [1\n---\n",
        "---\n- a\n- list\n---\n",
        "---\nJust words\n---\n",
        "---\na: !!python/object/apply:os.system [ls]\n---\n",
        "---\na: 2024-13-45\n---\n",
        f"---\n{BOMB}---\n",
        "---\na: &a [*a]\n---\n",
        f"---\na: {'[' * 5000}{']' * 5000}\n---\n",
        f"---\na: {'9' * 5000}\n---\n",
        f"---\na: 0x{'f' * 5000}\n---\n",
        f"---\na: {'b' * 40000}\n---\n",
        "+++\na = \n+++\n",
        f"+++\na = {'[' * 9000}\n+++\n",
        f"+++\na{'.a' * 60} = 1\n+++\n",
        " ---\na: 1\n---\n",
        "----\na: 1\n---\n",
        "text\n---\na: 1\n---\n",
    ],
)
def test_broken_front_matter_is_text(text: str) -> None:
    """What cannot be read as front matter is searched as it stands; nothing hangs or fails."""
    read = document(text)
    assert (read.metadata, read.body_start, read.text) == ({}, 0, text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: Given\n---\n# One\n", "Given"),
        ("---\ntitle: 42\n---\n# One\n", "42"),
        ("---\ntitle: 2024-05-06\n---\n", "2024-05-06"),
        ("---\ntitle: ' '\n---\n# One `x`\n", "One x"),
        ("---\ntitle: [a]\n---\n# One\n", "One"),
        ("---\ntitle: true\n---\n# One\n", "One"),
        ('---\ntitle: "a\\nb\\e[1mc\\u0085"\n---\n', "a b [1mc"),
        ("# One\n\n# Two\n", "the name"),
        ("# &#x1;\n", "the name"),
        ("text", "the name"),
    ],
)
def test_titles(text: str, title: str) -> None:
    """The title is the front matter's, else the only first heading, else the file's name."""
    assert document(text, "docs/the name.md").title == title


def test_unusual_titles() -> None:
    """A title has at most 300 characters, and there always is one."""
    assert document(f"# {'x' * 1000}\n").title == "x" * 300
    assert document("", ".md").title == ".md"
    assert document("", "a/new\nline.md").title == "new line"


# --- match ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("a.md", ["a.md"], ["aamd", "b/a.md", "a.mdx"]),
        ("*.md", ["a.md", ".md"], ["a/b.md", "a.md/"]),
        ("docs/*", ["docs/a", "docs/"], ["docs", "docs/a/b"]),
        ("docs/**", ["docs/a", "docs/a/b"], ["docs", "doc/a"]),
        ("**/a.md", ["a.md", "x/a.md", "x/y/a.md"], ["ba.md", "x/ba.md"]),
        ("docs/**/*.md", ["docs/a.md", "docs/x/y/a.md"], ["docs/a.txt", "a.md"]),
        ("a/**/b/**/c", ["a/b/c", "a/x/b/y/z/c"], ["a/c", "ab/c"]),
        ("**/**/a", ["a", "x/a"], ["xa"]),
        ("a**b", ["ab", "a/x/b"], ["a", "ba"]),
        ("?.md", ["a.md", "é.md"], ["/.md", "ab.md", ".md"]),
        ("[a-c]x[!a-c]", ["axd", "cx-"], ["dxd", "axa", "ax/"]),
        ("[]-]", ["]", "-"], ["a"]),
        ("[^a]", ["b"], ["a", "/"]),
        ("a[b", ["a[b"], ["ab"]),
        ("(a+)$", ["(a+)$"], ["aa"]),
        ("", [""], ["a"]),
        ("new*line", ["new\nline"], ["new/line"]),
    ],
)
def test_match(pattern: str, matching: list[str], other: list[str]) -> None:
    """`*` and `?` stop at `/`, `**` does not, `**/` may stand for nothing."""
    assert [source for source in matching + other if match(pattern, source)] == matching


@given(st.text("ab/.", max_size=12), st.text("ab/.", max_size=12))
@settings(max_examples=200, deadline=None)
def test_match_of_literals(pattern: str, source: str) -> None:
    """Without special characters only the path itself matches; `**` matches every path."""
    assert match(pattern, source) == (pattern == source)
    assert match("**", source)
    assert match(f"{pattern}**", pattern + source)
    assert match("*", source) == ("/" not in source)


def test_match_takes_linear_time() -> None:
    """No pattern takes forever."""
    begun = time.process_time()
    assert not match("*a" * 30 + "b", "a" * 20_000)
    assert not match("**a" * 30 + "b", "a/" * 10_000)
    assert time.process_time() - begun < 5
