"""Agents: clients of the Model Context Protocol, in the tests' process or of a real one."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager, suppress
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
from mcp import Client, StdioServerParameters
from mcp_types import TextContent

from ragpg import Ragpg
from ragpg.mcp_server.server import make_server
from ragpg.mcp_server.worker import Worker
from ragpg.uninterrupted import run_uninterrupted
from tests.support.command_line import in_directory

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from mcp.server.mcpserver import MCPServer
    from mcp_types import CallToolResult

    from tests.support.command_line import Project

Result = TypeVar("Result")


@contextmanager
def serving(project: Project, **settings: object) -> Iterator[MCPServer]:
    """A server of a project's documents, which works in a thread."""
    with in_directory(project.directory, project.environment):
        worker = Worker(Ragpg(settings), idle_timeout=60)
        thread = Thread(target=worker.run)
        thread.start()
        try:
            yield make_server(worker)
        finally:
            worker.stop()
            thread.join()


def talk(
    server: MCPServer | StdioServerParameters | str,
    conversation: Callable[[Client], Awaitable[Result]],
    *,
    mode: str = "auto",
) -> Result:
    """Connect to a server, say something, and return what comes of it."""

    async def run() -> Result:
        async with Client(server, mode=mode) as client:
            return await conversation(client)

    return run_in_thread(run)


def run_in_thread(function: Callable[[], Awaitable[Result]]) -> Result:
    """Run a coroutine in a thread of its own: litellm leaves an event loop in the main one."""
    return run_uninterrupted(partial(anyio.run, function))


def call(server: MCPServer | StdioServerParameters | str, tool: str, **arguments: Any) -> str:
    """Return the text of a tool's result, which must be none of an error."""
    result = talk(server, lambda client: client.call_tool(tool, arguments))
    assert not result.is_error, text_of(result)
    return text_of(result)


def fail(server: MCPServer | StdioServerParameters | str, tool: str, **arguments: Any) -> str:
    """Return the text of a tool's error."""
    result = talk(server, lambda client: client.call_tool(tool, arguments))
    assert result.is_error
    return text_of(result)


def text_of(result: CallToolResult) -> str:
    """Return the one text of a result, which has nothing else."""
    [content] = result.content
    assert isinstance(content, TextContent)
    assert result.structured_content is None
    return content.text


def command(project: Project, *options: str) -> StdioServerParameters:
    """How an agent starts `ragpg mcp` in a project."""
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "ragpg", "mcp", *options],
        env={**os.environ, **project.environment},
        cwd=project.directory,
    )


@contextmanager
def started(project: Project, *options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`ragpg mcp` in a process with pipes, which is killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ragpg", "mcp", *options],
        cwd=project.directory,
        env={**os.environ, **project.environment, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            with suppress(BrokenPipeError):
                assert stream is not None
                stream.close()
