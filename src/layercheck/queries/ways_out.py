"""Which exceptions come out of a function: its own raises and those of project functions it calls, less what is caught on the way.

DESIGN: one walk over the statements of a body. What a call fixes about the parameters of its callee (literals, literal defaults, and such
that were fixed for the caller) goes along as `Known`: a branch that it rules out raises nothing, and what follows an `if` that surely
returns is not reached. Only parameters that the callee asks about are handed on, so that few combinations are ever looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, bound_arguments, sites
from layercheck.queries.guards import stable_params
from layercheck.queries.statuses import HTTP_EXCEPTIONS, Raised, raised_by
from layercheck.queries.symbols import mro, resolve

Known = tuple[tuple[str, Any], ...]
"""(parameter, its value) for the parameters whose value a call fixes by a literal or leaves to a literal default, sorted."""


@query(bottom=(), kept=True)
def exceptions_of(project: Project, key: str, known: Known = ()) -> tuple[Raised, ...]:
    """The exceptions that can come out of a function: its own raises and those of project functions it calls, less what it catches.

    Branches that the arguments of a call rule out do not count: `find(book_id, must_exist=False)`.
    """
    body = project.get(Body, key)
    if body is None:
        return ()
    calls = {site.at: site for site in sites(project, key) if site.target is not None and ":" in site.target}
    if not calls and "raise" not in body.words:
        return ()
    for at in _kept_as_results(body) if calls else ():
        calls.pop(at, None)
    found = _Ways(project, key, calls, dict(known)).out_of(body.statements)
    unique: dict[tuple[str | None, int | None, int | None], Raised] = {}
    for one in found:
        unique.setdefault((one.exception, one.status, one.carried), one)
    return tuple(unique.values())


@query
def _asked(project: Project, key: str) -> frozenset[str]:
    """The parameters of a function that it never rebinds, and that it asks about in an `if` or hands on to somebody who may."""
    function, body = project.get(Function, key), project.get(Body, key)
    if function is None or body is None:
        return frozenset()
    params = stable_params(function, body)
    found: set[str] = set()
    for statement in ir.statements(body.statements):
        if statement[0] == "if":
            for test, _ in statement[1]:
                found.update(n for n in ir.walk(test) if n.__class__ is str)
    for call, *_ in body.raw_calls:
        found.update(a for a in (*call[2], *(v for _, v in call[3])) if a.__class__ is str)
    return frozenset(found & params)


def _fixed_by(project: Project, callee: str, site: Site, own: Mapping[str, Any]) -> Known:
    """What a call fixes about the parameters that its callee asks about."""
    function = project.get(Function, callee)
    asked = _asked(project, callee)
    if function is None or not asked:
        return ()
    given = bound_arguments(project, callee, site)
    known = []
    for param in function.params:
        if param.name in asked:
            value = given.get(param.name, param.default)
            if ir.is_a(value, "const") and value is not None:
                known.append((param.name, value[1]))
            elif value.__class__ is str and value in own:
                known.append((param.name, own[value]))
    return tuple(sorted(known, key=lambda pair: pair[0]))


def _decided(test: Expr, known: Mapping[str, Any]) -> bool | None:
    """Whether a test surely holds or fails, with the values that are known; None when nobody can tell."""
    if test.__class__ is str:
        return bool(known[test]) if test in known else None
    match test:
        case ("const", value):
            return bool(value)
        case ("un", "not", inner):
            found = _decided(inner, known)
            return None if found is None else not found
        case ("bool", operator, operands):
            results = [_decided(operand, known) for operand in operands]
            settles = bool(operator == "or")
            if settles in results:
                return settles
            return None if None in results else not settles
        case ("cmp", str(left), ((operator, ("const", value)),), _) if left in known:
            if operator in ("is", "=="):
                return bool(known[left] == value)
            return bool(known[left] != value) if operator in ("is not", "!=") else None
    return None


def _kept_as_results(body: Body) -> frozenset[int]:
    """The calls whose exceptions a `gather(..., return_exceptions=True)` of the same body hands back as values: those not awaited themselves."""
    if "gather" not in body.words:
        return frozenset()
    gathers = [call for call in body.calls if ir.last_name(call.func) == "gather"]
    if not gathers or any(ir.keyword(g.call, "return_exceptions") != ("const", True) for g in gathers):
        return frozenset()
    return frozenset(call.at for call in body.calls if not call.awaited)


class _Ways:
    """The walk over one body: which exceptions come out of a block, with the values of parameters that are known."""

    def __init__(self, project: Project, key: str, calls: Mapping[int, Site], known: Mapping[str, Any]) -> None:
        self.project, self.key, self.calls, self.known = project, key, calls, known

    def out_of(self, block: tuple[ir.Stmt, ...]) -> list[Raised]:
        """The exceptions that come out of a block, as far as it is reached."""
        out: list[Raised] = []
        for statement in block:
            tag = statement[0]
            if tag == "raise":
                if statement[1] is not None:
                    out.append(raised_by(self.project, self.key, statement[1], statement[3]))
                continue
            for e in ir.own_expressions(statement) if self.calls else ():
                for call in ir.calls(e):
                    out.extend(self._called(call))
            if tag == "try":
                out.extend(self._tried(statement))
            elif tag == "if" and self.known:
                taken, certain = self._branches(statement)
                for inner in taken:
                    out.extend(self.out_of(inner))
                if certain and taken[0] and taken[0][-1][0] in ("return", "raise"):
                    break  # what follows is not reached
            else:
                for inner in ir.blocks(statement):
                    found = self.out_of(inner)
                    out.extend(_less_suppressed(self.project, self.key, statement, found) if tag == "with" else found)
        return out

    def _called(self, call: Expr) -> tuple[Raised, ...]:
        site = self.calls.get(call[4])
        target = site.target if site is not None else None
        if site is None or target is None or self.project.get(Function, target) is None:
            return ()
        return exceptions_of(self.project, target, _fixed_by(self.project, target, site, self.known))

    def _branches(self, statement: ir.Stmt) -> tuple[list[tuple[ir.Stmt, ...]], bool]:
        """(the blocks of an `if` that can run, whether the only one surely does)."""
        taken = []
        for test, block in statement[1]:
            found = _decided(test, self.known)
            if found is not False:
                taken.append(block)
            if found:
                return taken, len(taken) == 1
        return [*taken, statement[2]], not taken

    def _tried(self, statement: ir.Stmt) -> list[Raised]:
        _, body, handlers, orelse, final, _ = statement
        out: list[Raised] = []
        inside = self.out_of(body)
        for types, name, handler, _ in handlers:
            caught, inside = _split(self.project, self.key, types, inside)
            out.extend(self.out_of(handler))
            if any(s[0] == "raise" and (s[1] is None or s[1] == name) for s in ir.statements(handler)):
                out.extend(caught)
        return [*out, *inside, *self.out_of(orelse), *self.out_of(final)]


def _less_suppressed(project: Project, key: str, statement: ir.Stmt, raised: list[Raised]) -> list[Raised]:
    """What comes out of a `with contextlib.suppress(...)`."""
    for context, _ in statement[1]:
        name = dotted(context[1]) if ir.is_a(context, "call") else None
        if name is not None and resolve(project, key, name) == "contextlib.suppress":
            raised = _split(project, key, ("tuple", context[2]), raised)[1]
    return raised


def _split(project: Project, key: str, types: Expr | None, raised: list[Raised]) -> tuple[list[Raised], list[Raised]]:
    """(caught, not caught) by an except clause."""
    if types is None:
        return raised, []
    names = list(types[1]) if ir.is_a(types, "tuple") else [types]
    symbols = {resolve(project, key, d) for n in names if (d := dotted(n)) is not None}
    if symbols & {"builtins.Exception", "builtins.BaseException"}:
        return raised, []
    caught: list[Raised] = []
    rest: list[Raised] = []
    for one in raised:
        hit = one.exception is not None and any(base in symbols for base in mro(project, one.exception))
        hit = hit or (one.exception in HTTP_EXCEPTIONS and bool(symbols & HTTP_EXCEPTIONS))
        (caught if hit else rest).append(one)
    return caught, rest
