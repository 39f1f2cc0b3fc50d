"""What a handler answers with: the kinds of value that it returns, helpers of the project followed."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.frameworks import RESPONSE_CLASSES
from layercheck.project import Project, query
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.statuses import status_value
from layercheck.queries.symbols import binding, mro, resolve
from layercheck.queries.types import Typing, annotation_type
from layercheck.tuples import NamedTuple

RESPONSE, NOTHING, BOOL, TEXT, MESSAGE, DICT, SCHEMA, ORM, LIST, OTHER, UNKNOWN = (
    "response", "nothing", "bool", "text", "message", "dict", "schema", "orm", "list", "other", "unknown",
)  # fmt: skip
PAGE, REDIRECT = "page", "redirect"
_PAGE_NAMES = frozenset({"HTMLResponse", "TemplateResponse", "_TemplateResponse"})
_MESSAGE_KEYS = frozenset({"message", "msg", "detail", "status", "ok", "success", "result", "info", "deleted"})
_SMALL_KEYS = _MESSAGE_KEYS | {"id", "count", "status_code", "code", "data"}
_RESPONSE_NAMES = frozenset(name.rpartition(".")[2] for name in RESPONSE_CLASSES) - {"Response"} | {
    "TemplateResponse",
    "_TemplateResponse",
}
"""A class of another library with such a name is one too."""
_REDIRECTS = frozenset({"authorize_redirect"})
"""Methods of Authlib's clients that answer with a redirect to the provider (authlib/integrations/starlette_client)."""
_BASE_RESPONSES = frozenset({"fastapi.Response", "starlette.responses.Response", "fastapi.responses.Response"})


class Answer(NamedTuple):
    """One `return` of a function: its kind and, for a Response, the status it carries (None: the default)."""

    kind: str
    at: int
    status: int | None = None
    shows: str = ""
    """What a Response shows people who look at it in a browser: PAGE, REDIRECT, or nothing that is known."""


def is_response_class(project: Project, symbol: str) -> bool:
    """Whether a class is a Response of Starlette or FastAPI, or inherits from one."""
    return any(
        base in RESPONSE_CLASSES
        or base in _BASE_RESPONSES
        or (":" not in base and base.rpartition(".")[2] in _RESPONSE_NAMES)
        for base in mro(project, symbol)
    )


@query(bottom=())
def answers(project: Project, key: str) -> tuple[Answer, ...]:
    """The values that a function returns, in source order; a body that can run off its end returns nothing."""
    body = project.get(Body, key)
    if body is None:
        return ()
    out = []
    for statement, told in _returns(body.statements, {}):
        value = statement[1]
        cls = told.get(value) if value.__class__ is str else None
        if cls is not None and (symbol := resolve(project, key, cls)) is not None:
            out.append(Answer(_typed(project, ("inst", symbol, ())), statement[2]))
        else:
            out.append(_answer(project, key, value, statement[2]))
    if not out and not _always_raises(body.statements):
        out.append(Answer(NOTHING, 0))
    return tuple(out)


def _returns(block: tuple[ir.Stmt, ...], told: dict[str, str]) -> Iterator[tuple[ir.Stmt, dict[str, str]]]:
    """Each `return` in source order, with the classes that the tests around it say names are of: `if isinstance(found, Response):`."""
    for statement in block:
        if statement[0] == "return":
            yield statement, told
        elif statement[0] == "if":
            for test, inner in statement[1]:
                yield from _returns(inner, {**told, **_told_by(test)})
            yield from _returns(statement[2], told)
        else:
            for inner in ir.blocks(statement):
                yield from _returns(inner, told)


def _told_by(test: Expr) -> dict[str, str]:
    """Name -> the one class that it is of where a test holds."""
    if ir.is_a(test, "bool") and test[1] == "and":
        return {name: cls for part in test[2] for name, cls in _told_by(part).items()}
    if ir.is_a(test, "call") and test[1] == "isinstance" and len(test[2]) == 2 and test[2][0].__class__ is str:
        cls = dotted(test[2][1])
        return {} if cls is None else {test[2][0]: cls}
    return {}


