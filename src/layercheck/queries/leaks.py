"""Where the text of an exception goes: which names hold it, and whether an expression tells it."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.ir import Expr, Stmt, dotted
from layercheck.tuples import NamedTuple

_HARMLESS_ATTRIBUTES = frozenset(
    {"status_code", "__class__", "__name__", "code", "errno", "status", "returncode", "headers"}
)
_HARMLESS_CALLS = frozenset(
    {"isinstance", "type", "hasattr", "len", "bool", "id", "map_exception", "sanitize", "safe_message"}
)
_TEXTS = frozenset({"str", "repr", "format", "vars", "ascii"})
_TRACEBACKS = frozenset({"format_exc", "format_exception", "format_tb", "format_exception_only", "format_stack"})
_DEBUGGING = ("debug", "is_dev", "development", "show_error", "is_local", "environment", "testing", "env")


class Taint(NamedTuple):
    """`exceptions` are names of the exception object, `texts` names of strings made of it."""

    exceptions: frozenset[str]
    texts: frozenset[str]


def spread(block: tuple[Stmt, ...], taint: Taint) -> Taint:
    """The taint after the assignments of a block: `message = str(e)` makes `message` a text of the exception."""
    exceptions, texts = set(taint.exceptions), set(taint.texts)
    for statement in public_statements(block):
        if statement[0] not in ("assign", "ann", "aug"):
            continue
        value = statement[2] if statement[0] == "assign" else statement[3]
        if value is None:
            continue
        targets = statement[1] if statement[0] == "assign" else (statement[1],)
        now = Taint(frozenset(exceptions), frozenset(texts))
        for target in targets:
            if target.__class__ is not str:
                continue
            if value in exceptions:
                exceptions.add(target)
            elif tells(value, now, bare=False):
                texts.add(target)
    return Taint(frozenset(exceptions), frozenset(texts))


def public_statements(block: tuple[Stmt, ...]) -> Iterator[Stmt]:
    """The statements of a block without the branches of debug modes and of `isinstance(error, ...)`, where the type is known again."""
    for statement in block:
        yield statement
        if statement[0] == "if":
            for test, inner in statement[1]:
                if not _is_debug(test) and not _tests_type(test):
                    yield from public_statements(inner)
            yield from public_statements(statement[2])
            continue
        for inner in ir.blocks(statement):
            yield from public_statements(inner)


def _tests_type(test: Expr) -> bool:
    return any(ir.last_name(c[1]) in ("isinstance", "issubclass", "hasattr") for c in ir.calls(test))


def tells(e: Expr, taint: Taint, *, bare: bool) -> bool:
    """Whether the value of an expression contains the exception's text. `bare`: the exception object itself counts (inside str, f-string)."""
    if e.__class__ is str:
        first, _, rest = e.partition(".")
        return _name_tells(first, rest, taint, bare)
    if e is None or e.__class__ is not tuple:
        return False
    match e:
        case ("ref", chain, _):
            first, _, rest = chain.partition(".")
            return _name_tells(first, rest, taint, bare)
        case ("call", func, args, keywords, _):
            return _call_tells(e, func, args, keywords, taint)
        case ("fstr", parts):
            return any(tells(p, taint, bare=True) for p in parts)
        case ("op", operator, operands):
            return any(tells(o, taint, bare=operator == "%") for o in operands)
        case ("ifexp", test, body, orelse):
            shown = (orelse,) if _tests_type(test) else (body, orelse)
            return not _is_debug(test) and any(tells(e, taint, bare=bare) for e in shown)
        case ("dict", pairs):
            return any(tells(value, taint, bare=False) for _, value in pairs)
        case ("tuple" | "list" | "set", items):
            return any(tells(item, taint, bare=bare) for item in items)
        case ("bool", _, operands):
            return any(tells(o, taint, bare=bare) for o in operands)
        case ("await" | "star", value):
            return tells(value, taint, bare=bare)
        case ("item", value, _, _):
            return tells(value, taint, bare=bare)
        case ("attr", value, name, _):
            return name not in _HARMLESS_ATTRIBUTES and tells(value, taint, bare=True)
    return False


def _name_tells(first: str, rest: str, taint: Taint, bare: bool) -> bool:
    if first in taint.texts:
        return not rest
    if first not in taint.exceptions:
        return False
    if not rest:
        return bare
    return _HARMLESS_ATTRIBUTES.isdisjoint(rest.split("."))


def _call_tells(
    e: Expr, func: Expr, args: tuple[Expr, ...], keywords: tuple[tuple[str | None, Expr], ...], taint: Taint
) -> bool:
    name = ir.last_name(func)
    if name in _HARMLESS_CALLS:
        return False
    if name in _TRACEBACKS:
        return True
    if func in _TEXTS or name == "format":
        return any(tells(a, taint, bare=True) for a in args) or any(tells(v, taint, bare=True) for _, v in keywords)
    owner = func.rpartition(".")[0] if func.__class__ is str else func[1] if ir.is_a(func, "attr") else ""
    if name in (
        "strip",
        "lower",
        "upper",
        "replace",
        "split",
        "join",
        "title",
        "capitalize",
        "rstrip",
        "splitlines",
        "json",
    ):
        return (owner != "" and tells(owner, taint, bare=False)) or any(tells(a, taint, bare=False) for a in args)
    # a payload object: ErrorResponse(message=str(e)), dict(error=f"{e}"), jsonable_encoder({"error": str(e)})
    of_class = func.__class__ is str and any(
        part[:1].isupper() for part in func.split(".")
    )  # ErrorResponse.respond(...)
    if (
        of_class
        or name[:1].isupper()
        or name in ("dict", "jsonable_encoder", "dumps")
        or name.lower().endswith("response")
    ):
        return any(tells(a, taint, bare=False) for a in args) or any(tells(v, taint, bare=False) for _, v in keywords)
    return False


def _is_debug(test: Expr) -> bool:
    """`str(e) if settings.debug else "..."`, `settings.log_level == "DEBUG"`: shown to developers only."""
    for node in ir.walk(test):
        text = dotted(node) if node.__class__ is str or ir.is_a(node, "ref") else ir.text_of(node)
        if text is not None and any(word in text.lower() for word in _DEBUGGING):
            return True
    return False
