"""SQL text on its way to the database: which argument of a call it is, and which values are pasted into it."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.database import SQL_TEXT_ARGUMENT
from layercheck.project import Project
from layercheck.queries.callgraph import Site, bound_arguments, sites
from layercheck.queries.constants import string_value
from layercheck.queries.models import is_settings
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import binding, mro, resolve
from layercheck.queries.types import Typing, param_type

SQL_CALLS = frozenset({
    "text", "literal_column", "DDL", "execute", "executemany", "executescript", "exec_driver_sql", "exec", "scalar", "scalars", "stream",
    "fetch", "fetchrow", "fetchval", "fetch_all", "fetch_one", "fetch_val", "execute_fetchall", "iterate", "read_sql", "read_sql_query",
})  # fmt: skip
"""Last names of calls that may take SQL text."""
_READERS = frozenset({"pandas.read_sql", "pandas.read_sql_query"})
_CURSORS = frozenset({"cursor", "cur", "curs"})
_SAFE_TYPES = frozenset({
    "builtins.int", "builtins.bool", "builtins.float", "uuid.UUID", "datetime.datetime", "datetime.date", "decimal.Decimal",
})  # fmt: skip
_SAFE_CALLS = frozenset({
    "int", "float", "len", "bool", "quote", "quote_identifier", "quote_ident", "quote_schema", "format_table", "format_column", "Identifier",
    "format_identifier", "quoted_name",
})  # fmt: skip
_DEEP = 8


def sql_argument(project: Project, site: Site) -> Expr | None:
    """The argument of a call that is SQL text (or a statement), or None when the call takes none."""
    target = site.target or ""
    name = ir.last_name(site.call[1])
    if target in SQL_TEXT_ARGUMENT or target == "sqlalchemy.literal_column":
        return ir.argument(site.call, 0, "text")
    if target in _READERS:
        return ir.argument(site.call, 0, "sql")
    if name in ("text", "literal_column", "DDL", "read_sql", "read_sql_query"):
        return None
    if site.receiver is not None and session_kind(project, site.receiver) is not None:
        return site.call[2][0] if site.call[2] else ir.keyword(site.call, "statement") or ir.keyword(site.call, "query")
    func = site.call[1]
    if site.receiver is None and func.__class__ is str and func.rpartition(".")[0].rpartition(".")[2] in _CURSORS:
        return site.call[2][0] if site.call[2] else None
    return None


class Pasted:
    """Which values are pasted into the text of an expression, followed through locals, constants and helpers of the project."""

    def __init__(self, project: Project, key: str) -> None:
        self.project = project
        self.key = key
        self.settled: set[str] = set()
        """Parameters that get constants: looked at already."""

    def value(self, e: Expr | None, at: int, depth: int = 0) -> str | None:
        """The first value that is pasted into a text and is not constant, as text for people; None when there is none."""
        if e is None or depth > _DEEP or ir.is_a(e, "const"):
            return None
        match e:
            case ("fstr", parts):
                return self._first(parts, at, depth)
            case ("op", "+", operands):
                return self._first(operands, at, depth)
            case ("op", "%", operands):
                template, values = operands[0], operands[1:]
                if not self._is_text(template, at):
                    return None
                flat = [v for value in values for v in (value[1] if ir.is_a(value, "tuple") else (value,))]
                return self.value(template, at, depth + 1) or self._first(tuple(flat), at, depth)
            case ("ifexp", _, one, other):
                return self.value(one, at, depth + 1) or self.value(other, at, depth + 1)
            case ("call", func, args, keywords, own):
                return self._called(func, args, keywords, own, depth)
        name = dotted(e)
        return self._named(name, at, depth) if name is not None and "." not in name else None

    def _first(self, parts: tuple[Expr, ...], at: int, depth: int) -> str | None:
        return next((found for part in parts if (found := self._part(part, at, depth)) is not None), None)

    def _part(self, e: Expr, at: int, depth: int) -> str | None:
        """A value inside a text: None when it is constant, a number, a placeholder list or a quoted identifier."""
        if depth > _DEEP or ir.is_a(e, "const") or string_value(self.project, self.key, e) is not None:
            return None
        match e:
            case ("fstr", _) | ("op", "+" | "%", _):
                return self.value(e, at, depth + 1)
            case ("op", _, operands):
                return self._first(operands, at, depth + 1)
            case ("ifexp", _, one, other):
                return self._part(one, at, depth + 1) or self._part(other, at, depth + 1)
            case ("bool", _, operands):
                return self._first(operands, at, depth + 1)
            case ("item", *_):
                return None
            case ("call", func, args, keywords, own):
                return self._called(func, args, keywords, own, depth, inside=True)
            case ("attr", _, name, _) if name.startswith("__"):
                return None
        name = dotted(e)
        if name is None:
            return None
        if "." in name:
            return self._attribute(name, at)
        return self._named(name, at, depth, inside=True)

    def _called(
        self,
        func: Expr,
        args: tuple[Expr, ...],
        keywords: tuple[tuple[str | None, Expr], ...],
        at: int,
        depth: int,
        *,
        inside: bool = False,
    ) -> str | None:
        name = ir.last_name(func)
        if name == "format" and self._is_text(self._owner(func), at):
            return self.value(self._owner(func), at, depth + 1) or self._first(
                (*args, *(v for _, v in keywords)), at, depth
            )
        if name == "join" and len(args) == 1 and self._is_text(self._owner(func), at):
            return self._joined(args[0], at, depth)
        if name in ("strip", "lstrip", "rstrip", "upper", "lower", "replace", "dedent", "removesuffix"):
            inner = args[0] if name == "dedent" and args else self._owner(func)
            if not inside:
                return self.value(inner, at, depth + 1) if inner is not None else None
            return self._part(inner, at, depth + 1) if inner is not None else None
        if name in _SAFE_CALLS:
            return None
        site = next((s for s in sites(self.project, self.key) if s.at == at), None)
        if site is not None and site.target is not None and ":" in site.target:
            function = self.project.get(Function, site.target)
            body = self.project.get(Body, site.target)
            if function is not None and body is not None:
                return self._helper(site, function, body, depth)
            return None
        return None

    def _helper(self, site: Site, function: Function, body: Body, depth: int) -> str | None:
        """A helper of the project that makes the text: what it pastes, its parameters seen as the arguments they get."""
        below = Pasted(self.project, function.key)
        bound = bound_arguments(self.project, function.key, site)
        for statement in ir.statements(body.statements):
            if statement[0] != "return" or statement[1] is None:
                continue
            for _ in range(len(function.raw_params) + 1):
                found = below.value(statement[1], statement[2], depth + 2)
                if found is None:
                    break
                given = bound.get(found)
                pasted = found if given is None else self._part(given, site.at, depth + 2)
                if pasted is not None:
                    return pasted
                below.settled.add(found)
        return None

    @staticmethod
    def _owner(func: Expr) -> Expr | None:
        if func.__class__ is str:
            return func.rpartition(".")[0] or None
        return func[1] if ir.is_a(func, "attr") else None

    def _is_text(self, e: Expr | None, at: int) -> bool:
        kind = Typing(self.project, self.key).type(e, at) if e is not None else None
        return kind is not None and kind[:2] == ("inst", "builtins.str")

    def _joined(self, e: Expr, at: int, depth: int) -> str | None:
        """The elements of what is joined: `"?" * n`, a list of constants that grows by append, a comprehension over constants."""
        match e:
            case ("op", "*", operands):
                return self._joined(operands[0], at, depth + 1)
            case ("list" | "tuple" | "set", items):
                return self._first(items, at, depth)
            case ("comp", _, element, generators, _):
                numbers = {t for target, iterable, _, _ in generators for t in self._counted(target, iterable, at)}
                found = self._part(element, at, depth + 1)
                return None if found in numbers else found
            case ("const", _):
                return None
        name = dotted(e)
        return self._list(name, at, depth) if name is not None and "." not in name else None

    def _counted(self, target: Expr, iterable: Expr, at: int) -> set[str]:
        """The loop variables that are numbers or constants: of range, the first of enumerate, of a collection of constants."""
        if ir.is_a(iterable, "call"):
            name = ir.last_name(iterable[1])
            if name == "range" and target.__class__ is str:
                return {target}
            if name == "enumerate" and ir.is_a(target, "tuple") and target[1]:
                return {target[1][0]} if target[1][0].__class__ is str else set()
        if target.__class__ is str and self._is_table_of_constants(iterable, at):
            return {target}
        return set()

    def _list(self, name: str, at: int, depth: int) -> str | None:
        body = self.project.get(Body, self.key)
        values = [raw for raw in (body.raw_binds if body is not None else ()) if raw[0] == name]
        if body is None or not values:
            return self._named(name, at, depth, inside=True)
        for raw in values:
            if raw[1] not in ("=", "aug") or raw[2] is None:
                return name
            found = self._joined(raw[2], raw[5], depth + 1) if raw[2] != name else None
            if found is not None:
                return found
        for call, *_ in body.raw_calls:
            if call[1] in (f"{name}.append", f"{name}.insert") and call[2]:
                found = self._part(call[2][-1], call[4], depth + 1)
            elif call[1] == f"{name}.extend" and call[2]:
                found = self._joined(call[2][0], call[4], depth + 1)
            else:
                continue
            if found is not None:
                return found
        return None

    def _is_table_of_constants(self, e: Expr | None, at: int) -> bool:
        """A dictionary or collection whose parts the source spells out: an allow-list."""
        if ir.is_a(e, "dict") and e is not None:
            return all(v is not None and string_value(self.project, self.key, v) is not None for _, v in e[1])
        if e is not None and (ir.is_a(e, "list") or ir.is_a(e, "tuple") or ir.is_a(e, "set")):
            return all(string_value(self.project, self.key, v) is not None for v in e[1])
        if ir.is_a(e, "call") and e is not None and ir.last_name(e[1]) in ("items", "keys", "values", "get"):
            return self._is_table_of_constants(self._owner(e[1]), at)
        name = dotted(e) if e is not None else None
        if name is None:
            return False
        body = self.project.get(Body, self.key)
        values = [raw for raw in (body.raw_binds if body is not None else ()) if raw[0] == name]
        if values:
            return all(
                raw[1] == "=" and raw[2] is not None and raw[2] != name and self._is_table_of_constants(raw[2], at)
                for raw in values
            )
        symbol = resolve(self.project, self.key, name)
        bind = binding(self.project, symbol) if symbol is not None and ":" in symbol else None
        if bind is None or bind.value is None or dotted(bind.value) == name:
            return False
        return Pasted(self.project, f"{(symbol or '').partition(':')[0]}:")._is_table_of_constants(bind.value, at)

    def _attribute(self, name: str, at: int) -> str | None:
        """`settings.schema`, `Model.__tablename__` and class or module attributes are not input; attributes of values are."""
        owner, _, last = name.rpartition(".")
        if last.startswith("__") or "__" in name or last.isupper():
            return None
        if resolve(self.project, self.key, name) is not None or resolve(self.project, self.key, owner) is not None:
            return None
        kind = Typing(self.project, self.key).name(owner, at)
        if kind is not None and kind[0] in ("inst", "type") and ":" in kind[1]:
            if is_settings(self.project, kind[1]) or any(b.startswith("enum.") for b in mro(self.project, kind[1])):
                return None
            if kind[0] == "inst" and owner in ("self", "cls"):
                return None
        function = self.project.get(Function, self.key)
        first = name.partition(".")[0]
        if first in ("self", "cls") or function is None or not any(p[0] == first for p in function.raw_params):
            return None
        own = Typing(self.project, self.key).name(name, at)
        return None if self._is_safe(own) or self._is_checked(name) or kind is None else name

    def _named(self, name: str, at: int, depth: int, *, inside: bool = False) -> str | None:
        body = self.project.get(Body, self.key)
        function = self.project.get(Function, self.key)
        values = [raw for raw in (body.raw_binds if body is not None else ()) if raw[0] == name and raw[5] < at]
        if values:
            if any(raw[1] not in ("=", "aug", ":=") or raw[2] is None for raw in values):
                return None  # a loop variable or a part of a tuple: too little is known
            for raw in values:
                found = (
                    None
                    if raw[2] == name
                    else self._part(raw[2], raw[5], depth + 1)
                    if inside
                    else self.value(raw[2], raw[5], depth + 1)
                )
                if found is not None and not self._is_checked(name):
                    return found
            return None
        if function is not None and any(p[0] == name for p in function.raw_params):
            safe = self._is_safe(param_type(self.project, self.key, name)) or self._is_literal(function, name)
            if safe or not inside or name in self.settled or self._is_checked(name) or self._only_constants(name):
                return None
            return name
        return None

    def _only_constants(self, name: str) -> bool:
        """Whether a function of this file alone (`_purge(table)`) gets constants for a parameter wherever it is called."""
        path, _, qualname = self.key.partition(":")
        if not qualname.rpartition(".")[2].startswith("_"):
            return False
        given = [
            bound_arguments(self.project, self.key, site).get(name)
            for body in self.project.of_file(Body, path)
            for site in sites(self.project, body.key)
            if site.target == self.key
        ]
        return bool(given) and all(ir.is_a(value, "const") for value in given)

    def _is_safe(self, kind: object) -> bool:
        if not isinstance(kind, tuple) or len(kind) < 2 or kind[0] != "inst":
            return False
        symbol = str(kind[1])
        return symbol in _SAFE_TYPES or (
            self.project.get(Class, symbol) is not None
            and any(b.startswith("enum.") for b in mro(self.project, symbol))
        )

    @staticmethod
    def _is_literal(function: Function, name: str) -> bool:
        """`order: Literal["asc", "desc"]`."""
        found = next((p for p in function.params if p.name == name), None)
        return found is not None and any(
            ir.is_a(node, "item") and ir.last_name(node[1]) == "Literal" for node in ir.walk(found.annotation)
        )

    def _is_checked(self, name: str) -> bool:
        """`if column not in ALLOWED: raise`: the body compares the value with a list."""
        body = self.project.get(Body, self.key)
        for e in ir.expressions(body.statements) if body is not None else ():
            if ir.is_a(e, "cmp") and dotted(e[1]) == name and e[2][0][0] in ("in", "not in"):
                return True
            if (
                ir.is_a(e, "call")
                and name in e[2]
                and any(
                    w in ir.last_name(e[1]).lower() for w in ("valid", "quote", "sanit", "check", "match", "escape")
                )
            ):
                return True
        return False


def leading_text(e: Expr) -> str:
    """The constant text that an expression begins with, '' when it begins with something else."""
    if ir.is_a(e, "fstr") or (ir.is_a(e, "op") and e[1] in ("+", "%")):
        parts = e[1] if e[0] == "fstr" else e[2]
        return leading_text(parts[0]) if parts else ""
    if ir.is_a(e, "call") and ir.is_a(e[1], "attr"):
        return leading_text(e[1][1])
    return (ir.text_of(e) or "").lstrip()