def _shown(project: Project, symbol: str, call: Expr) -> str:
    """What a Response of a class shows: a page (by its class or `media_type="text/html"`), a redirect to one, or nothing known."""
    names = {base.rpartition(".")[2] for base in mro(project, symbol)}
    if not names.isdisjoint(_PAGE_NAMES) or ir.text_of(ir.keyword(call, "media_type")) == "text/html":
        return PAGE
    return REDIRECT if "RedirectResponse" in names else ""


def _always_raises(block: tuple[ir.Stmt, ...]) -> bool:
    return bool(block) and block[-1][0] == "raise"


def _answer(project: Project, key: str, e: Expr | None, at: int) -> Answer:
    if e is None or e == ("const", None):
        return Answer(NOTHING, at)
    while ir.is_a(e, "await"):
        e = e[1]
    match e:
        case ("const", value):
            return Answer(BOOL if isinstance(value, bool) else TEXT if isinstance(value, str) else OTHER, at)
        case ("fstr", _):
            return Answer(TEXT, at)
        case ("cmp" | "un", *_):
            return Answer(BOOL, at)
        case ("dict", pairs):
            return Answer(_dict_kind(pairs), at)
        case ("list" | "comp", *_):
            return Answer(LIST, at)
        case ("call", func, _, _, _):
            return _called(project, key, func, e, at)
    if e.__class__ is str:
        local = _local(project, key, e)
        if local is not None:
            return _answer(project, key, local, at)
        if _always_response(project, key, e, at):
            return Answer(RESPONSE, at)
    return Answer(_typed(project, Typing(project, key).type(e, at)), at)


def _dict_kind(pairs: tuple[tuple[Expr | None, Expr], ...]) -> str:
    """A dictionary of a message with at most an id or a count, or one with data."""
    names = [ir.text_of(k) if k is not None else None for k, _ in pairs]
    if any(n is None for n in names) or not names:
        return DICT
    known = [n for n in names if n is not None]
    message = [n for n in known if n in _MESSAGE_KEYS]
    rest = [n for n in known if n not in _MESSAGE_KEYS]
    small = all(n in _SMALL_KEYS or n.endswith(("_id", "_count")) or n in ("id", "count") for n in rest)
    return MESSAGE if message and small and len(rest) <= 1 and "data" not in known else DICT


def _local(project: Project, key: str, name: str) -> Expr | None:
    """The value of a local that is bound once."""
    body = project.get(Body, key)
    values = [raw for raw in (body.raw_binds if body is not None else ()) if raw[0] == name]
    if len(values) == 1 and values[0][1] == "=" and values[0][2] is not None and values[0][2] != name:
        return values[0][2]
    return None


def _always_response(project: Project, key: str, name: str, at: int) -> bool:
    """Whether every value that a local gets is a Response: made, then handed through functions that set cookies on it."""
    body = project.get(Body, key)
    values = [raw for raw in (body.raw_binds if body is not None else ()) if raw[0] == name]
    return len(values) > 1 and all(
        raw[1] == "=" and _is_call(raw[2]) and _answer(project, key, raw[2], at).kind == RESPONSE for raw in values
    )


def _is_call(e: Expr) -> bool:
    while e is not None and ir.is_a(e, "await"):
        e = e[1]
    return ir.is_a(e, "call")


def _bound_class(project: Project, function: Function) -> str | None:
    """The class in `R = TypeVar("R", bound=Response)` where a function is declared to return `R`."""
    name = dotted(function.returns) if function.returns is not None else None
    symbol = resolve(project, function.key, name) if name is not None else None
    bind = binding(project, symbol) if symbol is not None and ":" in symbol and not symbol.endswith(":") else None
    made = bind.value if bind is not None else None
    if made is None or not ir.is_a(made, "call") or ir.last_name(made[1]) != "TypeVar":
        return None
    bound = dotted(ir.keyword(made, "bound"))
    return resolve(project, f"{(symbol or '').partition(':')[0]}:", bound) if bound is not None else None


