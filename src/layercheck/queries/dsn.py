"""What the URL of a database says: the server, the account, whether the connection is encrypted. Pure functions over literal text."""

from __future__ import annotations

import re

from layercheck.knowledge.credentials import FAKES
from layercheck.knowledge.dialects import SCHEMES, SUPERUSERS, TLS_OFF, TLS_REMEDIES
from layercheck.knowledge.environment import DOCUMENTATION_DOMAINS, ENVIRONMENT_DOMAINS
from layercheck.knowledge.secret_formats import DUMMY_HOSTS, DUMMY_USERS
from layercheck.patterns import pattern
from layercheck.queries.hosts import is_local_host
from layercheck.tuples import NamedTuple

_DSN = pattern(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9]*)(?:\+(?P<driver>\w+))?://"
    r"(?:(?P<user>[^\s:/@?#]*)(?::[^\s/?#]*?)?@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/?#:@,]*)(?::\d+)?(?:,[^\s/?#@]*)?"
    r"(?:/[^\s?#]*)?(?:\?(?P<query>[^\s#]*))?"
)
_UNKNOWN = pattern(r"[{}<>$*]|%s|%\(|\.\.\.")
_PLACEHOLDER_ENDS = (
    *DOCUMENTATION_DOMAINS,
    ".test",
    ".tld",
    "domain.com",
    "yourdomain.com",
    "mydomain.com",
)
_OWN_NETWORK = (*ENVIRONMENT_DOMAINS, ".svc", ".flycast", ".home.arpa")
"""Names that no public DNS has: a network of one's own, which may encrypt below the database."""


class Dsn(NamedTuple):
    """A database URL, without its password."""

    dialect: str
    driver: str
    user: str
    host: str
    options: tuple[tuple[str, str], ...]
    """The query, names in lower case."""


def parse_dsn(text: str) -> Dsn | None:
    """The parts of a whole literal database URL; None for anything else, placeholders of documentation included."""
    text = text.strip()
    found = _DSN.fullmatch(text)
    if found is None or _UNKNOWN.search(text):
        return None
    pairs = [part.partition("=") for part in re.split("[&;]", found["query"] or "") if part]
    return make_dsn(
        f"{found['scheme']}+{found['driver'] or ''}",
        found["user"] or "",
        found["host"],
        tuple((name.lower(), value) for name, _, value in pairs),
    )


def make_dsn(drivername: str, user: str, host: str, options: tuple[tuple[str, str], ...]) -> Dsn | None:
    """The same of parts that are given one by one: `URL.create("postgresql+psycopg", username=..., host=...)`."""
    scheme, _, driver = drivername.lower().partition("+")
    dialect = SCHEMES.get(scheme)
    host = host.strip("[]").lower().rstrip(".")
    if dialect is None or dialect == "sqlite" or _is_placeholder(user.lower(), host):
        return None
    return Dsn(dialect, driver, user, host, options)


def _is_placeholder(user: str, host: str) -> bool:
    if host in DUMMY_HOSTS or any(word in host for word in ("your", "my-", "example")) or host.startswith(FAKES):
        return True
    return any(f".{host}".endswith(end) for end in _PLACEHOLDER_ENDS) or (
        user in DUMMY_USERS - {""} and "." not in host
    )


def is_here(dsn: Dsn) -> bool:
    """Whether the server is this machine: no host, loopback, a Unix socket, the machine around a container."""
    sockets = [value for name, value in dsn.options if name in ("host", "unix_socket", "unix_sock", "service")]
    return (
        not dsn.host
        or bool(sockets)
        or is_local_host(dsn.host)
        or dsn.host in ("0.0.0.0", "::")
        or dsn.host.endswith((".localhost", ".docker.internal"))
    )


def superuser(dsn: Dsn) -> str:
    """The account, where it is one that may do everything; "" otherwise. Supabase's pooler writes `postgres.<project>`."""
    name = dsn.user.lower().partition("@")[0]
    return dsn.user if name in SUPERUSERS or name.partition(".")[0] in SUPERUSERS else ""


def in_the_clear(dsn: Dsn) -> bool:
    """Whether the URL leaves a connection over a public network unencrypted.

    Hosts without a dot, private addresses and names of one's own network count as not public. Of Oracle, and of SQL Server without a
    word about it (driver 18 encrypts by itself), nothing is said.
    """
    if not _is_public(dsn.host) or dsn.dialect == "oracle":
        return False
    said = [value.lower() for name, value in dsn.options if name.startswith(("ssl", "tls", "encrypt"))]
    if dsn.dialect == "mssql":
        return any(value in TLS_OFF for value in said)
    return all(value in TLS_OFF for value in said)


def _is_public(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_OWN_NETWORK)


def remedy(dsn: Dsn) -> str:
    """What to add for TLS."""
    return TLS_REMEDIES.get(dsn.driver) or TLS_REMEDIES.get(dsn.dialect, "TLS")
