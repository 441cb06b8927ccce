"""The Python interface: the values that commands print, and the errors that they print."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ragpg import Ragpg
from ragpg.errors import (
    ConfigurationError,
    DocumentError,
    NothingIngestedError,
    RagpgError,
    UsageError,
)
from ragpg.types import DocumentStatus, Finding, Sentence, Verdict
from tests.support.command_line import in_directory
from tests.support.postgres import PASSWORD, shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.command_line import Project

LEAVE = "# Leave\n\nEmployees have 25 days of annual leave.\n\n# Sickness\n\nCall before 9:00.\n"
BOATS = "---\nteam: fleet\n---\n# Boats\n\nA boat needs a licence and a lamp.\n"


@contextmanager
def opened(project: Project, **settings: object) -> Iterator[Ragpg]:
    """The interface in a project's directory."""
    with in_directory(project.directory, project.environment), Ragpg(settings) as ragpg:
        yield ragpg


@pytest.fixture
def written(project: Project) -> Project:
    """A project with two documents, whose table is its own."""
    own = project.with_own_table()
    own.write("docs/leave.md", LEAVE)
    own.write("docs/boats.md", BOATS)
    return own


def test_a_program_ingests_searches_asks_and_verifies(written: Project) -> None:
    """The main job, without a configuration file."""
    with opened(written) as ragpg:
        receipts = ragpg.ingest("docs")
        hits = ragpg.search("annual leave", top_k=1)
        answer = ragpg.ask("How many days of annual leave do employees have?")
        verification = ragpg.verify("Employees have 25 days of annual leave.")
    assert [(r.source, r.status) for r in receipts] == [
        ("docs/boats.md", DocumentStatus.ADDED),
        ("docs/leave.md", DocumentStatus.ADDED),
    ]
    assert [(hit.source, hit.start_line) for hit in hits] == [("docs/leave.md", 1)]
    assert "25 days" in (answer.text or "")
    assert answer.citations[0].quote in LEAVE
    [located] = verification.claims
    assert (located.claim.verdict, located.claim.finding) == (Verdict.SUPPORTED, Finding.SUPPORTED)


def test_values_are_those_that_commands_print(written: Project) -> None:
    """The same question gives the same JSON."""
    from ragpg.display import json_shapes

    with opened(written) as ragpg:
        ragpg.ingest("docs")
        question = "What does a boat need?"
        hits = [json_shapes.shape_hit(hit) for hit in ragpg.search(question)]
        answer = json_shapes.shape_answer(ragpg.ask(question))
        verification = json_shapes.shape_verification(ragpg.verify("A boat needs a lamp."))
    assert written.ok("search", question, "--json").json["hits"] == json.loads(json.dumps(hits))
    printed = written.ok("ask", question, "--json").json
    assert printed["answered"]
    assert {**printed, "timings": 0} == json.loads(json.dumps({**answer, "timings": 0}))
    checked = written.ok("verify", "-", "--json", stdin=b"A boat needs a lamp.").json
    assert checked == json.loads(json.dumps(verification))


