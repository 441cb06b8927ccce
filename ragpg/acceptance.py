"""Claims that a project accepts although the documents don't support them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ragpg.errors import UsageError
from ragpg.text import utf8
from ragpg.text.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from ragpg.types import CheckedFile, LocatedClaim

FILE_NAME = ".ragpg-accepted.toml"
"""In the root of the project."""
VERSION = 1
HEADER = """\
# Claims that are accepted although the documents don't support them. `ragpg verify --accept`
# writes this file. An entry ends when its claim, its verdict or its nearest passage changes.
"""
KEYS = ("file", "claim", "finding", "digest")
ENTRY = re.compile(r"^\[\[claim\]\]", re.MULTILINE)
RENEW = f"remove {FILE_NAME}, and accept anew with `ragpg verify FILE... --accept`"


@dataclass(frozen=True, slots=True)
class AcceptedClaim:
    """A claim that was accepted with its finding.

    `file` is where it stood, from the root of the project: it matches wherever it stands. `digest`
    covers the claim, its verdict and the passages that this is based on. `line` is the entry's own.
    """

    file: str
    claim: str
    finding: str
    digest: str
    line: int = field(default=1, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """What a claim must have to match: the text, for it is what a reviewer reads, as well."""
        return self.claim, self.digest


def make_entry(located: LocatedClaim, *, file: str) -> AcceptedClaim:
    """Make the entry that accepts a claim of a file."""
    claim, text = located.claim, " ".join(located.claim.text.split())
    passages = (quote.hit.text for quote in located.quotes)
    parts = "\0".join((text, claim.verdict, claim.finding, *passages))
    digest = sha256(parts.encode(errors="surrogatepass")).hexdigest()
    return AcceptedClaim(file, text, claim.finding.value, digest)


def mark_accepted(file: CheckedFile, entries: Collection[AcceptedClaim]) -> CheckedFile:
    """Mark the claims of a file that are accepted."""
    keys = {entry.key for entry in entries}
    claims = tuple(
        replace(located, is_accepted=make_entry(located, file="").key in keys)
        for located in file.verification.claims
    )
    return replace(file, verification=replace(file.verification, claims=claims))


def find_unmatched(
    files: Sequence[CheckedFile],
    entries: Iterable[AcceptedClaim],
    *,
    to_source: Callable[[str], str],
    exists: Callable[[str], bool],
) -> list[AcceptedClaim]:
    """Return the entries that match no claim, of files that were checked or are gone.

    `to_source` converts the name of a file, and `exists` tells whether there is one.
    """
    checked = {to_source(file.name) for file in files if not file.error}
    claims = [located for file in files for located in file.verification.claims]
    keys = {make_entry(located, file="").key for located in claims}
    return [
        entry
        for entry in entries
        if entry.key not in keys and (entry.file in checked or not exists(entry.file))
    ]


def accept_failing(
    files: Iterable[CheckedFile],
    kept: Iterable[AcceptedClaim],
    *,
    fails: Callable[[LocatedClaim], bool],
    to_source: Callable[[str], str],
) -> list[AcceptedClaim]:
    """Return entries for the claims that fail a check besides those that are kept, in order."""
    entries = {entry.key: entry for entry in kept}
    for file in files:
        for located in filter(fails, file.verification.unsupported_claims):
            entry = make_entry(located, file=to_source(file.name))
            entries[entry.key] = entry
    return sorted(entries.values(), key=lambda entry: (entry.file, entry.claim))


def parse_entries(content: bytes, *, name: str) -> list[AcceptedClaim]:
    """Parse the file of accepted claims; raises UsageError with its name."""
    try:
        text = utf8.decode(content)
        table = parse_toml(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name!r} cannot be read: {error}", hint=RENEW) from error
    if table.get("version") != VERSION:
        raise UsageError(f"{name!r} has version {table.get('version')!r}, not {VERSION}")
    claims = table.get("claim", [])
    if not isinstance(claims, list):
        raise UsageError(f"{name!r}: claim must be [[claim]], in double brackets", hint=RENEW)
    ends = [end.start() for end in re.finditer("\n", text)]
    lines = [bisect_right(ends, entry.start()) + 1 for entry in ENTRY.finditer(text)]
    lines += [1] * (len(claims) - len(lines))
    return [parse_entry(c, line=line, name=name) for c, line in zip(claims, lines, strict=False)]


def parse_entry(table: Any, *, line: int, name: str) -> AcceptedClaim:
    """Parse an entry; raises UsageError."""
    values = [table.get(key) if isinstance(table, dict) else None for key in KEYS]
    if not all(isinstance(value, str) for value in values):
        raise UsageError(f"{name}:{line}: a claim has the texts {', '.join(KEYS)}", hint=RENEW)
    file, claim, finding, digest = map(str, values)
    return AcceptedClaim(file, claim, finding, digest, line)


def format_entries(entries: Iterable[AcceptedClaim]) -> bytes:
    """Write the file of accepted claims."""
    import tomli_w

    claims = [{key: getattr(entry, key) for key in KEYS} for entry in entries]
    return (HEADER + tomli_w.dumps({"version": VERSION, "claim": claims})).encode(errors="replace")
