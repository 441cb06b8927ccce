"""A table that is spread over a Citus cluster holds and finds what one on a single server does.

They run where RAGPG_TEST_CITUS_DSN names a database on the coordinator of a cluster that nothing
else uses; the one with a node that fails needs RAGPG_TEST_CITUS_WORKER as well.
"""

from __future__ import annotations

import os
import random
import subprocess
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from ragpg.store import health, measuring, restriction, retrievers
from ragpg.store.connection import Target, connect
from ragpg.types import HealthCheck, Level, Scan, SearchRequest
from tests.conftest import CITUS_DSN, CITUS_WORKER
from tests.support.command_line import Project, new_project
from tests.support.database_state import assert_same, assert_whole, opened, state
from tests.support.documents import vectors
from tests.support.embedded import await_that
from tests.support.postgres import PASSWORD, USER, shared
from tests.support.store import new_store, put, sound, zipf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg.store.postgres import PostgresStore
    from ragpg.store.statements import Connection

pytestmark = pytest.mark.skipif(CITUS_DSN is None, reason="RAGPG_TEST_CITUS_DSN is not set")
SHARDS = "SELECT count(*) FROM pg_dist_shard WHERE logicalrelid = %s::regclass"

needs_worker = pytest.mark.skipif(CITUS_WORKER is None, reason="RAGPG_TEST_CITUS_WORKER is not set")


@dataclass(frozen=True, slots=True)
class Pair:
    """The same directory, ingested into a table of one server and into one of a cluster."""

    single: Project
    cluster: Project

    def ok(self, *arguments: str) -> list[Any]:
        """Run a command on both; what each prints as JSON."""
        return [project.ok(*arguments, "--json").json for project in (self.single, self.cluster)]

    def batch(self, *arguments: str, questions: list[str]) -> list[list[Any]]:
        """Run a command on both for many questions."""
        text = "".join(f"{question}\n" for question in questions).encode()
        command = (*arguments, "--batch", "-", "--json")
        return [p.run(*command, stdin=text).lines for p in (self.single, self.cluster)]

    def within(self, **environment: str) -> Pair:
        """Both with more in their environment."""
        return Pair(self.single.within(environment), self.cluster.within(environment))

    def assert_same(self) -> None:
        """Both tables are sound, and in the same state."""
        one, other = state(self.single), state(self.cluster)
        assert_whole(other)
        assert_same(one, other)
        checks = self.cluster.ok("status", "--json").json["checks"]
        assert [check for check in checks if check["level"] != "ok"] == []


def rounded(value: Any) -> Any:
    """The same, with numbers to six digits."""
    match value:
        case float():
            return pytest.approx(value, abs=1e-6)
        case list():
            return [rounded(one) for one in value]
        case dict():
            return {key: rounded(one) for key, one in value.items()}
    return value


