"""The replay of a project's migrations against the schema that `alembic upgrade` made: every difference by name.

python compare_schema.py TREE FOLDER DUMP     FOLDER: the script folder, relative to the tree; DUMP: what migrate.py wrote
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from layercheck.config import load_settings
from layercheck.engine import Engine
from layercheck.queries.migrations import graph, schema_at_heads
from layercheck.registry import rules


class Comparison(NamedTuple):
    """How much was compared, what differs, and of which tables the replay says itself that it does not know them."""

    counts: dict[str, int]
    differences: dict[str, list[str]]
    unknown: list[str]


def compare_schema(tree: str, folder: str, live: list[dict[str, Any]]) -> Comparison:
    """Compare the replay of the environment in `folder` with the reflected tables."""
    engine = Engine(load_settings(tree, isolated=True, rules=tuple(r.rule for r in rules())), jobs=1, use_cache=False)
    engine.load()
    schema = schema_at_heads(engine.project, folder)
    found = {t.name.rpartition(".")[2]: t for t in schema.tables}
    running = {t["name"]: t for t in live}
    unsure = {name for name in {*found, *running} if name in schema.unknown_tables}
    differences: dict[str, list[str]] = {
        "table not found": sorted(set(running) - set(found) - unsure),
        "table invented": sorted(set(found) - set(running) - unsure),
    }
    known = sorted((set(found) & set(running)) - unsure)
    columns = compared = total = 0
    for name in known:
        table, one = found[name], running[name]
        open_columns = set(table.unknown_columns)
        columns += len([c for c in one["columns"] if c["name"] not in open_columns])
        for kind, lines in _columns(table, one, open_columns).items():
            differences.setdefault(kind, []).extend(f"{name}.{line}" for line in lines)
        total += _count(one)
        if table.constraints_known:
            table, one = _without(table, one, open_columns)
            compared += _count(one)
            for kind, line in _constraints(table, one):
                differences.setdefault(kind, []).append(f"{name}: {line}")
    partly = [n for n in known if found[n].unknown_columns or not found[n].constraints_known]
    counts = {
        "revisions": len(graph(engine.project, folder).order), "tables": len(running), "known tables": len(known), "columns": columns,
        "partly known tables": len(partly), "constraints": compared, "constraints in all": total,
    }  # fmt: skip
    return Comparison(counts, {k: v for k, v in differences.items() if v}, sorted(unsure & set(running)))


def _count(live: dict[str, Any]) -> int:
    """How many keys, constraints and indexes a table has."""
    return bool(live["primary_key"]) + sum(len(live[k]) for k in ("foreign_keys", "unique_constraints", "indexes"))


def _without(table: Any, live: dict[str, Any], unsure: set[str]) -> tuple[Any, dict[str, Any]]:
    """Both sides without what is built on columns that are not known."""
    if not unsure:
        return table, live
    known = {
        **live,
        "primary_key": [] if unsure & set(live["primary_key"]) else live["primary_key"],
        "unique_constraints": [u for u in live["unique_constraints"] if not unsure & set(u)],
        **{kind: [k for k in live[kind] if not unsure & set(k[0])] for kind in ("foreign_keys", "indexes")},
    }
    kept = {
        kind: tuple(k for k in getattr(table, kind) if not unsure & set(k.columns))
        for kind in ("foreign_keys", "unique_constraints", "indexes")
    }
    if unsure & set(live["primary_key"]):
        kept["columns"] = tuple(c._replace(primary_key=False) for c in table.columns)
    return table._replace(**kept), known


def _columns(table: Any, live: dict[str, Any], unsure: set[str]) -> dict[str, list[str]]:
    running = {c["name"]: c for c in live["columns"]}
    found = {c.name: c for c in table.columns}
    out = {
        "column not found": sorted(set(running) - set(found) - unsure),
        "column invented": sorted(set(found) - set(running) - unsure),
        "nullability": [],
    }
    for name in sorted(set(running) & set(found) - unsure):
        says = found[name].nullable
        if says is not None and says is not running[name]["nullable"] and name not in live["primary_key"]:
            out["nullability"].append(f"{name}: runs {running[name]['nullable']}, found {says}")
    return out


def _constraints(table: Any, live: dict[str, Any]) -> list[tuple[str, str]]:
    uniques, indexes = table.unique_constraints, [[list(i.columns), bool(i.unique)] for i in table.indexes]
    if live.get("unique_is_index"):  # MySQL knows no difference
        indexes += [[list(u.columns), True] for u in uniques if [list(u.columns), True] not in indexes]
        indexes = [i for i in indexes if i[0] not in [k[0] for k in live["foreign_keys"]]]
        uniques, live = (), {**live, "unique_constraints": []}
    pairs = [
        ("primary key", live["primary_key"], list(table.primary_key)),
        (
            "foreign keys",
            live["foreign_keys"],
            sorted([list(k.columns), [".".join(t.rsplit(".", 2)[-2:]) for t in k.targets]] for k in table.foreign_keys),
        ),
        (
            "unique constraints",
            live["unique_constraints"],
            sorted([list(u.columns) for u in uniques], key=str),
        ),
    ]
    out = [(kind, f"runs {a}, found {b}") for kind, a, b in pairs if sorted(a, key=str) != sorted(b, key=str)]
    missing, invented = _indexes(live["indexes"], indexes)
    if missing or invented:
        out.append(("indexes", f"only runs {missing}, only found {invented}"))
    return out


def _indexes(live: list[Any], found: list[Any]) -> tuple[list[Any], list[Any]]:
    """(indexes that are only in the database, those that are only in the replay).

    The replay says None for an expression (`lower(name)`, `created DESC`); the reflection of SQLite gives the column of a descending
    one and leaves out an index with any other expression.
    """
    left = list(live)
    over = []
    for columns, unique in sorted(found, key=lambda one: None in one[0]):
        same = next(
            (
                one
                for one in left
                if one[1] is unique
                and len(one[0]) == len(columns)
                and all(b is None or a == b for a, b in zip(one[0], columns, strict=True))
            ),
            None,
        )
        if same is not None:
            left.remove(same)
        elif None not in columns:
            over.append([columns, unique])
    return left, over


def main() -> None:
    """Print what differs; exit code 1 when something does."""
    tree, folder, dump = sys.argv[1:4]
    result = compare_schema(tree, folder, json.loads(Path(dump).read_text(encoding="utf-8")))
    print(", ".join(f"{count} {name}" for name, count in result.counts.items()))
    print("not known:", ", ".join(result.unknown) or "nothing")
    for kind, lines in result.differences.items():
        print(f"{kind}: {len(lines)}")
        for line in lines:
            print(f"  {line}")
    sys.exit(bool(result.differences))


if __name__ == "__main__":
    main()
