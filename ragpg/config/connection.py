"""The server: its keys, and what they say in the words of its driver."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.config.declaration import setting
from ragpg.config.paths import Certificate
from ragpg.config.rules import DAY, FLAG, SECRET, SERVER_URL, STRING, Choice, Whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.config.settings import Config


@dataclass(frozen=True, slots=True)
class Database:
    """The server; which parts were given is in `Config.given`."""

    host: str | None = setting(
        "dbHost", STRING, default=None, about="Host name, address or socket directory."
    )
    port: int = setting("dbPort", Whole(1, 65_535), default=5432, about="Port.")
    user: str | None = setting("dbUser", STRING, default=None, about="Role to connect as.")
    password: str | None = setting(
        "dbPassword",
        SECRET,
        default=None,
        about="Password; in a file that others read, prefer RAGPG_DB_PASSWORD or ~/.pgpass.",
    )
    name: str | None = setting("dbName", STRING, default=None, about="Database.")
    ssl_mode: str = setting(
        "dbSslMode",
        Choice("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
        default="prefer",
        about="disable, allow, prefer, require, verify-ca or verify-full.",
    )
    ssl_root_cert: str | None = setting(
        "dbSslRootCert",
        Certificate(),
        default=None,
        about='File of the authorities that vouch for the server\'s certificate, or "system".',
    )
    connect_timeout: int = setting(
        "dbConnectTimeout", Whole(1, DAY), default=10, about="Seconds to wait for a connection."
    )
    url: str | None = setting(
        "dbUrl",
        SERVER_URL,
        default=None,
        about="postgresql://user@host:port/database, instead of dbHost, dbPort, dbUser and dbName.",
    )
    distributed: bool = setting(
        "dbDistributed",
        FLAG,
        default=False,
        about="Spread the tables over the nodes of a distributed server.",
    )


PARAMETERS = {
    "dbUrl": "conninfo",
    "dbHost": "host",
    "dbPort": "port",
    "dbUser": "user",
    "dbPassword": "password",
    "dbName": "dbname",
    "dbSslMode": "sslmode",
    "dbSslRootCert": "sslrootcert",
    "dbConnectTimeout": "connect_timeout",
}


def names_a_server(config: Config, environ: Mapping[str, str]) -> bool:
    """Whether the documents live in a server rather than in the embedded PostgreSQL."""
    named = config.database.host or config.database.url
    return bool(named) or _any_set(environ, "PGHOST", "PGHOSTADDR", "PGSERVICE")


def database_parameters(config: Config, environ: Mapping[str, str]) -> dict[str, str | int]:
    """The keyword arguments of `psycopg.connect`: what was given, so that libpq fills in the rest.

    Two of libpq's ways give way: it would wait for a connection forever, and it would go to
    PGHOSTADDR even where another host is given.
    """
    parameters: dict[str, str | int] = {
        parameter: config[key] for key, parameter in PARAMETERS.items() if key in config.given
    }
    url = config.database.url or ""
    if not re.search(r"[?&](connect_timeout|service)=", url) and not _any_set(
        environ, "PGCONNECT_TIMEOUT", "PGSERVICE"
    ):
        parameters.setdefault("connect_timeout", config.database.connect_timeout)
    if _names_a_host(config) and _any_set(environ, "PGHOSTADDR", "PGSERVICE"):
        parameters["hostaddr"] = ""
    return parameters


def holds_a_password(url: str) -> bool:
    """Whether a server's URL brings its password along."""
    return bool(re.search(r"(?s)://[^:@/?#]*:.+@|[?&]password=.", url))


def redacted_url(url: str) -> str:
    """Replace the passwords in a URL by asterisks, also where it is not well-formed.

    >>> redacted_url("postgresql://ada:secret@db.example.com/wiki")
    'postgresql://ada:***@db.example.com/wiki'
    """
    hidden = re.sub(r"(?s)(://[^:@/?#]*:).*@", r"\1***@", url)
    return re.sub(r"([?&])([^=&]+)=[^&#]*", _hide_secret, hidden)


def _hide_secret(parameter: re.Match[str]) -> str:
    from urllib.parse import unquote

    separator, name = parameter.groups()
    is_secret = any(
        word in unquote(name).lower() for word in ("password", "secret", "token", "key")
    )
    return f"{separator}{name}=***" if is_secret else parameter[0]


def _names_a_host(config: Config) -> bool:
    url = config.database.url or ""
    in_url = re.search(r"://([^@/]*@)?[^@/?]|[?&]host=", url) and "hostaddr=" not in url
    return bool(config.database.host or in_url)


def _any_set(environ: Mapping[str, str], *names: str) -> bool:
    return any(environ.get(name) for name in names)
