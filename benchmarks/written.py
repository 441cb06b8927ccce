"""Fetch the documents of the written sets: `python -m benchmarks.written DIRECTORY`.

The questions and claims are in `benchmarks/written`, with offsets instead of the texts that they
are about. Each set's repository is fetched with git at the set's commit, and `DIRECTORY/real/NAME`
becomes what `make real EVAL_SETS=DIRECTORY` measures.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.real import fold, lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Line = dict[str, Any]

DATA = Path(__file__).parent / "written"


@dataclass(frozen=True, slots=True)
class WrittenSet:
    """Where the documents of a set come from."""

    name: str
    group: str
    repository: str
    commit: str
    licence: str
    patterns: Sequence[str]
    """Which files are documents, in the syntax of .gitignore; `!` takes some away again."""
    files: int
    """How many files that are."""
    root: str = ""
    """The directory of the repository that becomes `docs`."""
    rename: dict[str, str] = field(default_factory=dict)
    """Suffixes that are changed, and to what."""
    cut: dict[str, int] = field(default_factory=dict)
    """Files, below `docs`, of which only so many characters are kept."""


def main() -> None:
    """Build the sets one by one; an error of one is told, and the others go on."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path, help="directory of sets")
    parser.add_argument("--sets", nargs="*", help="sets to build (default: all)")
    options = parser.parse_args()
    questions, claims = (lines(DATA / name) for name in ("questions.jsonl", "claims.jsonl"))
    failed = False
    for each in read_sets():
        if options.sets and each.name not in options.sets:
            continue
        try:
            print(build(each, options.directory, questions=questions, claims=claims), flush=True)
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            failed = True
            print(f"{each.name}: {explain(error)}", file=sys.stderr, flush=True)
    sys.exit(failed)


def read_sets() -> list[WrittenSet]:
    """Read the description of all sets."""
    described = tomllib.loads((DATA / "sets.toml").read_text("utf-8"))
    return [WrittenSet(name=name, **values) for name, values in described.items()]


def build(
    each: WrittenSet, directory: Path, *, questions: Sequence[Line], claims: Sequence[Line]
) -> str:
    """Write a set's documents, questions and claims, and say how many; replace what was there.

    Raises:
        ValueError: The documents are not those that the questions and claims were written about.
        subprocess.CalledProcessError: git could not fetch them.

    """
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory, prefix="fetched-") as place:
        fetch(each, Path(place, "repository"))
        built = Path(place, "set")
        docs = export(each, Path(place, "repository"), built / "docs")
        asked = [fill(case, docs) for case in questions if case["set"] == each.name]
        claimed = [fill(case, docs) for case in claims if case["set"] == each.name]
        write(built / "questions.jsonl", asked)
        write(built / "claims.jsonl", claimed)
        target = directory / "real" / each.name
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(exist_ok=True)
        built.rename(target)
    return f"{each.name}: {each.files} files, {len(asked)} questions, {len(claimed)} claims"


def fetch(each: WrittenSet, place: Path) -> None:
    """Check the documents out as they are in the repository, without fetching anything else."""
    git("init", "--quiet", place)
    for key, value in (
        ("core.autocrlf", "false"),
        ("core.symlinks", "false"),  # a link is a file with its target's name, not what is there
        ("core.sparseCheckout", "true"),
    ):
        git("-C", place, "config", key, value)
    info = place / ".git" / "info"
    info.mkdir(exist_ok=True)
    (info / "attributes").write_text("* -text -filter -ident\n", "utf-8")
    (info / "sparse-checkout").write_text("\n".join([*each.patterns, ""]), "utf-8")
    git("-C", place, "remote", "add", "origin", each.repository)
    git(
        *("-C", place, "fetch", "--quiet", "--depth=1", "--no-tags", "--filter=blob:none"),
        *("origin", each.commit),
    )
    git("-C", place, "checkout", "--quiet", each.commit)


def git(*arguments: str | Path) -> None:
    """Run git; it asks for no password where a repository is gone."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    command = ["git", *arguments]
    subprocess.run(command, check=True, capture_output=True, text=True, env=environment)


def export(each: WrittenSet, place: Path, docs: Path) -> Path:
    """Move the documents to where the set has them."""
    root = place / each.root
    found = [path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts]
    if len(found) != each.files:
        raise ValueError(f"{len(found)} files instead of {each.files} fit the patterns")
    for path in found:
        relative = path.relative_to(root)
        suffix = each.rename.get(path.suffix, path.suffix)
        target = docs / relative.with_suffix(suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    for name, characters in each.cut.items():
        kept = read(docs / name)[:characters]
        (docs / name).write_text(kept, "utf-8", newline="")
    return docs


def fill(case: Line, docs: Path) -> Line:
    """Put the documents' text into a question or a claim.

    Raises:
        ValueError: A passage is not in its document, or lacks what an answer must contain.

    """
    evidence = [quote(part, docs) for part in case["evidence"]]
    text = " ".join(part["content"] for part in evidence)
    for phrases in case.get("must", ()):
        if not any(phrase in text or fold(phrase) in fold(text) for phrase in phrases):
            raise ValueError(f"{case['id']}: its evidence has none of {phrases}")
    return {**case, "evidence": evidence}


def quote(part: Line, docs: Path) -> Line:
    """Put a passage's text beside its offsets."""
    content = read(docs / part["doc"])[part["start"] : part["end"]]
    if len(content) != part["end"] - part["start"] or not content.strip():
        raise ValueError(f"{part['doc']} has no text at {part['start']}-{part['end']}")
    return {**part, "content": content}


def read(path: Path) -> str:
    """Read a document with the line ends that it has, but without a byte order mark."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return file.read()


def write(path: Path, cases: Iterable[Line]) -> None:
    """Write JSON Lines."""
    text = "".join(f"{json.dumps(case, ensure_ascii=False)}\n" for case in cases)
    path.write_text(text, "utf-8")


def explain(error: Exception) -> str:
    """Say in one line what went wrong."""
    said = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
    return " ".join(said.split())


if __name__ == "__main__":
    main()
