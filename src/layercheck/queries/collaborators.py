"""Which calls make a collaborator: a session, a client of an external system, a repository or a service."""

from __future__ import annotations

from functools import lru_cache

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import dotted
from layercheck.knowledge.database import (
    ASYNC_SESSIONS,
    ENGINE_MAKERS,
    ENGINES,
    LIBRARY_REPOSITORIES,
    LIBRARY_SERVICES,
    SESSION_MAKERS,
    SYNC_SESSIONS,
)
from layercheck.knowledge.frameworks import APPLICATIONS, CLIENTS, ROUTERS
from layercheck.knowledge.types import FACTORIES
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, enclosing, sites
from layercheck.queries.dbcalls import database_effects
from layercheck.queries.effects import display
from layercheck.queries.layers import layer_of
from layercheck.queries.models import is_declarative_base, is_schema, is_settings, is_table
from layercheck.queries.sessions import session_params
from layercheck.queries.symbols import external_mro, mro, resolve
from layercheck.queries.type_values import Type
from layercheck.queries.types import annotation_type
from layercheck.tuples import NamedTuple

SESSION, CLIENT, REPOSITORY, SERVICE = "session", "client", "repository", "service"

_BY_NAME = (
    (SERVICE, pattern(r"(Services?|UseCases?|Interactor)(Impl)?$")),
    (REPOSITORY, pattern(r"(Repository|Repo|Repositories|CRUD|Crud|DAO|Dao)(Impl)?$|^(CRUD|Crud)[A-Z]")),
    (CLIENT, pattern(r"(Client|Gateway)(Impl)?$")),
)
_LOGGERS = pattern(r"Logg(?:er|ing)(?:Service)?$")
"""What hands out loggers is as global as they are."""
_DATA_BASES = frozenset({
    "builtins.BaseException", "builtins.Exception", "builtins.dict", "builtins.list", "builtins.str", "builtins.tuple", "enum.Enum",
    "enum.Flag", "enum.IntEnum", "enum.StrEnum", "typing.NamedTuple", "typing.TypedDict", "typing_extensions.TypedDict",
})  # fmt: skip
_DATACLASSES = frozenset({
    "dataclasses.dataclass", "pydantic.dataclasses.dataclass", "attr.s", "attr.attrs", "attr.define", "attr.frozen", "attrs.define",
    "attrs.frozen", "attr.dataclass",
})  # fmt: skip
_SESSIONS = (SYNC_SESSIONS | ASYNC_SESSIONS) - ENGINES - ENGINE_MAKERS - SESSION_MAKERS


class Collaborator(NamedTuple):
    """What a call makes: its kind, the name that people use for it, and its class (or factory) as a symbol.

    `named` is False for a class that counts only because it lies in the service layer and works with data or clients.
    """

    kind: str
    name: str
    symbol: str
    named: bool


def collaborator_class(project: Project, symbol: str) -> Collaborator | None:
    """What an instance of a class (of the project or of a library) is, or None when it is no collaborator."""
    return _collaborator_class(project, symbol) if ":" in symbol else _of_library(symbol)


@query
def _collaborator_class(project: Project, symbol: str) -> Collaborator | None:
    found = named_collaborator(project, symbol)
    row = project.get(Class, symbol)
    if found is not None or row is None or row.name.startswith("_") or _LOGGERS.search(row.name):
        return found
    layer = layer_of(project, row.path).name
    if layer in ("services", "repositories") and not _is_data(project, row) and _reaches_out(project, row):
        return Collaborator(SERVICE if layer == "services" else REPOSITORY, row.name, symbol, False)
    return None


def named_collaborator(project: Project, symbol: str) -> Collaborator | None:
    """The same for classes whose name or library says it."""
    if ":" not in symbol:
        return _of_library(symbol)
    for base in mro(project, symbol):
        kind = _library_kind(base)
        if kind is not None:
            return Collaborator(kind, display(symbol), symbol, True)
    row = project.get(Class, symbol)
    if row is None or _is_data(project, row) or _LOGGERS.search(row.name):
        return None
    for kind, named in _BY_NAME:
        if named.search(row.name.partition("#")[0]):
            return Collaborator(kind, row.name, symbol, True)
    return None


