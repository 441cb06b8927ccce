"""`ragpg verify` with several files, directories and globs."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import Project, new_project
from tests.support.documents import ingested

if TYPE_CHECKING:
    from pathlib import Path

BOATS = "# Boats\n\nA schooner has two masts. A sloop has one mast.\n"
TRUE, FALSE, UNKNOWN = (
    "A schooner has two masts.",
    "A schooner has three masts.",
    "The moon is made of cheese.",
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with a document in the table, and texts to check beside it."""
    project = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    ingested(project, {"docs/boats.md": BOATS})
    project.write("answers/good.md", f"# Boats\r\n\r\n{TRUE}\r\n")
    project.write(
        "answers/bad.md", f"---\ntitle: Bad\n---\n\n{FALSE} The moon is\nmade of cheese.\n"
    )
    project.write("answers/notes.txt", FALSE)
    project.write("answers/node_modules/copied.md", FALSE)
    project.write("empty/notes.txt", FALSE)
    project.write("silent/heading.md", "# Boats\n")
    project.write("latin/latin.md", b"caf\xe9")
    return project


def verify(project: Project, *arguments: str, code: int) -> Any:
    """Verify files, with JSON."""
    result = project.run("verify", "--json", *arguments)
    assert result.code == code, result.err
    return result.json


def test_the_json_of_one_file_has_lines(corpus: Project) -> None:
    """One regular file keeps its shape; claims have their lines besides."""
    shape = verify(corpus, "answers/bad.md", code=4)
    assert list(shape) == ["claims", "citations", "supported", "unsupported"]
    assert [(c["start_line"], c["end_line"]) for c in shape["claims"]] == [(5, 5), (5, 6)]
    text = (corpus.directory / "answers/bad.md").read_text()
    assert [text[c["start"] : c["end"]] for c in shape["claims"]] == [
        FALSE,
        "The moon is\nmade of cheese.",
    ]
    [claim] = verify(corpus, "answers/good.md", code=0)["claims"]
    assert (claim["start_line"], claim["end_line"]) == (3, 3)


def test_several_files(corpus: Project) -> None:
    """Each file has the shape of one, in the order in which they are named, and sums follow."""
    shape = verify(corpus, "answers/good.md", "answers/bad.md", code=4)
    assert list(shape) == ["files", "supported", "unsupported"]
    good, bad = shape["files"]
    assert good == {"file": "answers/good.md", **verify(corpus, "answers/good.md", code=0)}
    assert bad == {"file": "answers/bad.md", **verify(corpus, "answers/bad.md", code=4)}
    assert (shape["supported"], shape["unsupported"]) == (1, 2)


@pytest.mark.parametrize("path", ["answers", "answers/", "./answers", "answers/*.md"])
def test_a_directory(corpus: Project, path: str) -> None:
    """It is walked for what [ingest] includes; the claims of a text are empty if it makes none."""
    shape = verify(corpus, path, code=4)
    assert [file["file"] for file in shape["files"]] == ["answers/bad.md", "answers/good.md"]
    included = corpus.within({"RAGPG_INGEST_INCLUDE": "good.md"})
    if "*" not in path:
        assert [file["file"] for file in verify(included, path, code=0)["files"]] == [
            "answers/good.md"
        ]


def test_a_directory_with_one_file(corpus: Project) -> None:
    """It has the shape of several, and a text that states nothing passes."""
    empty = {"claims": [], "citations": [], "supported": 0, "unsupported": 0}
    assert verify(corpus, "silent", code=0) == {
        "files": [{"file": "silent/heading.md", **empty}],
        "supported": 0,
        "unsupported": 0,
    }
    result = corpus.ok("verify", "silent")
    assert (result.out, result.err) == ("", "the texts state nothing that could be checked\n")


def test_each_file_once(corpus: Project) -> None:
    """A file that is reached in several ways is checked once."""
    shape = verify(corpus, "answers/good.md", "answers", "./answers/good.md", code=4)
    assert [file["file"] for file in shape["files"]] == ["answers/good.md", "answers/bad.md"]
    assert len(verify(corpus, "answers/good.md", "answers/good.md", code=0)["files"]) == 1


def test_standard_input_among_files(corpus: Project) -> None:
    """A hyphen may stand among files."""
    result = corpus.run("verify", "--json", "-", "answers/good.md", stdin=FALSE.encode())
    assert result.code == 4
    assert [(f["file"], f["unsupported"]) for f in result.json["files"]] == [
        ("-", 1),
        ("answers/good.md", 0),
    ]


def test_a_pipe(corpus: Project) -> None:
    """A file that is named may be a pipe, as a shell's process substitution makes it."""
    path = corpus.directory / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(FALSE,))
    writer.start()
    assert verify(corpus, "pipe", code=4)["unsupported"] == 1
    writer.join()


