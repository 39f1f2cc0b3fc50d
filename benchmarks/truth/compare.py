"""The static facts of a tree against what dump.py said of the running application: every difference by name.

python compare.py TREE DUMP [--json]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from layercheck.config import load_settings
from layercheck.engine import Engine
from layercheck.queries.auth import own
from layercheck.queries.routes import route_table
from layercheck.queries.tables import mapped_classes, relationships_of
from layercheck.registry import rules
from layercheck.views.deps import dependency_tree
from layercheck.views.routes import describe
from layercheck.views.tables import tables as list_tables

_SAME_TYPES = {"AutoString": "String", "UTCDateTime": "DateTime", "Double": "Float", "NullType": "?"}


class Comparison(NamedTuple):
    """How much was compared, and what differs, as sentences."""

    counts: dict[str, int]
    differences: dict[str, list[str]]


def compare(tree: str, dump: dict[str, Any]) -> Comparison:
    """Compare the facts of the files below `tree` with a dump of the application that lives there."""
    engine = Engine(load_settings(tree, isolated=True, rules=tuple(r.rule for r in rules())), jobs=1, use_cache=False)
    engine.load()
    counts: dict[str, int] = {}
    differences: dict[str, list[str]] = {}
    _routes(engine.project, dump, Path(tree), counts, differences)
    _tables(engine.project, dump, counts, differences)
    _relationships(engine.project, dump, counts, differences)
    return Comparison(counts, differences)


def _is_own(name: str, tree: Path) -> bool:
    """Whether a running thing (module.qualname) is defined in the tree, not in a library."""
    first = name.partition(".")[0]
    return (tree / first).exists() or (tree / f"{first}.py").exists() or (tree / "src" / first).exists()


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _routes(
    project: Any, dump: dict[str, Any], tree: Path, counts: dict[str, int], differences: dict[str, list[str]]
) -> None:
    running = [r for r in dump["routes"] if _is_own(r["handler"], tree)]
    counts["routes"] = len(running)
    wanted = {(r["method"], r["path"], _last(r["handler"])): r for r in running}
    by_app: dict[str, list[tuple[Any, dict[str, Any]]]] = {}
    for route in route_table(project):
        by_app.setdefault(route.app, []).append((route, describe(project, route)))
    # The application that was dumped is the one that shares most routes with the dump; others are another program's.
    static = max(by_app.values(), key=lambda found: len({_key(d) for _, d in found} & set(wanted)), default=[])
    known = {_key(d): (route, d) for route, d in static}
    differences["route not found"] = [f"{m} {p} ({h})" for m, p, h in wanted if (m, p, h) not in known]
    differences["route invented"] = [
        f"{d['method']} {d['path']} ({d['handler']}) {d['file']}:{d['line']}"
        for route, d in static
        if _key(d) not in wanted and not route.conditional and d["handler"] is not None
    ]
    shared = [k for k in wanted if k in known]
    order = [k for k in known if k in wanted]
    differences["order"] = [
        f"{a[0]} {a[1]} runs before {b[0]} {b[1]}"
        for a, b in zip([k[:2] for k in shared], [k[:2] for k in order], strict=True)
        if a[1] != b[1]
    ][:1]
    for name in (
        "status code",
        "response model",
        "protection",
        "security",
        "dependencies",
        "parameters",
        "documentation",
    ):
        differences[name] = []
    for key in shared:
        (route, static_one), live = known[key], wanted[key]
        label = f"{key[0]} {key[1]}"
        if key[0] != "WEBSOCKET":
            if live["status_code"] != static_one["status_code"]:
                differences["status code"].append(
                    f"{label}: runs {live['status_code']}, found {static_one['status_code']}"
                )
            differences["documentation"] += [
                f"{label} {k}: runs {live[k]!r}, found {static_one[k]!r}"
                for k in ("tags", "summary", "deprecated", "include_in_schema")
                if live[k] != static_one[k]
            ]
            named = [_last(c) for c in live["response_model"] if _is_own(c, tree)]
            if sorted(set(static_one["response_model"])) != sorted(set(named)):
                differences["response model"].append(f"{label}: runs {named}, found {static_one['response_model']}")
        differences["parameters"] += [f"{label}: {line}" for line in _parameters(live, static_one)]
        if (
            live["security"] != static_one["security"]
            and static_one["auth"] is not None
            and not route.unknown_dependencies
        ):
            differences["security"].append(f"{label}: runs {live['security']}, found {static_one['security']}")
        if live["rejecting"] and static_one["auth"] is False:
            differences["protection"].append(f"{label}: {live['security']} protects it, found none")
        by_itself = route.handler is not None and bool(own(project, route.handler).via)  # FastAPI cannot know of that
        if static_one["auth"] and not live["security"] and not live["dependencies"] and not by_itself:
            differences["protection"].append(f"{label}: nothing protects it, found {static_one['auth_via']}")
        found = set(_flat(dependency_tree(project, route.handler)["dependencies"])) if route.handler else set()
        found |= set((static_one["qualname"] or "").split(".")[:-1])  # the class around a handler: itself a dependency
        found |= {_last(d.target.rpartition(":")[2]) for d in route.dependencies if d.target is not None}
        functions = {_last(d) for d in live["dependencies"] if _is_own(d, tree) and not d.endswith("()")}
        missing = sorted(functions - found - _nested(project, route))
        if missing and not route.unknown_dependencies:
            differences["dependencies"].append(f"{label}: {', '.join(missing)} not found")


def _parameters(live: dict[str, Any], static: dict[str, Any]) -> list[str]:
    """What differs between the inputs that FastAPI reads and those that were found."""
    running = {(p["in"], p["name"]): p for p in live["parameters"]}
    found = {(p["in"], p["name"]): p for p in static["parameters"]}
    out = [
        f"{kind} {name} not found" for kind, name in running if (kind, name) not in found and static["parameters_known"]
    ]
    unsure = {name for kind, name in found if kind == "?"}
    out = [line for line in out if line.split()[1] not in unsure]
    out += [f"{kind} {name} invented" for kind, name in found if (kind, name) not in running and kind != "?"]
    for key in sorted(set(running) & set(found)):
        open_bounds = {name for name, limit in found[key]["bounds"].items() if limit is None}
        for side in (running, found):
            side[key]["bounds"] = {n: v for n, v in side[key]["bounds"].items() if n not in open_bounds}
        out += [
            f"{key[0]} {key[1]} {k}: runs {running[key][k]!r}, found {found[key][k]!r}"
            for k in ("required", "bounds")
            if running[key][k] != found[key][k]
        ]
    return out


def _key(static: dict[str, Any]) -> tuple[str, str, str]:
    return (static["method"], static["path"], static["handler"] or "")


def _flat(nodes: list[dict[str, Any]]) -> list[str]:
    out = []
    for node in nodes:
        if node["target"] is not None:
            out.append(_last(str(node["target"]).rpartition(":")[2]))
            out += [_last(made.rpartition(":")[2]) for made in node.get("makes", ())]
        out += _flat(node["dependencies"])
    return out


def _nested(project: Any, route: Any) -> set[str]:
    """The names in the trees of the dependencies that stand at routers and decorators."""
    out: set[str] = set()
    for wanted in route.dependencies:
        if wanted.target is not None and ":" in wanted.target:
            out.update(_flat(dependency_tree(project, wanted.target)["dependencies"]))
    return out


def _tables(project: Any, dump: dict[str, Any], counts: dict[str, int], differences: dict[str, list[str]]) -> None:
    static = {(f"{t['schema']}." if t["schema"] else "") + (t["name"] or "?"): t for t in list_tables(project)}
    running = {t["name"]: t for t in dump["tables"]}
    counts["tables"] = len(running)
    counts["columns"] = sum(len(t["columns"]) for t in running.values())
    differences["table not found"] = sorted(set(running) - set(static))
    differences["table invented"] = sorted(set(static) - set(running)) if running else []
    for name in ("column not found", "column invented", "column", "index", "unique constraint"):
        differences[name] = []
    for name in sorted(set(running) & set(static)):
        live = {c["name"]: c for c in running[name]["columns"]}
        found = {c["name"]: c for c in static[name]["columns"]}
        differences["column not found"] += [f"{name}.{c}" for c in live if c not in found]
        differences["column invented"] += [f"{name}.{c}" for c in found if c not in live]
        for column in sorted(set(live) & set(found)):
            differences["column"] += [
                f"{name}.{column} {k}: runs {live[column][k]!r}, found {found[column][k]!r}"
                for k in ("nullable", "primary_key", "foreign_keys")
                if live[column][k] != found[column][k]
            ]
            kind = (found[column]["type"] or "?").partition("(")[0]
            runs = live[column]["type"]
            if _SAME_TYPES.get(kind, kind) != _SAME_TYPES.get(runs, runs) and kind != "?":
                differences["column"].append(f"{name}.{column} type: runs {runs}, found {kind}")
        for kind, label in (("indexes", "index"), ("unique_constraints", "unique constraint")):
            plain = sorted([c for c in i["columns"] if c is not None] for i in static[name][kind])
            if plain != running[name][kind]:
                differences[label].append(f"{name}: runs {running[name][kind]}, found {plain}")


def _relationships(
    project: Any, dump: dict[str, Any], counts: dict[str, int], differences: dict[str, list[str]]
) -> None:
    counts["relationships"] = len(dump["relationships"])
    static = {
        (_last(key.rpartition(":")[2]), found.attribute): found
        for key in mapped_classes(project)
        for found in relationships_of(project, key)
    }
    differences["relationship"] = []
    for live in dump["relationships"]:
        found = static.get((live["class"], live["name"]))
        if found is None:
            differences["relationship"].append(f"{live['class']}.{live['name']} not found")
        elif found.lazy is not None and str(found.lazy) != live["lazy"]:
            differences["relationship"].append(
                f"{live['class']}.{live['name']}: lazy={live['lazy']}, found {found.lazy}"
            )


def main() -> None:
    """Print what differs; exit code 1 when something does."""
    tree, dump = sys.argv[1:3]
    result = compare(tree, json.loads(Path(dump).read_text(encoding="utf-8")))
    print(", ".join(f"{count} {name}" for name, count in result.counts.items()))
    for name, found in result.differences.items():
        if found:
            print(f"{name}: {len(found)}")
            for line in found:
                print(f"  {line}")
    sys.exit(any(result.differences.values()))


if __name__ == "__main__":
    main()
