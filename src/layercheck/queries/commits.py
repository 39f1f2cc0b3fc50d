"""Where a body commits, by itself or through what it calls, and which session it is that commits.

DESIGN: a commit is an event at a call (or at a `with` that commits when it is left). Its *session* is an identity as the body sees it:
("param", "self.db") reached from a parameter, ("local", binding) made or opened here, ("new",) made further down, ("global", symbol),
or None where nothing is known. Two commits belong to different sessions only when both are known and cannot be the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Class, Context, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.database import ENGINES, SESSION_MAKERS
from layercheck.project import Project, query
from layercheck.queries.around import decorator_wrappers, exit_of
from layercheck.queries.callgraph import Site, bound_arguments, callee_functions, in_lambda, sites
from layercheck.queries.effects import COMMIT, COMMIT_ONCE, WRITE, Effect, display, effect_at, effect_of
from layercheck.queries.models import DECLARATIVE, SQLMODEL, is_table
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import resolve
from layercheck.queries.types import Typing
from layercheck.tuples import NamedTuple

Session = Any
_OPENERS = SESSION_MAKERS | ENGINES
"""Of these `begin()` opens a session or connection of its own."""
_DEEP = 12


class Commit(NamedTuple):
    """One event of a body that ends a transaction."""

    at: int
    """The ordinal of the call, or of the `with` statement that commits when it is left."""
    context: int
    effect: Effect
    session: Session
    exits: bool
    """Whether it happens when a `with` block is left, not at the call."""


def commits(project: Project, key: str) -> tuple[Commit, ...]:
    """The commits of a body, in the order of its calls; commits inside loops of callees do not count (COMMIT_ONCE)."""
    return () if effect_of(project, key, COMMIT) is None else _commits(project, key)


@query
def _commits(project: Project, key: str) -> tuple[Commit, ...]:
    body = project.get(Body, key)
    if body is None:
        return ()
    found = []
    for site in sites(project, key):
        if site.target is None or in_lambda(body, site.context) or not _may_commit(project, key, site):
            continue
        effect = effect_at(project, key, site, COMMIT_ONCE)
        if effect is not None:
            found.append(
                Commit(site.at, site.context, effect, session_of(project, key, site, effect), site.use == "with")
            )
    typing = Typing(project, key)
    for raw in body.raw_contexts[1:]:
        structure = Context._make(raw)
        if structure.kind != "with":
            continue
        for manager, _ in structure.info[0]:
            callee = exit_of(project, typing, manager, structure.construct)
            below = effect_of(project, callee, COMMIT_ONCE) if callee is not None else None
            if callee is not None and below is not None:
                effect = below._replace(depth=below.depth + 1, at=structure.construct, callee=callee)
                session = _place_of(project, key, manager, structure.construct)
                found.append(Commit(structure.construct, structure.parent, effect, session, True))
    return tuple(found)


def _may_commit(project: Project, key: str, site: Site) -> bool:
    """A generator that is only made does not run; one that is entered or iterated does."""
    function = project.get(Function, site.target) if site.target else None
    return function is None or not function.is_generator or site.awaited or site.use in ("iter", "with")


def different(one: Session, other: Session) -> bool:
    """Whether two commits surely belong to two sessions."""
    if any(session is not None and session[0] == "new" for session in (one, other)):
        return True  # it lives in the callee alone
    if one is None or other is None:
        return False
    if one == other:
        return False
    if one[0] == "param" and other[0] == "param":
        return "." not in one[1] and "." not in other[1]
    return True


def session_of(project: Project, key: str, site: Site, effect: Effect, depth: int = 0) -> Session:
    """The session that the commit behind a call belongs to, as the body of `key` sees it."""
    owner = _receiver(site)
    if not effect.callee and effect.detail.endswith(".begin") and effect.detail.rpartition(".")[0] in _OPENERS:
        return ("new",)
    if not effect.callee:
        mine = owner is not None and session_kind(project, site.receiver) is not None
        return _place_of(project, key, owner, site.at) if mine else _library_session(project, key, site)
    if depth > _DEEP:
        return None
    found = _session_below(project, effect.callee, effect.name, depth)
    if found is None or found[0] == "global":
        return found
    if found[0] != "param":
        return ("new",)
    first, _, rest = found[1].partition(".")
    given = bound_arguments(project, effect.callee, site)
    if first in given:
        value = given[first]
        return None if value is None else _place_of(project, key, value, site.at, rest)
    row = project.get(Function, effect.callee)
    if row is not None and row.cls and row.raw_params and row.raw_params[0][0] == first and owner is not None:
        return _place_of(project, key, owner, site.at, rest)
    return None


def _session_below(project: Project, callee: str, name: str, depth: int) -> Session:
    """The session that a function commits, as its own body sees it; ("new",) when a decorator's wrapper opens one."""
    below = effect_of(project, callee, name)
    if below is None:
        return None
    inner = next((s for s in sites(project, callee) if s.at == below.at), None)
    if inner is not None:
        return session_of(project, callee, inner, below, depth + 1)
    if below.callee not in decorator_wrappers(project, callee) or depth > _DEEP:
        return None
    found = _session_below(project, below.callee, name, depth + 1)
    return ("new",) if found is not None and found[0] in ("local", "new") else None


