"""Changes of files below directories, and of single files, as they come."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event
from typing import TYPE_CHECKING, Self

from ragpg.documents.gitignore import NAME
from ragpg.errors import RagpgError
from ragpg.uninterrupted import start_uninterrupted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

QUIET = 0.3
"""Seconds without another change after which changes are passed on; chosen by hand."""
LONGEST_BURST = 3.0
"""Seconds after which they are passed on though there are always more; chosen by hand."""
GRACE = 1.0
"""Seconds in which a file that is gone may come back: some editors delete what they write anew."""
TICK = 1.0
"""Seconds between two looks at single files, and at whether the directories are still there."""

Identity = tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Changed:
    """Paths that have changed, without links; with `is_all` anything may have."""

    paths: frozenset[str] = frozenset()
    is_all: bool = False

    def __bool__(self) -> bool:
        return self.is_all or bool(self.paths)

    def __or__(self, other: Changed) -> Changed:
        return Changed(self.paths | other.paths, self.is_all or other.is_all)

    @property
    def has_gone(self) -> bool:
        """Whether something that has changed is there no longer."""
        return any(not os.path.lexists(path) for path in self.paths)

    def concerns(self, path: Path) -> bool:
        """Return whether a file has changed, or a directory above it."""
        if self.is_all:
            return True
        real = os.path.realpath(path)
        return any(real == each or real.startswith(f"{each}{os.sep}") for each in self.paths)


ALL = Changed(is_all=True)


@dataclass(slots=True)
class Changes:
    """Watches directories, and single files; a context manager.

    The system reports what happens below the directories, or, with `polls`, they are looked through
    again and again. Single files are looked at, since what an editor puts in the place of a file is
    another file. Dot-directories and `node_modules` are not watched.
    """

    directories: Sequence[Path]
    files: Sequence[Path]
    polls: bool = False
    _reports: SimpleQueue[frozenset[str] | BaseException] = field(default_factory=SimpleQueue)
    _stop: Event = field(default_factory=Event)
    _identities: dict[Path, Identity] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._identities = self._identify()
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def wait(self, seconds: float) -> Changed:
        """Return what has changed, as soon as something has and is quiet; else nothing.

        Raises RagpgError where the system does not let the directories be watched.
        """
        deadline = time.monotonic() + seconds
        changed = Changed()
        while not changed and (left := deadline - time.monotonic()) > 0:
            changed = self._collect(min(left, TICK))
        if changed.has_gone:
            changed |= self._collect(GRACE)
        return changed

    def _collect(self, seconds: float) -> Changed:
        changed = Changed()
        with suppress(Empty):
            report = self._reports.get(timeout=seconds)
            if isinstance(report, BaseException):
                raise describe_failure(report)
            is_all = any(os.path.basename(path) == NAME for path in report)  # noqa: PTH119 - a string
            changed = Changed(report, is_all)
        return changed | self._look()

    def _look(self) -> Changed:
        """Look at the single files; directories that are others now are watched anew."""
        before, self._identities = self._identities, self._identify()
        others = {path for path, now in self._identities.items() if now != before[path]}
        if others.intersection(self.directories):
            self._stop.set()
            self._start()
            return ALL
        return Changed(frozenset(os.path.realpath(path) for path in others))

    def _identify(self) -> dict[Path, Identity]:
        found: dict[Path, Identity] = {}
        for path in (*self.directories, *self.files):
            try:
                status = path.stat()
            except OSError:
                found[path] = None
                continue
            found[path] = (status.st_dev, status.st_ino)
            if path in self.files:
                found[path] = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        return found

    def _start(self) -> None:
        """Watch the directories that are there, in a thread that no signal interrupts."""
        present = [path for path in self.directories if self._identities[path]]
        self._stop = stop = Event()
        if not present:
            return
        reports = watch(present, stop=stop, polls=self.polls)
        try:
            first = next(reports, frozenset())  # from now on nothing is missed
        except (OSError, RuntimeError) as error:
            raise describe_failure(error) from error
        self._reports.put(first)
        start_uninterrupted(lambda: self._pass_on(reports))

    def _pass_on(self, reports: Iterator[frozenset[str]]) -> None:
        try:
            for report in reports:
                if report:
                    self._reports.put(report)
        except Exception as error:  # noqa: BLE001 - raised where the changes are waited for
            self._reports.put(error)


def watch(directories: Iterable[Path], *, stop: Event, polls: bool) -> Iterator[frozenset[str]]:
    """Yield paths that have changed below directories; often nothing, and at first at once."""
    import watchfiles

    tops = [os.path.realpath(path) for path in directories]
    reports = watchfiles.watch(
        *tops,
        watch_filter=None,
        debounce=int(LONGEST_BURST * 1000),
        step=int(QUIET * 1000),
        rust_timeout=1,
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=False,
        force_polling=polls or None,
        poll_delay_ms=int(TICK * 1000),
        ignore_permission_denied=True,
    )
    for report in reports:
        changes = ((change, os.path.realpath(path)) for change, path in report)
        yield frozenset(
            path
            for change, path in changes
            if not is_hidden(path, tops)
            # Who polls finds the directory of each new file modified: that says nothing of others.
            and not (polls and change is watchfiles.Change.modified and Path(path).is_dir())
        )


def is_hidden(path: str, tops: Iterable[str]) -> bool:
    """Return whether a path lies in a directory that is never read."""
    below = max((path[len(top) + 1 :] for top in tops if path.startswith(top)), key=len, default="")
    *above, _ = Path(below).parts or ("",)
    return any(part.startswith(".") or part == "node_modules" for part in above)


def describe_failure(error: BaseException) -> RagpgError:
    """Say why directories cannot be watched, and what to do; most often a limit of Linux."""
    reason = str(error).partition(" about [")[0].strip()
    return RagpgError(
        f"the directories cannot be watched: {reason or type(error).__name__}",
        hint="raise fs.inotify.max_user_watches (sysctl), name fewer directories, or use --poll",
    )
