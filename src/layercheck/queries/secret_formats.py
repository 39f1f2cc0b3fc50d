"""Literals that are secrets by their form alone: tokens in the formats of providers, JSON web tokens, private keys.

Pure functions on strings. Each format names a text that must occur, so that most literals cost a few substring searches; regular expressions
are compiled when first needed. Doubt means "no".

Source: the providers' documentation on token formats (GitHub, GitLab, Slack, Stripe, AWS IAM unique identifiers, npm, PyPI, ...), RFC 7515
(JWT), RFC 7468 (PEM).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from layercheck.knowledge.credentials import SEALED
from layercheck.knowledge.secret_formats import AZURITE, B64, BEFORE, PROVIDERS

MAX_LENGTH = 8192
"""What is longer is no token: data, text, an image."""


@lru_cache(maxsize=512)
def regex(pattern: str) -> re.Pattern[str]:
    """A compiled pattern, compiled when first asked for."""
    return re.compile(pattern)


def provider_secret(value: str, *, whole: bool = False) -> str | None:
    """The name of the provider format that a literal has ("GitHub token", "JSON web token", "private key"), or None.

    `whole`: the value is a whole file, of any length.
    """
    if SEALED in value:
        found = regex(SEALED + r"\{([^{}]+)\}").search(value)
        return found.group(1) if found is not None and found.group(1) != "default" else None
    if len(value) < 20 or (len(value) > MAX_LENGTH * 4 and not whole):
        return None
    return next((name for name, _ in _tokens(value)), None)


def sealed_tokens(text: str, *, telling: bool = False) -> str:
    """A text with every token in it replaced by its first two characters, the seal and the name of its format.

    `telling`: only the formats that begin with something telling, for long texts.
    """
    for name, token in list(_tokens(text, 4 if telling else 1)):
        text = text.replace(token, f"{token[:2]}{SEALED}{{{name}}}")
    return text


def _tokens(value: str, shortest: int = 1) -> Iterator[tuple[str, str]]:
    """(name of the format, the token) of what a text holds."""
    if "-----BEGIN" in value and "PRIVATE KEY" in value:
        for key in regex(_PRIVATE_KEY).finditer(value):
            yield "private key", key.group()
    if "eyJ" in value:
        for token in regex(_JWT).finditer(value):
            if _is_jwt(token):
                yield "JSON web token", token.group()
    for mark, name, pattern in PROVIDERS:
        if len(mark) >= shortest and mark in value:
            for found in _around(mark, regex(pattern), value):
                if not _looks_made_up(found.group()):
                    yield name, found.group()


def _around(mark: str, pattern: re.Pattern[str], value: str) -> Iterator[re.Match[str]]:
    """What `finditer` finds, looked for where the format's text occurs: else each of some twenty formats would walk all of a file with two
    megabytes of data in it."""
    before = BEFORE.get(mark, (0, 0))
    if before is None:
        yield from pattern.finditer(value)
        return
    least, most = before
    done, at = 0, value.find(mark)
    while at >= 0:
        for start in range(max(at - most, done), at - least + 1):
            found = pattern.match(value, start)
            if found is not None:
                done = found.end()
                yield found
                break
        at = value.find(mark, max(at + 1, done))


_PRIVATE_KEY = rf"-----BEGIN[A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s)*(?:{B64}|\\n|[\s=:,-]){{64,}}"
_JWT = r"\b(eyJ[A-Za-z0-9_-]{8,})\.(eyJ[A-Za-z0-9_-]{8,})\.([A-Za-z0-9_-]{16,})"


def _looks_made_up(text: str) -> bool:
    lowered = text.lower()
    if AZURITE in text or any(
        fake in lowered for fake in ("example", "xxxx", "your", "placeholder", "dummy", "fake", "12345678901234567890")
    ):
        return True
    return len(set(text[6:])) < 8


def _is_jwt(found: re.Match[str]) -> bool:
    header, payload = _decoded(found.group(1)), _decoded(found.group(2))
    if "alg" not in header or not payload:
        return False
    return payload.get("name") != "John Doe"  # the example of jwt.io


def _decoded(part: str) -> dict[str, object]:
    import base64  # few runs meet a token
    import json

    try:
        data = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
