"""Alembic environments and their revision graphs.

Sources: Alembic docs "Working with Branches", "Configuration" (script_location, version_locations, recursive_version_locations);
alembic/script/revision.py (what a head is).
"""

from __future__ import annotations

import re

from layercheck.facts.rows import Body, Broken, Document, Module
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.evaluate import UNKNOWN, Evaluator, Scope, Value
from layercheck.queries.import_names import REVISION, binds_all
from layercheck.queries.migration_rows import Environment, Graph, Problem, Revision
from layercheck.queries.modules import find_module, folder_of, join


@query
def revision_at(project: Project, path: str) -> Revision | None:
    """The revision that a module defines, or None when it defines none."""
    module = project.get(Module, f"{path}:") if binds_all(project, path, REVISION) else None
    if module is None or not {n for n, kind, _ in module.names if kind == "var"} >= REVISION:
        return None
    body = project.get(Body, f"{path}:")
    if body is None:
        return None
    values: dict[str, Value] = {}
    at = 0
    evaluator = Evaluator(project)
    for name, kind, value, _, _, position in body.raw_binds:
        if kind == "=" and value is not None and name in ("revision", "down_revision", "depends_on", "branch_labels"):
            values[name] = evaluator.value(Scope(body.key), value)
            at = position if name == "revision" else at
    revision = values.get("revision", UNKNOWN)
    down, depends = _identifiers(values.get("down_revision")), _identifiers(values.get("depends_on"))
    readable = isinstance(revision, str) and down is not None and depends is not None
    return Revision(
        path, revision if isinstance(revision, str) else "", down or (), depends or (), _identifiers(values.get("branch_labels")) or (),
        readable, body.place(at),
    )  # fmt: skip