def test_nothing_is_printed(written: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither on standard output nor on standard error."""
    with opened(written) as ragpg:
        ragpg.ingest("docs")
        ragpg.ask("What does a boat need?")
    assert capfd.readouterr() == ("", "")


def test_sources_and_filters_restrict(written: Project) -> None:
    """Both, and the mode, mean what they mean on the command line."""
    with opened(written) as ragpg:
        ragpg.ingest("docs")
        by_path = ragpg.search("boat", sources=["docs/leave.md"])
        by_filter = ragpg.search("leave", where="team == fleet")
        by_word = ragpg.search("licence", mode="keyword")
    assert {hit.source for hit in by_path} == {"docs/leave.md"}
    assert {hit.source for hit in by_filter} == {"docs/boats.md"}
    assert [hit.source for hit in by_word] == ["docs/boats.md"]


def test_texts_are_documents_too(written: Project) -> None:
    """A text from no file is stored verbatim, and once."""
    with opened(written) as ragpg:
        first = ragpg.ingest_text("# Lamps\n\nLamps are green.\n", source="notes/lamps.md")
        again = ragpg.ingest_text("# Lamps\n\nLamps are green.\n", source="notes/lamps.md")
        document = ragpg.read_document("notes/lamps.md")
    assert (first.status, first.origin) == (DocumentStatus.ADDED, None)
    assert again.status is DocumentStatus.UNCHANGED
    assert document.text == "# Lamps\n\nLamps are green.\n"


def test_documents_are_listed_read_and_removed(written: Project) -> None:
    """Names are sources or paths; an unknown one removes nothing."""
    with opened(written) as ragpg:
        assert ragpg.list_documents() == ()
        ragpg.ingest("docs")
        assert [d.source for d in ragpg.list_documents()] == ["docs/boats.md", "docs/leave.md"]
        path = written.directory / "docs" / "boats.md"
        assert ragpg.read_document(str(path)).text == BOATS
        with pytest.raises(DocumentError, match=r"'docs/none\.md'"):
            ragpg.remove("docs/leave.md", "docs/none.md")
        assert ragpg.remove("docs/leave.md") == ("docs/leave.md",)
        assert [d.source for d in ragpg.list_documents()] == ["docs/boats.md"]


def test_a_failed_document_is_a_receipt(written: Project) -> None:
    """The others are kept."""
    written.write("docs/broken.md", b"\xff")
    with opened(written) as ragpg:
        receipts = {r.source: r for r in ragpg.ingest("docs")}
    assert receipts["docs/broken.md"].status is DocumentStatus.FAILED
    assert receipts["docs/broken.md"].error
    assert receipts["docs/boats.md"].status is DocumentStatus.ADDED


def test_files_that_are_gone_are_pruned(written: Project) -> None:
    """Where it is asked for."""
    with opened(written) as ragpg:
        ragpg.ingest("docs")
        (written.directory / "docs/boats.md").unlink()
        receipts = {r.source: r.status for r in ragpg.ingest("docs", prune=True)}
    assert receipts["docs/boats.md"] is DocumentStatus.REMOVED


def test_what_others_ingest_meanwhile_is_found(written: Project) -> None:
    """Also where they put a new table in the place of the old one."""
    with opened(written) as ragpg:
        ragpg.ingest("docs")
        written.write("docs/kites.md", "# Kites\n\nKites fly on Fridays.\n")
        written.ok("ingest", "docs")
        assert ragpg.search("When do kites fly?")[0].source == "docs/kites.md"
        written.ok("ingest", "--rebuild")
        assert ragpg.search("When do kites fly?")[0].source == "docs/kites.md"


def test_a_lost_connection_is_made_again(written: Project) -> None:
    """A session that the server has ended is noticed, and the search done."""
    with opened(written) as ragpg:
        ragpg.ingest("docs")
        with in_directory(written.directory, written.environment):
            ended = ragpg._with_store(  # the only way to the connection's process
                lambda store: store.table.connection.info.backend_pid
            )
            with Ragpg() as other:
                other._with_store(
                    lambda store: store.table.connection.execute(
                        "SELECT pg_terminate_backend(%s, 5000)", [ended]
                    )
                )
        assert ragpg.search("boat")


def test_after_close_it_opens_again(written: Project) -> None:
    """The object stays of use."""
    with opened(written) as ragpg:
        ragpg.ingest("docs")
        ragpg.close()
        assert ragpg.search("boat")


def test_threads_share_it(written: Project) -> None:
    """Each gets the answer to its own question."""
    found: list[str] = []
    with opened(written) as ragpg:
        ragpg.ingest("docs")
        queries = ["boat", "annual leave"] * 4
        threads = [
            threading.Thread(target=lambda q=query: found.append(ragpg.search(q)[0].source))
            for query in queries
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == ["docs/boats.md"] * 4 + ["docs/leave.md"] * 4


def test_sentences_come_as_they_are_checked(written: Project) -> None:
    """Quotations are one sentence."""
    sentences: list[Sentence] = []
    with opened(written) as ragpg:
        ragpg.ingest("docs")
        answer = ragpg.ask("What does a boat need?", on_sentence=sentences.append)
    assert [sentence.text for sentence in sentences] == [answer.text]


def test_settings_win_over_files(written: Project) -> None:
    """What a file says holds where no setting says otherwise."""
    written.write("Config.toml", '[retrieval]\ntopK = 1\nmode = "dense"\n')
    with opened(written) as ragpg:
        ragpg.ingest("docs")
        assert len(ragpg.search("a boat or annual leave")) == 1
    with opened(written, **{"retrieval.topK": 2}) as ragpg:
        assert len(ragpg.search("a boat or annual leave")) == 2


def test_a_server_is_named_by_settings(written: Project) -> None:
    """Without anything in the environment."""
    given = shared().new_database()
    keys = {"host": "dbHost", "port": "dbPort", "user": "dbUser", "dbname": "dbName"}
    settings = {keys[name]: value for name, value in given.items() if name in keys}
    with opened(written, **settings, dbPassword=PASSWORD) as ragpg:
        ragpg.ingest("docs")
        assert ragpg.search("boat")


def test_mistakes_are_the_errors_of_the_command_line(written: Project) -> None:
    """Each has its own class."""
    with opened(written) as ragpg:
        with pytest.raises(NothingIngestedError):
            ragpg.search("boat")
        with pytest.raises(DocumentError, match="no document"):
            ragpg.ingest("docs", exclude=["**"])
        ragpg.ingest("docs")
        for mistake in (
            lambda: ragpg.search("  "),
            lambda: ragpg.search("boat", top_k=0),
            lambda: ragpg.search("boat", mode="fuzzy"),
            lambda: ragpg.search("boat", where="team =="),
            lambda: ragpg.ingest_text("text", source="../up.md"),
        ):
            with pytest.raises(UsageError):
                mistake()
    with (
        in_directory(written.directory, written.environment),
        pytest.raises(ConfigurationError, match=r"'retrieval\.topk'") as caught,
    ):
        Ragpg({"retrieval.topk": 3})
    assert caught.value.hint == 'did you mean "retrieval.topK"?'


def test_every_error_has_a_message_and_a_kind(written: Project) -> None:
    """A server that is not there is named."""
    with (
        opened(written, dbHost="127.0.0.1", dbPort=1) as ragpg,
        pytest.raises(RagpgError) as caught,
    ):
        ragpg.search("boat")
    assert caught.value.kind == "database"
    assert "127.0.0.1" in caught.value.message
