"""What one run of a command has: its configuration and its output."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragpg.cli import exit_codes
from ragpg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.cli.exit_codes import ExitCode
    from ragpg.config import Config
    from ragpg.display.links import Places, WebLinks
    from ragpg.display.terminal import Terminal
    from ragpg.errors import RagpgError
    from ragpg.types import Hit, Locator, Place


@dataclass
class Session:
    """One run of a command.

    `config_file` and `table` are the values of --config and --table; `overrides` are the other
    options that stand for keys of the configuration, by dotted key. `plain` is --plain.
    """

    config_file: Path | None = None
    table: str | None = None
    quiet: bool = False
    verbose: bool = False
    as_json: bool = False
    plain: bool = False
    overrides: dict[str, Any] = field(default_factory=dict)

    def override(self, **options: Any) -> None:
        """Let options win over keys, `llm__model` over `llm.model`; None means not given.

        Raises UsageError where an option is empty.
        """
        values = {name.replace("__", "."): v for name, v in options.items() if v is not None}
        for key, value in values.items():
            if value == "":
                raise UsageError(f"the option for {key} is empty")
        self.overrides.update(values)

    @cached_property
    def config(self) -> Config:
        """The configuration; raises ConfigurationError."""
        from ragpg.config import load

        self.override(tableName=self.table)
        config = load(
            explicit=self.config_file,
            overrides=self.overrides,
            environ=os.environ,
            directory=Path.cwd(),
        )
        self._warn_about_unused_server_keys(config)
        return config

    @cached_property
    def terminal(self) -> Terminal:
        """The output that people read."""
        from ragpg.display.terminal import Terminal

        return Terminal(quiet=self.quiet, plain=self.plain)

    @cached_property
    def web_links(self) -> WebLinks | None:
        """The addresses of documents on the web, where the configuration has a template."""
        from ragpg.display.links import WebLinks

        return WebLinks(self.config.links.url) if self.config.links.url else None

    @cached_property
    def places(self) -> Places:
        """How people read where a passage is."""
        from ragpg.api.paths import SourcePaths
        from ragpg.display.links import Places

        paths = SourcePaths.from_cwd()

        def to_url(place: Hit | Place, locator: Locator | None) -> str | None:
            url = self.web_links.locate(place, locator) if self.web_links else None
            return url or paths.to_file_url(place.source)

        return Places(paths.to_path, to_url if self.terminal.out.shows_links else None)

    def print_json(self, value: Mapping[str, Any]) -> None:
        """Print a result as a JSON document on one line, with links, and flush it."""
        self._write_json(self.web_links.add_to(dict(value)) if self.web_links else value)

    def _write_json(self, value: Mapping[str, Any]) -> None:
        from ragpg.display.json_shapes import dumps

        sys.stdout.write(dumps(value) + "\n")
        sys.stdout.flush()

    def report_error(self, error: RagpgError) -> ExitCode:
        """Print an error, on standard output too with --json, and return its exit code."""
        if self.as_json:
            from ragpg.display import json_shapes

            with suppress(OSError):  # writing to standard output may be what failed
                self._write_json({"error": json_shapes.shape_error(error)})
        self.terminal.error(error)
        return exit_codes.of_error(error)

    def _warn_about_unused_server_keys(self, config: Config) -> None:
        from ragpg.config import names_a_server

        keys = [key for key in ("dbUser", "dbPassword", "dbPort") if key in config.set_keys]
        if keys and not names_a_server(config, os.environ):
            self.terminal.warn(f"{keys[0]} is set, but no dbHost: this is the embedded PostgreSQL")
