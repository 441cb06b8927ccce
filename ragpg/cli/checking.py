"""How `ragpg verify` checks texts: files, or the lines of a batch."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from ragpg.api.paths import SourcePaths
from ragpg.cli import exit_codes
from ragpg.cli.progress import follow
from ragpg.cli.shared_options import parse_filter
from ragpg.errors import UsageError
from ragpg.text import utf8
from ragpg.types import Verification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ragpg.cli.exit_codes import ExitCode, FailOn
    from ragpg.cli.session import Session
    from ragpg.display.progress import ProgressKind
    from ragpg.types import CheckedFile, Progress


class Check(Protocol):
    """Checks a text against all documents, or those that values of --source mean."""

    def __call__(self, text: str, *, source: list[str] | None) -> Iterator[Progress | Verification]:
        """Yield how many claims are checked, then the verification."""


@contextmanager
def open_check(session: Session, *, where: str | None) -> Iterator[Check]:
    """Open the documents that pass a filter, and give what checks a text against them."""
    from ragpg.api import database, factories
    from ragpg.pipeline import verify as pipeline

    expression = parse_filter(where)
    config, paths = session.config, SourcePaths.from_cwd()
    nli, reader = factories.make_nli_model(config), factories.make_reader()
    with database.open_searcher(config, sources=None, where=expression) as searcher:

        def check(text: str, *, source: list[str] | None) -> Iterator[Progress | Verification]:
            return pipeline.verify(
                text,
                searcher=searcher.with_options(sources=paths.to_globs(source)),
                resolve_path=lambda path: paths.to_globs([path]),
                nli=nli,
                reader=reader,
            )

        yield check


def verify_line(
    line: str, *, check: Check, source: list[str] | None, fail_on: FailOn
) -> tuple[dict[str, Any], ExitCode]:
    """Check a line of a batch."""
    from ragpg.display import json_shapes

    text, sources = parse_line(line, default_sources=source)
    events = check(text, source=sources)
    [verification] = (event for event in events if isinstance(event, Verification))
    code = exit_codes.of_verification(verification, fail_on=fail_on)
    return json_shapes.shape_verification(verification), code


def parse_line(line: str, *, default_sources: list[str] | None) -> tuple[str, list[str] | None]:
    """Return text and sources of a batch's line, `{"text", "source"?}`; raises UsageError."""
    import json

    try:
        fields = json.loads(line)
    except ValueError as error:
        raise UsageError(f"not a JSON object: {line[:60]!r}") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("text"), str):
        raise UsageError(f'no "text" in {line[:60]!r}', hint='a line is {"text": "…"}')
    sources = fields.get("source", default_sources)
    sources = [sources] if isinstance(sources, str) else sources
    is_list = isinstance(sources, list) and all(isinstance(source, str) for source in sources)
    if sources is not None and not is_list:
        raise UsageError(f'"source" is no text in {line[:60]!r}')
    return utf8.sanitise(fields["text"]), sources


def verify_files(
    session: Session,
    files: Sequence[CheckedFile],
    check: Callable[[str], Iterator[Progress | Verification]],
    progress: ProgressKind,
) -> list[CheckedFile]:
    """Check the files that were read, and show the progress over all of them."""
    from ragpg.pipeline.verify import verify_all

    texts = {file.name: file.text for file in files if not file.error}
    verified = dict(follow(session, verify_all(texts, check), progress=progress))
    return [
        replace(file, verification=verified[file.name]) if file.name in verified else file
        for file in files
    ]
