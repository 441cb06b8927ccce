"""Rows 1, 2, 4 and 9: what is over before one has looked up."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, at_most, faster, limited
from benchmarks.measure import Contestant, Run, run
from benchmarks.workspace import HERE, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.workspace import Workspace

SHORT = 15
"""Rounds of what takes less than a second."""


def help_and_version(workspace: Workspace) -> list[Figure]:
    """Row 1."""
    names = ("--help", "--version")
    empty = Contestant("empty", workspace.python(HERE / "empty_app.py", "--help"))
    ours = [Contestant(name, workspace.command(PROGRAM, name)) for name in names]
    runs = workspace.in_turns(1, [empty, *ours], rounds=2 * SHORT)
    return [
        at_most(
            1,
            f"ragpg {name}",
            walls(runs[name]),
            against="an empty Typer app's --help",
            theirs=walls(runs["empty"]),
            factor=1.25,
        )
        for name in names
    ]


def cold_search(workspace: Workspace) -> list[Figure]:
    """Row 2."""
    question = workspace.questions[0]
    floor = Contestant("floor", workspace.floor(question))
    search = Contestant("search", workspace.ragpg("search", question))
    ask = Contestant("ask", workspace.ragpg("ask", "--extractive", question), codes=(0, 3))
    stopped = search.command.within(RAGPG_DATA_DIR=str(workspace.stopped))
    # The server that the run before has left goes within this second.
    starting = Contestant("starting", stopped, before=lambda: time.sleep(1))
    runs = workspace.in_turns(2, [floor, search, ask, starting], rounds=SHORT)
    theirs = walls(runs["floor"])
    return [
        *(
            at_most(
                2,
                f"cold {name}",
                walls(runs[name]),
                against="bare floor",
                theirs=theirs,
                factor=1.4,
            )
            for name in ("search", "ask")
        ),
        at_most(
            2,
            "cold search, server to be started",
            walls(runs["starting"]),
            against="bare floor",
            theirs=theirs,
            factor=1.4,
            extra=0.2,
        ),
        *(
            limited(2, f"memory of {name}", memory(runs[name]), limit=200, unit="MB")
            for name in ("search", "ask")
        ),
        *cold_peers(workspace, question),
    ]


def cold_peers(workspace: Workspace, question: str) -> Iterator[Figure]:
    """Row 2 against the peers."""
    if not workspace.others:
        return
    for name in workspace.others:
        workspace.filled(name)
    peers = [
        Contestant(name, workspace.peer(name, "search", question)) for name in workspace.others
    ]
    search = Contestant("search", workspace.ragpg("search", question))
    runs = workspace.in_turns(2, [search, *peers], rounds=max(3, workspace.rounds))
    for name in workspace.others:
        yield faster(
            2,
            "cold search",
            walls(runs["search"]),
            against=name,
            theirs=walls(runs[name]),
            factor=20 if name == "LangChain" else None,
        )


def until_request(workspace: Workspace) -> list[Figure]:
    """Row 4."""
    question = workspace.questions[0]
    searching = workspace.ragpg("search", question)
    importing = workspace.python("-c", "import litellm")
    names = ("openai/none", "xai/none")  # the second one is reached through litellm
    ours: dict[str, list[float]] = {name: [] for name in names}
    searched, imported, memory = [], [], []
    with waiting() as (arrivals, url):
        asking = workspace.ragpg("ask", question).within(
            RAGPG_LLM_API_BASE=url, OPENAI_API_KEY="none", XAI_API_KEY="none"
        )
        for number in range(8):
            runs = {}
            for name in names:
                start = time.perf_counter()
                runs[name] = run(asking.within(RAGPG_LLM_MODEL=name), codes=(0, 1, 3))
                if number > 0:
                    ours[name].append(arrivals[-1] - start)
            search, load = run(searching), run(importing)
            if number > 0:
                searched.append(search.wall)
                imported.append(load.wall)
                memory.append(runs[names[0]].memory)
    what = "cold ask with a model, until its request"
    direct, other = ours.values()
    return [
        at_most(4, what, direct, against="cold search", theirs=searched, factor=1.5),
        limited(4, "its memory", memory, limit=200, unit="MB"),
        at_most(
            4,
            f"{what}, through litellm",
            other,
            against="import litellm",
            theirs=imported,
            factor=1.25,
        ),
    ]


@contextmanager
def waiting() -> Iterator[tuple[list[float], str]]:
    """Note when requests arrive at a server; each is refused."""
    arrivals: list[float] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrivals.append(time.perf_counter())
            self.send_error(400)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield arrivals, f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def one_file(workspace: Workspace) -> list[Figure]:
    """Row 9."""
    policy = HERE.parent / "leave_policy.md"
    floor = Contestant("floor", workspace.floor(workspace.questions[0]))
    ours = Contestant(
        "ingest",
        workspace.ragpg("ingest", str(policy)),
        before=lambda: forget(workspace, policy),
    )
    runs = workspace.in_turns(9, [floor, ours], rounds=SHORT)
    return [
        at_most(
            9,
            "ingest leave_policy.md",
            walls(runs["ingest"]),
            against="bare floor",
            theirs=walls(runs["floor"]),
            factor=4,
        )
    ]


def forget(workspace: Workspace, path: Path) -> None:
    """Remove a document, so that it is new again."""
    run(workspace.ragpg("remove", "--yes", str(path)), codes=(0, 1))


def walls(runs: list[Run]) -> list[float]:
    """Seconds of each run."""
    return [one.wall for one in runs]


def memory(runs: list[Run]) -> list[float]:
    """Peak memory of each run, in MiB."""
    return [one.memory for one in runs]
