"""Environment files: which names they give and where, never which values."""

from __future__ import annotations

from layercheck.knowledge.environment import ENV_SAMPLES
from layercheck.patterns import pattern

_LINE = pattern(r"\s*(#[#\s]*)?(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=(.*)")
_WORDS = pattern(r"[a-z0-9]+")


def is_env_file(path: str) -> bool:
    """Whether a path is an environment file or the example of one: `.env`, `.env.production`, `dev.env`, `.env.example`."""
    name = path.rpartition("/")[2].lower()
    if name == ".env" or name.startswith(".env.") or name.endswith(".env"):
        return True
    return "env" in _WORDS.findall(name) and not ENV_SAMPLES.isdisjoint(_WORDS.findall(name)) and "." in name


_SCHEME = pattern(r"(?m)^[^#\n=]*=\s*[\"']?([a-z][a-z0-9+]{2,30})://")


def env_line(line: str) -> str:
    """A line of an environment file as people may see it: the name, never the value."""
    name, equals, value = line.partition("=")
    return f"{name}{equals}{'…' if value.strip() else ''}"


def url_schemes(text: str) -> tuple[str, ...]:
    """The schemes of the URLs among the values, sorted: "postgresql+asyncpg" says which database it is, and nothing secret."""
    return tuple(sorted(set(_SCHEME.findall(text))))


_REFERENCE = pattern(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")


def env_references(text: str) -> tuple[str, ...]:
    """The variables that values are made of, sorted: `POSTGRES_USER` for `URL=postgresql://${POSTGRES_USER}@db/shop`."""
    return tuple(sorted({name for line in text.split("\n") for name in _REFERENCE.findall(line.partition("=")[2])}))


def env_names(text: str) -> tuple[tuple[tuple[str, bool, bool], ...], tuple[int, ...]]:
    """((name, commented out, has a value), ...) and the places of the names as quadruples; the first place is that of the file.

    A value in quotes may go on over several lines.
    """
    names: list[tuple[str, bool, bool]] = []
    positions = [1, 0, 1, 0]
    closing = ""
    for number, line in enumerate(text.split("\n"), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        found = _LINE.match(line)
        if found is None:
            continue
        comment, name, value = found.groups()
        value = value.strip()
        names.append((name, comment is not None, bool(value.strip("\"'")) and not value.startswith("#")))
        positions += (number, found.start(2), number, found.end(2))
        if not comment and value[:1] in ('"', "'") and value.find(value[0], 1) < 0:
            closing = value[0]
    return tuple(names), tuple(positions)
