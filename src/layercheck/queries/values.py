"""How the value of a call, or of a local name, is used: as a value on the spot, or passed on to somebody else."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, Stmt, dotted
from layercheck.project import Project, query
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import resolve
from layercheck.queries.types import Typing
from layercheck.tuples import NamedTuple

_CONSUMING = frozenset({
    "all", "any", "bool", "dict", "enumerate", "float", "frozenset", "int", "iter", "len", "list", "max", "min", "next", "reversed",
    "set", "sorted", "sum", "tuple", "zip",
})  # fmt: skip
"""Built-in functions that look into their argument."""


class Uses(NamedTuple):
    """Of one body. A use is text for people (".name", "a condition"); '' is a use that passes the value on.

    `calls`: ordinal of a call -> use of its value. `names`: ordinal of a call -> the local name that its (awaited) value is bound to.
    `of_names`: name -> its uses, in order, those in nested functions as ''.
    """

    calls: dict[int, str]
    names: dict[int, str]
    of_names: dict[str, tuple[str, ...]]


@query
def uses_in(project: Project, key: str) -> Uses:
    """What a body does with the values of its calls and names. "await" counts as passing on."""
    walker = _Walker(project, key)
    body = project.get(Body, key)
    for statement in ir.statements(body.statements) if body is not None else ():
        walker.statement(statement)
    for name in _names_below(project, key):
        walker.of_names.setdefault(name, []).append("")
    return Uses(walker.calls, walker.names, {name: tuple(uses) for name, uses in walker.of_names.items()})


def is_bound_once(project: Project, key: str, name: str) -> bool:
    """Whether a bare name is a local of the body that is bound in one place only."""
    body = project.get(Body, key)
    function = project.get(Function, key)
    if body is None or function is None or name in body.global_names or any(p[0] == name for p in function.raw_params):
        return False
    return len([raw for raw in body.raw_binds if raw[0] == name]) == 1


def _names_below(project: Project, key: str) -> set[str]:
    """The names that the functions inside a function use."""
    found: set[str] = set()
    waiting = [key]
    while waiting:
        function = project.get(Function, waiting.pop())
        for qualname in function.nested if function is not None else ():
            inner = f"{key.partition(':')[0]}:{qualname}"
            waiting.append(inner)
            body = project.get(Body, inner)
            for e in ir.expressions(body.statements) if body is not None else ():
                if e.__class__ is str or ir.is_a(e, "ref"):
                    found.add((dotted(e) or "").partition(".")[0])
    return found


class _Walker:
    def __init__(self, project: Project, key: str) -> None:
        self.project = project
        self.key = key
        self.typing = Typing(project, key)
        self.calls: dict[int, str] = {}
        self.names: dict[int, str] = {}
        self.of_names: dict[str, list[str]] = {}

    # ---------------------------------------------------------------------------------------------------- statements

    def statement(self, statement: Stmt) -> None:
        match statement:
            case ("assign", targets, value, _):
                self.assigned(targets, value)
            case ("ann", target, _, value, _):
                if value is not None:
                    self.assigned((target,), value)
            case ("aug", target, operator, value, _):
                self.visit(target, f"an operand of {operator}")
                self.visit(value, f"an operand of {operator}")
            case ("if", branches, _, _):
                for test, _ in branches:
                    self.visit(test, "a condition")
            case ("while", test, _, _, _):
                self.visit(test, "a condition")
            case ("assert", test, message, _):
                self.visit(test, "a condition")
                self.visit(message, "")
            case ("for", target, iterable, _, _, is_async, _):
                self.target(target)
                self.visit(iterable, "" if is_async else "an iteration")
            case ("with", items, _, is_async, _):
                for context, target in items:
                    self.visit(context, "" if is_async else "a context manager")
                    self.target(target)
            case _:
                for e in ir.own_expressions(statement):
                    self.visit(e, "")

    def assigned(self, targets: tuple[Expr, ...], value: Expr) -> None:
        unpacked = any(ir.is_a(t, "tuple") or ir.is_a(t, "list") for t in targets)
        made = value[1] if ir.is_a(value, "await") else value
        if ir.is_a(made, "call") and len(targets) == 1 and targets[0].__class__ is str and "." not in targets[0]:
            self.names[made[4]] = targets[0]
        self.visit(value, "unpacking" if unpacked else "")
        for target in targets:
            self.target(target)

    def target(self, e: Expr | None) -> None:
        """A plain name that is bound is no use; `name.attribute = x` and `name[i] = x` are."""
        if e is None or (e.__class__ is str and "." not in e):
            return
        if ir.is_a(e, "tuple") or ir.is_a(e, "list"):
            for part in e[1]:
                self.target(part)
        elif ir.is_a(e, "star"):
            self.target(e[1])
        else:
            self.visit(e, "")

    # --------------------------------------------------------------------------------------------------- expressions

    def visit(self, e: Expr | None, use: str) -> None:
        if e is None:
            return
        if e.__class__ is str or ir.is_a(e, "ref"):
            self.name(dotted(e) or "", use)
            return
        match e:
            case ("call", func, args, keywords, at):
                self.calls[at] = use
                self.visit(func, "")
                inner = self.consumer(func)
                for value in args:
                    self.visit(value, inner)
                for name, value in keywords:
                    self.visit(value, inner if name is not None else "unpacking")
            case ("attr", value, name, _):
                self.visit(value, f".{name}")
            case ("item", value, index, _):
                self.visit(value, "an index")
                self.visit(index, "")
            case ("fstr", parts):
                self.all(parts, "an f-string")
            case ("op", operator, operands):
                self.all(operands, f"an operand of {operator}")
            case ("bool", _, operands):
                self.all(operands[:-1], "a condition")
                self.visit(operands[-1], use)
            case ("un", operator, operand):
                self.visit(operand, "a condition" if operator == "not" else f"an operand of {operator}")
            case ("cmp", left, rest, _):
                for value in (left, *(right for _, right in rest)):
                    self.visit(
                        value, "" if any(operator in ("is", "is not") for operator, _ in rest) else "a comparison"
                    )
            case ("ifexp", test, body, orelse):
                self.visit(test, "a condition")
                self.visit(body, use)
                self.visit(orelse, use)
            case ("comp", _, element, generators, _):
                for target, iterable, conditions, is_async in generators:
                    self.target(target)
                    self.visit(iterable, "" if is_async else "an iteration")
                    self.all(conditions, "a condition")
                self.visit(element, "")
            case ("star", value):
                self.visit(value, "unpacking")
            case ("walrus", _, value):
                self.visit(value, use)
            case _:
                self.all(tuple(ir.children(e)), "")

    def all(self, parts: tuple[Expr, ...], use: str) -> None:
        for part in parts:
            self.visit(part, use)

    def name(self, chain: str, use: str) -> None:
        first, _, rest = chain.partition(".")
        self.of_names.setdefault(first, []).append(f".{rest.partition('.')[0]}" if rest else use)

    def consumer(self, func: Expr) -> str:
        """What a call does with its arguments: the use that it makes of them, or '' when it passes them on."""
        name = dotted(func)
        if name is None:
            return ""
        if name in _CONSUMING:
            return f"{name}()"
        owner = name.rpartition(".")[0]
        if owner and session_kind(self.project, self.typing.name(owner, 1 << 30)) is not None:
            return f"an argument of {name}()"
        symbol = resolve(self.project, self.key, name)
        if symbol is not None and ":" in symbol and (is_schema(self.project, symbol) or is_table(self.project, symbol)):
            return f"a field of {name}"
        return ""
