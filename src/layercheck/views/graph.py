"""The structure of a project as a graph: modules or groups of them, the imports between them, and what the rules say about both."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from layercheck.facts.rows import Module
from layercheck.model import Finding
from layercheck.project import Project
from layercheck.queries.domains import domain_of
from layercheck.queries.file_kinds import is_application, is_composition_root
from layercheck.queries.layers import layer_of
from layercheck.queries.modules import module_name
from layercheck.queries.symbols import imported, imported_module

LAYERS = ("composition root", "routes", "services", "repositories", "models", "schemas", "other")
"""From the outside in; the rows of a drawing."""
GROUPINGS = ("layer", "domain", "cell", "module")


def graph(project: Project, findings: Iterable[Finding], by: str = "layer") -> dict[str, Any]:
    """The graph of a project's application code.

    `findings` are those to mark; one on the line of an import marks that import, any other its module. `by` is what a node stands
    for: "module", "layer", "domain" (feature) or "cell" (a domain's part of one layer).
    -> {"by", "nodes": [{"id", "label", "layer", "domain", "modules": [{"path", "module", "layer", "why", "violations"}]}],
    "edges": [{"from", "to", "imports": [{"from", "to", "line"}], "violations": [{"code", "path", "line", "message"}]}]}. The edges
    inside a node are left out; its violations are not: they stand at the module.
    """
    modules = {path: _module(project, path) for path in project.files() if _is_shown(project, path)}
    marks: dict[tuple[str, int], list[Finding]] = {}
    for finding in findings:
        if finding.path in modules:
            marks.setdefault((finding.path, finding.line), []).append(finding)
    imports = [entry for path in modules for entry in _imports(project, path, modules, marks)]
    marked = {id(f) for _, _, _, found in imports for f in found}
    for (path, _), found in marks.items():
        modules[path]["violations"] += [_violation(f) for f in found if id(f) not in marked]
    nodes: dict[str, dict[str, Any]] = {}
    home: dict[str, str] = {}
    for path, module in modules.items():
        key, label = _group(module, by)
        home[path] = key
        node = nodes.setdefault(
            key, {"id": key, "label": label, "layer": module["layer"], "domain": module["domain"], "modules": []}
        )
        node["modules"].append(module)
    edges: dict[tuple[str, str], dict[str, Any]] = {}
    for source, target, line, found in imports:
        pair = (home[source], home[target])
        violations = [_violation(f) for f in found]
        if pair[0] == pair[1]:
            modules[source]["violations"] += [v for v in violations if v not in modules[source]["violations"]]
            continue
        edge = edges.setdefault(pair, {"from": pair[0], "to": pair[1], "imports": [], "violations": []})
        edge["imports"].append({"from": source, "to": target, "line": line})
        edge["violations"] += [v for v in violations if v not in edge["violations"]]
    return {
        "by": by,
        "nodes": sorted(nodes.values(), key=lambda n: (LAYERS.index(n["layer"]), n["id"])),
        "edges": [edges[pair] for pair in sorted(edges)],
    }


def _is_shown(project: Project, path: str) -> bool:
    return path.endswith(".py") and project.get(Module, f"{path}:") is not None and is_application(project, path)


def _module(project: Project, path: str) -> dict[str, Any]:
    layer = layer_of(project, path)
    name = layer.name or ("composition root" if is_composition_root(project, path) else "other")
    return {
        "path": path,
        "module": module_name(project, path),
        "layer": name if name in LAYERS else "other",
        "why": layer.why,
        "domain": domain_of(path) or "(none)",
        "violations": [],
    }


def _group(module: dict[str, Any], by: str) -> tuple[str, str]:
    """(id, label) of the node that a module belongs to."""
    if by == "module":
        return module["path"], module["module"]
    if by == "cell":
        return f"{module['layer']}/{module['domain']}", module["domain"]
    return module[by], module[by]


def _imports(
    project: Project, path: str, modules: dict[str, Any], marks: dict[tuple[str, int], list[Finding]]
) -> list[tuple[str, str, int, list[Finding]]]:
    """(importer, imported file, line, findings on it), one for each pair and line."""
    module = project.get(Module, f"{path}:")
    found: dict[tuple[str, int], list[Finding]] = {}
    for entry in module.imports if module is not None else ():
        assert module is not None
        line = project.span(module.place(entry.at)).line
        name = entry.name or entry.module.rpartition(".")[2]
        here = marks.get((path, line), [])
        for symbol in (imported(project, path, entry), imported_module(project, path, entry)):
            target = symbol.partition(":")[0] if symbol is not None and ":" in symbol else ""
            if target and target != path and target in modules:
                meant = [f for f in here if re.search(rf"\b{re.escape(name)}\b", f.message)] or here
                old = found.setdefault((target, line), [])
                old += [f for f in meant if f not in old]
                break
    return [(path, target, line, marked) for (target, line), marked in sorted(found.items())]


def _violation(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, "path": finding.path, "line": finding.line, "message": finding.message}
