"""What a configuration file that nobody named may not decide alone.

Whoever clones a repository gets its Config.toml along: it must not be able to send documents to
another machine, nor to run code. A data directory can run code: the configuration of a prepared
PostgreSQL cluster names commands, such as `archive_command`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragpg.config.connection import redacted_url
from ragpg.config.literal import literal
from ragpg.config.settings import SETTINGS
from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ragpg.config.values import Given

LOOPBACK = (
    r"https?://"
    r"(?:(?:[a-z0-9-]+\.)*localhost"
    r"|127(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}"
    r"|\[::1\])"
    r"(?::[0-9]{1,5})?"
    r"(?:/[!-?A-\[\]-~]*)?"  # printable ASCII without @ and \
)


CONFIRMED = ("dataDir", "embedding.apiBase", "llm.apiBase", "embedding.trustRemoteCode")
"""Keys that a found file sets only where the user gives the same value, unless it is harmless."""


def refuse_unconfirmed(
    found: Mapping[str, Given], *, confirmations: tuple[Mapping[str, Given], ...], path: Path
) -> None:
    """Raise ConfigurationError where a found file decides what the user has not confirmed.

    `confirmations` is what the environment and the command line gave.
    """
    for key in CONFIRMED:
        if key not in found or _is_harmless(found[key].value):
            continue
        value = found[key].value
        if all(key not in given or given[key].value != value for given in confirmations):
            shown = redacted_url(literal(value))
            raise ConfigurationError(
                f"{key} = {shown} in {path} is not trusted: nobody named that file",
                hint=f"to confirm it, set {SETTINGS[key].variable} to the same value, "
                "or name the file with --config",
            )


def is_loopback(address: str) -> bool:
    """Whether a URL surely leads to this very machine; anything unusual does not."""
    return re.fullmatch(LOOPBACK, address, re.IGNORECASE | re.ASCII) is not None


def _is_harmless(value: object) -> bool:
    return is_loopback(value) if isinstance(value, str) else value is False
