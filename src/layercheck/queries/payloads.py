"""Where the whole body of a request ends up in a row: `User(**payload.model_dump())`, a setattr loop, `crud.create(payload)`.

DESIGN: a value *carries* the payload when it is the model itself, a dump or copy of it, or a dictionary that unpacks one. What is taken
out or set over on the way (`exclude=`, `update=`, keys behind `**`) is carried along as a set of names. Calls of project functions
are followed with the parameter that the payload becomes.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Step
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, bound_arguments, callee_functions, sites
from layercheck.queries.effects import display
from layercheck.queries.models import is_table
from layercheck.queries.responses import names_of_set, type_arguments
from layercheck.queries.row_types import row_table
from layercheck.queries.symbols import binding, resolve
from layercheck.tuples import NamedTuple

_DUMPS = frozenset({"model_dump", "dict", "model_copy", "copy", "items", "to_dict", "as_dict", "__dict__"})
_WRAPPERS = frozenset({"jsonable_encoder", "dict", "vars", "deepcopy", "copy"})
_MADE_FROM = frozenset({"model_validate", "from_orm", "parse_obj", "from_dict", "model_construct"})
_VALUES = frozenset({"values", "update", "sqlmodel_update", "on_conflict_do_update"})
_LIBRARY_WRITES = frozenset({"create", "update", "upsert", "create_multi", "add", "add_many"})
_MODEL_NAMES = ("model", "_model", "model_class", "table", "entity", "model_type")
_DEPTH = 5
_Handed = tuple[str | None, Expr, frozenset[str]]
"""An argument that carries the payload: keyword, value, what is left out of it."""


class Written(NamedTuple):
    """A row that is made or changed from the whole payload."""

    table: str | None
    """The table class; None when it is only known to be one (`self.model(**data)`)."""
    left_out: frozenset[str]
    """Names that are excluded, or set to something else, on the way."""
    functions: tuple[str, ...]
    """The keys of the functions on the way, the first one included."""
    steps: tuple[Step, ...]


@query(bottom=())
def written(project: Project, key: str, name: str, depth: int = 0) -> tuple[Written, ...]:
    """The rows that a function makes or changes from the whole of its parameter `name`, itself or further down."""
    body = project.get(Body, key)
    if body is None or depth > _DEPTH:
        return ()
    return tuple(_Flow(project, body, name, depth).found())


class _Flow:
    """One function, and the names in it that carry the payload."""

    def __init__(self, project: Project, body: Body, name: str, depth: int) -> None:
        self.project = project
        self.body = body
        self.depth = depth
        self.carriers: dict[str, frozenset[str]] = {name: frozenset()}
        for bound, kind, value, *_ in body.raw_binds:
            if kind == "=" and value is not None and (left_out := self.carries(value)) is not None:
                self.carriers[bound] = left_out

    def carries(self, e: Expr) -> frozenset[str] | None:
        """What a value leaves out of the payload that it carries; None when it carries none, or nobody can tell how much of it."""
        name = dotted(e)
        if name is not None:
            return self.carriers.get(name.removesuffix(".__dict__"))
        match e:
            case ("await" | "star", inner):
                return self.carries(inner)
            case ("call", func, args, keywords, _):
                return self.called(func, args, keywords)
            case ("dict", pairs):
                return self.unpacked(pairs)
            case ("op", "|", operands):
                first = self.carries(operands[0])
                rest = [_keys(o) for o in operands[1:]]
                return None if first is None or None in rest else first.union(*(r for r in rest if r is not None))
            case ("comp", "dict" | "list", _, generators, _) if len(generators) == 1 and not generators[0][2]:
                return self.carries(generators[0][1])
        return None

    def called(
        self, func: Expr, args: tuple[Expr, ...], keywords: tuple[tuple[str | None, Expr], ...]
    ) -> frozenset[str] | None:
        """`payload.model_dump(exclude={...})`, `jsonable_encoder(payload)`, `dict(data, role="user")`."""
        last = ir.last_name(func)
        inner: Expr = func.rpartition(".")[0] if func.__class__ is str else func[1] if ir.is_a(func, "attr") else None
        base = self.carries(inner) if last in _DUMPS and inner else None
        if base is None and last in _WRAPPERS and args:
            base = self.carries(args[0])
        if base is None:
            return None
        out = set(base)
        for name, value in keywords:
            if name == "include":
                return None
            if name in ("exclude", "update"):
                names = names_of_set(self.project, self.body.key, value) if name == "exclude" else _keys(value)
                if names is None:
                    return None
                out |= names
            elif name is not None and last == "dict" and func == "dict":
                out.add(name)
        return frozenset(out)

    def unpacked(self, pairs: tuple[tuple[Expr | None, Expr], ...]) -> frozenset[str] | None:
        """`{**payload.model_dump(), "owner_id": user.id}`."""
        base: frozenset[str] | None = None
        for k, v in pairs:
            if k is None:
                base = self.carries(v) if base is None else base
            elif base is not None and (text := ir.text_of(k)) is not None:
                base |= {text}
        return base

    # ------------------------------------------------------------------------------------------------------- sinks

    def found(self) -> list[Written]:
        """Every row that is written."""
        out: list[Written] = []
        for site in sites(self.project, self.body.key):
            out += self.at(site)
        return out + self.loops()

    def row(self, site: Site, table: str | None, left_out: frozenset[str]) -> Written:
        text = f"{dotted(site.call[1]) or ir.last_name(site.call[1])}() takes all of it"
        return Written(table, left_out, (self.body.key,), (Step(self.body.place(site.at), text),))

    def at(self, site: Site) -> list[Written]:
        """What one call does with the payload."""
        _, func, args, keywords, _ = site.call
        handed: list[_Handed] = [(None, value, left) for value in args if (left := self.carries(value)) is not None]
        handed += [(name, value, left) for name, value in keywords if (left := self.carries(value)) is not None]
        if not handed:
            return []
        left_out = handed[0][2] | {
            name for name, _ in keywords if name is not None and not self.carries_by(keywords, name)
        }
        last = ir.last_name(func)
        unpacked = any(name is None for name, value in keywords if self.carries(value) is not None)
        if unpacked and site.target is not None and is_table(self.project, site.target):
            return [self.row(site, site.target, left_out)]
        if unpacked and last in _MODEL_NAMES:
            return [self.row(site, None, left_out)]
        owner = self.class_before(func)
        if last in _MADE_FROM and owner is not None:
            names = _keys(ir.keyword(site.call, "update"))
            return [] if names is None else [self.row(site, owner, handed[0][2] | names)]
        if last in _VALUES:
            table = (
                row_table(self.project, self.body.key, func[1], site.at)
                if ir.is_a(func, "attr")
                else self.receiver_table(site)
            )
            table = table or self.class_in(func)
            return [self.row(site, table, left_out if unpacked else handed[0][2])] if table is not None else []
        if last in _LIBRARY_WRITES and site.target is not None and ":" not in site.target:
            table = self.generic_table(site)
            return [self.row(site, table, handed[0][2])] if table is not None else []
        return self.deeper(site, handed)

    def carries_by(self, keywords: tuple[tuple[str | None, Expr], ...], name: str) -> bool:
        """Whether the keyword is one that hands the payload itself over."""
        return any(n == name and self.carries(v) is not None for n, v in keywords)

    def deeper(self, site: Site, handed: list[_Handed]) -> list[Written]:
        """A call of a project function: on with the parameter that the payload becomes."""
        out = []
        for callee in callee_functions(self.project, site.target):
            function = self.project.get(Function, callee)
            bound = bound_arguments(self.project, callee, site)
            for name, value in bound.items():
                left = self.carries(value) if value is not None else None
                if left is not None:
                    out += self.passed(site, callee, name, left)
            if function is not None and any(name is None for name, _, _ in handed):
                packed = next((p.name for p in function.params if p.kind == "kwvar"), None)
                if packed is not None:
                    out += self.passed(site, callee, packed, handed[0][2])
        return out

    def passed(self, site: Site, callee: str, name: str, left: frozenset[str]) -> list[Written]:
        out = []
        for inner in written(self.project, callee, name, self.depth + 1):
            table = inner.table or self.generic_table(site)
            step = Step(self.body.place(site.at), f"calls {display(callee)}()")
            out.append(Written(table, inner.left_out | left, (self.body.key, *inner.functions), (step, *inner.steps)))
        return out

    def loops(self) -> list[Written]:
        """`for name, value in payload.model_dump().items(): setattr(user, name, value)`, unless the loop looks at the name."""
        out = []
        for statement in ir.statements(self.body.statements):
            if statement[0] != "for" or (left := self.carries(statement[2])) is None:
                continue
            key = statement[1][1][0] if ir.is_a(statement[1], "tuple") else statement[1]
            for inner in ir.statements(statement[3]):
                if inner[0] == "if" and any(_compares(test, key) for test, _ in inner[1]):
                    break
                for call in (c for e in ir.own_expressions(inner) for c in ir.calls(e)):
                    if call[1] == "setattr" and len(call[2]) == 3 and call[2][1] == key:
                        table = row_table(self.project, self.body.key, call[2][0], call[4])
                        step = Step(self.body.place(call[4]), "setattr() writes every field of it")
                        out.append(Written(table, left, (self.body.key,), (step,)))
        return out

    # ------------------------------------------------------------------------------------------------------ tables

    def class_before(self, func: Expr) -> str | None:
        """The table class before the last dot: `User` in `User.model_validate`."""
        name = dotted(func)
        symbol = (
            resolve(self.project, self.body.key, name.rpartition(".")[0]) if name is not None and "." in name else None
        )
        return symbol if symbol is not None and is_table(self.project, symbol) else None

    def class_in(self, func: Expr) -> str | None:
        """The table class that a statement is about: `User` in `update(User).where(...).values`."""
        for node in ir.walk(func):
            name = dotted(node) if node.__class__ is str or ir.is_a(node, "ref") else None
            symbol = resolve(self.project, self.body.key, name) if name else None
            if symbol is not None and ":" in symbol and is_table(self.project, symbol):
                return symbol
        return None

    def receiver_table(self, site: Site) -> str | None:
        kind = site.receiver
        if kind is not None and kind[0] == "inst" and ":" in kind[1] and is_table(self.project, kind[1]):
            return str(kind[1])
        func = site.call[1]
        return (
            row_table(self.project, self.body.key, func.rpartition(".")[0], site.at) if func.__class__ is str else None
        )

    def generic_table(self, site: Site) -> str | None:
        """The table class among the type arguments of a repository: `FastCRUD[User, ...]`, `class Users(CRUDBase[User])`."""
        kind = site.receiver
        if kind is None or kind[0] not in ("inst", "type"):
            return None
        for argument in kind[2] if len(kind) > 2 else ():
            if argument is not None and argument[0] == "inst" and is_table(self.project, argument[1]):
                return str(argument[1])
        found = type_arguments(self.project, kind[1]) if ":" in kind[1] else ()
        return next((c for c in found if is_table(self.project, c)), None) or self.made_for(site)

    def made_for(self, site: Site) -> str | None:
        """The table class that the repository in a module variable was made with: `users = CRUD(User)`."""
        name = dotted(site.call[1])
        symbol = resolve(self.project, self.body.key, name.rpartition(".")[0]) if name is not None else None
        bind = (
            binding(self.project, symbol) if symbol is not None and ":" in symbol and not symbol.endswith(":") else None
        )
        for argument in (
            bind.value[2] if bind is not None and ir.is_a(bind.value, "call") and bind.value is not None else ()
        ):
            text = dotted(argument)
            found = resolve(self.project, f"{(symbol or '').partition(':')[0]}:", text) if text is not None else None
            if found is not None and ":" in found and is_table(self.project, found):
                return found
        return None


def _keys(e: Expr | None) -> frozenset[str] | None:
    """The keys of a literal dictionary; none for an absent one, None for one that cannot be read."""
    if e is None:
        return frozenset()
    if not ir.is_a(e, "dict"):
        return None
    texts = [ir.text_of(k) for k, _ in e[1]]
    return None if None in texts else frozenset(t for t in texts if t is not None)


def _compares(test: Expr, key: Expr) -> bool:
    """Whether a test looks at the name of the field: `if name in ALLOWED`. `hasattr(user, name)` does not choose."""
    return any(ir.is_a(e, "cmp") and (key == e[1] or any(key == right for _, right in e[2])) for e in ir.walk(test))
