"""Single scenes: want of room, of rights, of connections, of files, of shared memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.server import run_server
from tests.support.database_state import state
from tests.support.embedded import await_end

from tools.torture.checking import check
from tools.torture.world import FaultError, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.torture.world import World

READERS = 50
LONGEST_SCENE = 60.0
"""Seconds that a command may take on a busy machine."""


class LeftOutError(Exception):
    """A scene that cannot be played on this machine."""


@contextmanager
def mounted(size: str) -> Iterator[Path]:
    """Mount a file system of a size in memory."""
    place = Path(tempfile.mkdtemp(prefix="ragpg-torture-disk-", dir="/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        place.rmdir()
        raise LeftOutError("only root mounts file systems")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)
        place.rmdir()


def shell(world: World, script: str, *, expected: set[int], **environment: str) -> str:
    """Run a script in which $RAGPG is the program; returns its standard error, in one line.

    Raises FaultError unless it ends in time, with an expected code and without a traceback.
    """
    started = time.monotonic()
    program = f"{sys.executable} -m ragpg"
    process = subprocess.run(
        ["sh", "-c", script],
        cwd=world.project.directory,
        env={**os.environ, **world.project.environment, "RAGPG": program, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - started
    is_internal = "Traceback" in process.stderr or "fault of ragpg" in process.stderr
    if process.returncode not in expected or is_internal or seconds > LONGEST_SCENE:
        raise FaultError(f"code {process.returncode} after {seconds:.1f} s\n{process.stderr}")
    return f"code {process.returncode}: " + " / ".join(process.stderr.splitlines()[-2:])


def publish_all(world: World, edition: int) -> None:
    """Make the project's files one edition."""
    world.publish(dict.fromkeys(sources(), edition))


def fill_the_disk(world: World) -> str:
    """Ingest onto a full disk; later there is room again and nothing is lost."""
    with mounted("90m") as disk:
        own = {"RAGPG_DATA_DIR": str(disk / "data")}
        publish_all(world, 0)
        shell(world, "$RAGPG ingest docs", expected={0}, **own)
        filler = disk / "filler"
        subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=4k"], check=False)
        publish_all(world, 1)
        said = shell(world, "$RAGPG ingest docs", expected={0, 1}, **own)
        shell(world, "$RAGPG search --mode keyword apples", expected={0, 1}, **own)
        filler.unlink()
        shell(world, "$RAGPG ingest docs && $RAGPG status --check", expected={0}, **own)
        await_end(disk / "data")
    return said


def read_only(world: World) -> str:
    """A data directory that nobody may write to is named."""
    with mounted("90m") as disk:
        own = {"RAGPG_DATA_DIR": str(disk / "data")}
        publish_all(world, 0)
        shell(world, "$RAGPG ingest docs", expected={0}, **own)
        await_end(disk / "data")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        return shell(world, "$RAGPG search apples", expected={1}, **own)


def many_readers(world: World) -> str:
    """Fifty readers while an ingest writes: all are answered."""
    publish_all(world, 0)
    world.command("ingest", "docs", "--prune")
    publish_all(world, 1)
    started = time.monotonic()
    runs = [world.start("ingest", "docs")]
    runs += [world.start("search", "--mode", "keyword", "apples") for _ in range(READERS)]
    for run in runs:
        result = run.ended()
        if result.code != 0:
            raise FaultError(f"code {result.code}: {result.err}")
    check(world, before=state(world.project))
    return f"all answered within {time.monotonic() - started:.1f} s"


def few_files(world: World) -> str:
    """With few file descriptors a command works, or says in a line what it lacks."""
    publish_all(world, 2)
    said = [
        shell(world, f"ulimit -n {limit}; $RAGPG ingest docs", expected={0, 1, 2})
        for limit in (16, 24, 32, 64)
    ]
    world.command("ingest", "docs", "--prune")
    check(world, before=None)
    return said[0]


def little_shared_memory(world: World) -> str:
    """Docker's 64 MB of shared memory are enough."""
    can = ["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", "/dev/shm"]
    if os.geteuid() != 0 or subprocess.run(can, check=False, capture_output=True).returncode:
        raise LeftOutError("only root makes mount namespaces")
    publish_all(world, 0)
    inside = "mount -t tmpfs -o size=64m tmpfs /dev/shm && $RAGPG ingest docs --rebuild"
    return shell(world, f'unshare -m sh -c "{inside}"', expected={0})


def two_users(world: World) -> str:
    """The server of one user's directory is not another user's."""
    if os.geteuid() != 0:
        raise LeftOutError("only root becomes other users")
    other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    reach = [*other, sys.executable, "-c", "import ragpg"]
    if subprocess.run(reach, check=False, capture_output=True).returncode:
        raise LeftOutError("another user does not reach this Python")
    with run_server(world.data_dir):
        return shell(world, f"{' '.join(other)} $RAGPG list", expected={1, 2})


SCENES: dict[str, Callable[[World], str]] = {
    "full disk": fill_the_disk,
    "read-only data directory": read_only,
    f"{READERS} readers during an ingest": many_readers,
    "few file descriptors": few_files,
    "64 MB of shared memory": little_shared_memory,
    "another user": two_users,
}
"""By name; each returns what became of it."""
