"""Errors, each with a message for the person who can correct it.

RagpgError                    the root: a message of one line and, where there is one, a hint
├── UsageError                options or arguments that cannot work
│   └── ConfigurationError    a key, a value or a combination of settings
│       └── ModelMismatchError    the table was made with another embedding model
├── DocumentError             a file that cannot be read as a document
├── ArchiveError              a file that is no export, is damaged, or fits no table here
├── DatabaseError             PostgreSQL: unreachable, refused, too old, not ours, out of order
│   ├── LostConnectionError   the server, or the way to it, has gone
│   ├── MissingDatabaseError  there is no such database
│   └── NothingIngestedError  there is no table yet
└── ProviderError             a model: not found, unreachable, refused, broken off
"""

from __future__ import annotations

from typing import ClassVar


class RagpgError(Exception):
    """An error that a person can act on.

    `message` is one line that quotes the wrong value and names the file, host or model; `hint`
    says what to do next. Neither ever contains a password or a key. `kind` is the error's name in
    JSON.
    """

    kind: ClassVar[str] = "internal"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(RagpgError):
    """The command line asks for something that cannot work."""

    kind = "usage"


class ConfigurationError(UsageError):
    """A setting is unknown, malformed, or contradicts another."""

    kind = "configuration"


class ModelMismatchError(ConfigurationError):
    """The table's vectors come from another embedding model than the configured one."""

    kind = "model_mismatch"


class DocumentError(RagpgError):
    """A file cannot be read as a document."""

    kind = "document"


class ArchiveError(RagpgError):
    """A file cannot be imported: it is no export, or a damaged one, or does not fit."""

    kind = "archive"


class DatabaseError(RagpgError):
    """PostgreSQL is unreachable, refuses, is too old, or holds something unexpected."""

    kind = "database"


class LostConnectionError(DatabaseError):
    """The connection ended in the middle of the work."""


class MissingDatabaseError(DatabaseError):
    """The server has no database of that name."""


class NothingIngestedError(DatabaseError):
    """Nothing has been ingested yet: the table does not exist."""

    kind = "nothing_ingested"

    def __init__(self, table: str) -> None:
        super().__init__(
            f'nothing has been ingested into the table "{table}" yet',
            hint="run `ragpg ingest PATH`",
        )


class ProviderError(RagpgError):
    """A model provider is unreachable, refuses, or breaks off."""

    kind = "provider"
