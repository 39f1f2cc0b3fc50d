"""Whether a string literal names one environment: a URL or host that only exists there, or a path of one machine. Pure functions."""

from __future__ import annotations

import re
from functools import lru_cache

from layercheck.knowledge.environment import (
    DOCUMENTATION_DOMAINS,
    ENVIRONMENT_DOMAINS,
    ENVIRONMENT_WORDS,
    IMAGE_USERS,
    PUBLIC_HOSTS,
)
from layercheck.patterns import pattern

_URL = pattern(r"([A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#@\s\"'<>]*@)?(\[[0-9A-Fa-f:.]+\]|[^/?#:\s\"'<>,;)]*)")
_EMBEDDED = pattern(r"(?:href|src|action)\s*=\s*[\"']?(?=https?://)", re.IGNORECASE)
_NETWORKLESS = frozenset({"file", "sqlite", "data", "about", "urn", "duckdb", "unix", "javascript"})
_HOME = pattern(r"/(?:home|Users)/([A-Za-z][\w.-]*)/[\w.-]+[^{}\s]*")
_DRIVE = pattern(r"[A-Za-z]:(?:\\|/(?!/))[\w. -]+(?:[\\/][^{}]*)?")
_SYSTEM = pattern(r"[Cc]:[\\/]+(?:windows|program files|programdata)(?: \(x86\))?(?:[\\/]|$)", re.IGNORECASE)
"""Folders that every Windows has."""
_LABEL = pattern(r"[a-z0-9_-]+")


def environment_value(text: str) -> str | None:
    """What of a literal belongs to one environment, as it may be shown (no credentials, no query); None when nothing does.

    `{}` stands for an interpolated part.
    """
    if "://" in text:
        return _environment_url(text)
    path = text.strip()
    if len(path) <= 5 or "\n" in path:
        return None
    home = _HOME.fullmatch(path)
    if (home is not None and home[1].lower() not in IMAGE_USERS) or (
        _DRIVE.fullmatch(path) and not _SYSTEM.match(path)
    ):
        return path if len(path) <= 60 else f"{path[:57]}..."
    return None


def _environment_url(text: str) -> str | None:
    stripped = text.strip()
    found = _URL.match(stripped)
    if found is None or any(c.isspace() for c in stripped):
        link = _EMBEDDED.search(text)
        found = _URL.match(text, link.end()) if link is not None else _made_link(text)
    if found is None:
        return None
    scheme, host = found.groups()
    if scheme.lower().partition("+")[0] in _NETWORKLESS or not is_environment_host(host):
        return None
    if is_local_host(host) and found.string[found.end() : found.end() + 2] in (":", ":{"):
        return None  # the port is somebody's who runs beside us: a side-car, a tunnel, a server just started
    port = re.match(r":\d+", found.string[found.end() :])
    return f"{scheme}://{host}{port[0] if port else ''}"


def _made_link(text: str) -> re.Match[str] | None:
    """The first URL of this machine or environment in a text that something is put into: the link of an e-mail, where prose shows an example."""
    for found in _URL.finditer(text):
        rest = text[found.end() :].split(None, 1)
        if rest and "{" in rest[0] and text[found.end()] in "/:?" and is_environment_host(found[2]):
            return found
    return None


@lru_cache(maxsize=4096)
def is_environment_host(host: str) -> bool:
    """Whether a host name or address exists in one environment only: loopback, a private network, `*.internal`, `staging.*`."""
    host = host.strip("[]").lower().rstrip(".")
    if not host or "{" in host or "%" in host or "*" in host:
        return False
    if is_local_host(host) or _is_private(host):
        return True
    labels = host.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    if host.endswith(DOCUMENTATION_DOMAINS) or any(host == h or host.endswith(f".{h}") for h in PUBLIC_HOSTS):
        return False
    if host.endswith(ENVIRONMENT_DOMAINS):
        return True
    *below, domain, _ = labels
    if any(_names_environment(label) for label in below):
        return True
    return "-" in domain and _names_environment(domain)


def is_local_host(host: str) -> bool:
    """Whether a host is this machine."""
    return host == "localhost" or host == "::1" or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def _is_private(host: str) -> bool:
    import ipaddress

    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if address.is_unspecified or address.is_link_local or address.is_multicast:
        return False
    networks = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
    return any(address in ipaddress.ip_network(network) for network in networks)


def _names_environment(label: str) -> bool:
    """A word of a label: "api-staging", "prod1", "dev_db"; but not "latest", "delivery", "developer"."""
    return any(word in ENVIRONMENT_WORDS for word in re.findall(r"[a-z]+", label))
