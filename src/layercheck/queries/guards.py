"""Under which truth tests of parameters code runs, and what a call makes of those tests by its literal and default arguments."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr
from layercheck.project import Project
from layercheck.queries.callgraph import Site, bound_arguments

Guard = tuple[str, bool]
"""(parameter, what it must be)."""


def stable_params(function: Function | None, body: Body) -> frozenset[str]:
    """The parameters that the function never rebinds."""
    if function is None or not function.raw_params:
        return frozenset()
    return frozenset([p[0] for p in function.raw_params]).difference([raw[0] for raw in body.raw_binds])


def guards_at(body: Body, context: int, params: frozenset[str]) -> tuple[Guard, ...]:
    """The truth tests of parameters under which code at a context runs."""
    if not params or context <= 0:
        return ()
    found: list[Guard] = []
    contexts = body.raw_contexts
    while context > 0:
        kind, context, _, info = contexts[context]
        if kind == "if" or kind == "else":
            found.extend(_guards(info, params, kind == "if"))
    return tuple(sorted(set(found))) if found else ()


def guard_clauses(body: Body, params: frozenset[str]) -> list[tuple[int, tuple[Guard, ...]]]:
    """`if session is None: return` at the top of a function: what holds of the parameters after the last ordinal of each such `if`."""
    found = []
    for statement in body.statements if params else ():
        if statement[0] == "if" and not statement[2] and len(statement[1]) == 1:
            test, block = statement[1][0]
            held = _guards(test, params, False)
            if held and block and block[-1][0] in ("return", "raise"):
                found.append((max(s[-1] for s in ir.statements((statement,))), tuple(held)))
    return found


def _guards(test: Expr, params: frozenset[str], held: bool) -> list[Guard]:
    """What a test that held (or failed) says of parameters: both sides of an `and` that held, of an `or` that failed."""
    if ir.is_a(test, "bool"):
        if (test[1] == "and") is not held:
            return []
        return [guard for operand in test[2] for guard in _guards(operand, params, held)]
    guard = _guard(test, params)
    return [] if guard is None else [(guard[0], guard[1] if held else not guard[1])]


def _guard(test: Expr, params: frozenset[str]) -> Guard | None:
    if test.__class__ is str:
        return (test, True) if test in params else None
    match test:
        case ("un", "not", inner):
            found = _guard(inner, params)
            return (found[0], not found[1]) if found else None
        case ("cmp", left, ((operator, ("const", value)),), _) if left.__class__ is str and left in params:
            if value is None and operator in ("is", "=="):
                return (left, False)
            if value is None and operator in ("is not", "!="):
                return (left, True)
            if isinstance(value, bool) and operator in ("is", "=="):
                return (left, value)
    return None


def truths(project: Project, callee: str, site: Site, params: frozenset[str]) -> tuple[tuple[str, Expr | None], ...]:
    """(parameter of the callee, "true" | "false" | ("param", own parameter)) for those whose truth a call decides or hands on."""
    row = project.get(Function, callee)
    if row is None:
        return ()
    given = bound_arguments(project, callee, site)
    out: list[tuple[str, Expr | None]] = []
    for name, _, _, default, _ in row.raw_params:
        value = given.get(name, default)
        if value is None:
            continue
        if value.__class__ is str:
            if value in params:
                out.append((name, ("param", value)))
            continue
        known = _truth(value)
        if known is not None:
            out.append((name, "true" if known else "false"))
    return tuple(out)


def _truth(value: Expr) -> bool | None:
    if value.__class__ is not tuple:
        return None
    tag = value[0]
    if tag == "const" or tag == "list" or tag == "tuple" or tag == "dict":
        return bool(value[1])
    return True if tag == "fstr" else None
