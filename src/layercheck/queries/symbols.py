"""What a name means: from `SessionDep` in a handler to the place that defines it.

A symbol is a string. With a colon it is the project's ("app/api/deps.py:get_db", "app/main.py:" for a module, "app//:" for a
namespace package); without one it is external and canonical ("sqlalchemy.orm.Session"); `builtins.` leads the built-ins.
None is unknown, never absent.
"""

from __future__ import annotations

import builtins
from functools import lru_cache
from typing import Any

from layercheck.facts.rows import Bind, Body, Class, Function, Import, Module
from layercheck.ir import Recent
from layercheck.knowledge.aliases import ALIASES
from layercheck.knowledge.types import BASES
from layercheck.project import Project, query
from layercheck.queries.modules import find_module, folder_of, relative_module, submodule

_BUILTINS = {name: f"builtins.{name}" for name in dir(builtins)}
_ALL_BUILTINS = frozenset(_BUILTINS)


def is_module(symbol: str | None) -> bool:
    """Whether a project symbol is a module or namespace package."""
    return symbol is not None and symbol.endswith(":")


@lru_cache(maxsize=1 << 16)
def canonical(dotted: str) -> str:
    """The public name of an external symbol: "sqlalchemy.orm.session.Session" -> "sqlalchemy.orm.Session"."""
    seen = 0
    while dotted in ALIASES and seen < 5:
        dotted = ALIASES[dotted]
        seen += 1
    if dotted in ALIASES:
        return dotted
    head, _, tail = dotted.rpartition(".")
    while head:
        if head in ALIASES:
            return f"{ALIASES[head]}.{tail}"
        head, _, more = head.rpartition(".")
        tail = f"{more}.{tail}"
    return dotted


def imported(project: Project, path: str, entry: Import) -> str | None:
    """The symbol that an import binds; None when it cannot be known."""
    if entry.level:
        module = relative_module(project, path, entry.level, entry.module)
        if module is None:
            return None
    else:
        module = find_module(project, folder_of(path), entry.module)
        if entry.name is None:
            if entry.bound.endswith("."):
                top = entry.module.partition(".")[0]
                return find_module(project, folder_of(path), top) or top
            return module or canonical(entry.module)
        if module is None:
            return canonical(f"{entry.module}.{entry.name}")
    if entry.name is None:
        return module
    if module == f"{path}:":
        return submodule(project, module, entry.name)
    found = member(project, module, entry.name)
    if found is None and module.endswith("//:") and not entry.level:
        return canonical(
            f"{entry.module}.{entry.name}"
        )  # an installed package wins over a folder: `from alembic import op`
    return found


def imported_module(project: Project, path: str, entry: Import) -> str | None:
    """The project module that an import statement names (before following re-exports); None when external or unknown."""
    if entry.level:
        module = relative_module(project, path, entry.level, entry.module)
    else:
        module = find_module(project, folder_of(path), entry.module)
    if module is not None and entry.name is not None:
        inner = submodule(project, module, entry.name)
        if inner is not None and not _binds(project, module, entry.name):
            return inner
    return module


def _binds(project: Project, module: str, name: str) -> bool:
    row = project.get(Module, module)
    return row is not None and (
        any(n == name for n, _, _ in row.names) or any(i.bound == name for i in row.imports if not i.scope)
    )


@query
def member(project: Project, module: str, name: str) -> str | None:
    """The symbol `name` of a project module: its own, re-exported, starred, or a submodule."""
    if not module.endswith("//:"):
        found = global_name(project, module[:-1], name)
        if found is not None:
            return found
    return submodule(project, module, name)


@query(kept=True)
def global_name(project: Project, path: str, name: str) -> str | None:
    """What a name means at module level of a file (built-ins not included)."""
    row = project.get(Module, f"{path}:")
    if row is None:
        return None
    own = _defined(row.names).get(name)
    if own is not None and own[0] != "var":
        return f"{path}:{own[1]}"
    entries = _imported_names(row.raw_imports)
    for entry in entries.get(("", name), ()):
        found = imported(project, path, entry)
        if found is not None:
            return found
    if own is not None:
        return f"{path}:{own[1]}"
    for entry in entries.get(("", "*"), ()):
        found = _starred(project, path, entry, name)
        if found is not None:
            return found
    return None


