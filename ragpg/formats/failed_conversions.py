"""Files at which a converter hung or crashed: the next ingest does not wait for them again."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGES = ("docling-rs", "liteparse")
MAX_ENTRIES = 1_000


def find_path() -> Path:
    """Return where failures are kept: for all tables of a user."""
    from platformdirs import user_state_path

    return user_state_path("ragpg", appauthor=False) / "failed_conversions.json"


@cache
def describe_converters() -> str:
    """Return what converts here, with versions: another one may read what failed."""
    from importlib.metadata import PackageNotFoundError, version

    versions = []
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            versions.append(f"{package} {version(package)}")
    program = shutil.which("pandoc")
    if program:
        with suppress(OSError):
            versions.append(f"pandoc {Path(program).stat().st_size}")
    return ", ".join(versions)


@dataclass(frozen=True, slots=True)
class FailedConversions:
    """Reasons by the digest of a file, its suffix, the converters and their limits.

    They are those of this user and this machine, unless others are given. What cannot be read or
    written of it is as if nothing had failed yet.
    """

    path: Path | None = None
    converters: str | None = None

    def find(self, content: bytes, suffix: str, limits: str) -> str | None:
        """Return why a file failed; None if it never did."""
        return self._read().get(self._make_key(content, suffix, limits))

    def add(self, content: bytes, suffix: str, limits: str, *, reason: str) -> None:
        """Keep why a file failed; the oldest are given up."""
        entries = self._read()
        entries[self._make_key(content, suffix, limits)] = reason
        kept = dict(list(entries.items())[-MAX_ENTRIES:])
        with suppress(OSError):
            path = self.path or find_path()
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", dir=path.parent, delete=False, encoding="utf-8"
            ) as file:
                json.dump(kept, file)
            Path(file.name).replace(path)

    def _read(self) -> dict[str, str]:
        try:
            entries = json.loads((self.path or find_path()).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return entries if isinstance(entries, dict) else {}

    def _make_key(self, content: bytes, suffix: str, limits: str) -> str:
        converters = self.converters or describe_converters()
        about = f"{suffix}\n{converters}\n{limits}\n".encode()
        return hashlib.sha256(about + hashlib.sha256(content).digest()).hexdigest()
