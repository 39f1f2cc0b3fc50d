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

from collections.abc import Callable, Iterable, Iterator
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


def _with_values(pairs: Any) -> list[Expr]:
    """The parts of a dictionary in source order; a key that is None stands for `**`."""
    found = []
    for key, value in pairs:
        if key is not None:
            found.append(key)
        found.append(value)
    return found


def _of_generators(element: Expr, generators: Any) -> list[Expr]:
    found = [element]
    for target, iterable, conditions, _ in generators:
        found += (target, iterable, *conditions)
    return found


def _given(*parts: Expr | None) -> list[Expr]:
    """The parts that are there."""
    return [part for part in parts if part is not None]


_LEAVES = frozenset({"const", "ref", "?"})
_Parts: TypeAlias = Iterable[Any]
_CHILDREN: dict[str, Callable[[Any], _Parts]] = {
    "call": lambda e: (e[1], *e[2], *[value for _, value in e[3]]),
    "attr": lambda e: (e[1],),
    "item": lambda e: (e[1], e[2]),
    "tuple": lambda e: e[1],
    "list": lambda e: e[1],
    "set": lambda e: e[1],
    "fstr": lambda e: e[1],
    "dict": lambda e: _with_values(e[1]),
    "op": lambda e: e[2],
    "bool": lambda e: e[2],
    "un": lambda e: (e[2],),
    "cmp": lambda e: (e[1], *[right for _, right in e[2]]),
    "ifexp": lambda e: e[1:],
    "lambda": lambda e: (e[2],),
    "comp": lambda e: _of_generators(e[2], e[3]),
    "await": lambda e: (e[1],),
    "yield": lambda e: _given(e[1]),
    "yieldfrom": lambda e: (e[1],),
    "star": lambda e: (e[1],),
    "walrus": lambda e: (e[1], e[2]),
    "slice": lambda e: _given(e[1], e[2], e[3]),
}
"""Tag -> what gives the direct sub-expressions; the other tags have none. By a dictionary, because nothing is asked more often."""


def children(e: Expr) -> _Parts:
    """The direct sub-expressions of an expression, in source order; strings (names) included."""
    if e.__class__ is not tuple:
        return ()
    made = _CHILDREN.get(e[0])
    return () if made is None else made(e)


def walk(e: Expr) -> Iterator[Expr]:
    """The expression and everything below it, parents first; names come as plain strings."""
    if e.__class__ is not tuple:
        return iter(() if e is None else (e,))
    found: list[Expr] = [e]
    _flatten(e, found)
    return iter(found)


def _flatten(e: Expr, found: list[Expr]) -> None:
    """What is below a tuple, without a generator a level and without a call for a leaf: the most called function of a run."""
    if e[0] == "call":  # most of what has parts
        parts: Any = [e[1], *e[2]]
        for _, value in e[3]:
            parts.append(value)
    else:
        made = _CHILDREN.get(e[0])
        if made is None:
            return
        parts = made(e)
    for child in parts:
        if child.__class__ is tuple:
            found.append(child)
            if child[0] not in _LEAVES:
                _flatten(child, found)
        elif child is not None:
            found.append(child)


def calls(e: Expr) -> Iterator[Expr]:
    """Every call in an expression, outermost first."""
    if e.__class__ is not tuple or e[0] in _LEAVES:
        return iter(())
    found: list[Expr] = [e]
    _flatten(e, found)
    return iter([node for node in found if node.__class__ is tuple and node[0] == "call"])


_OWN: dict[str, Callable[[Any], _Parts]] = {
    "expr": lambda s: _given(s[1]),
    "return": lambda s: _given(s[1]),
    "assign": lambda s: (s[2], *s[1]),
    "ann": lambda s: s[1:3] if s[3] is None else s[1:4],
    "aug": lambda s: (s[1], s[3]),
    "raise": lambda s: _given(s[1], s[2]),
    "assert": lambda s: _given(s[1], s[2]),
    "if": lambda s: [test for test, _ in s[1]],
    "for": lambda s: s[1:3],
    "while": lambda s: (s[1],),
    "try": lambda s: [types for types, _, _, _ in s[2] if types is not None],
    "with": lambda s: [part for item in s[1] for part in item if part is not None],
    "match": lambda s: (s[1], *[e for _, values, guard, _ in s[2] for e in (*values, *_given(guard))]),
    "del": lambda s: s[1],
}
_BLOCKS: dict[str, Callable[[Any], tuple[tuple[Stmt, ...], ...]]] = {
    "if": lambda s: (*[body for _, body in s[1]], s[2]),
    "for": lambda s: s[3:5],
    "while": lambda s: s[2:4],
    "try": lambda s: (s[1], *[body for _, _, body, _ in s[2]], s[3], s[4]),
    "with": lambda s: (s[2],),
    "match": lambda s: tuple([body for _, _, _, body in s[2]]),
}


def own_expressions(statement: Stmt) -> _Parts:
    """The expressions that stand in a statement itself, not those of the statements inside it."""
    made = _OWN.get(statement[0])
    return () if made is None else made(statement)


def blocks(statement: Stmt) -> tuple[tuple[Stmt, ...], ...]:
    """The blocks of statements inside a compound statement, in source order."""
    made = _BLOCKS.get(statement[0])
    return () if made is None else made(statement)


def statements(body: tuple[Stmt, ...]) -> Iterator[Stmt]:
    """Every statement of a body, nested ones included (not those of nested functions), in source order."""
    return iter(_statements_of(body))


def _all_statements(body: tuple[Stmt, ...], found: list[Stmt]) -> None:
    for statement in body:
        found.append(statement)
        made = _BLOCKS.get(statement[0])
        if made is not None:
            for block in made(statement):
                if block:
                    _all_statements(block, found)


def expressions(body: tuple[Stmt, ...]) -> Iterator[Expr]:
    """Every expression of a body, sub-expressions included."""
    return iter(_expressions_of(body))


_identity = object.__hash__
"""Goes by who a value is, as `id` does. `id` is an audited event (PEP 578), and the recorder of a run hears all of those."""


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
        found = self._kept.get(_identity(value))
        if found is not None and found[0] is value:
            return found[1]
        made = self._make(value)
        if len(self._kept) >= self._size:
            self._kept.clear()
        self._kept[_identity(value)] = (value, made)
        return made


def _flat_statements(body: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    found: list[Stmt] = []
    _all_statements(body, found)
    return tuple(found)


_statements_of = Recent(_flat_statements, 1024)


def _flat_body(body: tuple[Stmt, ...]) -> tuple[Expr, ...]:
    found: list[Expr] = []
    for statement in _statements_of(body):
        for e in own_expressions(statement):
            if e is not None:
                found.append(e)
            if e.__class__ is tuple:
                _flatten(e, found)
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
