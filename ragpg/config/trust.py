"""What the Config.toml of a project may decide only with the user's confirmation.

Nobody names that file, and whoever clones a repository gets it too: it must not be able to send
documents to another machine, nor to run code. A data directory can run code: the configuration of
a prepared PostgreSQL cluster contains commands, such as `archive_command`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragpg.config.database import redact_url
from ragpg.config.settings import SETTINGS
from ragpg.config.values import to_toml
from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ragpg.config.values import SetValue

LOOPBACK = (
    r"https?://"
    r"(?:(?:[a-z0-9-]+\.)*localhost"
    r"|127(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}"
    r"|\[::1\])"
    r"(?::[0-9]{1,5})?"
    r"(?:/[!-?A-\[\]-~]*)?"  # printable ASCII without @ and \
)


CONFIRMED = ("dataDir", "embedding.apiBase", "llm.apiBase", "embedding.trustRemoteCode")
"""Keys that such a file sets only where the user sets the same value, unless it is harmless."""


def refuse_unconfirmed(
    in_file: Mapping[str, SetValue],
    *,
    confirmations: tuple[Mapping[str, SetValue], ...],
    path: Path,
) -> None:
    """Raise ConfigurationError where a project's file sets what the user has not confirmed.

    `confirmations` is what the environment and the command line gave.
    """
    for key in CONFIRMED:
        if key not in in_file or _is_harmless(in_file[key].value):
            continue
        value = in_file[key].value
        if all(key not in values or values[key].value != value for values in confirmations):
            shown = redact_url(to_toml(value))
            raise ConfigurationError(
                f"{key} = {shown} in {path} is not trusted: nobody named that file",
                hint=f"to confirm it, set {SETTINGS[key].variable} to the same value, "
                "or name the file with --config",
            )


def is_loopback(address: str) -> bool:
    """Whether a URL certainly leads to this machine; an unusual one does not count."""
    return re.fullmatch(LOOPBACK, address, re.IGNORECASE | re.ASCII) is not None


def _is_harmless(value: object) -> bool:
    return is_loopback(value) if isinstance(value, str) else value is False
