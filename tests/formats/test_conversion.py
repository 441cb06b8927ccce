"""A file that kills the process which converts, or takes too much, fails alone."""

from __future__ import annotations

import os
import signal
import zipfile
from io import BytesIO
from threading import Timer
from typing import TYPE_CHECKING

import psutil
import pytest

from ragpg.errors import DocumentError
from ragpg.formats import Conversion
from ragpg.formats.failed_conversions import FailedConversions
from tests.support.formats import WORD, make_docx, make_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PDF = make_pdf(["Words of a page."])


@pytest.fixture
def conversion(tmp_path: Path) -> Iterator[Conversion]:
    """A process of its own."""
    with Conversion(failures=FailedConversions(tmp_path / "failed.json")) as conversion:
        yield conversion


def list_workers() -> list[psutil.Process]:
    """The processes that convert."""
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "ragpg.formats.worker" in child.cmdline()
    ]


def find_worker() -> psutil.Process:
    """The process that converts."""
    [worker] = list_workers()
    return worker


def test_what_takes_too_long(conversion: Conversion) -> None:
    """The process is killed, and the next file is converted by another one."""
    conversion.time_limit = 0.01
    with pytest.raises(DocumentError, match=r"takes longer than 0\.01 seconds"):
        conversion.convert("a.pdf", PDF)
    conversion.time_limit = 60
    assert "Words" in conversion.convert("a.pdf", PDF).text


def test_what_took_too_long_is_not_awaited_again(tmp_path: Path) -> None:
    """It fails at once, unless it is asked for, its content changes, or a converter does."""
    path = tmp_path / "state" / "failed.json"
    log = FailedConversions(path, converters="a 1")
    with Conversion(time_limit=0.01, failures=log) as conversion:
        with pytest.raises(DocumentError, match="takes longer"):
            conversion.convert("a.pdf", PDF)
        assert list_workers() == []
        with pytest.raises(
            DocumentError, match=r"takes longer than 0\.01 seconds; to try again, name the file"
        ):
            conversion.convert("b.pdf", PDF)
        assert list_workers() == []
        conversion.failures = FailedConversions(path, converters="a 2")
        with pytest.raises(DocumentError, match=r"seconds$"):
            conversion.convert("a.pdf", PDF)
        with pytest.raises(DocumentError, match=r"seconds$"):
            conversion.convert("a.pdf", make_pdf(["Others."]))
        with pytest.raises(DocumentError, match=r"seconds$"):
            conversion.convert("a.pdf", PDF, again=True)
    with Conversion(failures=log) as conversion:
        assert "Words" in conversion.convert("a.pdf", PDF).text


@pytest.mark.parametrize("content", ["", "{", "[1]"])
def test_a_log_that_cannot_be_read(tmp_path: Path, content: str) -> None:
    """It is as if nothing had failed; what fails is kept in a new one."""
    path = tmp_path / "failed.json"
    path.write_text(content)
    log = FailedConversions(path)
    assert log.find(b"x", ".pdf", "") is None
    log.add(b"x", ".pdf", "", reason="so")
    assert (log.find(b"x", ".pdf", ""), log.find(b"x", ".tex", "")) == ("so", None)


def test_a_crash(conversion: Conversion) -> None:
    """The document fails, and the next one is converted."""
    conversion.convert("a.pdf", PDF)
    worker = find_worker()
    large = make_pdf(
        *[[f"Line {line} of page {page}." for line in range(30)] for page in range(900)]
    )
    killing = Timer(0.05, os.kill, (worker.pid, signal.SIGKILL))
    killing.start()
    with pytest.raises(DocumentError, match="makes the converter crash"):
        conversion.convert("large.pdf", large)
    killing.join()
    assert "Words" in conversion.convert("a.pdf", PDF).text


def test_a_bomb(tmp_path: Path) -> None:
    """A small archive that unpacks to gigabytes costs no more than the limits allow."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(make_docx("Words."))) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            if name != "word/document.xml":
                archive.writestr(name, content)
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            part.write(f'<w:document xmlns:w="{WORD}"><w:body>'.encode())
            paragraph = b"<w:p><w:r><w:t>words</w:t></w:r></w:p>" * 100_000
            for _ in range(300):
                part.write(paragraph)
            part.write(b"</w:body></w:document>")
    bomb = out.getvalue()
    assert len(bomb) < 20 * 2**20
    log = FailedConversions(tmp_path / "failed.json")
    with Conversion(time_limit=60, memory_limit=2**30, failures=log) as conversion:
        with pytest.raises(DocumentError) as caught:
            conversion.convert("bomb.docx", bomb)
        assert "\n" not in caught.value.message
        assert "Words" in conversion.convert("a.pdf", PDF).text


def test_the_process_ends_with_the_conversion() -> None:
    """It is started for the first file, and nothing of it is left."""
    with Conversion() as conversion:
        assert list_workers() == []
        conversion.convert("a.pdf", PDF)
        worker = find_worker()
        assert conversion.convert("a.pdf", PDF).text
        assert find_worker() == worker
    assert not worker.is_running()


def test_the_process_knows_no_secrets(
    conversion: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys and passwords in the environment are not passed on."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setenv("RAGPG_DB_PASSWORD", "secret")
    conversion.convert("a.pdf", PDF)
    assert "secret" not in find_worker().environ().values()
