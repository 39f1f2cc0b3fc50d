"""What a running application says of itself, as JSON. Runs in the interpreter of the application's own environment.

    python dump.py MODULE:ATTR --out FILE [--path DIR] [--factory] [--env K=V] [--import MODULE] [--before CODE]

The application is imported, so it must be code that one would run; the network is blocked first. Only the standard library and what
the application itself brings are used.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import os
import socket
import sys
from collections.abc import Iterator
from typing import Any


def block_network(local: bool = False) -> None:
    """Refuse every connection and look-up that leaves the machine; connections to the machine itself too unless `local`."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def refuse(*arguments: Any, **keywords: Any) -> Any:
        raise ConnectionRefusedError("network blocked")

    def near(address: Any) -> bool:
        return local and (not isinstance(address, tuple) or address[0] in ("localhost", "127.0.0.1", "::1"))

    socket.socket.connect = lambda self, address: connect(self, address) if near(address) else refuse()  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = lambda self, address: connect_ex(self, address) if near(address) else refuse()  # type: ignore[method-assign,assignment]
    lookup = socket.getaddrinfo

    def local_only(host: Any, *arguments: Any, **keywords: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        return lookup(host, *arguments, **keywords) if name in (None, "", "localhost", "127.0.0.1", "::1") else refuse()

    socket.getaddrinfo = local_only


def walk(entries: Any, prefix: str = "") -> Iterator[tuple[Any, Any, str]]:
    """(route with its resolved settings, original route, full path) in order; newer FastAPI keeps included routers as branches."""
    from fastapi import routing

    contexts = getattr(routing, "iter_route_contexts", None)
    for found in contexts(entries) if contexts is not None else entries:
        branch = getattr(getattr(found, "_route_context", None), "starlette_route", None)
        route = branch if branch is not None else found
        original = getattr(route, "original_route", None) or route
        path = prefix + (getattr(route, "path", None) or getattr(original, "path", "") or "")
        kind = type(original).__name__
        if kind in ("Mount", "Host"):
            yield from walk(getattr(original.app, "routes", None) or [], path)
        else:
            yield route, original, path


def below(dependant: Any) -> Iterator[Any]:
    """Every dependant of a tree, without its root."""
    for inner in dependant.dependencies:
        yield inner
        yield from below(inner)


def name_of(call: Any) -> str:
    """module.qualname of what is called, wrappers taken off; of the class for an instance."""
    call = inspect.unwrap(call)
    call = getattr(call, "func", call) if type(call).__name__ == "partial" else call
    call = getattr(call, "__func__", call)
    if not hasattr(call, "__qualname__"):
        return f"{type(call).__module__}.{type(call).__qualname__}()"
    return f"{call.__module__}.{call.__qualname__}"


_KINDS = ("path", "query", "header", "cookie", "body")
_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length", "multiple_of", "pattern")


def _single(field: Any, kind: str) -> list[tuple[str, Any]]:
    """(name in the request, what pydantic says of it) of a parameter; those of its fields for a model of parameters."""
    model = getattr(field.field_info, "annotation", None)
    if kind != "body" and hasattr(model, "model_fields"):
        return [(info.alias or name, info) for name, info in model.model_fields.items()]
    return [(getattr(field, "validation_alias", None) or field.alias, field.field_info)]


def parameters_of(dependant: Any) -> list[dict[str, Any]]:
    """The inputs that FastAPI reads for a path operation, those of its dependencies included; a model of parameters by its fields."""
    out = []
    for kind in _KINDS:
        fields = [f for node in (dependant, *below(dependant)) for f in getattr(node, f"{kind}_params")]
        for name, info in [pair for f in fields for pair in _single(f, kind)]:
            limits = {}
            for entry in getattr(info, "metadata", ()):
                limits.update({n: v for n in _LIMITS if isinstance(v := getattr(entry, n, None), str | int | float)})
            marker = type(info).__name__
            out.append(
                {
                    "name": name,
                    "in": {"Form": "form", "File": "file"}.get(marker, kind),
                    "required": bool(info.is_required()),
                    "bounds": limits,
                }
            )
    return sorted(
        {json.dumps(p, sort_keys=True, default=str): p for p in out}.values(), key=lambda p: (p["in"], p["name"])
    )


def described(route: Any, original: Any, path: str) -> Iterator[dict[str, Any]]:
    """One dictionary for each method of a path operation; nothing for static files and documentation pages."""
    from fastapi.routing import APIRoute, APIWebSocketRoute
    from fastapi.security.base import SecurityBase

    endpoint = getattr(original, "endpoint", None)
    if not isinstance(original, APIRoute | APIWebSocketRoute) or endpoint is None:
        return
    dependant = getattr(route, "dependant", None) or original.dependant
    calls = [d.call for d in below(dependant) if d.call is not None]
    schemes = []
    for node in below(dependant):
        old = [getattr(r, "security_scheme", None) for r in getattr(node, "security_requirements", None) or []]
        schemes += [s for s in (node.call, *old) if isinstance(s, SecurityBase)]
    common = {
        "path": path,
        "handler": name_of(endpoint),
        "dependencies": sorted({name_of(c) for c in calls}),
        "security": sorted({type(s).__name__ for s in schemes}),
        "rejecting": any(getattr(s, "auto_error", True) for s in schemes),
        "parameters": parameters_of(dependant),
    }
    if isinstance(original, APIWebSocketRoute):
        yield {"method": "WEBSOCKET", **common}
        return
    model = getattr(route, "response_model", None)
    for method in sorted(route.methods):
        yield {
            "method": method,
            **common,
            "status_code": route.status_code or 200,
            "response_model": classes_of(model),
            "include_in_schema": bool(route.include_in_schema),
            "deprecated": bool(route.deprecated),
            "tags": [str(getattr(t, "value", t)) for t in route.tags or ()],
            "summary": route.summary,
        }


def classes_of(model: Any) -> list[str]:
    """The names of the project's classes in a response model, generics taken apart."""
    if model is None:
        return []
    generic = getattr(model, "__pydantic_generic_metadata__", None) or {}
    if generic.get("origin") is not None:
        origin = generic["origin"]
        return sorted({f"{origin.__module__}.{origin.__name__}", *(n for a in generic["args"] for n in classes_of(a))})
    inner = getattr(model, "__args__", None)
    if inner:
        return sorted({n for a in inner for n in classes_of(a)})
    return [f"{model.__module__}.{model.__name__}"] if inspect.isclass(model) else []


def tables() -> list[dict[str, Any]]:
    """Every table of every metadata that is alive. (Lazy proxies of other libraries answer isinstance by loading what is not installed.)"""
    import gc

    try:
        from sqlalchemy import Column, MetaData, UniqueConstraint
    except ImportError:
        return []
    dialects = {
        id(value)
        for name, module in list(sys.modules.items())
        if name.startswith("sqlalchemy.")
        for value in list(vars(module).values())
        if isinstance(value, MetaData)
    }
    out = {}
    for metadata in [o for o in gc.get_objects() if issubclass(type(o), MetaData) and id(o) not in dialects]:
        for table in metadata.tables.values():
            out[table.fullname] = {
                "name": table.fullname,
                "columns": [
                    {
                        "name": c.name,
                        "type": type(c.type).__name__,
                        "nullable": bool(c.nullable),
                        "primary_key": bool(c.primary_key),
                        "unique": bool(c.unique),
                        "foreign_keys": sorted(f.target_fullname for f in c.foreign_keys),
                    }
                    for c in table.columns
                ],
                "indexes": sorted([c.name for c in i.expressions if isinstance(c, Column)] for i in table.indexes),
                "unique_constraints": sorted(
                    [c.name for c in u.columns] for u in table.constraints if isinstance(u, UniqueConstraint)
                ),
            }
    return [out[name] for name in sorted(out)]


def relationships() -> list[dict[str, Any]]:
    """Every relationship of every mapper that is alive, with its loading strategy."""
    import gc

    try:
        from sqlalchemy.orm import configure_mappers
        from sqlalchemy.orm.mapper import Mapper
    except ImportError:
        return []
    configure_mappers()
    out = []
    for mapper in [o for o in gc.get_objects() if issubclass(type(o), Mapper)]:
        for found in mapper.relationships:
            if found.parent is mapper:
                out.append(
                    {"class": mapper.class_.__name__, "name": found.key, "target": found.mapper.class_.__name__, "lazy": str(found.lazy), "many": bool(found.uselist)}
                )  # fmt: skip
    return sorted(out, key=lambda r: (r["class"], r["name"]))


def main() -> None:
    """Parse the arguments, import, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("app")
    parser.add_argument("--out", required=True)
    parser.add_argument("--path", action="append", default=[])
    parser.add_argument("--factory", action="store_true")
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("--import", dest="imports", action="append", default=[])
    parser.add_argument("--before", default="")
    options = parser.parse_args()
    os.environ.update(entry.split("=", 1) for entry in options.env)
    sys.path[:0] = options.path
    block_network()
    if options.before:
        exec(options.before, {})
    module, _, attribute = options.app.partition(":")
    app = importlib.import_module(module)
    for part in attribute.split("."):
        app = getattr(app, part)
    if options.factory:
        app = app()  # type: ignore[operator]
    while not hasattr(app, "routes") and hasattr(app, "app"):
        app = app.app  # a middleware around it
    for name in options.imports:
        importlib.import_module(name)
    import fastapi

    result = {
        "fastapi": fastapi.__version__,
        "routes": [entry for found in walk(app.routes) for entry in described(*found)],
        "tables": tables(),
        "relationships": relationships(),
    }
    with open(options.out, "w", encoding="utf-8") as handle:
        json.dump(result, handle, indent=1)


if __name__ == "__main__":
    main()