def test_a_file_that_cannot_be_read(corpus: Project) -> None:
    """It has its error in its place, the others are checked, and 1 wins over 4."""
    result = corpus.run("verify", "--json", "gone.md", "latin", "gone/*.md", "answers/bad.md")
    assert result.code == 1
    gone, latin, glob, bad = result.json["files"]
    assert list(gone) == ["file", "error"]
    assert gone["file"] == "gone.md"
    assert gone["error"]["type"] == "document"
    assert gone["error"]["message"] == "'gone.md' cannot be read: No such file or directory"
    assert latin["file"] == "latin/latin.md"
    assert latin["error"]["message"] == "'latin/latin.md' is not UTF-8: byte 3 is invalid"
    assert glob["error"]["message"] == "'gone/*.md' cannot be read: no file matches"
    assert bad["unsupported"] == 2
    assert result.err == "".join(
        f"failed: {file['file']}: {file['error']['message']}\n" for file in (gone, latin, glob)
    )


def test_a_single_file_that_cannot_be_read(corpus: Project) -> None:
    """It is the error of the whole command."""
    result = corpus.run("verify", "--json", "gone.md")
    assert result.code == 1
    assert result.json["error"]["message"] == "'gone.md' cannot be read: No such file or directory"


def test_a_directory_without_texts(corpus: Project) -> None:
    """Nothing to check is a failure: the path is probably wrong."""
    result = corpus.run("verify", "empty", "--json")
    assert result.code == 1
    assert result.json["error"]["message"] == "no text under 'empty'"
    assert result.json["error"]["hint"] == "include in [ingest] is *.md, *.markdown, *.mdx"


def test_for_people(corpus: Project) -> None:
    """Each claim stands behind its file and line, and the last line counts all of them."""
    result = corpus.run("verify", "answers", "gone.md")
    assert result.code == 1
    assert result.out == (
        "answers/bad.md:5: ✗ A schooner has three masts.\n"
        "  three masts: [1] says two masts\n"
        "  [1] docs/boats.md:L1-L3  Boats\n"
        "    A schooner has two masts.\n"
        "answers/bad.md:5: ? The moon is made of cheese.\n"
        "  nothing about it is found\n"
        "answers/good.md:3: ✓ A schooner has two masts.\n"
        "  [1] docs/boats.md:L1-L3  Boats\n"
        "    A schooner has two masts.\n"
        "1 supported, 2 unsupported (1 contradicted, 1 not found) in 2 files, 1 not read\n"
    )
    assert result.err == ("failed: gone.md: 'gone.md' cannot be read: No such file or directory\n")


def test_from_a_directory_below(corpus: Project) -> None:
    """Files are named as they are typed, wherever the command runs."""
    inside = Project(corpus.directory / "answers", corpus.environment)
    assert [file["file"] for file in verify(inside, ".", code=4)["files"]] == ["bad.md", "good.md"]
    assert verify(inside, "../silent", code=0)["files"][0]["file"] == "../silent/heading.md"


def test_fail_on_contradicted(corpus: Project) -> None:
    """Of several files, too, only what the documents deny counts then."""
    corpus.write("unknown/moon.md", UNKNOWN)
    arguments = ("--fail-on", "contradicted")
    assert verify(corpus, "unknown", *arguments, code=0)["unsupported"] == 1
    verify(corpus, "unknown", "answers", *arguments, code=4)


def test_usage(corpus: Project) -> None:
    """What cannot work together is wrong usage."""
    for arguments, message in (
        (["--batch", "-", "--json", "answers"], "--batch reads its questions from '-'"),
        (["--batch", "-", "--json", "--github"], "--accept, --sarif and --github are about files"),
        (["answers", ""], "FILE is missing"),
        (["-", "--accept"], "--accept needs files"),
        (["--accept"], "--accept needs files"),
    ):
        result = corpus.run("verify", *arguments)
        assert result.code == 2, arguments
        assert message in result.err


def test_the_progress_is_over_all_files(corpus: Project) -> None:
    """The claims of all texts are counted together."""
    from ragpg.pipeline.verify import verify_all
    from ragpg.types import Phase, Progress, Unit, Verification

    def check(text: str) -> Any:
        yield Progress(Phase.CHECKING, Unit.CLAIMS, 0, text.count("."))
        yield Verification(())

    texts = {"a": f"{TRUE} {FALSE}", "b": UNKNOWN}
    events = list(verify_all(texts, check))
    shown = [(e.done, e.total, e.source) for e in events if isinstance(e, Progress)]
    assert shown == [(0, 3, "a"), (2, 3, "b")]
    assert [event[0] for event in events if isinstance(event, tuple)] == ["a", "b"]
