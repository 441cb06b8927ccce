"""Serving over HTTP: who may ask, from where."""

from __future__ import annotations

import re
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.datastructures import Headers

from ragpg.errors import UsageError
from ragpg.mcp_server.http import Address, Guard, check_token
from tests.mcp_server.test_stdio import data_dir_of
from tests.support.agents import run_in_thread, started, talk, text_of
from tests.support.embedded import await_end

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from starlette.types import Receive, Scope, Send

    from tests.support.command_line import Project

TOKEN = "a-token-of-32-characters-or-more"
SEARCH = {"query": "lamp", "k": 1}
REQUEST = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "search", "arguments": SEARCH},
}
HEADERS = {"Accept": "application/json, text/event-stream"}


async def nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Stand for the application behind a guard, which is not reached."""


@contextmanager
def listening(
    project: Project, *options: str, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that listens at a free port, and its URL."""
    with started(project, "--http", "0", *options, **environment) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+/mcp)\n", line)
        assert found, line
        yield process, found[1]


async def search(client: Client) -> tuple[str, str]:
    """Search, and return the protocol's version and the result."""
    return client.protocol_version, text_of(await client.call_tool("search", SEARCH))


def test_agents_on_this_machine_are_served(alone: Project) -> None:
    """Those of today's protocol and of older ones, one after the other; a signal ends it."""
    with listening(alone) as (process, url):
        for mode, version in (("auto", "2026-07-28"), ("legacy", "2025-11-25")):
            found = talk(url, search, mode=mode)
            assert found[0] == version
            assert found[1].startswith("1. boats.md:L1-L3")
        refused = {
            "Host": ("evil.example", 421),
            "Origin": ("http://evil.example", 403),
        }
        for name, (value, status) in refused.items():
            headers = {**HEADERS, name: value}
            assert httpx.post(url, json=REQUEST, headers=headers).status_code == status
            assert httpx.get(url.replace("/mcp", "/"), headers=headers).status_code == status
        local = {**HEADERS, "Origin": "http://localhost:3000"}
        assert httpx.post(url, json=REQUEST, headers=local).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=10) == ("", "")
        assert process.returncode == 143
    await_end(data_dir_of(alone))


def test_a_token_is_asked_for(alone: Project) -> None:
    """From the environment or from a file; nothing else of a request is read without it."""
    (alone.directory / "token").write_text(f"{TOKEN}\n")

    with listening(alone, "--token-file", "token") as (_, url):
        for value in (None, "Bearer", "Bearer wrong-token-of-32-characters", f"Basic {TOKEN}"):
            headers = {**HEADERS, **({"Authorization": value} if value else {})}
            response = httpx.post(url, json=REQUEST, headers=headers)
            assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")

        async def search_with_token() -> tuple[str, str]:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            async with (
                httpx2.AsyncClient(headers=headers) as http,
                Client(streamable_http_client(url, http_client=http)) as client,
            ):
                return await search(client)

        assert run_in_thread(search_with_token)[1].startswith("1. boats.md:L1-L3")


@pytest.mark.parametrize(
    ("text", "host", "port", "is_loopback"),
    [
        ("8765", "127.0.0.1", 8765, True),
        ("localhost:1", "127.0.0.1", 1, True),
        ("127.0.0.2:1", "127.0.0.2", 1, True),
        ("[::1]:1", "::1", 1, True),
        ("0.0.0.0:1", "0.0.0.0", 1, False),
        ("docs.example:1", "docs.example", 1, False),
    ],
)
def test_addresses(text: str, host: str, port: int, is_loopback: bool) -> None:
    """Host and port; by default, this machine's own network."""
    address = Address.parse(text)
    assert (address.host, address.port, address.is_loopback) == (host, port, is_loopback)


@pytest.mark.parametrize("text", ["", "localhost", "x:y", "1:99999", "1:-1"])
def test_what_is_no_address(text: str) -> None:
    """It is quoted."""
    with pytest.raises(UsageError, match=f"--http is '{text}'"):
        Address.parse(text)


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:8765", None, None),
        ("localhost", None, None),
        ("[::1]:8765", "http://[::1]:8765", None),
        ("LOCALHOST:1", "https://localhost", None),
        ("", None, 421),
        ("evil.example", None, 421),
        ("localhost.evil.example", None, 421),
        ("localhost:1.evil.example", None, 421),
        ("127.0.0.1@evil.example", None, 421),
        ("localhost", "http://evil.example", 403),
        ("localhost", "http://localhost.evil.example", 403),
        ("localhost", "null", 403),
        ("localhost", "file://", 403),
    ],
)
def test_names_of_this_machine(host: str, origin: str | None, status: int | None) -> None:
    """On a loopback address, Host and Origin must be such, whatever looks like them."""
    headers = Headers({"host": host, **({"origin": origin} if origin else {})})
    refusal = Guard(nothing, is_loopback=True, token=None).refuse(headers)
    assert (refusal and refusal[0]) == status


@pytest.mark.parametrize(
    ("origin", "token", "status"),
    [
        (None, TOKEN, None),
        ("http://docs.example:1", TOKEN, None),
        ("http://evil.example", TOKEN, 403),
        (None, "wrong", 401),
        (None, "", 401),
    ],
)
def test_elsewhere_the_token_counts(origin: str | None, token: str, status: int | None) -> None:
    """Under any name of the machine; a page of another one is refused all the same."""
    guard = Guard(nothing, is_loopback=False, token=TOKEN.encode())
    headers = {"host": "docs.example:1", "authorization": f"bearer {token}"}
    refusal = guard.refuse(Headers(headers | ({"origin": origin} if origin else {})))
    assert (refusal and refusal[0]) == status


@pytest.mark.parametrize("token", ["", "short", "fifteen-charact", "with a space in the middle"])
def test_tokens_that_are_none(token: str) -> None:
    """What could be guessed, or does not fit into a header, is refused."""
    with pytest.raises(UsageError, match="at least 16 characters"):
        check_token(token, Address.parse("8765"))


@pytest.mark.parametrize("address", ["0.0.0.0:8765", "[::]:8765", "docs.example:8765"])
def test_other_machines_need_a_token(project: Project, address: str) -> None:
    """Without one, what they could reach is not listened to."""
    result = project.run("mcp", "--http", address)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"error: --http {address.replace('[', '').replace(']', '')} can be reached from other "
        "machines\nhint: set RAGPG_MCP_TOKEN or --token-file, or listen on 127.0.0.1\n"
    )


def test_a_port_that_is_taken(project: Project) -> None:
    """The error names it."""
    with Address.parse("0").listen() as listener:
        port = listener.getsockname()[1]
        result = project.run("mcp", "--http", str(port))
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(
        f"error: cannot listen on 127.0.0.1:{port}: Address already in use"
    )


def test_options_that_cannot_work(project: Project) -> None:
    """They are told before anything is served."""
    for options, message in (
        (["--token-file", "token"], "--token-file is for --http alone"),
        (["--http", "1", "--token-file", "gone"], "--token-file 'gone' cannot be read"),
        (["--directory", "gone"], "--directory 'gone': No such file or directory"),
        (["--http", "x"], "--http is 'x'"),
    ):
        result = project.run("mcp", *options)
        assert (result.code, message in result.err) == (2, True), result.err
