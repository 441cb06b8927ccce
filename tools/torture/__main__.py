"""`python -m tools.torture [--rounds N] [--seed N] [--first N]`, or `make torture`.

A round starts a command of ragpg, sends a signal to it, to its session or to the server at a random
moment, and then looks whether the next command works and every document is wholly old or new. The
first fault ends it, with exit code 1; --seed and --first play its round again, at about the same
moment. Root plays more scenes than others.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

from tools.torture.rounds import Round, choose, play
from tools.torture.scenes import SCENES, LeftOutError
from tools.torture.world import NEXT_COMMAND, FaultError, World


def main() -> int:
    """Play all rounds and scenes, print a table, and return 1 at the first fault."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.torture",
        description="Kill commands, sessions and servers at random moments.",
    )
    parser.add_argument("--rounds", type=int, default=200, help="how many blows")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first round")
    parser.add_argument(
        "--limit", type=float, default=NEXT_COMMAND, help="seconds that a command may take"
    )
    parser.add_argument("--no-scenes", action="store_true", help="blows only")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    try:
        with World(random.Random(options.seed), options.limit) as world:
            torment(world, range(options.first, options.first + options.rounds))
            if not options.no_scenes:
                show_scenes(world)
    except FaultError as fault:
        print(f"FAULT: {fault}")
        return 1
    return 0


def torment(world: World, numbers: range) -> None:
    """Play rounds, and print how many of each there were and the slowest next command."""
    counts: Counter[tuple[str, str]] = Counter()
    slowest: dict[tuple[str, str], float] = {}
    for number in numbers:
        plan = choose(world, number)
        key = (plan.command, plan.blow)
        print(f"{number}: {plan}", file=sys.stderr, flush=True)
        seconds = attempt(world, plan, number)
        counts[key] += 1
        slowest[key] = max(seconds, slowest.get(key, 0.0))
    print(f"{'command':<12} {'blow':<38} {'rounds':>6} {'slowest next command':>21}")
    for (command, blow), count in sorted(counts.items()):
        print(f"{command:<12} {blow:<38} {count:>6} {slowest[command, blow]:>19.2f} s")


def attempt(world: World, plan: Round, number: int) -> float:
    """Play a round; a fault says which one it was."""
    try:
        return play(world, plan)
    except (FaultError, AssertionError) as fault:
        raise FaultError(f"round {number}, {plan}:\n{fault}") from fault


def show_scenes(world: World) -> None:
    """Play the single scenes, and print what became of each."""
    for name, scene in SCENES.items():
        try:
            outcome = scene(world)
        except LeftOutError as reason:
            outcome = f"left out: {reason}"
        except FaultError as fault:
            raise FaultError(f"scene {name!r}: {fault}") from fault
        print(f"{name:<40} {outcome}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
