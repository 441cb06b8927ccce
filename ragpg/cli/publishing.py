"""Failed checks where pull requests show them: a SARIF file, GitHub's log and summary."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.cli.files import check_writable, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.cli.session import Session
    from ragpg.types.annotations import Annotation, Location

SarifOption = Annotated[
    Path | None, typer.Option("--sarif", metavar="FILE", help="Write what fails as SARIF 2.1.0.")
]
GithubOption = Annotated[
    bool,
    typer.Option("--github", help="Annotate lines of files in a GitHub workflow."),
]
SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
"""Names the file of the job's summary."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes what a command has to say about files, as --sarif and --github ask for it."""

    session: Session
    command: str
    sarif: Path | None = None
    github: bool = False

    @property
    def is_used(self) -> bool:
        """Whether there is anything to publish."""
        return self.github or self.sarif is not None

    def require_writable(self) -> None:
        """Raise DocumentError where the SARIF file cannot be written, before the work starts."""
        if self.sarif:
            check_writable(self.sarif)

    @contextmanager
    def shield(self) -> Iterator[None]:
        """Let a runner take nothing that is printed meanwhile for a command."""
        if not self.github:
            yield
            return
        from secrets import token_hex

        from ragpg.display import github

        token = token_hex(16)
        self._print(github.stop_commands(token))
        try:
            yield
        finally:
            self._print(github.resume_commands(token))

    def write(self, annotations: Sequence[Annotation], *, heading: str) -> None:
        """Write the SARIF file and the job's summary; raises DocumentError."""
        annotations = self._link(annotations)
        if self.sarif:
            from ragpg import __version__
            from ragpg.display.json_shapes import dumps
            from ragpg.display.sarif import shape_sarif

            shape = shape_sarif(annotations, command=self.command, version=__version__)
            write_atomically(self.sarif, f"{dumps(shape)}\n".encode())
        if self.github and (summary := os.environ.get(SUMMARY_VARIABLE)):
            self._append_summary(Path(summary), annotations, heading=heading)

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """Annotate the lines of files, outside of `shield`."""
        if self.github:
            from ragpg.display import github

            for line in github.format_commands(annotations):
                self._print(line)

    def _link(self, annotations: Sequence[Annotation]) -> Sequence[Annotation]:
        """Give locations their addresses on the web, where the configuration has a template."""
        web = self.session.web_links if self.is_used else None
        if not web:
            return annotations
        from ragpg.cli.repository import RepositoryPaths
        from ragpg.display.links import link_annotations

        paths = RepositoryPaths.from_cwd()

        def to_url(location: Location) -> str | None:
            region = location.region
            lines = (region.start_line, region.end_line) if region else (1, 1)
            source = paths.to_source(location.path)
            return web.to_url(
                source, *lines, converted=location.converted, locator=location.locator
            )

        return link_annotations(annotations, to_url)

    def _append_summary(
        self, path: Path, annotations: Sequence[Annotation], *, heading: str
    ) -> None:
        """Append to the summary of the job; a check does not fail for its sake."""
        from ragpg.display import github

        title = f"ragpg {self.command}: {heading}"
        try:
            with path.open("ab") as file:
                room = github.LONGEST_SUMMARY - file.tell()
                file.write(github.format_summary(title, annotations, room=room).encode())
        except OSError as error:
            self.session.terminal.warn(f"{SUMMARY_VARIABLE} cannot be written: {error.strerror}")

    def _print(self, line: str) -> None:
        """Print on standard output, or beside a JSON document on standard error."""
        stream = sys.stderr if self.session.as_json else sys.stdout
        stream.write(f"{line}\n")
        stream.flush()
