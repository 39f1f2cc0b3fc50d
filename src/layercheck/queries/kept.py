"""What code asks for once and then has: a cache written by hand, a value that is fetched when it is first needed.

DESIGN: a *memory* is what a test looks into and what is filled where the test found nothing: `if self._rates is None: self._rates = ...`,
`if code in _known: return _known[code]` with `_known[code] = ...` further down, `cached = await redis.get(key)` with a later `redis.set(key,
...)`. Calls that run only where a memory lacks its value are *kept*: a loop around the function does not multiply them. All of it is read
off one body; what a memory is called says whether it outlives the call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, Stmt, dotted
from layercheck.project import Project, query
from layercheck.tuples import NamedTuple

_READS = frozenset({"get", "fetch", "lookup", "load", "peek", "mget", "hget", "get_value", "get_json"})
_FILLS = frozenset({
    "add", "append", "extend", "hset", "insert", "put", "save", "set", "set_json", "set_value", "setdefault", "setex", "store", "update",
    "write",
})  # fmt: skip
"""What is called on a memory to look into it, and to fill it."""
_PROPERTIES = frozenset({"property", "cached_property", "hybrid_property"})
_WRAPPING = frozenset({"loads", "model_validate", "model_validate_json", "deserialize", "decode"})


class Memory(NamedTuple):
    """Where a value is kept."""

    name: str
    """As it is written: `self._rates`, `_known`, `redis`."""
    keyed: bool
    """Whether it keeps a value for each of many keys."""
    at: int = -1
    """The ordinal of the call that looks into it, if one does."""


class Kept(NamedTuple):
    """Calls that run only where a memory lacks its value."""

    memory: Memory
    calls: frozenset[int]
    """Their ordinals."""
    fills: int
    """How many statements among them give the memory its value."""


@query
def kept_calls(project: Project, key: str) -> frozenset[int]:
    """The calls of a function that happen once for all callers, or once a key: their answer is kept where it outlives the call."""
    function, body = project.get(Function, key), project.get(Body, key)
    if function is None or body is None or not _has_tests(body):
        return frozenset()
    return frozenset().union(*[kept.calls for kept in kept_in(body) if _outlives(kept.memory, function, body)])


def _has_tests(body: Body) -> bool:
    return any(raw[0] == "if" or raw[0] == "try" for raw in body.raw_contexts)


def _outlives(memory: Memory, function: Function, body: Body) -> bool:
    """Whether a memory is still there when the function is called again: it belongs to the module, to a class, to the object (for a
    property that is the row, of which each in a loop is another), or to who hands it over. A name that a nested function takes from outside
    may be one of the function around it, which lives for one call of that."""
    root, _, rest = memory.name.partition(".")
    params = [p[0] for p in function.raw_params]
    if root in ("self", "cls") and function.cls and params[:1] == [root]:
        return bool(rest) and not any(ir.last_name(d) in _PROPERTIES for d in function.decorators)
    if root in params:
        return memory.keyed  # a missing attribute of what is handed over is missing in each
    if function.parent:
        return False
    return root in body.global_names or all(raw[0] != root for raw in body.raw_binds)


def kept_in(body: Body) -> list[Kept]:
    """All calls of a body that stand behind a memory, by the memory; also those whose memory is a local name."""
    return _kept_in(body.statements)  # type: ignore[no-any-return]


def _all_kept(statements: tuple[Stmt, ...]) -> list[Kept]:
    found: list[Kept] = []
    _look(statements, {}, found)
    return found


_kept_in = ir.Recent(_all_kept, 256)


def _look(block: tuple[Stmt, ...], aliases: dict[str, Memory], found: list[Kept]) -> None:
    """The memories of one block; `aliases` are the names that hold what a memory gave."""
    aliases = dict(aliases)
    for position, statement in enumerate(block):
        tag = statement[0]
        if tag == "if":
            tests = statement[1]
            lacking = _lacking(tests[0][0], aliases)
            for memory in lacking:
                _note(memory, tests[0][1], found)
            there = [] if lacking else _there(tests[0][0], aliases)
            for memory in there:
                if len(tests) == 1 and statement[2]:
                    _note(memory, statement[2], found)
                elif len(tests) == 1 and tests[0][1] and tests[0][1][-1][0] in ("return", "continue"):
                    _note(memory, block[position + 1 :], found)
        elif tag == "try":
            for memory in _tried(statement):
                handled = tuple(s for _, _, inner, _ in statement[2] for s in inner)
                _note(memory, (*handled, *block[position + 1 :]), found)
        for inner in ir.blocks(statement):
            if inner:
                _look(inner, aliases, found)
        if tag == "assign":
            source = _source(statement[2])
            for target in statement[1]:
                if target.__class__ is str:
                    aliases.pop(target, None)
                    if source is not None:
                        aliases[target] = source


def _note(memory: Memory, block: tuple[Stmt, ...], found: list[Kept]) -> None:
    fills = sum(_fills(memory, statement) for statement in ir.statements(block))
    if fills:
        calls = frozenset(node[4] for node in ir.expressions(block) if ir.is_a(node, "call"))
        if calls:
            found.append(Kept(memory, calls, fills))


def _fills(memory: Memory, statement: Stmt) -> bool:
    """Whether a statement gives a memory a value."""
    name = memory.name
    if statement[0] in ("assign", "ann", "aug"):
        targets = statement[1] if statement[0] == "assign" else (statement[1],)
        if any(dotted(t) == name or (ir.is_a(t, "item") and dotted(t[1]) == name) for t in targets):
            return not (statement[0] == "assign" and statement[2] == ("const", None))
    for e in ir.own_expressions(statement):
        for call in ir.calls(e):
            owner, _, method = (dotted(call[1]) or "").rpartition(".")
            if owner == name and method in _FILLS and call[2]:
                return True
            if call[1] == "setattr" and len(call[2]) == 3 and _attribute(call) == name:
                return True
    return False


def _source(value: Expr) -> Memory | None:
    """The memory that a value was taken from: `_known.get(key)`, `self._rows`, `await redis.get(key)`."""
    while ir.is_a(value, "await") or ir.is_a(value, "bool"):
        value = value[1] if value[0] == "await" else value[2][0]  # `await redis.get(key) or ""`
    if ir.is_a(value, "item") and (owner := dotted(value[1])) is not None:
        return Memory(owner, True)
    if ir.is_a(value, "call"):
        owner, _, method = (dotted(value[1]) or "").rpartition(".")
        if owner and method in _WRAPPING and value[2]:
            return _source(value[2][0])
        if owner and method in _READS and value[2]:
            return Memory(owner, True, value[4])
        if value[1] == "getattr" and len(value[2]) > 1:
            name = _attribute(value)
            return Memory(name, False) if name is not None else None
        return None
    name = dotted(value)
    return Memory(name, False) if name is not None and "." in name else None


def _attribute(call: Expr) -> str | None:
    """`self._rows` for `getattr(self, "_rows", None)`, `hasattr` and `setattr` likewise."""
    owner, text = dotted(call[2][0]), ir.text_of(call[2][1])
    return f"{owner}.{text}" if owner is not None and text is not None else None


def _seen(e: Expr, aliases: dict[str, Memory]) -> Memory | None:
    """The memory whose value an expression is."""
    if ir.is_a(e, "walrus"):
        return _source(e[2])
    if e.__class__ is str:
        return aliases.get(e, Memory(e, False))
    if ir.is_a(e, "call") and e[1] == "hasattr" and len(e[2]) == 2:
        name = _attribute(e)
        return Memory(name, False) if name is not None else None
    return _source(e)


def _lacking(test: Expr, aliases: dict[str, Memory]) -> list[Memory]:
    """The memories that lack their value where a test holds."""
    if ir.is_a(test, "bool"):
        return [memory for part in test[2] for memory in _lacking(part, aliases)]
    if ir.is_a(test, "un") and test[1] == "not":
        return _there(test[2], aliases)
    return _compared(test, aliases, "is", "not in")


def _there(test: Expr, aliases: dict[str, Memory]) -> list[Memory]:
    """The memories that have their value where a test holds."""
    if ir.is_a(test, "bool"):
        return [memory for part in test[2] for memory in _there(part, aliases)] if test[1] == "and" else []
    if ir.is_a(test, "un") and test[1] == "not":
        return _compared(test[2], aliases, "is", "not in")
    if ir.is_a(test, "cmp"):
        return _compared(test, aliases, "is not", "in")
    found = _seen(test, aliases)
    return [] if found is None else [found]


def _compared(test: Expr, aliases: dict[str, Memory], identity: str, membership: str) -> list[Memory]:
    """`memory is None`, `key in memory`, with these operators."""
    if not ir.is_a(test, "cmp") or len(test[2]) != 1:
        return []
    operator, right = test[2][0]
    if operator == identity and right == ("const", None):
        found = _seen(test[1], aliases)
        return [] if found is None else [found]
    if operator == membership:
        name = dotted(right)
        return [] if name is None else [Memory(name, True)]
    return []


def _tried(statement: Stmt) -> Iterator[Memory]:
    """`try: return _known[key]`, where a handler goes on."""
    block = statement[1]
    if len(block) == 1 and block[0][0] == "return" and ir.is_a(block[0][1], "item"):
        owner = dotted(block[0][1][1])
        if owner is not None:
            yield Memory(owner, True)


def fills_of(memory: Memory, block: Iterable[Stmt]) -> int:
    """How many statements of a block, nested ones included, give a memory a value or take it away."""
    name = memory.name
    return sum(
        _fills(memory, s) or (s[0] == "assign" and any(dotted(t) == name for t in s[1]))
        for s in ir.statements(tuple(block))
    )