def _receiver(site: Site) -> Expr | None:
    func = site.call[1]
    if func.__class__ is str:
        owner = func.rpartition(".")[0]
        return owner or None
    return func[1] if ir.is_a(func, "attr") else None


def _library_session(project: Project, key: str, site: Site) -> Session:
    """`crud.create(db, item)`: the argument that is a session."""
    typing = Typing(project, key)
    for value in (*site.call[2], *(v for _, v in site.call[3])):
        if session_kind(project, typing.type(value, site.at)) is not None:
            return _place_of(project, key, value, site.at)
    return None


def _place_of(project: Project, key: str, e: Expr, at: int, rest: str = "", depth: int = 0) -> Session:
    """The identity of a session expression; `rest` is the attribute chain below it that leads to the session."""
    if ir.is_a(e, "await"):
        e = e[1]
    if ir.is_a(e, "call"):
        return _made_by(project, key, e, at, depth)
    text = dotted(e)
    if text is None or depth > _DEEP:
        return None
    first, _, more = text.partition(".")
    body = project.get(Body, key)
    function = project.get(Function, key)
    whole = ".".join(p for p in (text, rest) if p)
    above = [i for i, raw in enumerate(body.raw_binds) if raw[0] == first and raw[5] < at] if body is not None else []
    if body is not None and above:
        raw = body.raw_binds[above[-1]]
        if raw[1] in ("with", "awith", "for", "comp"):
            return ("local", above[-1])
        if raw[1] == "=" and raw[2] is not None:
            value = raw[2]
            if dotted(value) is not None and dotted(value) != first:
                return _place_of(project, key, value, raw[5], ".".join(p for p in (more, rest) if p), depth + 1)
            if (more or rest) and ir.is_a(value, "call"):
                return _made_by(project, key, value, raw[5], depth)
            return ("local", above[-1])
        return None
    if function is not None and any(p[0] == first for p in function.raw_params):
        return ("param", whole)
    symbol = resolve(project, key, first)
    return ("global", f"{symbol}.{more}") if symbol is not None else None


def _made_by(project: Project, key: str, call: Expr, at: int, depth: int) -> Session:
    """`UserService(db)`: the session that the maker of an object is handed; an object that makes its own is unknown."""
    typing = Typing(project, key)
    for value in (*call[2], *(v for _, v in call[3])):
        if session_kind(project, typing.type(value, at)) is not None:
            return _place_of(project, key, value, at, "", depth + 1)
    return None


_READS = frozenset({
    "get", "fetch", "find", "list", "load", "read", "check", "verify", "validate", "is", "has", "can", "assert", "require", "resolve",
    "authenticate", "lookup", "search", "count", "query", "select", "compute", "build", "export",
})  # fmt: skip
_REPORTS = frozenset(
    {"error", "errors", "failure", "progress", "notify", "notification", "notifications", "heartbeat", "touch"}
)
_CREATES = frozenset({"create", "add", "insert", "make", "save", "store", "update", "upsert", "register", "or"})
_MAPPED = DECLARATIVE | {SQLMODEL}
_MARKS = frozenset({"mark", "claim", "lock", "reserve", "release", "acquire"})
_STATUS = frozenset(
    {"status", "state", "phase", "stage", "locked", "locked_at", "started_at", "claimed_at", "claimed_by"}
)


def is_step(project: Project, event: Commit) -> bool:
    """Whether a commit can end a step of the operation: not one below a call that by its name reads, or reports on the work."""
    effect: Effect | None = event.effect
    seen: set[str] = set()
    while effect is not None and effect.callee and effect.callee not in seen:
        seen.add(effect.callee)
        if _reads_or_reports(effect.callee):
            return False
        effect = effect_of(project, effect.callee, effect.name)
    return True


def _reads_or_reports(key: str) -> bool:
    words = display(key).rpartition(".")[2].strip("_").lower().split("_")
    return bool(set(words) & _REPORTS) or (words[0] in _READS and not set(words) & _CREATES)


def two_steps(project: Project, key: str, first: Commit, second: Commit) -> bool:
    """Whether both of two commits of a body have something to write of their own: a commit that only ends a read, or only says in a
    status column that the work has begun, is no step."""
    end = first.at if not first.exits else second.at
    start = first.at if not second.exits else -1
    last = 1 << 30 if second.exits else second.at
    return _has_step(project, key, first, (-1, end), marks=False) and _has_step(
        project, key, second, (start, last), marks=True
    )


