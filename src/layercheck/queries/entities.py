"""Which table class's rows an expression surely gives: `db.query(User).first()`, `session.scalars(select(User)).all()`, a service that
returns one of these.

DESIGN: a small evaluation of the expressions by which SQLAlchemy and SQLModel hand rows over. A value is (form, table class), where
the form says what stands between the statement and the rows; everything else is None, which means: nobody knows.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Bind, Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.orm import SELECTS
from layercheck.project import Project, query
from layercheck.queries.answers import BOOL, DICT, MESSAGE, RESPONSE, SCHEMA, TEXT, returned_kinds
from layercheck.queries.models import is_table
from layercheck.queries.schemas import classes_in
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import resolve
from layercheck.queries.types import Typing, annotation_type, substitute
from layercheck.tuples import NamedTuple

ONE, MANY = "one", "many"
_STATEMENT, _QUERY, _RESULT, _SCALARS = "statement", "query", "result", "scalars"
ITERABLE: frozenset[str] = frozenset({MANY, _QUERY, _SCALARS})
"""The forms over which a loop gives one row after the other."""
_NARROWING = frozenset({
    "where", "filter", "filter_by", "order_by", "limit", "offset", "distinct", "options", "join", "outerjoin", "execution_options",
    "with_for_update", "group_by", "having", "slice", "populate_existing", "select_from", "join_from", "unique", "yield_per",
    "enable_eagerloads", "autoflush", "prefix_with", "params",
})  # fmt: skip
"""Methods after which a statement, query or result still gives the same rows."""
_SINGLE = frozenset({"first", "one", "one_or_none", "get"})
_SESSION_GETS = frozenset({"get", "get_one"})
_SENDS = {"execute": _RESULT, "exec": _SCALARS, "scalars": _SCALARS, "scalar": ONE}
_PLAIN_DECORATORS = frozenset({"staticmethod", "classmethod", "abstractmethod", "override", "overload"})
_COPIES = frozenset({"list", "tuple", "sorted", "reversed"})
_CONTRADICTING = frozenset({RESPONSE, DICT, MESSAGE, TEXT, BOOL, SCHEMA})
_MAX_DEPTH = 16


class Entity(NamedTuple):
    """Rows of a table class."""

    form: str
    """ONE row (or None), or MANY."""
    cls: str


@query(bottom=None)
def returned_entity(project: Project, key: str) -> Entity | None:
    """The rows that a project function certainly returns: what it is annotated with, else what all its returns agree on."""
    function = project.get(Function, key)
    body = project.get(Body, key)
    if function is None or body is None or function.is_generator:
        return None
    if function.returns is not None:
        return _annotated(project, function)
    if any(ir.last_name(d[1] if ir.is_a(d, "call") else d) not in _PLAIN_DECORATORS for d in function.decorators):
        return None
    found: set[Entity | None] = set()
    for statement in ir.statements(body.statements):
        if statement[0] == "return" and statement[1] not in (None, ("const", None)):
            found.add(entity_of(project, key, statement[1], statement[2]))
    return next(iter(found)) if len(found) == 1 else None


def entity_of(project: Project, key: str, e: Expr, at: int) -> Entity | None:
    """The rows that an expression at ordinal `at` of a body gives, or None where it gives something else or nobody knows."""
    found = _value(project, key, e, at, 0)
    if found is not None:
        return found if found.form in (ONE, MANY) else None
    return None if _weighed(project, key, e, at) else _typed(project, key, e, at)


def _weighed(project: Project, key: str, e: Expr, at: int) -> bool:
    """Whether a name holds what a function of the project answered, so that the types, which take the first of `Ship | Response`, know less."""
    body = project.get(Body, key) if e.__class__ is str else None
    for raw in body.raw_binds[::-1] if body is not None else ():
        bind = Bind._make(raw)
        if bind.name == e and bind.at < at:
            call: Expr = bind.value
            while ir.is_a(call, "await"):
                call = call[1]
            return ir.is_a(call, "call") and _callee(project, key, call, bind.at) is not None
    return False


def _annotated(project: Project, function: Function) -> Entity | None:
    """`-> User | None`, `-> list[User]`; a union with anything else is no certainty, nor is a body that returns something else."""
    classes = classes_in(project, function.key, function.returns)
    if len(classes) != 1 or not is_table(project, classes[0]) or returned_kinds(project, function.key) & _CONTRADICTING:
        return None
    return _of_type(project, annotation_type(project, function.key, function.returns))


def _typed(project: Project, key: str, e: Expr, at: int) -> Entity | None:
    """What the types say: parameters, fields of a generic repository, constructors."""
    awaited = ir.is_a(e, "await")
    call = e[1] if awaited else e
    function = _callee(project, key, call, at) if ir.is_a(call, "call") else None
    if function is None:
        return _of_type(project, Typing(project, key).type(e, at))
    if (
        function.returns is None
        or function.is_async is not awaited
        or classes_in(project, function.key, function.returns)
    ):
        return None  # returned_entity has weighed it
    return _of_generic(project, key, call, function, at)


def _of_generic(project: Project, key: str, call: Expr, function: Function, at: int) -> Entity | None:
    """`-> Model | None` of a generic repository: what the object that it is called on puts in the variable's place."""
    owner = _owner(call[1])
    kind = Typing(project, key).type(owner, at) if owner is not None else None
    if kind is None or kind[0] != "inst":
        return None
    written = annotation_type(project, function.key, function.returns)
    return _of_type(project, substitute(project, kind[1], kind[2], written))