def _index_binds(raw: tuple[tuple[Any, ...], ...]) -> dict[str, list[tuple[str, Any]]]:
    found: dict[str, list[tuple[str, Any]]] = {}
    for bound, kind, value, *_ in raw:
        found.setdefault(bound, []).append((kind, value))
    return found


def _index_names(names: tuple[tuple[str, str, str], ...]) -> dict[str, tuple[str, str]]:
    return {bound: (kind, qualname) for bound, kind, qualname in names}


def _index_imports(raw: tuple[tuple[Any, ...], ...]) -> dict[tuple[str, str], list[Import]]:
    """(scope, bound name) -> the imports that bind it there, in order."""
    found: dict[tuple[str, str], list[Import]] = {}
    for entry in map(Import._make, raw):
        found.setdefault((entry.scope, entry.bound.rstrip(".")), []).append(entry)
    return found


_bound = Recent(_index_binds, 512)
"""Name -> the (kind, value) of its bindings in a body, in order."""
_defined = Recent(_index_names, 1024)
_imported_names = Recent(_index_imports, 1024)


def _starred(project: Project, path: str, entry: Import, name: str) -> str | None:
    if entry.level:
        module = relative_module(project, path, entry.level, entry.module)
    else:
        module = find_module(project, folder_of(path), entry.module)
        if module is None:
            return _external_star(entry.module, name)
    if module is None or module == f"{path}:" or module.endswith("//:"):
        return None
    row = project.get(Module, module)
    if row is None:
        return None
    if row.exports is not None:
        return member(project, module, name) if name in row.exports else None
    return None if name.startswith("_") else global_name(project, module[:-1], name)


def _external_star(module: str, name: str) -> str | None:
    """`from fastapi import *`: only names that the tables know are believed."""
    dotted = f"{module}.{name}"
    return ALIASES.get(dotted) or (dotted if dotted in _known_externals() else None)


def _known_externals() -> frozenset[str]:
    return frozenset(ALIASES.values())


def scopes_of(qualname: str) -> list[str]:
    """The qualnames of the functions and classes around a qualname, innermost first, itself included, '' last."""
    out = []
    while qualname:
        out.append(qualname)
        qualname = qualname.rpartition(".")[0]
    out.append("")
    return out


def resolve(project: Project, key: str, dotted: str) -> str | None:
    """What a dotted name means inside the function, class or module `key`. None for local values and unknown names."""
    first, _, rest = dotted.partition(".")
    symbol = resolve_first(project, key, first)
    return follow(project, symbol, rest) if rest else symbol


def resolve_first(project: Project, key: str, name: str) -> str | None:
    """The symbol of a bare name as seen from inside `key`; None when it is a local value or unknown."""
    if name not in names_around(project, key):
        return global_symbol(project, key.partition(":")[0], name)
    return _resolve_local(project, key, name)


def global_symbol(project: Project, path: str, name: str) -> str | None:
    """The symbol of a bare name at module level of a file, built-ins included."""
    builtin = _BUILTINS.get(name)
    if builtin is not None and name not in _hidden_builtins(project, path):
        return builtin
    return global_name(project, path, name) or builtin


@query(kept=True)
def _hidden_builtins(project: Project, path: str) -> frozenset[str]:
    """The names of built-ins that may mean something else at module level of a file: nearly always none."""
    row = project.get(Module, f"{path}:")
    if row is None:
        return frozenset()
    imported_names = [bound for scope, bound in _imported_names(row.raw_imports) if not scope]
    if "*" in imported_names:
        return _ALL_BUILTINS
    return _ALL_BUILTINS.intersection((*_defined(row.names), *imported_names))


