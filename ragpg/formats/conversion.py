"""Files are converted in a worker process, which is replaced when a file kills it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from ragpg.errors import DocumentError
from ragpg.formats.converter import Converted
from ragpg.formats.failed_conversions import FailedConversions
from ragpg.formats.registry import find_converter, get_suffix
from ragpg.operating_system import WINDOWS
from ragpg.types import PlaceMap

if TYPE_CHECKING:
    from types import TracebackType

TIME_LIMIT = 120.0
"""Seconds for one file: a PDF of a thousand pages takes ten."""
MEMORY_LIMIT = 4 * 2**30
"""Bytes of addresses that the worker may have; Windows and macOS know no such limit."""


@dataclass(slots=True)
class Conversion:
    """Converts files one after another; a context manager that ends the process at last.

    At which files it hung or crashed, and why, is kept in `failures`.
    """

    time_limit: float = TIME_LIMIT
    memory_limit: int = MEMORY_LIMIT
    failures: FailedConversions = field(default_factory=FailedConversions)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, and what it started."""
        process, self._process = self._process, None
        if process is None:
            return
        if WINDOWS:
            process.kill()
        else:
            # It leads a group of its own, in which pandoc runs as well.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                process.kill()
        process.communicate()

    def convert(self, source: str, content: bytes, *, again: bool = False) -> Converted:
        """Convert a file; raises DocumentError.

        One at which the converter hung or crashed before is tried `again` or not at all.
        """
        converter = find_converter(source)
        missing = converter.missing if converter else f"no converter reads {get_suffix(source)!r}"
        if missing:
            raise DocumentError(missing)
        reason = self.failures.find(content, get_suffix(source), self._limits)
        if reason and not again:
            raise DocumentError(f"{reason}; to try again, name the file itself")
        try:
            reply = self._request(source, content)
        except DocumentError as error:
            self.failures.add(content, get_suffix(source), self._limits, reason=error.message)
            raise
        if "error" in reply:
            raise DocumentError(reply["error"])
        return Converted(reply["text"], PlaceMap.from_json(reply["places"]))

    @property
    def _limits(self) -> str:
        return f"{self.time_limit:g} s, {self.memory_limit} bytes"

    def _request(self, source: str, content: bytes) -> dict[str, Any]:
        process = self._process = self._process or start(self.memory_limit)
        replies: list[bytes] = []
        speaking = Thread(target=speak, args=(process, source, content, replies), daemon=True)
        speaking.start()
        try:
            speaking.join(self.time_limit)
        except BaseException:  # an interrupt
            self.close()
            raise
        if speaking.is_alive():
            self.close()
            speaking.join()
            reason = f"converting it takes longer than {self.time_limit:g} seconds"
            raise DocumentError(reason)
        if not replies or not replies[0].endswith(b"\n"):
            self.close()
            raise DocumentError("it makes the converter crash, or takes too much memory")
        reply: dict[str, Any] = json.loads(replies[0])
        return reply


def start(memory_limit: int) -> subprocess.Popen[bytes]:
    """Start the worker; it gets neither the user's interrupts nor the keys in the environment."""
    command = [sys.executable, "-P", "-m", "ragpg.formats.worker", str(memory_limit)]
    return subprocess.Popen(  # noqa: S603 - no shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=make_environment(),
        cwd=os.sep,  # docling-rs would use models that lie in the current directory
        start_new_session=not WINDOWS,
    )


KEPT_VARIABLES = ("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "SYSTEMROOT")


def make_environment() -> dict[str, str]:
    """Return what the worker needs of the environment: no key, no password, no proxy."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    importable = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path if entry)
    return {**kept, "PYTHONPATH": importable, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}


def speak(
    process: subprocess.Popen[bytes], source: str, content: bytes, replies: list[bytes]
) -> None:
    """Send a request and wait for its reply; nothing is added where the process ended."""
    request = json.dumps({"source": source, "size": len(content)}).encode() + b"\n"
    try:
        assert process.stdin  # noqa: S101 - both are pipes
        assert process.stdout  # noqa: S101
        process.stdin.write(request)
        process.stdin.write(content)
        process.stdin.flush()
        replies.append(process.stdout.readline())
    except (OSError, ValueError):
        return