def _callee(project: Project, key: str, call: Expr, at: int) -> Function | None:
    kind = Typing(project, key).type(call[1], at)
    return project.get(Function, kind[1]) if kind is not None and kind[0] in ("func", "method") else None


def _owner(func: Expr) -> Expr | None:
    """The object that a method is called on."""
    name = dotted(func)
    if name is not None:
        return name.rpartition(".")[0] or None
    return func[1] if ir.is_a(func, "attr") else None


def _of_type(project: Project, kind: object) -> Entity | None:
    match kind:
        case ("inst", "builtins.list", (("inst", str(cls), _), *_)) if is_table(project, cls):
            return Entity(MANY, cls)
        case ("inst", str(cls), _) if ":" in cls and is_table(project, cls):
            return Entity(ONE, cls)
    return None


# ------------------------------------------------------------------------------------------------------------- evaluation


def _value(project: Project, key: str, e: Expr, at: int, depth: int) -> Entity | None:
    if depth > _MAX_DEPTH:
        return None
    if e.__class__ is str:
        return _bound(project, key, e, at, depth)
    match e:
        case ("await", value):
            return _called(project, key, value, at, depth, True) if ir.is_a(value, "call") else None
        case ("call", *_):
            return _called(project, key, e, at, depth, False)
        case ("ref", chain, _):  # Order.query
            owner, _, last = chain.rpartition(".")
            cls = resolve(project, key, owner) if last == "query" else None
            return Entity(_QUERY, cls) if cls is not None and is_table(project, cls) else None
        case ("ifexp", _, one, other):
            return _same([_value(project, key, x, at, depth + 1) for x in (one, other) if x != ("const", None)])
        case ("list", (item,)):
            found = _value(project, key, item, at, depth + 1)
            return Entity(MANY, found.cls) if found is not None and found.form == ONE else None
        case ("comp", "list" | "set", element, ((target, iterable, _, _),), _) if element == target:
            found = _value(project, key, iterable, at, depth + 1)
            return Entity(MANY, found.cls) if found is not None and found.form in (MANY, _SCALARS, _QUERY) else None
        case ("item", value, ("const", int()), _):
            found = _value(project, key, value, at, depth + 1)
            return Entity(ONE, found.cls) if found is not None and found.form == MANY else None
    return None


def _same(found: list[Entity | None]) -> Entity | None:
    return found[0] if found and all(f == found[0] for f in found) else None