def text(generator: random.Random, number: int) -> str:
    """A document with front matter and sections."""
    parts = [f"---\nyear: {2000 + number % 20}\ntags: [t{number % 3}]\n---\n# Document {number}\n"]
    parts += [
        f"\n## Section {section}\n\n{' '.join(zipf(generator, 60))}.\n"
        for section in range(generator.randint(1, 9))
    ]
    return "".join(parts)


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path, tiny: Path
) -> Iterator[Pair]:
    """Forty documents on both; whatever a test does, it does to both."""
    generator = random.Random(7)
    project = new_project(tmp_path_factory.mktemp("pair"), data_dir=shared_data_dir)
    project = project.within({"RAGPG_EMBEDDING_MODEL": str(tiny)})
    given = shared().new_database()
    url = f"postgresql://{USER}@127.0.0.1:{given['port']}/{given['dbname']}"
    single = project.within({"RAGPG_DB_URL": url, "RAGPG_DB_PASSWORD": PASSWORD})
    table = f"pair_{os.getpid()}"
    cluster = project.within({"RAGPG_DB_URL": str(CITUS_DSN), "RAGPG_TABLE_NAME": table})
    pair = Pair(single, cluster.within({"RAGPG_DB_DISTRIBUTED": "true"}))
    for number in range(40):
        project.write(f"docs/{number % 4}/{number}.md", text(generator, number))
    pair.ok("ingest", "docs")
    yield pair
    with opened(pair.cluster) as store:
        drop(store)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to the coordinator."""
    with closing(connect(Target({"conninfo": str(CITUS_DSN)}))) as connection:
        yield connection


@pytest.fixture
def store(connection: Connection) -> Iterator[PostgresStore]:
    """A new table on the cluster."""
    store = new_store(connection, f"spread_{os.getpid()}", distributed=True)
    yield store
    drop(store)


def drop(store: PostgresStore) -> None:
    """Drop a table."""
    table = store.table
    with table.transaction():
        table.execute("DROP TABLE {embedding}, {term}, {lexical}, {chunk}, {document}")
        table.execute("DELETE FROM {registry} WHERE name = %s", [table.name])


def shards(store: PostgresStore) -> int:
    """Over how many shards a table is spread."""
    [(number,)] = store.table.connection.execute(SHARDS, [store.table.regclass("chunk")])
    return int(number)


def faults(store: PostgresStore) -> list[str]:
    """What `status` finds wrong."""
    return [check.message for check in store.status().checks if check.level is not Level.OK]


def test_same_results(pair: Pair) -> None:
    """A hundred questions have the same hits with the same scores, and the same answers."""
    pair.assert_same()
    generator = random.Random(11)
    questions = [" ".join(zipf(generator, generator.randint(1, 6))) for _ in range(100)]
    for mode in ("hybrid", "dense", "keyword"):
        one, other = pair.batch("search", "--mode", mode, questions=questions)
        assert len(one) == 100
        assert other == rounded(one)
    one, other = pair.batch("ask", questions=questions[:15])
    for first, second in zip(one, other, strict=True):
        assert second == rounded({**first, "timings": second["timings"]})


@pytest.mark.parametrize(
    "restriction",
    [
        ("--filter", "year >= 2010 AND tags == t1"),
        ("--filter", 'heading == "Section 2"'),
        ("--filter", 'NOT title < "Document 25"'),
        ("--source", "docs/1/**"),
        ("--source", "docs/1/1.md", "--source", "docs/2/*.md", "--filter", "tags == t0"),
    ],
)
def test_same_results_of_a_part(pair: Pair, restriction: tuple[str, ...]) -> None:
    """So it is with a filter and with globs."""
    questions = [" ".join(zipf(random.Random(seed), 4)) for seed in range(20)]
    one, other = pair.batch("search", *restriction, questions=questions)
    assert any(result["hits"] for result in one)
    assert other == rounded(one)


def test_same_results_of_a_broad_part(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is where a filter leaves too much to be listed."""
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", 10)
    monkeypatch.setattr(restriction, "SAMPLED_DOCUMENTS", 20)
    questions = [" ".join(zipf(random.Random(seed), 4)) for seed in range(20)]
    for margin in (2, 0.1):
        monkeypatch.setattr(retrievers, "BROAD_MARGIN", margin)
        one, other = pair.batch("search", "--filter", "year >= 2008", questions=questions)
        assert any(result["hits"] for result in one)
        assert other == rounded(one)


def test_same_changes(pair: Pair) -> None:
    """Whatever is done to the documents, both tables are in the same state."""
    one, other = pair.ok("list")
    assert [d["source"] for d in one["documents"]] == [d["source"] for d in other["documents"]]
    pair.single.write("docs/0/0.md", text(random.Random(1), 0))
    (pair.single.directory / "docs/1/1.md").rename(pair.single.directory / "docs/1/new.md")
    (pair.single.directory / "docs/2/2.md").unlink()
    one, other = pair.ok("ingest", "docs", "--prune")
    statuses = [[(d["source"], d["status"]) for d in done["documents"]] for done in (one, other)]
    assert statuses[0] == statuses[1]
    pair.assert_same()
    one, other = pair.ok("remove", "docs/3", "--yes")
    assert len(one["removed"]) == 10
    assert one == other
    pair.assert_same()
    pair.ok("ingest", "--rebuild", "docs")
    pair.assert_same()
    with opened(pair.cluster) as store:
        assert shards(store) > 0


def test_same_edits(pair: Pair) -> None:
    """Documents of which parts are edited, moved, added and cut keep their other chunks' rows."""
    directory = pair.single.directory / "docs"
    for number, path in enumerate(sorted(directory.rglob("*.md"))):
        parts = path.read_text().split("\n## ")
        place = 1 + number % (len(parts) - 1)
        match number % 4:
            case 0:
                parts[place] = f"{parts[place]}Besides.\n"
            case 1:
                parts.insert(place, "New\n\nThe new words stand here.\n")
            case 2:
                parts.append(parts.pop(place))
            case 3:
                parts.pop(place)
        path.write_text("\n## ".join(parts))
    one, other = pair.ok("ingest", "docs")
    assert one["totals"]["reused"] == other["totals"]["reused"] > 0
    assert any(made["status"] == "changed" for made in other["documents"])
    pair.assert_same()