@lru_cache(maxsize=1 << 14)
def _of_library(symbol: str) -> Collaborator | None:
    if symbol in CLIENTS:
        return Collaborator(CLIENT, symbol, symbol, True)
    kinds = (kind for base in external_mro(symbol) if (kind := _library_kind(base)) is not None)
    kind = next(kinds, None)
    return None if kind is None else Collaborator(kind, symbol, symbol, True)


def _library_kind(base: str) -> str | None:
    if base in CLIENTS:
        return CLIENT
    if base in _SESSIONS:
        return SESSION
    if base in LIBRARY_REPOSITORIES:
        return REPOSITORY
    return SERVICE if base in LIBRARY_SERVICES else None


def _is_data(project: Project, row: Class) -> bool:
    """Schemas, tables, settings, exceptions, enumerations, routers, and dataclasses without methods."""
    bases = mro(project, row.key)
    if any(b in _DATA_BASES or b in ROUTERS or b in APPLICATIONS for b in bases):
        return True
    if any(b.startswith("builtins.") and b.endswith(("Error", "Exception")) for b in bases):
        return True
    if row.name.endswith(("Error", "Exception")) or any(b.endswith(("Error", "Exception")) for b in bases):
        return True
    if is_schema(project, row.key) or is_table(project, row.key) or is_settings(project, row.key):
        return True
    return is_declarative_base(project, row.key) or (_is_dataclass(project, row) and not _has_behaviour(row))


def _is_dataclass(project: Project, row: Class) -> bool:
    for decorator in row.decorators:
        name = dotted(decorator[1] if ir.is_a(decorator, "call") else decorator)
        if name is not None and resolve(project, f"{row.path}:{row.parent}", name) in _DATACLASSES:
            return True
    return False


def _has_behaviour(row: Class) -> bool:
    return any(not name.startswith("_") for name, _ in row.methods)


def _reaches_out(project: Project, row: Class) -> bool:
    """Whether a class holds or works with sessions, repositories or clients, or sends SQL; helpers of a service do not."""
    classes = [found for base in mro(project, row.key) if (found := project.get(Class, base)) is not None]
    for cls in classes:
        if any(_is_outside(project, annotation_type(project, cls.key, field.annotation)) for field in cls.fields):
            return True
    for key in [f"{cls.path}:{qualname}" for cls in classes for _, qualname in cls.methods]:
        if session_params(project, key):
            return True
        for site in sites(project, key):
            if database_effects(project, site) or (site.target is not None and site.target in CLIENTS):
                return True
            if _is_outside(project, site.receiver):
                return True
    return False


def _is_outside(project: Project, kind: Type) -> bool:
    """Whether a type is a session, a client or a repository, by name or library."""
    if kind is None or kind[0] != "inst":
        return False
    found = named_collaborator(project, kind[1])
    return found is not None and found.kind != SERVICE


def construction(project: Project, site: Site) -> Collaborator | None:
    """The collaborator that one call makes, or None. Class methods that make one (`from_session`) are not constructions."""
    if site.target is None:
        return None
    if site.target.endswith(".__call__"):
        owner = site.receiver
        if owner is None or owner[0] != "inst":
            return None
        if any(base in FACTORIES for base in mro(project, owner[1])):
            return Collaborator(SESSION, _text(site), owner[1], True)
        return None
    if ":" in site.target and project.get(Class, site.target) is None:
        return None  # a function, as most of what is called
    found = collaborator_class(project, site.target)
    if found is not None and found.kind == SESSION and ":" not in site.target and _is_connection(site.target):
        return None
    return found


