"""Which loops are no loops over data: retries, polling, batches, a handful of literal items."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Context
from layercheck.ir import Expr, Stmt
from layercheck.project import Project
from layercheck.queries.callgraph import LOOPS, enclosing
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import resolve
from layercheck.queries.types import Typing, element_type

_SMALL = 3
_BATCHERS = ("chunk", "batch", "paginate", "pages", "slices")
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
    found = []
    for structure in enclosing(body, context):
        if structure.kind == "lambda":
            break
        if structure.kind in LOOPS:
            found.append(structure)
    return found


def is_small_literal(body: Body, e: Expr) -> bool:
    """A literal of at most three items, or a local name bound only to such."""
    if ir.is_a(e, "tuple") or ir.is_a(e, "list") or ir.is_a(e, "set"):
        return len(e[1]) <= _SMALL and not any(ir.is_a(x, "star") for x in e[1])
    if ir.is_a(e, "dict"):
        return len(e[1]) <= _SMALL and all(k is not None for k, _ in e[1])
    if ir.is_a(e, "call"):
        func = e[1]
        if func in ("enumerate", "zip", "reversed", "sorted", "list", "tuple", "set") and e[2]:
            return is_small_literal(body, e[2][0])
        if func == "range" and len(e[2]) == 1 and ir.is_a(e[2][0], "const"):
            return isinstance(e[2][0][1], int) and e[2][0][1] <= _SMALL
        if func.__class__ is str and func.rpartition(".")[2] in ("items", "keys", "values") and "." in func:
            return is_small_literal(body, func.rpartition(".")[0])
        if ir.is_a(func, "attr") and func[2] in ("items", "keys", "values"):
            return is_small_literal(body, func[1])
        return False
    if e.__class__ is str:
        values = [raw for raw in body.raw_binds if raw[0] == e]
        if any(
            call[0][1].__class__ is str
            and call[0][1] in (f"{e}.append", f"{e}.extend", f"{e}.add", f"{e}.update", f"{e}.insert")
            for call in body.raw_calls
        ):
            return False
        return bool(values) and all(
            raw[1] == "=" and raw[2] is not None and raw[2].__class__ is not str and is_small_literal(body, raw[2])
            for raw in values
        )
    return False


def is_batching(project: Project, body: Body, loop: Context) -> bool:
    """`while True` with paging, `for i in range(0, n, size)`, `for ids in chunked(...)`, iter(callable, sentinel)."""
    if loop.kind == "while":
        return loop.info == ("const", True) or loop.info == ("const", 1) or _mentions_paging(loop.info)
    iterable = loop.info[0]
    if not ir.is_a(iterable, "call"):
        return False
    func = iterable[1]
    name = ir.last_name(func).lower()
    if name in ("enumerate", "tqdm", "track") and iterable[2]:
        return is_batching(project, body, loop._replace(info=(iterable[2][0], *loop.info[1:])))
    if name == "range" and len(iterable[2]) == 3:
        return True
    if name == "iter" and len(iterable[2]) == 2:
        return True
    if any(mark in name for mark in _BATCHERS):
        return True
    symbol = resolve(project, body.key, func) if func.__class__ is str else None
    return symbol in ("itertools.batched", "more_itertools.chunked", "more_itertools.batched", "toolz.partition_all")


def _mentions_paging(test: Expr) -> bool:
    names = {n.rpartition(".")[2] for n in ir.walk(test) if n.__class__ is str} | {
        n[1].rpartition(".")[2] for n in ir.walk(test) if ir.is_a(n, "ref")
    }
    return any(word in name.lower() for name in names for word in ("offset", "cursor", "page", "has_more", "batch"))


def loop_statement(body: Body, loop: Context) -> Stmt | None:
    """The for or while statement of a loop; None for comprehensions."""
    for statement in ir.statements(body.statements):
        if statement[0] in ("for", "while") and statement[-1] == loop.construct:
            return statement
    return None


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
    return any(_own_contains(s, at) for s in ir.statements(block))


def _own_contains(statement: Stmt, at: int) -> bool:
    return any(ir.is_a(n, "call") and n[4] == at for e in ir.own_expressions(statement) for n in ir.walk(e))


def is_harmless(project: Project, body: Body, loop: Context) -> bool:
    """Whether a loop may do its work one by one: a few literal items, batches, retries, polling, a session for each round."""
    if loop.kind in ("for", "comp") and is_small_literal(body, loop.info[0]):
        return True
    return (
        opens_session(project, body, loop)
        or is_batching(project, body, loop)
        or is_retry(body, loop)
        or is_polling(body, loop)
    )
