"""How many cases a check judges rightly, by kind."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ragpg.types import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ragpg.types import Claim

    from benchmarks.claims.cases import Case

    Check = Callable[[Case], Sequence[Claim]]


def is_flagged(claims: Iterable[Claim]) -> bool:
    """Whether any claim of a text is not supported."""
    return any(claim.verdict is not Verdict.SUPPORTED for claim in claims)


def judged(cases: Iterable[Case], check: Check) -> dict[tuple[bool, str], list[bool]]:
    """Whether each case was flagged, by truth and kind."""
    found: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    for case in cases:
        found[case.true, case.kind].append(is_flagged(check(case)))
    return found


def lines(found: dict[tuple[bool, str], list[bool]]) -> Iterator[str]:
    """A table a person can read."""
    spoiled = [flag for (true, _), flags in found.items() if not true for flag in flags]
    true = [flag for (true, _), flags in found.items() if true for flag in flags]
    reworded = [f for (t, kind), flags in found.items() if t and kind != "verbatim" for f in flags]
    yield "spoiled claims caught"
    for (is_true, kind), flags in sorted(found.items()):
        if not is_true:
            yield f"  {kind:24} {sum(flags) / len(flags):6.1%}  of {len(flags)}"
    yield f"  {'all':24} {sum(spoiled) / len(spoiled):6.1%}  of {len(spoiled)}"
    yield "true claims flagged"
    for (is_true, kind), flags in sorted(found.items()):
        if is_true:
            yield f"  {kind:24} {sum(flags) / len(flags):6.1%}  of {len(flags)}"
    yield f"  {'reworded':24} {sum(reworded) / len(reworded):6.1%}  of {len(reworded)}"
    yield f"  {'all':24} {sum(true) / len(true):6.1%}  of {len(true)}"
