"""Which relationships the loader options of a query load: `selectinload(Order.lines).joinedload(Line.book)` and its like."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.orm import COLUMN_LOADERS, EAGER_LOADERS, PASSING_LOADERS
from layercheck.project import Project
from layercheck.queries.symbols import binding, resolve
from layercheck.queries.types import Typing
from layercheck.tuples import NamedTuple

Path = tuple[str, ...]
"""Relationship attributes, from the queried entity on: ("lines", "book")."""
Named = tuple[Path, str, str]
"""A column as an option names it: where its row is, the class as written ("Book"), the attribute or ALL."""
ALL = "*"
_DEEP = 6


class Loads(NamedTuple):
    """What a query loads beside its rows. `sure` is False when some option could not be read: then anything may be loaded."""

    paths: frozenset[Path] = frozenset()
    sure: bool = True
    lazy: frozenset[Path] = frozenset()
    """What `lazyload` leaves for later, however it is declared."""
    singly: frozenset[Path] = frozenset()
    """What `immediateload` fetches at once, but row by row."""
    shown: frozenset[Path] = frozenset()
    """Columns that are named to be loaded: by `undefer`, `load_only`; the last step may be ALL."""
    hidden: frozenset[Named] = frozenset()
    """Columns that `defer` leaves for later; and ALL of a class of which `load_only` names those that are wanted."""

    def __or__(self, other: Loads) -> Loads:
        """Both: the options of one query."""
        return Loads(
            self.paths | other.paths, self.sure and other.sure, self.lazy | other.lazy, self.singly | other.singly,
            self.shown | other.shown, self.hidden | other.hidden,
        )  # fmt: skip

    def either(self, other: Loads) -> Loads:
        """One or the other, who knows: everything that one of them loads, and what both leave for later."""
        return Loads(
            self.paths | other.paths, self.sure and other.sure, self.lazy & other.lazy, self.singly & other.singly,
            self.shown | other.shown, self.hidden & other.hidden,
        )  # fmt: skip


UNSURE = Loads(sure=False)


def loads(project: Project, key: str, options: tuple[Expr, ...], depth: int = 0) -> Loads:
    """What the arguments of `.options(...)` load; `key` is the function, class or module that they stand in."""
    found = Loads()
    for option in options:
        found = found | _option(project, key, option, (), depth)
    return found


def _option(project: Project, key: str, e: Expr, prefix: Path, depth: int) -> Loads:
    if depth > _DEEP:
        return UNSURE
    if ir.is_a(e, "call"):
        chain = _chain(project, key, e, prefix, depth)
        if chain is not None:
            return chain[0]
    items = _items(project, key, e[1] if ir.is_a(e, "star") else e)
    if items is None:
        return UNSURE
    found = Loads()
    for scope, item in items:
        found = found | _option(project, scope, item, prefix, depth + 1)
    return found


def _chain(project: Project, key: str, call: Expr, prefix: Path, depth: int) -> tuple[Loads, Path] | None:
    """(what it loads, the path it ends at) of a loader option with what is chained to it; None when it is no loader option."""
    func = call[1]
    name = ir.last_name(func)
    found, tip = Loads(), prefix
    if ir.is_a(func, "attr"):
        before = _chain(project, key, func[1], prefix, depth) if ir.is_a(func[1], "call") else None
        if before is None:
            return None
        found, tip = before
        if name == "options":
            for option in call[2]:
                found = found | _option(project, key, option, tip, depth + 1)
            return found, tip
    elif not _is_loader(project, key, func, name):
        return None
    if name in COLUMN_LOADERS:
        return found | _columns(call, name, tip), tip
    if name not in EAGER_LOADERS and name not in PASSING_LOADERS:
        return UNSURE, tip
    for argument in call[2] if name != "Load" else ():
        steps = _attributes(argument)
        if steps is None:
            return UNSURE, tip
        for step in steps:
            tip = (*tip, step)
            if name in EAGER_LOADERS:
                depth_given = ir.keyword(call, "recursion_depth") is not None
                deep = frozenset((*tip, *(step,) * more) for more in range(_DEEP if depth_given else 1))
                found = found | Loads(deep, singly=deep if name == "immediateload" else frozenset())
        if any(ir.last_name(node) == "of_type" for node in ir.walk(argument)):
            found = found | Loads(shown=frozenset({(*tip, ALL)}))  # the columns of some subclass, with the rows
        if name == "lazyload" and steps:
            found = found | Loads(lazy=frozenset({tip}))
    return found, tip


def _columns(call: Expr, name: str, tip: Path) -> Loads:
    """What `undefer(Book.text)`, `defer(Book.text)`, `load_only(Book.id, Book.title)` do to the columns of a row."""
    texts = [dotted(argument) for argument in call[2]]
    named = frozenset((*tip, text.rpartition(".")[2]) for text in texts if text is not None)
    told = len(texts) == len([t for t in texts if t is not None and "." in t])
    if name == "undefer":
        return Loads(shown=named if told else frozenset({(*tip, ALL)}))
    if name in ("undefer_group", "selectin_polymorphic"):
        return Loads(shown=frozenset({(*tip, ALL)}))
    if name not in ("defer", "load_only") or not told or ir.keyword(call, "raiseload") is not None:
        return Loads(shown=frozenset({(*tip, ALL)}) if name in ("defer", "load_only") else frozenset())
    classes = [(t or "").rpartition(".")[0].rpartition(".")[2] for t in texts]
    if name == "load_only":
        return Loads(shown=named, hidden=frozenset((tip, cls, ALL) for cls in classes))
    return Loads(
        hidden=frozenset((tip, cls, (t or "").rpartition(".")[2]) for cls, t in zip(classes, texts, strict=True))
    )


def _is_loader(project: Project, key: str, func: Expr, name: str) -> bool:
    text = dotted(func)
    if text is None or name not in EAGER_LOADERS | PASSING_LOADERS | COLUMN_LOADERS:
        return False
    symbol = resolve(project, key, text)
    return symbol is None or ":" not in symbol


def _attributes(e: Expr) -> tuple[str, ...] | None:
    """The relationships that one argument names: `Order.lines`, `Order.lines.and_(...)`, "lines.book" of SQLAlchemy 1.x."""
    text = ir.text_of(e)
    if text is not None:
        return None if "*" in text else tuple(text.split("."))
    if ir.is_a(e, "call"):
        func = dotted(e[1])
        if func is not None and func.rpartition(".")[2] in ("and_", "of_type"):
            return (func.rpartition(".")[0].rpartition(".")[2],)
        if ir.is_a(e[1], "attr") and e[1][2] in ("and_", "of_type"):
            return _attributes(e[1][1])
        return None
    name = dotted(e)
    if name is None or "." not in name:
        return (e[2],) if ir.is_a(e, "attr") else None
    return (name.rpartition(".")[2],)


def _items(project: Project, key: str, e: Expr) -> tuple[tuple[str, Expr], ...] | None:
    """The elements of a list of options, each with the scope of its names; None when they cannot be told."""
    if ir.is_a(e, "list") or ir.is_a(e, "tuple"):
        return tuple((key, item) for item in e[1])
    if ir.is_a(e, "call"):
        return _returned(project, key, e)
    name = dotted(e)
    if name is None:
        return None
    if "." not in name:
        body = project.get(Body, key)
        values = [raw for raw in (body.raw_binds if body is not None else ()) if raw[0] == name]
        if values:
            return _bound(project, key, name, values)
    symbol = resolve(project, key, name) or _attribute(project, key, name)
    if symbol is None or ":" not in symbol:
        return None
    path, _, qualname = symbol.partition(":")
    owner, _, attribute = qualname.rpartition(".")
    if owner:
        row = project.get(Class, f"{path}:{owner}")
        value = next((f.value for f in row.fields if f.name == attribute), None) if row is not None else None
        return _items(project, f"{path}:{owner}", value) if value is not None else None
    bind = binding(project, symbol)
    if bind is None or bind.value is None or dotted(bind.value) == name:
        return None
    inner = bind.value
    return _items(project, f"{path}:", inner) if not ir.is_a(inner, "call") else ((f"{path}:", inner),)


def _attribute(project: Project, key: str, name: str) -> str | None:
    owner, _, attribute = name.rpartition(".")
    kind = Typing(project, key).name(owner, 1 << 30) if owner else None
    return f"{kind[1]}.{attribute}" if kind is not None and kind[0] in ("inst", "type") and ":" in kind[1] else None


def _bound(
    project: Project, key: str, name: str, values: list[tuple[object, ...]]
) -> tuple[tuple[str, Expr], ...] | None:
    """A local list: its one literal and what is appended to it."""
    if len(values) != 1 or values[0][1] != "=" or values[0][2] is None or values[0][2] == name:
        return None
    value = values[0][2]
    found = (
        ((key, value),)
        if ir.is_a(value, "call") and _returned(project, key, value) is None
        else _items(project, key, value)
    )
    body = project.get(Body, key)
    if found is None or body is None:
        return None
    for call, *_ in body.raw_calls:
        if call[1] == f"{name}.append":
            found += tuple((key, a) for a in call[2])
        elif call[1] == f"{name}.extend" and call[2]:
            more = _items(project, key, call[2][0])
            if more is None:
                return None
            found += more
    return found


def _returned(project: Project, key: str, call: Expr) -> tuple[tuple[str, Expr], ...] | None:
    """What a project function returns: one list, or one option."""
    kind = Typing(project, key).type(call[1], call[4])
    if kind is None or kind[0] not in ("func", "method"):
        return None
    body = project.get(Body, kind[1])
    if body is None or project.get(Function, kind[1]) is None:
        return None
    returns = [s for s in ir.statements(body.statements) if s[0] == "return"]
    if len(returns) != 1 or returns[0][1] is None:
        return None
    value = returns[0][1]
    return ((kind[1], value),) if ir.is_a(value, "call") else _items(project, kind[1], value)
