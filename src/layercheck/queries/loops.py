"""Which loops are no loops over data: retries, polling, batches, a handful of literal items."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Context, Function
from layercheck.ir import Expr, Stmt, dotted
from layercheck.project import Project, query
from layercheck.queries.callgraph import LOOPS, enclosing
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import class_attribute, mro, resolve
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


_FEW = (("const", 0), ("const", 1))
_VIEWS = ("items", "keys", "values")
_FILLS = ("add", "append", "extend", "insert", "setdefault", "update")
_ENUMS = frozenset({"enum.Enum", "enum.Flag", "enum.IntEnum", "enum.IntFlag", "enum.StrEnum"})
_DEEP = 6


def is_listed(project: Project, body: Body, e: Expr, depth: int = 0) -> bool:
    """Whether the source lists what is looped over: its length has nothing to do with the rows of a table.

    A literal that is not empty, a name bound only to such and not filled, a constant of a module or class, an enumeration, a range of
    numbers, and what `zip`, `enumerate`, `.items()` and comprehensions make of these.
    """
    if depth > _DEEP:
        return False
    match e:
        case ("tuple" | "list" | "set", items):
            return bool(items) and all(is_listed(project, body, x[1], depth + 1) for x in items if ir.is_a(x, "star"))
        case ("dict", pairs):
            return bool(pairs) and all(is_listed(project, body, v, depth + 1) for k, v in pairs if k is None)
        case ("comp", _, _, generators, _):
            return all(is_listed(project, body, g[1], depth + 1) for g in generators)
        case ("ifexp", _, one, other):
            return is_listed(project, body, one, depth + 1) and is_listed(project, body, other, depth + 1)
        case ("call", func, args, _, _):
            return _is_listed_call(project, body, func, args, depth)
    name = dotted(e)
    return name is not None and _is_listed_name(project, body, name, depth)


def _is_listed_call(project: Project, body: Body, func: Expr, args: tuple[Expr, ...], depth: int) -> bool:
    if func == "range":
        return bool(args) and all(ir.is_a(a, "const") for a in args)
    if func == "zip":
        return any(is_listed(project, body, a, depth + 1) for a in args)
    if func in ("enumerate", "reversed", "sorted", "list", "tuple", "set") and args:
        return is_listed(project, body, args[0], depth + 1)
    if ir.last_name(func) in _VIEWS and not args:
        owner = func[1] if ir.is_a(func, "attr") else (dotted(func) or "").rpartition(".")[0]
        return bool(owner) and is_listed(project, body, owner, depth + 1)
    return False


def _is_listed_name(project: Project, body: Body, name: str, depth: int) -> bool:
    values = [raw for raw in body.raw_binds if raw[0] == name]
    if values:
        return not _is_filled(body, name) and all(
            raw[1] == "=" and raw[2] is not None and raw[2] != name and is_listed(project, body, raw[2], depth + 1)
            for raw in values
        )
    owner, _, attribute = name.rpartition(".")
    symbol = resolve(project, body.key, name)
    if symbol is None and owner in ("self", "cls"):
        path, _, qualname = body.key.partition(":")
        symbol = class_attribute(project, f"{path}:{qualname.rpartition('.')[0]}", attribute)
    if symbol is None or ":" not in symbol or symbol.endswith(":"):
        return False
    if project.get(Class, symbol) is not None:
        return not _ENUMS.isdisjoint(mro(project, symbol))
    path, _, qualname = symbol.partition(":")
    scope, _, attribute = qualname.rpartition(".")
    around = project.get(Body, f"{path}:{scope}")
    return around is not None and around.key != body.key and _is_listed_name(project, around, attribute, depth + 1)


def _is_filled(body: Body, name: str) -> bool:
    """Whether something is put into the collection that a name holds: by a method, an item, or `+=`."""
    if any(call[0][1] in [f"{name}.{method}" for method in _FILLS] for call in body.raw_calls):
        return True
    return any(
        target[1] == name
        for statement in ir.statements(body.statements)
        if statement[0] in ("assign", "aug")
        for target in (statement[1] if statement[0] == "assign" else (statement[1],))
        if ir.is_a(target, "item")
    )


def is_small_literal(body: Body, e: Expr, depth: int = 0) -> bool:
    """A literal of at most three items, or a local name bound only to such."""
    if depth > _DEEP:
        return False
    if ir.is_a(e, "tuple") or ir.is_a(e, "list") or ir.is_a(e, "set"):
        return 0 < len(e[1]) <= _SMALL and not any(ir.is_a(x, "star") for x in e[1])
    if ir.is_a(e, "dict"):
        return 0 < len(e[1]) <= _SMALL and all(k is not None for k, _ in e[1])
    if ir.is_a(e, "call"):
        func = e[1]
        if func in ("enumerate", "zip", "reversed", "sorted", "list", "tuple", "set") and e[2]:
            return is_small_literal(body, e[2][0], depth + 1)
        if func == "range" and len(e[2]) == 1 and ir.is_a(e[2][0], "const"):
            return isinstance(e[2][0][1], int) and e[2][0][1] <= _SMALL
        if func.__class__ is str and func.rpartition(".")[2] in ("items", "keys", "values") and "." in func:
            return is_small_literal(body, func.rpartition(".")[0], depth + 1)
        if ir.is_a(func, "attr") and func[2] in ("items", "keys", "values"):
            return is_small_literal(body, func[1], depth + 1)
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
            raw[1] == "="
            and raw[2] is not None
            and raw[2].__class__ is not str
            and is_small_literal(body, raw[2], depth + 1)
            for raw in values
        )
    return False


def is_batching(project: Project, body: Body, loop: Context) -> bool:
    """`while True` with paging, `for i in range(0, n, size)`, `for ids in chunked(...)`, iter(callable, sentinel), `rest = rest[size:]`."""
    if loop.kind == "while":
        if loop.info == ("const", True) or loop.info == ("const", 1) or _mentions_paging(loop.info):
            return True
        return _cuts_off(body, loop)
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
    if symbol is not None and ":" in symbol:
        return gives_slices(project, symbol)
    return symbol in ("itertools.batched", "more_itertools.chunked", "more_itertools.batched", "toolz.partition_all")


@query
def gives_slices(project: Project, key: str) -> bool:
    """Whether a project function gives a collection in slices: it yields `items[start : start + size]`, or returns a list of such."""
    body = project.get(Body, key)
    function = project.get(Function, key)
    if body is None or function is None:
        return False
    given = [node[1] for node in ir.expressions(body.statements) if ir.is_a(node, "yield")]
    if not function.is_generator:
        returned = [s[1] for s in ir.statements(body.statements) if s[0] == "return"]
        given = [e[2] for e in returned if ir.is_a(e, "comp")]
        if len(given) != len(returned):
            return False
    return bool(given) and all(_is_slice(e) or _is_portion(body, e) for e in given)


def _is_portion(body: Body, e: Expr) -> bool:
    """A name that holds `list(islice(...))`, or a list that is filled and begun anew."""
    if e.__class__ is not str:
        return False
    values = [raw[2] for raw in body.raw_binds if raw[0] == e]
    filled = any(call[0][1] in (f"{e}.append", f"{e}.extend") for call in body.raw_calls)
    return bool(values) and all(
        v is not None and (_is_slice(v) or (filled and (ir.is_a(v, "list") or (ir.is_a(v, "call") and v[1] == "list"))))
        for v in values
    )


def _is_slice(e: Expr) -> bool:
    """`items[start : start + size]`, `list(islice(items, size))`."""
    if ir.is_a(e, "item"):
        return ir.is_a(e[2], "slice")
    if ir.is_a(e, "call"):
        return ir.last_name(e[1]) == "islice" or (e[1] in ("list", "tuple") and len(e[2]) == 1 and _is_slice(e[2][0]))
    return False


def _cuts_off(body: Body, loop: Context) -> bool:
    """`while rest: some, rest = rest[:size], rest[size:]`."""
    statement = loop_statement(body, loop)
    tested = {n for n in ir.walk(loop.info) if n.__class__ is str}
    for inner in ir.statements(statement[2]) if statement is not None else ():
        if inner[0] == "assign":
            targets = {n for target in inner[1] for n in ir.walk(target) if n.__class__ is str}
            for node in ir.walk(inner[2]):
                if ir.is_a(node, "item") and ir.is_a(node[2], "slice") and node[1].__class__ is str:
                    if node[1] in tested & targets:
                        return True
        if inner[0] == "del" and any(
            ir.is_a(t, "item") and ir.is_a(t[2], "slice") and t[1].__class__ is str and t[1] in tested for t in inner[1]
        ):
            return True
    return False


def once_in_so_many(test: Expr) -> bool:
    """`len(waiting) >= size`, `number % 100 == 0`: what is below happens once in so many rounds."""
    for node in ir.walk(test):
        if ir.is_a(node, "op") and node[1] == "%":
            return True
        if ir.is_a(node, "cmp") and node[2][0][0] in (">=", ">", "==") and node[2][0][1] not in _FEW:
            left = node[1]
            if ir.is_a(left, "call") and left[1] == "len":
                return True
    return False


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


def names_in_loop(body: Body, context: int) -> frozenset[str]:
    """The names that a loop around a context binds: its targets, and whatever is assigned inside."""
    loops = loops_around(body, context)
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
    return any(_own_contains(s, at) for s in ir.statements(block))


def _own_contains(statement: Stmt, at: int) -> bool:
    return any(ir.is_a(n, "call") and n[4] == at for e in ir.own_expressions(statement) for n in ir.walk(e))


def left_after(body: Body, loop: int, at: int) -> bool:
    """Whether a loop (one more than its ordinal) is left right after the expression at an ordinal: that happens once."""
    for statement in ir.statements(body.statements):
        if statement[0] == "for" and statement[-1] + 1 == loop:
            return _ends_loop(statement[3], at)
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
    """Whether a loop may do its work one by one: a few literal items, batches, retries, polling, a session for each round."""
    if loop.kind in ("for", "comp") and is_small_literal(body, loop.info[0]):
        return True
    return (
        opens_session(project, body, loop)
        or is_batching(project, body, loop)
        or is_retry(body, loop)
        or is_polling(body, loop)
    )