def _identifiers(value: Value) -> tuple[str, ...] | None:
    """One identifier, several, or none; None when they cannot be read."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,) if value else ()
    if value.__class__ is tuple and all(isinstance(v, str) for v in value):
        return tuple(value)
    return None


# ------------------------------------------------------------------------------------------------------- environments


@query
def environments(project: Project) -> tuple[Environment, ...]:
    """The Alembic environments of the project with their revision files."""
    configured = dict(_configured(project))
    groups: dict[str, list[str]] = {}
    versions: dict[str, set[str]] = {}
    for path in project.files():
        if not path.endswith(".py") or not _is_revision(project, path):
            continue
        folder = folder_of(path)
        home = _home(project, folder, configured)
        if home is None:
            continue
        groups.setdefault(home, []).append(path)
        versions.setdefault(home, set()).add(folder)
    for home, (_, locations, _) in configured.items():
        if home not in groups and any(project.has_folder(f) for f in locations):
            groups[home] = []
            versions[home] = set(locations)
    return tuple(Environment(home, tuple(sorted(versions[home])), tuple(groups[home])) for home in sorted(groups))


def _is_revision(project: Project, path: str) -> bool:
    return revision_at(project, path) is not None or (
        bool(project.of_file(Broken, path)) and folder_of(path).rpartition("/")[2] == "versions"
    )


_Configuration = dict[str, tuple[str, tuple[str, ...], bool]]


_PARKED = frozenset({
    "archive", "archived", "backup", "deprecated", "disabled", "draft", "drafts", "legacy", "old", "temp", "templates", "tmp", "unused",
})  # fmt: skip
"""Folders beside `versions` in which revisions lie that nobody runs."""


def _home(project: Project, folder: str, configured: _Configuration) -> str | None:
    """The script folder of the environment that loads the revisions of a folder; None when its environment does not."""
    for home, (_, locations, recursive) in configured.items():
        for location in locations:
            if folder == location or (recursive and folder.startswith(f"{location}/")):
                return home
    around = folder
    while around:
        if project.has_file(join(around, "env.py")):
            if around in configured:
                return None  # its configuration names other folders
            if folder.rpartition("/")[2] in _PARKED and project.has_folder(join(around, "versions")):
                return None  # Alembic looks into versions
            return around
        around = folder_of(around)
    return folder


@query
def _configured(project: Project) -> tuple[tuple[str, tuple[str, tuple[str, ...], bool]], ...]:
    """(script folder, (configuration file, folders with revisions, whether folders below count)) of the alembic.ini files."""
    found: _Configuration = {}
    for path in project.files():
        if path.rpartition("/")[2] != "alembic.ini" and not path.endswith("/alembic.ini"):
            continue
        for document in project.of_file(Document, path):
            for section in _sections(document.text):
                script = section.get("script_location", "")
                if not script:
                    continue
                here = folder_of(path)
                home = _folder(project, here, script)
                recursive = section.get("recursive_version_locations", "").lower() in ("true", "1", "yes")
                listed = [_folder(project, here, part) for part in _locations(section)]
                old = found.get(home)
                locations = tuple(dict.fromkeys([*(old[1] if old else ()), *(listed or [join(home, "versions")])]))
                found[home] = (path, locations, recursive or (old is not None and old[2]))
    return tuple(found.items())


def _sections(text: str) -> list[dict[str, str]]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return []
    return [dict(parser[name]) for name in parser.sections()]


def _locations(section: dict[str, str]) -> list[str]:
    """`version_locations` may be separated by spaces, newlines, commas, or the separator that the file names."""
    return [part for part in re.split(r"[\s,;]+|:(?=[/%.\w]+/)", section.get("version_locations", "")) if part]


def _folder(project: Project, here: str, location: str) -> str:
    """A folder named in alembic.ini, relative to the project. `package:folder` lies below a package."""
    location = location.strip().rstrip("/")
    package, colon, rest = location.partition(":")
    if colon and "/" not in package and "%" not in package:
        module = find_module(project, here, package)
        if module is not None:
            return _normal(join(folder_of(module[:-1]) if module.endswith("/__init__.py:") else module[:-3], rest))
    return _normal(join(here, location.replace("%(here)s/", "").replace("%(here)s", "")))


def _normal(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts)


# -------------------------------------------------------------------------------------------------------------- graph


@query
def graph(project: Project, folder: str) -> Graph:
    """The revision graph of the environment with this script folder."""
    environment = next((e for e in environments(project) if e.folder == folder), None)
    if environment is None:
        return Graph((), (), (), False)
    revisions: dict[str, Revision] = {}
    problems: list[Problem] = []
    complete = True
    for path in environment.revisions:
        revision = revision_at(project, path)
        if revision is None or not revision.readable:
            place = revision.place if revision is not None else Place("Broken", f"{path}:", 0)
            problems.append(Problem("unreadable", f"{path} cannot be read as a revision", place))
            complete = False
        elif revision.revision in revisions:
            other = revisions[revision.revision].path
            problems.append(
                Problem("duplicate", f"revision {revision.revision} is defined by {other} too", revision.place)
            )
            complete = False
        else:
            revisions[revision.revision] = revision
    labels = {label: r.revision for r in revisions.values() for label in r.branch_labels}
    for revision in revisions.values():
        for target in (*revision.down, *revision.depends_on):
            if _find(target, revisions, labels) is None:
                problems.append(
                    Problem(
                        "broken", f"revision {revision.revision} follows {target}, which does not exist", revision.place
                    )
                )
                complete = False
    order, cycle = _ordered(revisions, labels)
    for revision in cycle:
        problems.append(Problem("cycle", f"revision {revision.revision} is part of a cycle", revision.place))
        complete = False
    followed = {_find(d, revisions, labels) for r in revisions.values() for d in r.down}
    heads = tuple(r.revision for r in order if r.revision not in followed)
    if len(heads) > 1:
        problems.extend(
            Problem("heads", f"several heads: {', '.join(sorted(heads))}", revisions[h].place) for h in heads
        )
    return Graph(order, heads, tuple(problems), complete)


def _find(target: str, revisions: dict[str, Revision], labels: dict[str, str]) -> str | None:
    """The revision that an identifier means: itself, a branch label, `label@head`, or an unambiguous beginning."""
    target = target.rpartition("@")[0] or target if "@" in target else target
    if target in revisions:
        return target
    if target in labels:
        return labels[target]
    partial = [r for r in revisions if r.startswith(target)] if len(target) >= 4 else []
    return partial[0] if len(partial) == 1 else None


def _ordered(
    revisions: dict[str, Revision], labels: dict[str, str]
) -> tuple[tuple[Revision, ...], tuple[Revision, ...]]:
    """The revisions, each after those it follows and depends on; and those that a cycle keeps from being applied."""
    before = {
        name: {
            found
            for t in (*r.down, *r.depends_on)
            if (found := _find(t, revisions, labels)) is not None and found != name
        }
        for name, r in revisions.items()
    }
    order: list[Revision] = []
    done: set[str] = set()
    waiting = list(revisions)
    while waiting:
        ready = [name for name in waiting if before[name] <= done]
        if not ready:
            break
        for name in ready:
            order.append(revisions[name])
            done.add(name)
        waiting = [name for name in waiting if name not in done]
    return tuple(order), tuple(revisions[name] for name in waiting)
