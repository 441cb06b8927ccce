"""The settings of the server as connection parameters of libpq, without passwords in messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

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
WITHHOLDING = {"require_auth": "!password,!md5", "gssdelegation": "0"}
"""Parameters of libpq with which no server learns a password or gets the user's Kerberos ticket."""


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
    if withholds_password(config, environ):
        parameters |= WITHHOLDING
        if allowed := environ.get("PGREQUIREAUTH"):  # a URL's own value would win over it
            parameters["require_auth"] = allowed
    return parameters


def withholds_password(config: Config, environ: Mapping[str, str]) -> bool:
    """Whether only a file that nobody named leads to the server, and the password is the user's.

    The file came, perhaps, with a cloned repository, and its server could ask for the password in
    clear. One that stands in the file itself is no secret from whoever wrote it.
    """
    key = next((key for key in ("dbUrl", "dbHost") if key in config.found_keys), None)
    if key is None or "dbPassword" in config.found_keys:
        return False
    host = _named_host(config[key])
    is_confirmed = host and host in (environ.get("PGHOST"), environ.get("PGHOSTADDR"))
    return not is_confirmed and not contains_password(config.database.url or "")


def contains_password(url: str) -> bool:
    """Whether libpq takes a password from a URL; source: PostgreSQL's fe-connect.c.

    >>> contains_password("postgresql://ada:secret@db"), contains_password("postgresql://db:5432/@")
    (True, False)
    """
    user, rest = _split_user(url)
    names = [part.partition("=") for part in rest.partition("?")[2].split("&")]
    return bool(user.partition(":")[2]) or any(
        unquote(name) == "password" and value for name, _, value in names
    )


def may_contain_password(url: str) -> bool:
    """Whether a URL, well-formed or not, has something where a password would stand."""
    return bool(re.search(r"(?s)://[^:@/?#]*:.+@|[?&]password=.", url))


def redact_url(url: str) -> str:
    """Replace the passwords in a URL by asterisks, also where it is not well-formed.

    >>> redact_url("postgresql://ada:secret@db.example.com/wiki")
    'postgresql://ada:***@db.example.com/wiki'
    """
    hidden = re.sub(r"(?s)(://[^:@/?#]*:).*@", r"\1***@", url)
    return re.sub(r"([?&])([^=&]+)(=[^&#]*)?", _hide_secret, hidden)


def _hide_secret(parameter: re.Match[str]) -> str:
    separator, name, value = parameter.groups()
    is_secret = value is not None and any(
        word in unquote(name).lower() for word in ("password", "secret", "token", "key")
    )
    return f"{separator}{name}=***" if is_secret else parameter[0]


def _split_user(url: str) -> tuple[str, str]:
    """Split what follows "://" into user with password, and the rest."""
    address = url.partition("://")[2]
    user, at, _ = address.partition("/")[0].partition("@")
    return (user, address[len(user) + 1 :]) if at else ("", address)


def _named_host(server: str) -> str:
    """Return the one host that dbHost or dbUrl names, or "" where a URL is not that simple."""
    if "://" not in server:
        return server
    match = re.match(r"([^/?,:\[\]]+)(:[0-9]*)?(/[^?]*)?$", _split_user(server)[1])
    return unquote(match[1]) if match else ""


def _names_a_host(config: Config) -> bool:
    url = config.database.url or ""
    in_url = re.search(r"://([^@/]*@)?[^@/?]|[?&]host=", url) and "hostaddr=" not in url
    return bool(config.database.host or in_url)


def _any_set(environ: Mapping[str, str], *names: str) -> bool:
    return any(environ.get(name) for name in names)
