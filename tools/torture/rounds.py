"""A round: a command, perhaps others beside it, a blow at a random moment, and what is left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.server import run_server
from tests.support.database_state import opened, state

from tools.torture.blows import BLOWS
from tools.torture.checking import check, sources_of
from tools.torture.world import BALLAST, EDITIONS, FaultError, sources

if TYPE_CHECKING:
    from tests.support.database_state import State
    from tests.support.processes import Run

    from tools.torture.world import World

COMMANDS: dict[str, tuple[str, ...]] = {
    "ingest": ("ingest", "docs", "--prune"),
    "remove": ("remove", "docs/*", "--yes"),
    "rebuild": ("ingest", "--rebuild"),
    "index build": ("ingest", "docs"),
    "search": ("search", "--mode", "keyword", "apples"),
}
COMPANIONS = ((), (), ("search", "pears"), ("ingest", "docs"))
"""What is done beside it."""
LENGTHS = {"ingest": 1.0, "remove": 0.5, "rebuild": 1.0, "index build": 0.6, "search": 0.4}
"""How long a command takes, as a share of an ingest: the blow falls within that time."""


@dataclass(frozen=True, slots=True)
class Round:
    """What was done, and when the blow fell, in seconds after the command's start."""

    command: str
    blow: str
    companion: tuple[str, ...]
    moment: float

    def __str__(self) -> str:
        beside = f" beside `ragpg {' '.join(self.companion)}`" if self.companion else ""
        return f"{self.blow} {self.moment:.3f} s after the start of {self.command}{beside}"


def choose(world: World, number: int) -> Round:
    """Choose what to do: each command and each blow in turn, the rest by chance."""
    command = list(COMMANDS)[number % len(COMMANDS)]
    blow = list(BLOWS)[number // len(COMMANDS) % len(BLOWS)]
    moment = world.rng.uniform(0, 1.1 * LENGTHS[command] * world.usual)
    return Round(command, blow, world.rng.choice(COMPANIONS), moment)


def play(world: World, plan: Round) -> float:
    """Play a round, and return the seconds that the next command took; raises FaultError."""
    with run_server(world.data_dir):
        before = prepare(world, plan)
    world.await_end()
    runs = [world.start(*COMMANDS[plan.command])]
    if plan.companion:
        runs.append(world.start(*plan.companion))
    time.sleep(plan.moment)
    BLOWS[plan.blow](world, runs[0])
    for run in runs:
        await_run(world, run)
    started = time.monotonic()
    world.command("list")
    seconds = time.monotonic() - started
    with run_server(world.data_dir):
        if plan.command == "index build":
            world.command("ingest", "docs")
        found = check(world, before=before)
    if plan.command == "remove" and not plan.companion:
        check_removal(before, found)
    world.await_end()
    return seconds


def prepare(world: World, plan: Round) -> State:
    """Fill the table, then change the files, so that the command has something to do."""
    is_large = plan.command == "index build"
    world.publish(draw_editions(world) | ({BALLAST: 0} if is_large else {}))
    world.command("ingest", "docs", "--prune")
    if is_large:
        with opened(world.project) as store, store.table.connection.transaction():
            store.table.connection.execute("DROP INDEX ragpg_vectors_idx")
    else:
        world.publish(draw_editions(world))
    return state(world.project)


def draw_editions(world: World) -> dict[str, int]:
    """Draw documents, some of which are missing, and an edition of each."""
    drawn = {source: world.rng.randrange(EDITIONS) for source in sources()}
    return {source: edition for source, edition in drawn.items() if world.rng.random() > 0.1}


def await_run(world: World, run: Run) -> None:
    """Wait for a command that was hurt; raises FaultError where it gets stuck or blames itself."""
    started = time.monotonic()
    result = run.ended()
    seconds = time.monotonic() - started
    if seconds > world.limit or "Traceback" in result.err or "fault of ragpg" in result.err:
        raise FaultError(
            f"it ended after {seconds:.1f} s with {result.code}:\n{result.err}{world.log()}"
        )


def check_removal(before: State, found: State) -> None:
    """Raise FaultError unless all documents were removed, or none."""
    if sources_of(found) not in (set(), sources_of(before)):
        raise FaultError(f"a part of the documents was removed: {sources_of(found)} are left")
