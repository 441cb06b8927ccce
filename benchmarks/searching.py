"""Row 3: many questions in one process."""

from __future__ import annotations

from statistics import quantiles
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, at_most, faster
from benchmarks.measure import answer_times

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.workspace import Workspace


def warm_search(workspace: Workspace) -> list[Figure]:
    """Row 3."""
    commands = {
        "floor": workspace.floor("--warm"),
        "search": workspace.ragpg("search", "--batch", "-", "--json"),
    }
    for name in workspace.others:
        workspace.filled(name)
        commands[name] = workspace.peer(name, "warm")
    times: dict[str, list[list[float]]] = {name: [] for name in commands}
    for _ in range(max(3, workspace.rounds)):
        for name, command in commands.items():
            found = answer_times(command, workspace.questions)
            times[name].append([1000 * seconds for seconds in found])
    return [
        figure
        for label, pick in (("p50", percentile(50)), ("p95", percentile(95)))
        for figure in compare(label, {n: [pick(one) for one in t] for n, t in times.items()})
    ]


def compare(label: str, times: dict[str, list[float]]) -> list[Figure]:
    """One percentile against the floor's and the peers'."""
    what = f"warm search, {label}"
    ours = times["search"]
    floor = at_most(
        3, what, ours, against="bare floor", theirs=times["floor"], factor=1.8, unit="ms"
    )
    peers = [
        faster(3, what, ours, against=name, theirs=times[name], unit="ms")
        for name in times
        if name not in ("search", "floor")
    ]
    return [floor, *peers]


def percentile(number: int) -> Callable[[Sequence[float]], float]:
    """Pick a percentile."""
    return lambda values: quantiles(values, n=100, method="inclusive")[number - 1]
