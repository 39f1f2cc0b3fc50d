"""Which packages the project depends on, as its requirement and lock files say: names, groups, and how far each is pinned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from layercheck.facts.rows import Document
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.tuples import NamedTuple

EXACT, BOUNDED, LOWER, FREE = "exact", "bounded", "lower", "free"
_LOCKS = ("poetry.lock", "uv.lock", "pdm.lock", "pixi.lock", "pipfile.lock")
_NAME = pattern(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)", re.DOTALL)
_ASKED = pattern(r"-r |\((?:pyproject\.toml|setup\.(?:py|cfg))\)")
"""What pip-compile says of a package that somebody wrote down, beside "via" other packages."""


class Requirement(NamedTuple):
    """One package that a file names."""

    name: str
    """Normalised (PEP 503): lower case, "-" between words."""
    spec: str
    """The version specifier as written: ">=2,<3", "^2.1", "" for none."""
    pinned: str
    """One of EXACT (one version), BOUNDED (an upper bound), LOWER (only a lower one), FREE."""
    path: str
    group: str
    """Empty for what the application itself needs; else the name of the extra, the group, or "dev"."""
    direct: bool
    """Somebody asks for it by name; False for what stands in a lock or compiled file because another package needs it."""


def normalised(name: str) -> str:
    """The name by which an index knows a package."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinning(spec: str) -> str:
    """How far a version specifier pins: pip's (`>=1,<2`), Poetry's (`^1.2`, `1.2`) and direct references (`@ git+https://...`)."""
    text = spec.partition(";")[0].strip()
    if not text or text == "*":
        return FREE
    if text.startswith("@") or re.match(r"={2,3}\s*[^*,]+$", text) or re.match(r"\d[\w.+!-]*$", text):
        return EXACT
    if "==" in text or "<" in text or "~" in text or text.startswith("^") or "*" in text:
        return BOUNDED
    return LOWER


def is_requirement_file(path: str) -> bool:
    """Whether a path is named like a requirement or lock file."""
    return _reader(path) is not None


@query
def requirements(project: Project) -> tuple[Requirement, ...]:
    """What all files of the project name, in order of path."""
    return tuple(r for path in project.files() for r in requirements_in(project, path))


@query
def requirements_in(project: Project, path: str) -> tuple[Requirement, ...]:
    """What one file names; () for a file that is no requirement or lock file, or cannot be read."""
    reader = _reader(path)
    if reader is None:
        return ()
    out: list[Requirement] = []
    for document in project.of_file(Document, path):
        try:
            out.extend(
                Requirement(normalised(n), spec, pinned, path, g, d) for n, spec, pinned, g, d in reader(document.text)
            )
        except (ValueError, KeyError, TypeError, AttributeError):  # not what its name says
            continue
    return tuple(dict.fromkeys(out))


_Found = tuple[str, str, str, str, bool]


def _reader(path: str) -> Any:
    folder, _, name = path.lower().rpartition("/")
    if name in _LOCKS or (name.startswith("pylock.") and name.endswith(".toml")):
        return _json_lock if name == "pipfile.lock" else _toml_lock
    if name == "pyproject.toml":
        return _pyproject
    if name == "pipfile":
        return _pipfile
    if name == "setup.cfg":
        return _setup_cfg
    listed = name.startswith(("requirements", "constraints")) or folder.rpartition("/")[2] == "requirements"
    if listed and name.endswith((".txt", ".in")):
        return lambda text: _lines(text, _group(name))
    return None


def _group(name: str) -> str:
    """ "dev" for requirements-dev.txt, requirements/test.in."""
    words = re.findall(r"[a-z]+", name)
    return (
        "dev"
        if {"dev", "develop", "development", "test", "tests", "testing", "lint", "docs", "local", "ci"} & set(words)
        else ""
    )


def _one(text: str, group: str, direct: bool = True) -> Iterator[_Found]:
    """One requirement as pip reads it."""
    found = _NAME.match(text)
    if found is not None and not text.lstrip().startswith("-"):
        spec = (
            found[2].partition(";")[0].partition(" #")[0].partition(" --")[0].strip().rstrip("\\").strip().strip("()")
        )
        yield found[1], spec, pinning(spec), group, direct


def _lines(text: str, group: str) -> Iterator[_Found]:
    """requirements.txt; what pip-compile wrote "via" other packages only is not direct."""
    for entry in re.finditer(r"(?m)^[ \t]*([A-Za-z0-9][^#\n]*)(?:#[^\n]*)?((?:\n[ \t]+(?:#|--)[^\n]*)*)", text):
        if not re.match(r"[a-z+]+://", entry[1]):
            said = entry[0].removeprefix(entry[1])
            yield from _one(entry[1], group, "# via" not in said or _ASKED.search(said) is not None)


def _toml(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


def _pyproject(text: str) -> Iterator[_Found]:
    data = _toml(text)
    declared = data.get("project", {})
    for line in declared.get("dependencies", ()):
        yield from _one(line, "")
    tool = data.get("tool", {})
    groups: list[tuple[str, Any]] = [
        *declared.get("optional-dependencies", {}).items(),
        *data.get("dependency-groups", {}).items(),
        *tool.get("pdm", {}).get("dev-dependencies", {}).items(),
        ("dev", tool.get("uv", {}).get("dev-dependencies", ())),
    ]
    for group, lines in groups:
        for line in lines:
            if isinstance(line, str):
                yield from _one(line, group)
    poetry = tool.get("poetry", {})
    yield from _table(poetry.get("dependencies", {}), "")
    yield from _table(poetry.get("dev-dependencies", {}), "dev")
    for group, content in poetry.get("group", {}).items():
        yield from _table(content.get("dependencies", {}), group)


def _table(packages: Mapping[str, Any], group: str) -> Iterator[_Found]:
    """Poetry's and Pipenv's tables: name = "^1.2" or name = { version = "^1.2", extras = [...] }."""
    for name, value in packages.items():
        if name == "python":
            continue
        content = value if isinstance(value, dict) else {"version": value if isinstance(value, str) else ""}
        spec = str(content.get("version", "")) or (
            "@ " + str(content.get("git") or content.get("url") or content.get("path") or "") if value else ""
        )
        spec = "" if spec == "@ " else spec
        yield name, spec, pinning(spec), "optional" if content.get("optional") and not group else group, True


def _pipfile(text: str) -> Iterator[_Found]:
    data = _toml(text)
    yield from _table(data.get("packages", {}), "")
    yield from _table(data.get("dev-packages", {}), "dev")


def _setup_cfg(text: str) -> Iterator[_Found]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    for line in parser.get("options", "install_requires", fallback="").splitlines():
        yield from _one(line, "")
    if parser.has_section("options.extras_require"):
        for group, lines in parser.items("options.extras_require"):
            for line in lines.splitlines():
                yield from _one(line, group)


def _toml_lock(text: str) -> Iterator[_Found]:
    data = _toml(text)
    for package in data.get("package") or data.get("packages") or ():
        version = str(package.get("version", ""))
        yield package["name"], f"=={version}" if version else "", EXACT, "", False


def _json_lock(text: str) -> Iterator[_Found]:
    import json

    data = json.loads(text)
    for section, group in (("default", ""), ("develop", "dev")):
        for name, content in data.get(section, {}).items():
            yield name, str(content.get("version", "")), EXACT, group, False