@query
def factory_product(project: Project, key: str) -> Collaborator | None:
    """The collaborator that a plain function only builds and returns, or None. One level: factories of factories are not followed."""
    function = project.get(Function, key)
    body = project.get(Body, key)
    if function is None or body is None or function.cls or function.is_generator or function.decorators:
        return None
    statements = [s for s in body.statements if s[0] not in ("pass", "import") and not _is_text(s)]
    if not statements or statements[-1][0] != "return":
        return None
    made = {site.at: found for site in sites(project, key) if (found := construction(project, site)) is not None}
    value = statements[-1][1]
    if len(statements) == 1:
        return made.get(value[4]) if ir.is_a(value, "call") else None
    if len(statements) == 2 and statements[0][0] == "assign" and statements[0][1] == (value,):
        return made.get(statements[0][2][4]) if ir.is_a(statements[0][2], "call") else None
    return None


def _is_text(statement: ir.Stmt) -> bool:
    return statement[0] == "expr" and ir.text_of(statement[1]) is not None


def _is_connection(symbol: str) -> bool:
    """Connections and cursors are made by engines and drivers, never by naming their class."""
    return symbol.rpartition(".")[2] in (
        "Connection",
        "AsyncConnection",
        "Cursor",
        "AsyncCursor",
        "connection",
        "cursor",
    )


def _text(site: Site) -> str:
    func = site.call[1]
    return func if func.__class__ is str else "session"


def is_default(function: Function, body: Body, site: Site) -> bool:
    """`given or Default()`, `Default() if given is None else given`, `if given is None: given = Default()`, or a guard that used what
    was given and returned."""
    params = {p[0] for p in function.raw_params}
    for e in ir.expressions(body.statements):
        match e:
            case ("bool", "or", operands) if dotted(operands[0]) is not None:
                if any(ir.is_a(o, "call") and o[4] == site.at for o in operands[1:]):
                    return True
            case ("ifexp", test, one, other):
                if any(ir.is_a(o, "call") and o[4] == site.at for o in (one, other)) and _names(test) & params:
                    return True
    if any(
        c.kind in ("if", "else") and c.info is not None and _is_absent(c.info, params)
        for c in enclosing(body, site.context)
    ):
        return True
    optional = {p.name for p in function.params if p.default == ("const", None) and _declares(p.annotation, site)}
    return bool(optional) and _is_past_guard(body.statements, optional, site.at)


def _declares(annotation: ir.Expr, site: Site) -> bool:
    """Whether an annotation names the class that a call makes."""
    made = (site.target or "").rpartition(":")[2].rpartition(".")[2]
    return annotation is not None and any(ir.last_name(node) == made for node in ir.walk(annotation))


def _is_past_guard(block: tuple[ir.Stmt, ...], optional: set[str], at: int) -> bool:
    """Whether a call comes after `if given is not None: return use(given)`: it is for callers who gave nothing."""
    for position, statement in enumerate(block):
        if statement[0] == "if" and len(statement[1]) == 1 and not statement[2]:
            test, inner = statement[1][0]
            if _is_given(test, optional) and inner and inner[-1][0] == "return":
                rest = block[position + 1 :]
                if any(call[4] == at for e in ir.expressions(rest) for call in ir.calls(e)):
                    return True
        if any(_is_past_guard(below, optional, at) for below in ir.blocks(statement)):
            return True
    return False


def _is_given(test: ir.Expr, params: set[str]) -> bool:
    match test:
        case ("cmp", left, (("is not", ("const", None)),), _):
            return dotted(left) in params
    return dotted(test) in params


def _is_absent(test: ir.Expr, params: set[str]) -> bool:
    match test:
        case ("cmp", left, (("is", ("const", None)),), _):
            return dotted(left) in params
        case ("un", "not", operand):
            return dotted(operand) in params
    return False


def _names(e: ir.Expr) -> set[str]:
    return {node for node in ir.walk(e) if node.__class__ is str}