def writes_something(project: Project, key: str, event: Commit) -> bool:
    """Whether there is something to write for a commit, anywhere in the body or in what it calls for it."""
    return _has_step(project, key, event, (-1, 1 << 30), marks=True)


def _has_step(project: Project, key: str, event: Commit, between: tuple[int, int], *, marks: bool) -> bool:
    if any(marks or not m for m in _writes(project, key, *between)):
        return True
    return _callee_writes(project, event.effect, marks)


def _callee_writes(project: Project, effect: Effect, marks: bool, depth: int = 0) -> bool:
    if not effect.callee:
        return not effect.detail.endswith((".commit", ".begin"))  # a library's `create` writes what it commits
    if depth > _DEEP or (not marks and _is_mark(effect.callee)):
        return False
    below = effect_of(project, effect.callee, effect.name)
    if below is None:
        return False
    wrapped = below.callee in decorator_wrappers(project, effect.callee)
    inside = wrapped or below.detail.endswith(".begin") or below.at < 0
    end = 1 << 30 if inside else below.at
    if any(marks or not m for m in _writes(project, effect.callee, -1, end)):
        return True
    if not below.callee and any(s.at < end and _may_write(s) for s in sites(project, effect.callee)):
        return True
    return _callee_writes(project, below, marks, depth + 1)


def _may_write(site: Site) -> bool:
    """`entry.update(**values)` of who knows what, before a commit of the same function: nobody commits for nothing."""
    if site.target is None:
        return site.call[1].__class__ is str
    if site.target.rpartition(".")[0] in _MAPPED:  # a method that a mixin or an unknown base gives to table classes
        return True
    return ":" in site.target and not _reads_or_reports(site.target)


@query
def _writes(project: Project, key: str, start: int, end: int) -> tuple[bool, ...]:
    """Each write of a body between two ordinals: whether it only marks a status."""
    body = project.get(Body, key)
    if body is None:
        return ()
    found = []
    typing = Typing(project, key)
    for site in sites(project, key):
        if not start < site.at < end or site.target is None:
            continue
        if (
            site.target == "builtins.setattr"
            or effect_at(project, key, site, WRITE) is not None
            or any(assigns_to_parameters(project, callee) for callee in callee_functions(project, site.target))
        ):
            found.append(_is_mark(site.target))
    for name, kind, _, _, _, at in body.raw_binds:
        if "." in name and kind in ("=", "aug") and start < at < end:
            owner, _, attribute = name.rpartition(".")
            known = typing.name(owner, at)
            if owner in ("self", "cls") or (known is not None and known[0] == "inst" and _is_no_row(project, known[1])):
                continue
            found.append(attribute in _STATUS)
    found += [attribute in _STATUS for attribute, at in _set_on_results(body) if start < at < end]
    return tuple(found)


def _set_on_results(body: Body) -> Iterator[tuple[str, int]]:
    """(attribute, ordinal) of assignments to what a call gives: `query.first().amount += 1`."""
    for statement in ir.statements(body.statements):
        if statement[0] in ("assign", "aug"):
            for target in statement[1] if statement[0] == "assign" else (statement[1],):
                if ir.is_a(target, "attr") and (ir.is_a(target[1], "call") or ir.is_a(target[1], "await")):
                    yield target[2], statement[-1]


def _is_no_row(project: Project, cls: str) -> bool:
    """Whether a class is known and no table: one that is imported from elsewhere may be."""
    return project.get(Class, cls) is not None and not is_table(project, cls)


def _is_mark(symbol: str) -> bool:
    return symbol.replace(":", ".").rpartition(".")[2].strip("_").partition("_")[0] in _MARKS


@query
def assigns_to_parameters(project: Project, key: str) -> bool:
    """Whether a function sets attributes of what it is handed (`self` aside)."""
    function = project.get(Function, key)
    body = project.get(Body, key)
    if function is None or body is None:
        return False
    params = {p[0] for p in function.raw_params} - {"self", "cls"}
    return any(
        "." in raw[0] and raw[1] in ("=", "aug") and raw[0].partition(".")[0] in params for raw in body.raw_binds
    )


def event_text(body: Body, event: Commit) -> str:
    """A commit as written: "session.commit()", or the block whose end commits."""
    for call, *_ in body.raw_calls:
        if call[4] == event.at:
            text = call[1] if call[1].__class__ is str else ir.last_name(call[1])
            return f"{text}()" if text else display(event.effect.callee or event.effect.detail)
    return f"leaving the block of {display(event.effect.callee).rpartition('.')[0]}"