def _bound(project: Project, key: str, name: str, at: int, depth: int) -> Entity | None:
    """What the bindings of a name that may reach a use agree on: from the last unconditional one above it."""
    body = project.get(Body, key)
    binds = [Bind._make(raw) for raw in (body.raw_binds if body is not None else ()) if raw[0] == name and raw[5] < at]
    found: list[Entity | None] = []
    for bind in reversed(binds):
        if bind.value != ("const", None):
            found.append(_binding(project, key, bind, depth))
        if bind.context == 0:
            return _same(found)
    return _same(found)


def _binding(project: Project, key: str, bind: Bind, depth: int) -> Entity | None:
    if bind.kind in ("=", ":="):
        return entity_or_form(project, key, bind.value, bind.at, depth + 1)
    if bind.kind == "for":
        found = _value(project, key, bind.value, bind.at, depth + 1)
        return Entity(ONE, found.cls) if found is not None and found.form in (MANY, _SCALARS, _QUERY) else None
    return None


def entity_or_form(project: Project, key: str, e: Expr, at: int, depth: int) -> Entity | None:
    """A value of any form, by evaluation or by type."""
    return _value(project, key, e, at, depth) or _typed(project, key, e, at)


def _called(project: Project, key: str, call: Expr, at: int, depth: int, awaited: bool) -> Entity | None:
    func = call[1]
    name = dotted(func)
    symbol = resolve(project, key, name) if name is not None else None
    if symbol in SELECTS:
        return _selected(project, key, call, _STATEMENT)
    if symbol is not None and is_table(project, symbol):
        return Entity(ONE, symbol)
    if name in _COPIES and len(call[2]) == 1:
        found = _value(project, key, call[2][0], at, depth + 1)
        return Entity(MANY, found.cls) if found is not None and found.form in (MANY, _SCALARS, _QUERY) else None
    function = _callee(project, key, call, at)
    if function is not None:
        return returned_entity(project, function.key) if function.is_async is awaited else None
    owner = _owner(func)
    return _method(project, key, owner, ir.last_name(func), call, at, depth) if owner is not None else None


def _method(project: Project, key: str, owner: Expr, method: str, call: Expr, at: int, depth: int) -> Entity | None:
    if method in _SENDS or method in _SESSION_GETS or method == "query":
        if session_kind(project, Typing(project, key).type(owner, at)) is not None:
            return _asked(project, key, method, call, at, depth)
    if owner.__class__ is str and owner.endswith(".query"):
        owner = ("ref", owner, at)
    found = _value(project, key, owner, at, depth + 1)
    return _read(found, method) if found is not None else None


def _asked(project: Project, key: str, method: str, call: Expr, at: int, depth: int) -> Entity | None:
    """What a method of a session gives."""
    if method in _SESSION_GETS:
        return _selected(project, key, call, ONE, extra=True)
    if method == "query":
        return _selected(project, key, call, _QUERY)
    if not call[2]:
        return None
    found = _value(project, key, call[2][0], at, depth + 1)
    return Entity(_SENDS[method], found.cls) if found is not None and found.form == _STATEMENT else None


def _selected(project: Project, key: str, call: Expr, form: str, *, extra: bool = False) -> Entity | None:
    """`select(User)`, `query(User)`, `get(User, 1)`: exactly one table class."""
    if not call[2] or (len(call[2]) != 1 and not extra):
        return None
    name = dotted(call[2][0])
    cls = resolve(project, key, name) if name is not None else None
    return Entity(form, cls) if cls is not None and is_table(project, cls) else None


def _read(owner: Entity, method: str) -> Entity | None:
    """What a method gives of a statement, query or result."""
    form, cls = owner
    if form in (_STATEMENT, _QUERY, _RESULT, _SCALARS) and method in _NARROWING:
        return owner
    if form in (_QUERY, _SCALARS):
        return Entity(ONE, cls) if method in _SINGLE else Entity(MANY, cls) if method in ("all", "fetchall") else None
    if form == _RESULT:
        if method == "scalars":
            return Entity(_SCALARS, cls)
        return Entity(ONE, cls) if method in ("scalar", "scalar_one", "scalar_one_or_none") else None
    return None
