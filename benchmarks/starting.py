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
POLICY = HERE.parent / "leave_policy.md"
LEFT_OPEN = "Can leave be cancelled?"
"""Whether the policy answers this, its words do not tell: a small model reads passages first."""


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
    run(workspace.ragpg("ingest", str(POLICY), "--table", "policy"))
    clear, left_open = (workspace.questions[0],), (LEFT_OPEN, "--table", "policy")
    asked = {
        "direct": ("openai/none", clear),
        "litellm": ("xai/none", clear),  # which is reached through it
        "left open": ("openai/none", left_open),
    }
    searches = {"search": clear, "search left open": left_open}
    with waiting() as arrivals:
        asks = [
            Contestant(
                name,
                workspace.ragpg("ask", *arguments).within(
                    RAGPG_LLM_MODEL=model,
                    RAGPG_LLM_API_BASE=arrivals.url,
                    OPENAI_API_KEY="none",
                    XAI_API_KEY="none",
                ),
                before=arrivals.start_clock,
                codes=(1,),
            )
            for name, (model, arguments) in asked.items()
        ]
        runs = workspace.in_turns(
            4,
            [
                *asks,
                *(Contestant(name, workspace.ragpg("search", *a)) for name, a in searches.items()),
                Contestant("import", workspace.python("-c", "import litellm")),
            ],
            rounds=SHORT,
        )
    # Each ask makes one request; those of the warm-up come first.
    direct, other, opened = (arrivals.seconds[turn :: len(asks)][1:] for turn in range(len(asks)))
    what = "cold ask with a model, until its request"
    return [
        at_most(4, what, direct, against="cold search", theirs=walls(runs["search"]), factor=1.5),
        at_most(
            4,
            f"{what}, a question that words leave open",
            opened,
            against="cold search",
            theirs=walls(runs["search left open"]),
            factor=1.5,
        ),
        limited(4, "its memory", memory(runs["direct"]), limit=200, unit="MB"),
        limited(4, "its memory, left open", memory(runs["left open"]), limit=200, unit="MB"),
        at_most(
            4,
            f"{what}, through litellm",
            other,
            against="import litellm",
            theirs=walls(runs["import"]),
            factor=1.25,
        ),
    ]


class Arrivals:
    """When requests arrive at a server, in seconds since the clock was started last."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seconds: list[float] = []
        self._start = 0.0

    def start_clock(self) -> None:
        """Count from now on."""
        self._start = time.perf_counter()

    def note(self) -> None:
        """Note the time of a request."""
        self.seconds.append(time.perf_counter() - self._start)


@contextmanager
def waiting() -> Iterator[Arrivals]:
    """Note when requests arrive at a server; each is refused."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrivals.note()
            self.send_error(400)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    arrivals = Arrivals(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield arrivals
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def one_file(workspace: Workspace) -> list[Figure]:
    """Row 9."""
    floor = Contestant("floor", workspace.floor(workspace.questions[0]))
    ours = Contestant(
        "ingest",
        workspace.ragpg("ingest", str(POLICY)),
        before=lambda: forget(workspace, POLICY),
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