def test_several_languages(pair: Pair) -> None:
    """So it is in a table in which each document has the words of its own language."""
    several = pair.within(RAGPG_LANGUAGE="auto", RAGPG_TABLE_NAME=f"several_{os.getpid()}")
    pair.single.write("texts/de.md", "# Häuser\n\nDie Häuser sind alt und nicht für uns.\n")
    pair.single.write("texts/en.md", "# Houses\n\nThe houses are old and not for us.\n")
    several.ok("ingest", "texts")
    several.assert_same()
    pair.single.write("texts/en.md", "# Houses\n\nDie Häuser sind neu und nicht für euch.\n")
    several.ok("ingest", "texts")
    several.assert_same()
    one, other = several.batch(
        "search", "--mode", "keyword", questions=["Sind die Häuser alt?", "old houses"]
    )
    assert [len(result["hits"]) for result in one] == [2, 1]
    assert other == rounded(one)
    with opened(several.cluster) as store:
        drop(store)


def test_same_conflicts(pair: Pair) -> None:
    """What documents contradict each other in is found in both."""
    for number in (30, 45):
        text = f"# Leave\n\nEmployees have {number} days of leave in a year.\n"
        pair.single.write(f"rules/{number}.md", text)
    pair.ok("ingest", "rules")
    one, other = pair.ok("conflicts", "--source", "rules/**")
    assert one["conflicts"]
    assert other == rounded(one)


def test_remove_by_filter(pair: Pair) -> None:
    """A filter removes the same documents from both."""
    one, other = pair.ok("remove", "--filter", "year == 2013", "--yes")
    assert one == other
    assert one["removed"]
    pair.assert_same()


def test_questions_that_failed(pair: Pair) -> None:
    """They are kept beside the table on the coordinator, and forgotten."""
    pair.ok("gaps", "--enable")
    for project in (pair.single, pair.cluster):
        assert project.run("ask", "Who is Ozymandias?").code == 3
    one, other = pair.ok("gaps")
    assert [gap["question"] for gap in one["gaps"]] == ["Who is Ozymandias?"]
    times = ("first", "last")
    assert other["gaps"] == [{**one["gaps"][0], **{t: other["gaps"][0][t] for t in times}}]
    for option in ("--clear", "--disable"):
        pair.ok("gaps", option, "--yes")
        assert [found["gaps"] for found in pair.ok("gaps")] == [[], []]


def test_exports_are_the_same(pair: Pair) -> None:
    """What one exports the other imports, also over documents, and exports byte for byte."""
    files = [pair.single.directory / name for name in ("single.export", "cluster.export")]
    pair.single.ok("export", str(files[0]))
    other = pair.within(RAGPG_TABLE_NAME=f"imported_{os.getpid()}")
    for _ in range(2):
        other.ok("import", "--replace", str(files[0]))
        other.cluster.ok("export", str(files[1]))
        assert files[1].read_bytes() == files[0].read_bytes()
        files[1].unlink()
    other.assert_same()
    with opened(other.cluster) as store:
        assert shards(store) > 0
        drop(store)


def test_repair(pair: Pair) -> None:
    """Indexes that are missing, or invalid on shards, and frequencies are made anew."""
    spoil = """
        WITH spoiled AS (
            UPDATE pg_index SET indisvalid = false FROM pg_class, pg_am
            WHERE indrelid = CAST(%1$L AS regclass) AND pg_class.oid = indexrelid
                AND pg_am.oid = relam AND amname = 'gin' RETURNING 1
        ) SELECT count(*) FROM spoiled
    """
    with opened(pair.cluster) as store:
        query = "SELECT result FROM run_command_on_shards(%s, %s) LIMIT 1"
        store.table.connection.execute(query, [store.table.regclass("lexical"), spoil])
        digests = store.table.identifier("_digests_idx")
        store.table.connection.execute(sql.SQL("DROP INDEX {}").format(digests))
        store.table.execute("UPDATE {term} SET frequency = frequency + 1")
    repaired = pair.cluster.ok("repair").out
    assert "built the index gin on" in repaired
    assert "counted the terms" in repaired
    assert_same(state(pair.single), state(pair.cluster))
    pair.cluster.ok("status", "--check")


def test_status(pair: Pair) -> None:
    """The sizes are those of the shards, and it is said how many there are."""
    one, other = pair.ok("status")
    assert other["counts"] == one["counts"]
    assert other["sizes"]["total"] >= one["sizes"]["total"] / 2
    [said] = [check for check in other["checks"] if check["name"] == "shards"]
    assert "shards on" in said["message"]


def test_a_rebuild_spreads_a_table(pair: Pair) -> None:
    """A table that lies on the coordinator is spread by a rebuild, and stays spread."""
    table = f"moved_{os.getpid()}"
    local = pair.cluster.within({"RAGPG_DB_DISTRIBUTED": "false", "RAGPG_TABLE_NAME": table})
    local.ok("ingest", "docs")
    with opened(local) as store:
        assert shards(store) == 0
        assert sound(store)
    spread = local.within({"RAGPG_DB_DISTRIBUTED": "true"})
    for project in (spread, local):
        project.ok("ingest", "--rebuild", "docs")
        assert_same(state(pair.single), state(project))
        with opened(local) as store:
            assert shards(store) > 0
    with opened(local) as store:
        drop(store)


