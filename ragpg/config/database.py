"""The settings of the server as connection parameters of libpq, without passwords in messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.config.settings import Config

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
"""The parameter of libpq for each key."""


def names_a_server(config: Config, environ: Mapping[str, str]) -> bool:
    """Whether the documents are in a server of the user, not in the embedded PostgreSQL."""
    named = config.database.host or config.database.url
    return bool(named) or _any_set(environ, "PGHOST", "PGHOSTADDR", "PGSERVICE")


def database_parameters(config: Config, environ: Mapping[str, str]) -> dict[str, str | int]:
    """Return the keyword arguments of `psycopg.connect`; libpq adds what the user left out.

    Two defaults of libpq are replaced: it would wait for a connection without limit, and it would
    prefer PGHOSTADDR to the host that is configured.
    """
    parameters: dict[str, str | int] = {
        parameter: config[key] for key, parameter in PARAMETERS.items() if key in config.set_keys
    }
    url = config.database.url or ""
    if not re.search(r"[?&](connect_timeout|service)=", url) and not _any_set(
        environ, "PGCONNECT_TIMEOUT", "PGSERVICE"
    ):
        parameters.setdefault("connect_timeout", config.database.connect_timeout)
    if _names_a_host(config) and _any_set(environ, "PGHOSTADDR", "PGSERVICE"):
        parameters["hostaddr"] = ""
    return parameters


def has_password(url: str) -> bool:
    """Whether the URL of a server contains a password."""
    return bool(re.search(r"(?s)://[^:@/?#]*:.+@|[?&]password=.", url))


def redact_url(url: str) -> str:
    """Replace the passwords in a URL by asterisks, also where it is not well-formed.

    >>> redact_url("postgresql://ada:secret@db.example.com/wiki")
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
