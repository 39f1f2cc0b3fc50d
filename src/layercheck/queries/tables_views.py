"""Which tables the project only reads: views and tables of another system. Their keys, indexes and NULLs are decided elsewhere."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.evaluate import Mapping
from layercheck.queries.migrations import environments
from layercheck.queries.schema_calls import opened
from layercheck.queries.tables import all_tables, table_of
from layercheck.queries.tables_args import table_arguments
from layercheck.queries.tables_mapping import declared_value
from layercheck.queries.tables_objects import object_value

_CREATED = pattern(r'(?i)\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:MATERIALIZED\s+)?VIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w."]+)')
_NAMED = pattern(r"^(?:vw?|mv)_|_(?:vw|mv)$")
_MARKS = ("is_view", "view", "is_materialized_view")


@query
def _created_views(project: Project) -> frozenset[str]:
    """The names of the views that SQL in the migrations creates, without schema."""
    found: set[str] = set()
    for environment in environments(project):
        for path in environment.revisions:
            for body in project.of_file(Body, path):
                for e in ir.expressions(body.statements):
                    text = ir.text_of(e)
                    if text is not None and "VIEW" in text.upper():
                        found.update(name.replace('"', "").rpartition(".")[2] for name in _CREATED.findall(text))
    return frozenset(found)


@query
def is_made_elsewhere(project: Project, key: str) -> bool:
    """Whether a mapped class or Table object is a view, or a Table that only describes another system's for queries: in its MetaData
    no table has a primary key."""
    if is_view(project, key):
        return True
    table = table_of(project, key)
    if table is None or table.style != "table" or table.metadata is None:
        return False
    return table.metadata not in _keyed_metadata(project)


@query
def _keyed_metadata(project: Project) -> frozenset[str | None]:
    """The MetaData objects in which some table has, or may have, a primary key."""
    return frozenset([t.metadata for t in all_tables(project) if t.primary_key or t.gaps])


@query
def is_view(project: Project, key: str) -> bool:
    """Whether a mapped class or Table object is a view: `info={"is_view": True}`, a primary key named in `__mapper_args__` alone,
    a name that begins with `v_` or `mv_`, or a CREATE VIEW of its name in a migration."""
    table = table_of(project, key)
    if table is None:
        return False
    if table.name is not None and (_NAMED.search(table.name) or table.name in _created_views(project)):
        return True
    if project.get(Class, key) is None:
        call = opened(project, object_value(project, key))
        return call is not None and _marked(call.get("info"))
    if _marked(table_arguments(project, key).options.get("info")):
        return True
    declared = declared_value(project, key, "__mapper_args__")
    options = declared[0] if declared is not None else None
    return isinstance(options, Mapping) and options.get("primary_key") is not None and not table.primary_key


def _marked(info: object) -> bool:
    return isinstance(info, Mapping) and any(info.get(mark) is True for mark in _MARKS)