def test_index_on_shards(store: PostgresStore) -> None:
    """The settings of a scan of the index reach the shards; without, each gives 40 rows."""
    for number in range(10):
        put(store, f"{number}.md", *(f"text {n} " for n in range(450)), seed=number)
    exact = store.search(SearchRequest(None, vectors(1, seed=99)[0], 1000)).items
    expected = {(c.source, c.chunk.ordinal) for c in sorted(exact, key=lambda c: -(c.cosine or 0))}
    found = store.search(SearchRequest(None, vectors(1, seed=99)[0], 300))
    assert found.plan.scan is Scan.INDEX
    assert len(found.items) == 300
    best = sorted(found.items, key=lambda c: -(c.cosine or 0))[:50]
    assert {(c.source, c.chunk.ordinal) for c in best} <= expected


def test_index_missing_on_a_shard(store: PostgresStore) -> None:
    """An index that is invalid on one shard is a fault, which the next ingest corrects."""
    put(store, "a.md", "alpha", "beta")
    assert faults(store) == []
    spoil = """
        WITH spoiled AS (
            UPDATE pg_index SET indisvalid = false FROM pg_class, pg_am
            WHERE indrelid = CAST(%1$L AS regclass) AND pg_class.oid = indexrelid
                AND pg_am.oid = relam AND amname = 'hnsw' RETURNING 1
        ) SELECT count(*) FROM spoiled
    """
    query = "SELECT result FROM run_command_on_shards(%s, %s) LIMIT 1"
    store.table.connection.execute(query, [store.table.regclass("embedding"), spoil])
    [fault] = faults(store)
    assert fault.startswith("missing or invalid indexes: hnsw on ")
    for _ in store.build_vector_index():
        pass
    assert faults(store) == []


def test_dead_rows(store: PostgresStore) -> None:
    """Dead rows are those of the shards."""
    put(store, "a.md", *(f"text {n} " for n in range(900)))
    store.remove(["a.md"])
    # A worker's statistics appear a while later.
    await_that(lambda: any("dead rows besides" in fault for fault in faults(store)))
    store.vacuum()
    await_that(lambda: faults(store) == [])


def test_measured_checks(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """What searches find is compared with what is on the shards; so is how they find it."""
    monkeypatch.setattr(measuring, "SMALL_TABLE_CHUNKS", 1_000)
    monkeypatch.setattr(restriction, "SMALL_TABLE_CHUNKS", 100)
    for number in range(8):
        put(store, f"{number}.md", *(f"text {n} " for n in range(400)), seed=number)
    store.vacuum()
    recall, plan = store.measure()
    assert recall.level is Level.OK
    message = "every vector of a shard is compared: it is too small for the index"
    assert plan == HealthCheck("plan", Level.OK, message)
    monkeypatch.setattr(measuring, "SMALL_TABLE_CHUNKS", 100)
    [_, plan] = store.measure()
    assert plan.level is Level.WARNING
    monkeypatch.setattr(retrievers, "SET_NO_JIT", sql.SQL("SET LOCAL enable_seqscan = off"))
    [_, plan] = store.measure()
    assert plan == HealthCheck("plan", Level.OK, "searches use the index over vectors")


def test_a_bloated_index(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size of the index over vectors is that of its parts on the shards."""
    monkeypatch.setattr(health, "SMALLEST_BLOATED", 100_000)
    put(store, "a.md", *(f"text {n} " for n in range(900)))
    assert not any("is empty" in fault for fault in faults(store))
    store.remove(["a.md"])
    assert any("half of the index over 0 vectors is empty" in fault for fault in faults(store))


@needs_worker
def test_a_worker_goes_down(pair: Pair) -> None:
    """While a worker is away commands fail in one line, and lose nothing; then all goes on."""
    before = state(pair.cluster)
    pair.single.write("docs/new.md", text(random.Random(3), 41))
    pair.single.write("docs/0/0.md", text(random.Random(4), 42))
    control("stop")
    try:
        for command in (("ingest", "docs"), ("search", "anything"), ("status",)):
            result = pair.cluster.run(*command, "--json")
            assert result.code == 1
            assert "Traceback" not in result.err
            assert "does not answer" in result.out
    finally:
        control("start")
    assert_same(before, state(pair.cluster))
    pair.ok("ingest", "docs")
    pair.assert_same()


def control(action: str) -> None:
    """Stop or start the worker."""
    subprocess.run(f"{CITUS_WORKER} {action}", shell=True, check=True)