@query(kept=True)
def names_around(project: Project, key: str) -> frozenset[str]:
    """The names that mean something of their own inside a function or class: what it and the functions around it bind, parameters and
    imports included. All others are those of the module, as most names that code uses are."""
    path, _, qualname = key.partition(":")
    found: set[str] = set()
    module = project.imports_in(path)
    imports = _scoped_imports(module.raw_imports) if module is not None else {}
    inner = qualname
    while qualname:
        if imports:
            found.update(imports.get(qualname, ()))
        scope = f"{path}:{qualname}"
        function = project.get(Function, scope)
        if function is not None:
            found.update([raw[0] for raw in function.raw_params])
        if function is not None or qualname == inner:  # the names of a class around a method are not visible inside
            body = project.get(Body, scope)
            if body is not None:
                found.update([raw[0] for raw in body.raw_binds if "." not in raw[0]])
        qualname = qualname.rpartition(".")[0]
    return frozenset(found)


def _index_scopes(raw: tuple[tuple[Any, ...], ...]) -> dict[str, list[str]]:
    """Function or class -> the names that imports bind in it."""
    found: dict[str, list[str]] = {}
    for entry in map(Import._make, raw):
        if entry.scope:
            found.setdefault(entry.scope, []).append(entry.bound.rstrip("."))
    return found


_scoped_imports = Recent(_index_scopes, 1024)


@query(kept=True)
def _resolve_local(project: Project, key: str, name: str) -> str | None:
    path, _, qualname = key.partition(":")
    module = project.imports_in(path)
    for scope in scopes_of(qualname):
        if not scope:
            break
        entries = _imported_names(module.raw_imports).get((scope, name)) if module is not None else None
        if entries:
            return imported(project, path, entries[0])
        scope_key = f"{path}:{scope}"
        function = project.get(Function, scope_key)
        if function is not None:
            if any(p[0] == name for p in function.raw_params):
                return None
        elif scope != qualname:
            continue  # a class around a method: its names are not visible inside
        body = project.get(Body, scope_key)
        for kind, value in _bound(body.raw_binds).get(name, ()) if body is not None else ():
            if kind in ("def", "class") and value is not None:
                return f"{path}:{value[1]}"
            if body is not None and name not in body.global_names:
                return None
    return global_symbol(project, path, name)


def follow(project: Project, symbol: str | None, rest: str) -> str | None:
    """The attribute chain `rest` of a symbol, through modules and classes."""
    for part in rest.split(".") if rest else ():
        if symbol is None:
            return None
        if ":" not in symbol:
            symbol = canonical(f"{symbol}.{part}")
        elif symbol.endswith(":"):
            symbol = member(project, symbol, part)
        elif project.get(Class, symbol) is not None:
            symbol = class_attribute(project, symbol, part)
        else:
            return None
    return symbol


@query
def class_attribute(project: Project, cls: str, name: str) -> str | None:
    """A method, nested class or plain attribute of a class, inherited ones included; external bases give dotted names."""
    for base in mro(project, cls):
        if ":" not in base:
            if base not in ("builtins.object", "typing.Generic", "abc.ABC", "typing.Protocol"):
                return f"{base}.{name}"
            continue
        row = project.get(Class, base)
        if row is None:
            return None
        for method, qualname in row.methods:
            if method == name:
                return f"{row.path}:{qualname}"
        nested = f"{base}.{name}"
        if project.get(Class, nested) is not None:
            return nested
        if any(f[0] == name for f in row.raw_fields) or any(a[0] == name for a in row.raw_attributes):
            return nested
    return None


