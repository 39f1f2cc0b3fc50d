"""The shape of code as plain tuples: what the one walk leaves behind when the tree is dropped.

An `ast` tree cannot be kept (1 MiB a thousand lines) nor stored cheaply, so the walk turns every function body into nested
tuples of strings, constants and small integers. They marshal as they are, compare as values, and read well in `match`:

    match expression:
        case ("call", "session.execute", args, keywords, at): ...

Expressions
    "name"                                  a bare name
    ("ref", "a.b.c", at)                    an attribute chain on a name (as the function of a call: the plain string "a.b.c")
    ("const", value)
    ("call", func, args, keywords, at)      keywords: ((name or None for **, expression), ...)
    ("attr", value, name, at)               an attribute of anything that is no chain of names
    ("item", value, index, at)
    ("tuple" | "list" | "set", items)       ("dict", ((key or None for **, value), ...))
    ("fstr", parts)                         constants and expressions in order
    ("op", operator, operands)              chains of one operator are flattened: ("op", "+", (a, b, c))
    ("bool", "and" | "or", operands)        ("un", "not" | "-" | "+" | "~", operand)
    ("cmp", left, ((operator, right), ...), at)
    ("ifexp", test, body, orelse)           ("lambda", parameters, body)
    ("comp", "list" | "set" | "dict" | "gen", element, generators, at)   generators: ((target, iter, conditions, is_async), ...)
    ("await", value)  ("yield", value or None)  ("yieldfrom", value)  ("star", value)  ("walrus", name, value)
    ("slice", lower, upper, step)           ("?",)  anything deeper or stranger than the rules can use

Statements (all end in `at`)
    ("expr", e, at)  ("assign", targets, value, at)  ("ann", target, annotation, value or None, at)  ("aug", target, op, value, at)
    ("return", value or None, at)  ("raise", exception or None, cause or None, at)  ("assert", test, message or None, at)
    ("if", ((test, body), ...), orelse, at)           elif branches are flattened
    ("for", target, iter, body, orelse, is_async, at)  ("while", test, body, orelse, at)
    ("try", body, ((types or None, name or None, body, at), ...), orelse, final, at)
    ("with", ((context, target or None), ...), body, is_async, at)
    ("match", subject, ((pattern names, pattern values, guard or None, body), ...), at)
    ("def", qualname, at)  ("class", qualname, at)  ("import", at)  ("del", targets, at)  ("global", names, at)
    ("pass", at)  ("break", at)  ("continue", at)

`at` is an ordinal into the positions of the row that holds the tuple; ordinals grow in the order of the walk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Expr: TypeAlias = Any
"""A string or a tuple as described above."""
Stmt: TypeAlias = tuple[Any, ...]

UNKNOWN: Expr = ("?",)


def dotted(e: Expr) -> str | None:
    """`a` or `a.b.c` as text when the expression is a name or a chain of attributes on one, else None."""
    if e.__class__ is str:
        return str(e)
    if e is not None and e[0] == "ref":
        return str(e[1])
    return None


def last_name(e: Expr) -> str:
    """The last attribute of a reference or attribute expression: `execute` for `self.db.execute`; '' for anything else."""
    if e.__class__ is str:
        return str(e.rpartition(".")[2])
    if e is not None:
        if e[0] == "ref":
            return str(e[1].rpartition(".")[2])
        if e[0] == "attr":
            return str(e[2])
    return ""


def text_of(e: Expr) -> str | None:
    """The value of a string constant (implicit concatenation included), else None."""
    if e.__class__ is tuple and e[0] == "const" and e[1].__class__ is str:
        return e[1]
    return None


def keyword(call: Expr, name: str) -> Expr | None:
    """The value given to keyword `name` in a call, or None."""
    for key, value in call[3]:
        if key == name:
            return value
    return None


def argument(call: Expr, position: int, name: str) -> Expr | None:
    """The value of a parameter given by position or by keyword; None when absent or hidden behind a star."""
    found = keyword(call, name)
    if found is not None:
        return found
    args = call[2]
    if position < len(args) and not any(is_a(a, "star") for a in args[: position + 1]):
        return args[position]
    return None


def is_a(e: Expr, tag: str) -> bool:
    """Whether the expression has this tag."""
    return e.__class__ is tuple and e[0] == tag


_LEAVES = frozenset({"const", "ref", "?"})


def children(e: Expr) -> Iterator[Expr]:
    """The direct sub-expressions of an expression, in source order; strings (names) included."""
    if e.__class__ is not tuple:
        return
    match e:
        case ("call", func, args, keywords, _):
            yield func
            yield from args
            for _, value in keywords:
                yield value
        case ("attr", value, _, _):
            yield value
        case ("item", value, index, _):
            yield value
            yield index
        case ("tuple" | "list" | "set" | "fstr", items):
            yield from items
        case ("dict", pairs):
            for key, value in pairs:
                if key is not None:
                    yield key
                yield value
        case ("op" | "bool", _, operands):
            yield from operands
        case ("un", _, operand):
            yield operand
        case ("cmp", left, rest, _):
            yield left
            for _, right in rest:
                yield right
        case ("ifexp", test, body, orelse):
            yield from (test, body, orelse)
        case ("lambda", _, body):
            yield body
        case ("comp", _, element, generators, _):
            yield element
            for target, iterable, conditions, _ in generators:
                yield target
                yield iterable
                yield from conditions
        case ("await" | "yield" | "yieldfrom" | "star", value):
            if value is not None:
                yield value
        case ("walrus", name, value):
            yield name
            yield value
        case ("slice", lower, upper, step):
            for part in (lower, upper, step):
                if part is not None:
                    yield part


def walk(e: Expr) -> Iterator[Expr]:
    """The expression and everything below it, parents first; names come as plain strings."""
    found: list[Expr] = []
    _flatten(e, found.append)
    return iter(found)


def _flatten(e: Expr, add: Callable[[Expr], None]) -> None:
    """`walk`, without a generator a level: the most called function of a run."""
    if e is None:
        return
    add(e)
    if e.__class__ is not tuple:
        return
    tag = e[0]
    if tag in _LEAVES:
        return
    if tag == "call":
        _flatten(e[1], add)
        for arg in e[2]:
            _flatten(arg, add)
        for _, value in e[3]:
            _flatten(value, add)
    elif tag == "attr":
        _flatten(e[1], add)
    else:
        for child in children(e):
            _flatten(child, add)


def calls(e: Expr) -> Iterator[Expr]:
    """Every call in an expression, outermost first."""
    for node in walk(e):
        if node.__class__ is tuple and node[0] == "call":
            yield node


def own_expressions(statement: Stmt) -> Iterator[Expr]:
    """The expressions that stand in a statement itself, not those of the statements inside it."""
    match statement:
        case ("expr" | "return", value, _):
            if value is not None:
                yield value
        case ("assign", targets, value, _):
            yield value
            yield from targets
        case ("ann", target, annotation, value, _):
            yield target
            yield annotation
            if value is not None:
                yield value
        case ("aug", target, _, value, _):
            yield target
            yield value
        case ("raise" | "assert", first, second, _):
            for part in (first, second):
                if part is not None:
                    yield part
        case ("if", branches, _, _):
            for test, _ in branches:
                yield test
        case ("for", target, iterable, _, _, _, _):
            yield target
            yield iterable
        case ("while", test, _, _, _):
            yield test
        case ("try", _, handlers, _, _, _):
            for types, _, _, _ in handlers:
                if types is not None:
                    yield types
        case ("with", items, _, _, _):
            for context, target in items:
                yield context
                if target is not None:
                    yield target
        case ("match", subject, cases, _):
            yield subject
            for _, values, guard, _ in cases:
                yield from values
                if guard is not None:
                    yield guard
        case ("del", targets, _):
            yield from targets


def blocks(statement: Stmt) -> Iterator[tuple[Stmt, ...]]:
    """The blocks of statements inside a compound statement, in source order."""
    match statement:
        case ("if", branches, orelse, _):
            for _, body in branches:
                yield body
            yield orelse
        case ("for", _, _, body, orelse, _, _) | ("while", _, body, orelse, _):
            yield body
            yield orelse
        case ("try", body, handlers, orelse, final, _):
            yield body
            for _, _, inner, _ in handlers:
                yield inner
            yield orelse
            yield final
        case ("with", _, body, _, _):
            yield body
        case ("match", _, cases, _):
            for _, _, _, body in cases:
                yield body


def statements(body: tuple[Stmt, ...]) -> Iterator[Stmt]:
    """Every statement of a body, nested ones included (not those of nested functions), in source order."""
    stack = list(reversed(body))
    while stack:
        statement = stack.pop()
        yield statement
        for block in reversed(list(blocks(statement))):
            stack.extend(reversed(block))


def expressions(body: tuple[Stmt, ...]) -> Iterator[Expr]:
    """Every expression of a body, sub-expressions included."""
    return iter(_expressions_of(body))


class Recent:
    """What was last made of an immutable value, by the identity of the value: rules look at the same code one after the other.

    Not an answer of the project: a pure function of one value, so nothing can go stale.
    """

    __slots__ = ("_kept", "_make", "_size")

    def __init__(self, make: Callable[[Any], Any], size: int) -> None:
        self._make = make
        self._size = size
        self._kept: dict[int, tuple[Any, Any]] = {}

    def __call__(self, value: Any) -> Any:
        """What is made of a value, now or before."""
        found = self._kept.get(id(value))
        if found is not None and found[0] is value:
            return found[1]
        made = self._make(value)
        if len(self._kept) >= self._size:
            self._kept.clear()
        self._kept[id(value)] = (value, made)  # holds on to the value: its id cannot become another's
        return made


def _flat_body(body: tuple[Stmt, ...]) -> tuple[Expr, ...]:
    found: list[Expr] = []
    for statement in statements(body):
        for e in own_expressions(statement):
            _flatten(e, found.append)
    return tuple(found)


_expressions_of = Recent(_flat_body, 256)


def substitute(e: Expr, table: dict[str, Expr]) -> Expr:
    """The expression with names replaced: `{"module": "users"}` turns `module.router` into `users.router`."""
    if e.__class__ is str:
        first, dot, rest = e.partition(".")
        if first not in table:
            return e
        new = table[first]
        if not dot:
            return new
        base = dotted(new)
        return f"{base}.{rest}" if base is not None else e
    if e.__class__ is not tuple:
        return e
    if e and e[0] == "const":
        return e
    if e and e[0] == "ref":
        new_chain = substitute(e[1], table)
        return ("ref", new_chain, e[2]) if new_chain.__class__ is str else e
    if e and e[0] == "call":
        func = e[1] if e[1].__class__ is str and "." not in e[1] and e[1] not in table else substitute(e[1], table)
        keywords = tuple([(name, substitute(value, table)) for name, value in e[3]])
        return ("call", func, tuple([substitute(a, table) for a in e[2]]), keywords, e[4])

    def all_of(items: tuple[Expr, ...]) -> tuple[Expr, ...]:
        return tuple([substitute(item, table) for item in items])

    match e:
        case ("tuple" | "list" | "set" | "fstr", items):
            return (e[0], all_of(items))
        case ("dict", pairs):
            return (
                "dict",
                tuple([(None if k is None else substitute(k, table), substitute(v, table)) for k, v in pairs]),
            )
        case ("op" | "bool", operator, operands):
            return (e[0], operator, all_of(operands))
        case ("un", operator, operand):
            return ("un", operator, substitute(operand, table))
        case ("attr", value, name, at):
            return ("attr", substitute(value, table), name, at)
        case ("item", value, index, at):
            return ("item", substitute(value, table), substitute(index, table), at)
        case ("await" | "star", value):
            return (e[0], substitute(value, table))
        case ("ifexp", test, body, orelse):
            return ("ifexp", substitute(test, table), substitute(body, table), substitute(orelse, table))
    return e
