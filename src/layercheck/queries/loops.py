"""Which loops are no loops over data: retries, polling, batches, a handful of literal items."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Context
from layercheck.ir import Expr, Stmt
from layercheck.project import Project
from layercheck.queries.arrivals import is_arrival
from layercheck.queries.batches import is_batching, loop_statement
from layercheck.queries.callgraph import LOOPS, enclosing
from layercheck.queries.listed import is_handful, is_small_literal
from layercheck.queries.sessions import session_kind
from layercheck.queries.type_values import element_type
from layercheck.queries.types import Typing

_SLEEPS = ("sleep",)


def innermost_loop(body: Body, context: int) -> Context | None:
    """The loop nearest around a context, None outside loops (a lambda or nested function ends the search)."""
    for structure in enclosing(body, context):
        if structure.kind == "lambda":
            return None
        if structure.kind in LOOPS:
            return structure
    return None


def loops_around(body: Body, context: int) -> list[Context]:
    """All loops around a context, innermost first."""
    return [Context._make(body.raw_contexts[number]) for number in numbers_of_loops(body, context)]


def numbers_of_loops(body: Body, context: int) -> list[int]:
    """The same by their numbers among the structures of the body."""
    found = []
    contexts = body.raw_contexts
    while context > 0 and contexts[context][0] != "lambda":
        if contexts[context][0] in LOOPS:
            found.append(context)
        context = contexts[context][1]
    return found


def is_retry(body: Body, loop: Context) -> bool:
    """`for attempt in range(n)` or `while attempts < n` around try/except that leaves the loop on success."""
    statement = loop_statement(body, loop)
    if statement is None:
        return False
    if statement[0] == "for" and not (
        ir.is_a(statement[2], "call") and ir.last_name(statement[2][1]) in ("range", "count")
    ):
        return False
    inner = statement[3] if statement[0] == "for" else statement[2]
    for one in inner:
        if one[0] == "try" and one[2]:
            leaves = any(s[0] in ("return", "break") for s in ir.statements(one[1] + one[3]))
            if leaves:
                return True
    if statement[0] == "for" and ir.is_a(statement[2], "call"):
        # a bounded search for a free value: `for _ in range(10): if not exists(code): return code`
        target = statement[1]
        unused = target == "_" or (
            target.__class__ is str and ("attempt" in target or "retry" in target or "try" in target)
        )
        if unused and any(s[0] in ("return", "break") for s in ir.statements(inner)):
            return True
    return False


def is_polling(body: Body, loop: Context) -> bool:
    """A loop that sleeps between its rounds."""
    for call, context, _, _ in body.raw_calls:
        if ir.last_name(call[1]) in _SLEEPS and any(c.construct == loop.construct for c in enclosing(body, context)):
            return True
    return False


def picks_one_key(body: Body, context: int) -> bool:
    """Whether code runs for one item at most: below `if key == "name"` where `key` is the loop's own variable."""
    tests = []
    for structure in enclosing(body, context):
        if structure.kind == "if":
            tests.append(structure.info)
        if structure.kind in LOOPS:
            target = structure.info[1] if structure.kind == "for" else None
            names = {n for n in ir.walk(target) if n.__class__ is str} if target is not None else set()
            return any(_compares_with_literal(test, names) for test in tests)
    return False


def _compares_with_literal(test: Expr, names: set[str]) -> bool:
    if ir.is_a(test, "bool") and test[1] == "and":
        return any(_compares_with_literal(t, names) for t in test[2])
    match test:
        case ("cmp", left, (("==", ("const", str())),), _):
            return left.__class__ is str and left in names
    return False


def opens_session(project: Project, body: Body, loop: Context) -> bool:
    """`async for session in get_session()`: a provider used by hand; it yields once."""
    if loop.kind not in ("for", "comp"):
        return False
    kind = Typing(project, body.key).type(loop.info[0])
    return session_kind(project, element_type(kind)) is not None


def names_in_loop(body: Body, context: int) -> frozenset[str]:
    """The names that a loop around a context binds: its targets, and whatever is assigned inside."""
    loops = loops_around(body, context)
    if not loops:
        return frozenset()
    known: dict[int, frozenset[str]] = _names_by_loop(body.raw_contexts)
    found = known.get(loops[0].construct)
    if found is None:
        found = known[loops[0].construct] = _names_in(body, loops)
    return found


_names_by_loop = ir.Recent(lambda contexts: {}, 64)
"""The structures of a body -> the number of a loop -> `names_in_loop` there: it is asked for each call in the loop."""


def _names_in(body: Body, loops: list[Context]) -> frozenset[str]:
    constructs = {loop.construct for loop in loops}
    found = {
        n for loop in loops if loop.kind != "while" for n in ir.walk(loop.info[1]) if n.__class__ is str
    }  # fmt: skip
    for raw in body.raw_binds:
        if any(c.construct in constructs and c.kind in LOOPS for c in enclosing(body, raw[4])):
            found.add(raw[0].partition(".")[0])
    return frozenset(found)