def base_symbol(project: Project, cls: Class, base: object) -> str | None:
    """The class symbol of a base expression: `CRUD[Item, ItemCreate]` is `CRUD`."""
    from layercheck.ir import dotted

    expression = base
    while isinstance(expression, tuple) and expression[0] == "item":
        expression = expression[1]
    name = dotted(expression)
    if name is None:
        if isinstance(expression, tuple) and expression[0] == "call":
            func = dotted(expression[1])
            resolved = resolve(project, outside(cls.key), func) if func else None
            return f"{resolved}()" if resolved and ":" not in resolved else None
        return None
    symbol = resolve(project, outside(cls.key), name)
    if symbol is not None and ":" in symbol and not symbol.endswith(":"):
        return class_behind(project, symbol)
    return symbol


def outside(key: str) -> str:
    """The scope around a class or function: where its decorators and bases are looked up."""
    path, _, qualname = key.partition(":")
    return f"{path}:{qualname.rpartition('.')[0]}"


@query
def class_behind(project: Project, symbol: str) -> str | None:
    """The class that a symbol stands for: itself, or through `Base = declarative_base()` / `Alias = Other` at module level.

    `declarative_base()` and its kin give "sqlalchemy.orm.declarative_base()"; a project function that returns a class gives that.
    """
    if project.get(Class, symbol) is not None:
        return symbol
    bind = binding(project, symbol)
    if bind is None or bind.value is None:
        return symbol
    from layercheck.ir import dotted

    value = bind.value
    while isinstance(value, tuple) and value[0] == "item":
        value = value[1]
    name = dotted(value)
    module = f"{symbol.partition(':')[0]}:"
    if name is not None:
        target = resolve(project, module, name)
        return class_behind(project, target) if target and ":" in target and target != symbol else target
    if isinstance(value, tuple) and value[0] == "call":
        func = dotted(value[1])
        target = resolve(project, module, func) if func else None
        if target and ":" not in target:
            return f"{target}()"
        if target:
            return returned_class(project, target) or symbol
    return symbol


@query(bottom=None)
def returned_class(project: Project, function: str) -> str | None:
    """The class that a project function returns (`Router = make_router_class(Route)`), or None."""
    from layercheck.ir import dotted, statements

    body = project.get(Body, function)
    for statement in statements(body.statements) if body is not None else ():
        name = dotted(statement[1]) if statement[0] == "return" else None
        found = resolve(project, function, name) if name else None
        if found is not None and project.get(Class, found) is not None:
            return found
    return None


@query(kept=True)
def binding(project: Project, symbol: str) -> Bind | None:
    """The last module-level binding of a project variable, or None."""
    path, _, name = symbol.partition(":")
    body = project.get(Body, f"{path}:")
    if body is None:
        return None
    found = None
    for raw in body.raw_binds:
        if raw[0] == name and raw[1] == "=":
            found = raw
    return Bind._make((*found[:5], 0)) if found else None


def mro(project: Project, cls: str) -> tuple[str, ...]:
    """The class and its bases, nearest first, depth first without repeats (close enough to C3 for look-ups).

    External bases are canonical names followed by what the tables know of their own bases; unknown bases are left out, see
    `has_unknown_base`.
    """
    return _mro(project, cls) if ":" in cls else external_mro(cls)


@lru_cache(maxsize=1 << 14)
def external_mro(cls: str) -> tuple[str, ...]:
    """A class of a library and its bases, as far as the tables know them."""
    out = [cls]
    for base in BASES.get(cls, ()):
        for found in external_mro(base):
            if found not in out:
                out.append(found)
    return tuple(out)


@query(bottom=())
def _mro(project: Project, cls: str) -> tuple[str, ...]:
    out = [cls]
    row = project.get(Class, cls)
    if row is None:
        return (cls,)
    for base in row.bases:
        symbol = base_symbol(project, row, base)
        if symbol is None:
            continue
        for found in mro(project, symbol):
            if found not in out:
                out.append(found)
    return tuple(out)


@query
def has_unknown_base(project: Project, cls: str) -> bool:
    """Whether some base of a project class, at any depth, could not be resolved to a class of the project or a dotted name."""
    for key in mro(project, cls):
        row = project.get(Class, key)
        if row is not None and any(base_symbol(project, row, base) is None for base in row.bases):
            return True
    return False
