"""What the Config.toml of a project may decide only with the user's confirmation.

Nobody names that file, and whoever clones a repository gets it too: it must not be able to send
documents to another machine, nor readers by a link, nor to run code. A data directory can run code:
the configuration of a prepared PostgreSQL cluster contains commands, such as `archive_command`.

The user confirms a value by giving it in the environment or as an option, or all of a file by
`ragpg trust`: a record of the file's path and digest in the user's own configuration directory.
Any change of the file ends that, as direnv does it.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ragpg.config.database import redact_url
from ragpg.config.file import user_directory
from ragpg.config.settings import SETTINGS
from ragpg.config.values import to_toml
from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ragpg.config.file import ConfigFile
    from ragpg.config.values import SetValue

LOOPBACK = (
    r"https?://"
    r"(?:(?:[a-z0-9-]+\.)*localhost"
    r"|127(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}"
    r"|\[::1\])"
    r"(?::[0-9]{1,5})?"
    r"(?:/[!-?A-\[\]-~]*)?"  # printable ASCII without @ and \
)


ADDRESSES = ("embedding.apiBase", "llm.apiBase")
MODELS = ("embedding.model", "llm.model")
"""Some versions of litellm send texts to a model's name that is an address."""
SENSITIVE = ("dataDir", *ADDRESSES, *MODELS, "embedding.trustRemoteCode", "links.url")
"""Keys that such a file sets only with the user's confirmation, unless the value is harmless."""


def refuse_untrusted(
    file: ConfigFile, *, confirmations: tuple[Mapping[str, SetValue], ...]
) -> None:
    """Raise ConfigurationError where a project's file sets what the user has not confirmed.

    `confirmations` is what the environment and the command line gave.
    """
    if not file.from_project:
        return
    for key, value in list_sensitive(file.values).items():
        given = [values[key].value for values in confirmations if key in values]
        if file.values[key].value not in given and not is_trusted(file):
            raise ConfigurationError(
                f"{key} = {value} in {file.path} is not trusted: nobody named that file",
                hint=f"to confirm it, run `ragpg trust`, set {SETTINGS[key].variable} to the same "
                "value, or name the file with --config",
            )


def list_sensitive(values: Mapping[str, SetValue]) -> dict[str, str]:
    """Return what needs confirmation if a project's file sets it: values as TOML, by dotted key."""
    return {
        key: redact_url(to_toml(values[key].value))
        for key in SENSITIVE
        if key in values and not _is_harmless(key, values[key].value)
    }


def is_trusted(file: ConfigFile) -> bool:
    """Whether the user has trusted this very content of the file."""
    try:
        return _record(file.path).read_bytes() == _entry(file)
    except OSError:
        return False


def trust(file: ConfigFile) -> None:
    """Record that the user trusts the content that a file has now; raises ConfigurationError."""
    record = _record(file.path)
    draft = record.with_suffix(f".{os.getpid()}")
    try:
        record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_bytes(_entry(file))
        draft.replace(record)
    except OSError as error:
        message = f"{str(record.parent)!r} cannot be written: {error.strerror}"
        raise ConfigurationError(message) from error


def revoke(path: Path) -> bool:
    """Forget that a file was trusted; False if it was not."""
    try:
        _record(path).unlink()
    except FileNotFoundError:
        return False
    return True


def is_loopback(address: str) -> bool:
    """Whether a URL certainly leads to this machine; an unusual one does not count."""
    return re.fullmatch(LOOPBACK, address, re.IGNORECASE | re.ASCII) is not None


def _is_harmless(key: str, value: object) -> bool:
    if key in MODELS:
        return "://" not in str(value)
    return is_loopback(value) if isinstance(value, str) else value is False


def _record(path: Path) -> Path:
    from hashlib import sha256

    name = sha256(os.fsencode(path.resolve())).hexdigest()
    return user_directory() / "trusted" / name


def _entry(file: ConfigFile) -> bytes:
    """Return the content of a file's record: its digest, and its path for people to read."""
    from hashlib import sha256

    digest = sha256(file.content).hexdigest()
    return f"{digest}  ".encode() + os.fsencode(file.path.resolve()) + b"\n"