def mapped_over(body: Body, context: int, call: Expr) -> Expr | None:
    """What a lambda around a call runs over: the `items` of `map(lambda item: ..., items)` or of `sorted(items, key=lambda item: ...)`."""
    if not any(c.kind == "lambda" for c in enclosing(body, context)):
        return None
    for outer, *_ in body.raw_calls:
        name, args = outer[1], outer[2]
        if name in ("map", "filter") and len(args) == 2:
            function, items = args
        elif name in ("sorted", "min", "max") and len(args) == 1:
            function, items = ir.keyword(outer, "key"), args[0]
        else:
            continue
        if ir.is_a(function, "lambda") and any(node == call for node in ir.walk(function[2])):
            return items
    return None


def runs_once(body: Body, context: int, at: int) -> bool:
    """Whether code inside a loop runs at most once, because its branch leaves the loop right after it."""
    loop = innermost_loop(body, context)
    if loop is None or loop.kind == "comp":
        return False
    statement = loop_statement(body, loop)
    if statement is None:
        return False
    block = statement[3] if statement[0] == "for" else statement[2]
    return _leaves(block, at, top=True)


def _leaves(block: tuple[Stmt, ...], at: int, *, top: bool) -> bool:
    """Whether the innermost block that holds the call ends by leaving the loop."""
    for position, statement in enumerate(block):
        following = block[position + 1][-1] if position + 1 < len(block) else None
        inner = list(ir.blocks(statement))
        for sub in inner:
            if sub and _contains(sub, at):
                if statement[0] in ("for", "while"):
                    return False
                if _leaves(sub, at, top=False):
                    return True
                break
        else:
            if not _own_contains(statement, at):
                continue
        rest = block[position:]
        del following
        return any(s[0] in ("return", "break", "raise") for s in rest)
    return False


def _contains(block: tuple[Stmt, ...], at: int) -> bool:
    return at in _calls_in(block)


_calls_in = ir.Recent(lambda block: frozenset(e[4] for e in ir.expressions(block) if ir.is_a(e, "call")), 256)
"""A block -> the ordinals of the calls in it: it is asked for each call of a loop."""


def _own_contains(statement: Stmt, at: int) -> bool:
    return at in _own_calls(statement)


_own_calls = ir.Recent(lambda s: frozenset(call[4] for e in ir.own_expressions(s) for call in ir.calls(e)), 512)
"""A statement -> the ordinals of the calls in itself."""


def left_after(body: Body, loop: int, at: int) -> bool:
    """Whether a loop (one more than its ordinal) is left right after the expression at an ordinal, or after a handful of rounds."""
    for statement in ir.statements(body.statements):
        if statement[0] == "for" and statement[-1] + 1 == loop:
            return _ends_loop(statement[3], at) or _stops_early(statement)
    return False


def comes_before(body: Body, first: int, second: int) -> bool:
    """Whether the expression at one ordinal is evaluated whenever that at another, later one is: no branch holds it alone."""
    one, other = _blocks_around(body.statements, first), _blocks_around(body.statements, second)
    return first < second and one == other[: len(one)]


def _blocks_around(block: tuple[Stmt, ...], at: int) -> tuple[tuple[int, int], ...]:
    """The blocks that the expression at an ordinal stands in, outermost first: (statement, which of its blocks)."""
    for statement in block:
        if any(_at(node) == at for e in ir.own_expressions(statement) for node in ir.walk(e)):
            return ()
        for number, inner in enumerate(ir.blocks(statement)):
            if any(_at(node) == at for s in ir.statements(inner) for e in ir.own_expressions(s) for node in ir.walk(e)):
                return ((statement[-1], number), *_blocks_around(inner, at))
    return ()


def _stops_early(statement: Stmt) -> bool:
    """`for number, row in enumerate(rows): if number >= 5: break`."""
    counter = statement[1][1][0] if ir.is_a(statement[1], "tuple") else None
    if counter is None or not ir.is_a(statement[2], "call") or statement[2][1] != "enumerate":
        return False
    for inner in statement[3]:
        if inner[0] == "if" and inner[1][0][1] and inner[1][0][1][-1][0] in ("break", "return"):
            match inner[1][0][0]:
                case ("cmp", left, ((">=" | ">" | "==", limit),), _) if left == counter and is_handful(limit):
                    return True
    return False


def _ends_loop(block: tuple[Stmt, ...], at: int) -> bool:
    for position, statement in enumerate(block):
        if any(
            _at(node) == at
            for inner in (statement, *_inside(statement))
            for e in ir.own_expressions(inner)
            for node in ir.walk(e)
        ):
            if any(s[0] in ("return", "break") for s in block[position:]):
                return True
            return statement[0] not in ("for", "while") and any(_ends_loop(b, at) for b in ir.blocks(statement))
    return False


def _inside(statement: Stmt) -> Iterator[Stmt]:
    for block in ir.blocks(statement):
        yield from ir.statements(block)


def _at(node: Expr) -> int | None:
    if node.__class__ is tuple and node and node[0] in ("ref", "call", "attr"):
        return int(node[-1])
    return None


def is_harmless(project: Project, body: Body, loop: Context) -> bool:
    """Whether a loop may do its work one by one: a few literal items, batches, retries, polling, messages that arrive, a session for each
    round."""
    if loop.kind in ("for", "comp") and is_small_literal(body, loop.info[0]):
        return True
    statement = loop_statement(body, loop) if loop.kind == "for" else None
    return (
        (statement is not None and _stops_early(statement))
        or opens_session(project, body, loop)
        or is_batching(project, body, loop)
        or is_retry(body, loop)
        or is_polling(body, loop)
        or is_arrival(project, body, loop)
    )
