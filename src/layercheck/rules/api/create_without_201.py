"""Answer a creation with 201.

A POST that creates something and answers 200 hides from clients, caches and monitors that a resource came into being.

How to fix: `status_code=status.HTTP_201_CREATED` in the decorator. Any explicit status is taken as a decision. A handler that answers with
what is there already (get-or-create), or changes it (an upsert), is spared: it creates only sometimes.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.post("/books")
def create_book(title: str) -> dict[str, str]:
    return {"title": title}
```
```python good app/routes.py
from fastapi import APIRouter, status

router = APIRouter()


@router.post("/books", status_code=status.HTTP_201_CREATED)
def create_book(title: str) -> dict[str, str]:
    return {"title": title}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.answers import RESPONSE, answers
from layercheck.queries.callgraph import sites
from layercheck.queries.effects import COMMIT, FLUSH, WRITE, effects
from layercheck.queries.implementations import is_stub
from layercheck.queries.items import Handler
from layercheck.queries.models import is_table
from layercheck.queries.secrets import words
from layercheck.queries.symbols import resolve

RULE = Rule(
    code="LC405",
    name="create-without-201",
    message="{handler} creates a resource and declares no status: add status_code=status.HTTP_201_CREATED",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-3",),
    since="0.1",
)
_CREATES = pattern(r"^(api_|post_|handle_|bulk_|batch_|admin_)?(create|add|new|insert)(_|$)")
_NOUN_FIRST = pattern(r"^[a-z]+(_[a-z]+)?_(create|add|insert)$")
_REGISTERS = pattern(
    r"^(register|signup|sign_up|create)_?(new_)?(user|account|customer|member|client|student|teacher|patient|doctor|employee|author|driver|seller|"
    r"vendor|admin|person|guest|player)s?$|^(register|signup|sign_up)$"
)
_LAYERS = 2
"""How far below its handler a method of a protocol is looked for."""
_HARMLESS = frozenset({
    "all", "append", "copy", "debug", "decode", "dict", "encode", "endswith", "error", "exception", "extend", "filter", "filter_by", "first", "format",
    "get", "info", "isoformat", "items", "join", "json", "keys", "lower", "model_dump", "one", "one_or_none", "order_by", "query", "replace", "scalar",
    "scalars", "scalar_one_or_none", "split", "startswith", "strftime", "strip", "timestamp", "total_seconds", "upper", "utcnow", "values", "warning",
    "where",
})  # fmt: skip
"""Methods that create nothing, on whatever object."""
_ACTIONS = pattern(
    r"_or_(create|update|add)|(_|^)(access_)?(token|session|challenge|checkout|preview|export|backup|report|login|import|upload|"
    r"presigned_url|payment_intent|webhook|query|check|completion|embedding)s?$"
    r"|^(create|new|add)_(access_|auth_|login_|session_)?token_"
)


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """A POST handler that is named like a creation and leaves its status to the default."""
    function = handler.function
    for registration in handler.registrations:
        call = registration.call
        if (
            registration.method != "post"
            or ir.keyword(call, "status_code") is not None
            or any(n is None for n, _ in call[3])
        ):
            continue
        name = function.name.lower().lstrip("_")
        named = _CREATES.match(name) or _NOUN_FIRST.match(name) or _REGISTERS.match(name)
        if _ACTIONS.search(name):
            continue
        if not named and not _is_collection(call, _returns_inserted(project, function.key, name)):
            continue
        if ir.keyword(call, "response_class") is not None or _decides_itself(project, function.key):
            continue
        if not _creates(project, function.key) or gives_existing(project, function.key):
            continue
        yield Fault(handler.place, {"handler": function.name})
        return


def _decides_itself(project: Project, key: str) -> bool:
    """Whether the body sets response.status_code or returns Responses."""
    body = project.get(Body, key)
    if body is not None and any(raw[0].endswith(".status_code") for raw in body.raw_binds):
        return True
    return any(a.kind == RESPONSE for a in answers(project, key))


def _creates(project: Project, key: str) -> bool:
    """Whether something is written; a handler whose callees cannot be seen is believed by its name."""
    found = effects(project, key)
    if any(e.name in (WRITE, COMMIT, FLUSH) for e in found):
        return True
    unknown = any(
        site.target is None and site.use != "with" and ir.last_name(site.call[1]) not in _HARMLESS
        for site in sites(project, key)
    )
    return unknown or not sites(project, key) or _reaches_stub(project, key, 0)


@query
def _reaches_stub(project: Project, key: str, depth: int) -> bool:
    """Whether a call ends at a method that somebody else writes: `self.repository.create(...)` of a protocol."""
    functions = [site.target for site in sites(project, key) if site.target is not None and ":" in site.target]
    if any(is_stub(project, target) for target in functions):
        return True
    return depth < _LAYERS and any(_reaches_stub(project, target, depth + 1) for target in functions if target != key)


@query(bottom=False)
def gives_existing(project: Project, key: str) -> bool:
    """Whether a function answers with what is there already, or changes it, before it makes anything: get-or-create, an upsert.

    `if found: return found`, `if found: found.count += 1; return ...`, `if found: found.count += 1 else: session.add(...)`.
    """
    body = project.get(Body, key)
    if body is None:
        return False
    fetched = {raw[0] for raw in body.raw_binds if raw[1] in ("=", ":=") and "." not in raw[0] and _is_call(raw[2])}
    for statement in _main_line(body.statements) if fetched else ():
        if statement[0] != "if":
            continue
        for test, inner in statement[1]:
            name = _there(test)
            if name in fetched and _answers_with(inner, name, bool(statement[2])):
                return True
            if statement[2] and _changes_what_it_asked_for(test, inner):
                return True
        name = _missing(statement[1][0][0]) if len(statement[1]) == 1 else None
        if name in fetched and statement[2] and _answers_with(statement[2], name, True):
            return True
    return any(
        site.target is not None
        and project.get(Function, site.target) is not None
        and _CREATES.match(site.target.rpartition(":")[2].rpartition(".")[2])
        and gives_existing(project, site.target)
        for site in sites(project, key)
    )


def _main_line(block: tuple[ir.Stmt, ...]) -> Iterator[ir.Stmt]:
    """The statements that run once: those of a block, and inside try and with; what a loop does to each of many is another matter."""
    for statement in block:
        yield statement
        if statement[0] in ("try", "with"):
            yield from _main_line(statement[1] if statement[0] == "try" else statement[2])


def _is_call(e: Expr) -> bool:
    while ir.is_a(e, "await"):
        e = e[1]
    return ir.is_a(e, "call")


def _there(test: Expr) -> str | None:
    """The name in `found`, `found is not None`."""
    if test.__class__ is str:
        return test
    match test:
        case ("cmp", str(name), (("is not" | "!=", ("const", None)),), _):
            return name
    return None


def _changes_what_it_asked_for(test: Expr, block: tuple[ir.Stmt, ...]) -> bool:
    """`if query.first(): query.first().count += 1`."""
    if not ir.is_a(test, "call") or test[1].__class__ is not str:
        return False
    return any(
        ir.is_a(target, "attr") and ir.is_a(target[1], "call") and target[1][1:4] == test[1:4]
        for statement in ir.statements(block)
        if statement[0] in ("assign", "aug")
        for target in (statement[1] if statement[0] == "assign" else (statement[1],))
    )


def _missing(test: Expr) -> str | None:
    """The name in `not found`, `found is None`."""
    match test:
        case ("un", "not", str(name)) | ("cmp", str(name), (("is" | "==", ("const", None)),), _):
            return name
    return None


def _answers_with(block: tuple[ir.Stmt, ...], name: str | None, otherwise: bool) -> bool:
    """Whether a block returns what was found, or changes it and is done with that."""
    changed = False
    for statement in ir.statements(block):
        if statement[0] == "raise":
            return False
        if statement[0] == "return":
            return changed or _is_of(statement[1], name)
        targets = statement[1] if statement[0] == "assign" else (statement[1],) if statement[0] == "aug" else ()
        changed = changed or any((ir.dotted(t) or "").startswith(f"{name}.") for t in targets)
        changed = changed or any(
            c[1] == "setattr" and c[2][:1] == (name,) for e in ir.own_expressions(statement) for c in ir.calls(e)
        )
    return changed and otherwise


def _is_of(e: Expr, name: str | None) -> bool:
    """`found`, `found[0]`, `BookOut.model_validate(found)`."""
    if e == name or (ir.is_a(e, "item") and e[1] == name):
        return True
    return ir.is_a(e, "call") and any(a == name for a in (*e[2], *(v for _, v in e[3])))


_DOES = frozenset({
    "login", "logout", "refresh", "verify", "import", "upload", "sync", "start", "begin", "run", "trigger", "execute", "process", "generate",
    "set", "update", "upsert", "save", "toggle", "confirm", "accept", "approve", "check", "search", "test", "webhook", "callback", "handle",
    "move", "copy", "clone", "duplicate", "restore", "connect", "link", "assign", "subscribe", "init", "initialize", "ensure", "get", "sign",
})  # fmt: skip
"""First words of handlers that do something, whatever rows that leaves behind."""


def _is_collection(call: Expr, row: str | None) -> bool:
    """Whether a registration is for a collection as a whole, of the rows that it makes: `""`, `"/"`, `"/orders"`, `"/order"` for Order;
    `/{id}/redeem` does something to one."""
    path = ir.text_of(ir.argument(call, 0, "path"))
    if row is None or path is None or "{" in path:
        return False
    last = path.rstrip("/").rpartition("/")[2].lower()
    return last == "" or last.endswith("s") or last.replace("-", "").replace("_", "") == row.lower()


def _returns_inserted(project: Project, key: str, name: str) -> str | None:
    """The class of the row that a handler makes, adds and answers with: `order = Order(...); session.add(order); return order`."""
    body = project.get(Body, key)
    if body is None or "add" not in body.words or not _DOES.isdisjoint(words(name)):
        return None
    added = {c.call[2][0] for c in body.calls if ir.last_name(c.func) == "add" and len(c.call[2]) == 1}
    for row in (a for a in added if a.__class__ is str):
        values = [raw[2] for raw in body.raw_binds if raw[0] == row]
        made = _made_row(project, key, values[0]) if len(values) == 1 else None
        returned = [s[1] for s in ir.statements(body.statements) if s[0] == "return"] if made is not None else []
        if returned and all(_is_of(e, row) for e in returned):
            return made
    return None


def _made_row(project: Project, key: str, e: Expr) -> str | None:
    name = ir.dotted(e[1]) if ir.is_a(e, "call") else None
    symbol = resolve(project, key, name) if name is not None else None
    return symbol.rpartition(":")[2] if symbol is not None and is_table(project, symbol) else None