def _called(project: Project, key: str, func: Expr, call: Expr, at: int) -> Answer:
    name = dotted(func)
    symbol = resolve(project, key, name) if name is not None else None
    kind = Typing(project, key).type(func, at) if symbol is None else None
    if (kind is not None and kind[0] in ("func", "method", "type")) or (kind is not None and kind[0] == "ext"):
        symbol = kind[1]
    if ir.last_name(func) in _REDIRECTS and (symbol is None or ":" not in symbol):
        return Answer(RESPONSE, at, 302)
    if symbol is None:
        return Answer(UNKNOWN, at)
    if is_response_class(project, symbol):
        shows = _shown(project, symbol, call)
        status = ir.argument(call, 1, "status_code") if ":" not in symbol else ir.keyword(call, "status_code")
        if status is None and symbol.endswith(".RedirectResponse"):
            return Answer(RESPONSE, at, 307, shows)
        return Answer(RESPONSE, at, status_value(project, key, status) if status is not None else None, shows)
    if ".TemplateResponse" in symbol:
        return Answer(RESPONSE, at, None, PAGE)
    function = project.get(Function, symbol)
    if function is not None:
        found = returned_kinds(project, symbol)
        if found and found <= {RESPONSE}:
            status = ir.keyword(call, "status_code") or (call[2][0] if call[2] else None)
            return Answer(RESPONSE, at, status_value(project, key, status), _shown_by(project, symbol))
        bound = _bound_class(project, function)
        if bound is not None and is_response_class(project, bound):
            return Answer(RESPONSE, at)
        if found and found <= {NOTHING} and function.returns is None:
            return Answer(NOTHING, at)
        if len(found) == 1 and function.returns is None:
            return Answer(next(iter(found)), at)
    return Answer(_typed(project, Typing(project, key).result(_callable(project, symbol), call, at)), at)


def _shown_by(project: Project, key: str) -> str:
    """What all answers of a project function show."""
    shown = {a.shows for a in answers(project, key)}
    return next(iter(shown)) if len(shown) == 1 else ""


def _callable(project: Project, symbol: str) -> object:
    from layercheck.queries.types import symbol_type

    return symbol_type(project, symbol)


@query(bottom=frozenset())
def returned_kinds(project: Project, key: str) -> frozenset[str]:
    """The kinds of value that a project function returns."""
    return frozenset(a.kind for a in answers(project, key))


def _typed(project: Project, kind: object) -> str:
    if isinstance(kind, tuple) and kind and kind[0] == "await":
        kind = kind[1]
    if not (isinstance(kind, tuple) and len(kind) > 1 and kind[0] == "inst"):
        return UNKNOWN
    symbol = kind[1]
    if symbol == "None":
        return NOTHING
    if symbol == "builtins.bool":
        return BOOL
    if symbol == "builtins.str":
        return TEXT
    if symbol == "builtins.list":
        return LIST
    if symbol == "builtins.dict":
        return DICT
    if is_response_class(project, symbol):
        return RESPONSE
    if ":" in symbol:
        return ORM if is_table(project, symbol) else SCHEMA if is_schema(project, symbol) else OTHER
    return OTHER


def only_responses(project: Project, key: str) -> bool:
    """Whether every return of a handler is a Response."""
    found = returned_kinds(project, key)
    return bool(found) and found == {RESPONSE}


@query(bottom=False)
def only_shows(project: Project, key: str) -> bool:
    """Whether a handler serves a browser: every return is a page or the redirect to one, and some is a page."""
    shown = {a.shows for a in answers(project, key)}
    return PAGE in shown and shown <= {PAGE, REDIRECT}


def annotated_response(project: Project, function: Function) -> bool:
    """Whether a handler's return annotation is a Response class (or one of several alternatives is)."""
    if function.returns is None:
        return False
    options = (
        function.returns[2] if ir.is_a(function.returns, "op") and function.returns[1] == "|" else (function.returns,)
    )
    for option in options:
        kind = annotation_type(project, function.key, option)
        if kind is not None and kind[0] == "inst" and is_response_class(project, kind[1]):
            return True
    return False
