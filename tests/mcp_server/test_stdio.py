"""Real processes that speak on standard input and output: how they begin, go on and end."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.agents import call, command, started, talk, text_of
from tests.support.database_state import opened, rows
from tests.support.embedded import alive, await_end, await_that
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    import subprocess

    from mcp import Client

    from tests.support.command_line import Project

QUICK = 10.0
"""Seconds that an end may take on a busy machine; in truth it takes a hundredth of them."""
WAITING = "SELECT count(*) FROM pg_catalog.pg_locks WHERE NOT granted"


def data_dir_of(project: Project) -> Path:
    """The directory of a project's embedded PostgreSQL."""
    return Path(project.environment["RAGPG_DATA_DIR"])


def send(process: subprocess.Popen[str], method: str, **params: Any) -> None:
    """Send a request as one line of JSON."""
    assert process.stdin is not None
    request = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()


def receive(process: subprocess.Popen[str]) -> Any:
    """Receive the result of a request."""
    assert process.stdout is not None
    return json.loads(process.stdout.readline())["result"]


def greet(process: subprocess.Popen[str]) -> None:
    """Begin a conversation as clients did before 2026."""
    client = {"name": "test", "version": "1"}
    send(process, "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=client)
    assert receive(process)["serverInfo"]["name"] == "ragpg"


def call_tool(process: subprocess.Popen[str], name: str, **arguments: Any) -> None:
    """Send a call of a tool."""
    send(process, "tools/call", name=name, arguments=arguments)


def test_an_agent_starts_it_and_searches(alone: Project) -> None:
    """The server runs while the agent does, and an ingest meanwhile is seen."""

    async def converse(client: Client) -> Any:
        first = text_of(await client.call_tool("search", {"query": "lamp"}))
        assert alive(data_dir_of(alone))
        alone.write("zebras.md", "# Zebras\n\nA zebra is striped.\n")
        alone.ok("ingest", "zebras.md")
        second = text_of(await client.call_tool("search", {"query": "zebra", "k": 1}))
        return client.protocol_version, first, second

    version, first, second = talk(command(alone), converse)
    assert version == "2026-07-28"
    assert first.startswith("1. boats.md:L1-L3  Boats\n")
    assert second.startswith("1. zebras.md:L1-L3  Zebras\n")
    await_end(data_dir_of(alone))


def test_it_serves_the_project_in_a_directory(alone: Project) -> None:
    """Agents start it wherever they are; what stands there of ragpg does not count."""
    elsewhere = alone.directory.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "Config.toml").write_text('tableName = "other"\n')
    server = command(alone, "--directory", str(alone.directory))
    server.cwd = elsewhere
    assert "boats.md:L1-L3" in call(server, "search", query="lamp")


def test_nothing_but_the_protocol_is_printed(alone: Project) -> None:
    """Warnings go to standard error, and the end of the input is the end, with 0."""
    with started(alone) as process:
        greet(process)
        call_tool(process, "search", query="lamp", k=1)
        assert "boats.md" in receive(process)["content"][0]["text"]
        out, err = process.communicate(timeout=QUICK)
    assert (process.returncode, out, err) == (0, "", "")
    await_end(data_dir_of(alone))


def test_an_agent_that_leaves_at_once(alone: Project) -> None:
    """It has asked for nothing: no server was started."""
    with started(alone) as process:
        assert process.communicate(timeout=60) == ("", "")
        assert process.returncode == 0
    assert not alive(data_dir_of(alone))


def test_an_unread_answer_is_no_failure(alone: Project) -> None:
    """Whoever has left has closed both ends."""
    with started(alone) as process:
        greet(process)
        assert process.stdout is not None
        process.stdout.close()
        call_tool(process, "search", query="lamp", k=1)
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.close()
        assert process.wait(timeout=QUICK) in {0, 143}
        assert process.stderr.read() == ""
    await_end(data_dir_of(alone))


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (None, 143)]
)
@pytest.mark.parametrize("tool", ["search", "ask"])
def test_it_ends_in_the_middle_of_a_request(
    alone: Project, tool: str, number: int | None, code: int
) -> None:
    """A signal, or the end of the input, ends it while it waits for PostgreSQL or for a model."""
    with Provider(Reply(hangs=-1)) as provider:
        model = {"RAGPG_LLM_MODEL": "openai/test", "RAGPG_LLM_API_BASE": provider.url}
        with opened(alone) as store, started(alone, **model) as process:
            greet(process)
            if tool == "search":
                connection = store.table.connection
                connection.execute("BEGIN")
                connection.execute(f'LOCK "{store.table.name}" IN ACCESS EXCLUSIVE MODE')
                call_tool(process, "search", query="lamp")
                await_that(lambda: rows(store, WAITING) != [(0,)])
            else:
                call_tool(process, "ask", question="What does a boat need?")
                await_that(lambda: bool(provider.requests))
            if number is not None:
                process.send_signal(number)
                process.wait(timeout=QUICK)
            out, err = process.communicate(timeout=QUICK)
            assert (process.returncode, err) == (code, "")
            assert all("error" in json.loads(line) for line in out.splitlines())
    await_end(data_dir_of(alone))


def test_the_server_is_let_go_when_nobody_asks(alone: Project) -> None:
    """After a while without requests; the next one starts it again."""
    with started(alone, "--idle", "1") as process:
        greet(process)
        for _ in range(2):
            call_tool(process, "search", query="lamp", k=1)
            assert "boats.md" in receive(process)["content"][0]["text"]
            await_end(data_dir_of(alone))


def test_a_server_that_was_restarted_is_connected_to_again(alone: Project) -> None:
    """A lost connection costs nothing but a moment."""
    with started(alone) as process:
        greet(process)
        call_tool(process, "search", query="lamp", k=1)
        assert "boats.md" in receive(process)["content"][0]["text"]
        with opened(alone) as store:
            others = "pid <> pg_catalog.pg_backend_pid() AND backend_type = 'client backend'"
            rows(store, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        call_tool(process, "search", query="lamp", k=1)
        assert "boats.md" in receive(process)["content"][0]["text"]


def test_a_wrong_configuration_is_told_at_once(alone: Project) -> None:
    """Before anything is served, on standard error, with exit code 2."""
    alone.write("Config.toml", "colour = 1\n")
    with started(alone) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert "colour" in err
