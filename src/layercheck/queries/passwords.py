"""Passwords of people: the columns that hold them, and the values that are one in clear, as the client sent it.

A value is in clear when it is a request parameter, a field of a schema, or a parameter for which some caller hands over such a value, and
nothing was done to it on the way. Whatever passes a call (a hash, a cipher, a helper), whatever is assigned again and whatever
a validator, property, column type or event of the model may change on the way is not known to be in clear.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.callers import callers
from layercheck.queries.callgraph import Site, bound_arguments, sites
from layercheck.queries.file_kinds import is_test
from layercheck.queries.handlers import is_handler
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.occasions import is_password_name
from layercheck.queries.secrets import PASSWORD, secret_kind, words
from layercheck.queries.symbols import class_attribute, mro, resolve
from layercheck.queries.tables import table_of
from layercheck.queries.types import Typing
from layercheck.queries.words import bodies, has_words, words_in_heads

_PEOPLE = frozenset({
    "user", "users", "account", "accounts", "member", "members", "customer", "customers", "client", "clients", "admin", "admins",
    "administrator", "employee", "employees", "person", "people", "staff", "student", "students", "teacher", "teachers", "doctor", "doctors",
    "patient", "patients", "owner", "owners", "author", "authors", "profile", "login", "operator", "seller", "buyer", "vendor", "driver", "player",
    "subscriber", "visitor", "guest", "manager", "reader", "librarian",
})  # fmt: skip
_MACHINES = frozenset({
    "mail", "email", "smtp", "imap", "ftp", "sftp", "ssh", "proxy", "server", "host", "database", "db", "connection", "connector", "integration",
    "provider", "service", "external", "credential", "credentials", "bot", "wifi", "router", "storage", "registry", "source", "config", "setting",
    "settings", "ldap", "platform", "api", "oauth", "webhook", "room", "meeting",
})  # fmt: skip
"""What needs its password back in clear, to log in somewhere itself."""
_PLAIN_TYPES = frozenset(
    {"String", "Text", "Unicode", "UnicodeText", "VARCHAR", "TEXT", "NVARCHAR", "CHAR", "AutoString"}
)
_HASHED = frozenset({"hash", "hashed", "digest", "encrypted"})
_HARMLESS_CALLS = frozenset({"get_secret_value", "strip", "str"})
_DEPTH = 5


@query
def password_columns(project: Project, cls: str) -> frozenset[str]:
    """The attributes of a table of people that hold a password (or its hash) in a plain text column which nothing of the model changes."""
    row = project.get(Class, cls)
    if row is None or not is_table(project, cls):
        return frozenset()
    said = set(words(row.name))
    if said.isdisjoint(_PEOPLE) or not said.isdisjoint(_MACHINES):
        return frozenset()
    table = table_of(project, cls)
    return frozenset(
        column.attribute
        for column in (table.columns if table is not None else ())
        if column.type_name in _PLAIN_TYPES
        and is_password_name(column.attribute)
        and not _changed_by_model(project, cls, column.attribute)
    )


@query
def _changed_by_model(project: Project, cls: str, attribute: str) -> bool:
    """Whether the model may hash on assignment: a property, a validator, an __init__ or an event of its own."""
    for base in mro(project, cls):
        row = project.get(Class, base)
        if row is None:
            continue
        for name, qualname in row.methods:
            function = project.get(Function, f"{row.path}:{qualname}")
            if name in ("__init__", "__setattr__") or name == attribute:
                return True
            for decorator in function.decorators if function is not None else ():
                if ir.last_name(decorator[1] if ir.is_a(decorator, "call") else decorator) in (
                    "validates", "field_validator", "validator", "model_validator", "root_validator", "setter", "listens_for",
                ):  # fmt: skip
                    return True
    return cls in _listened_to(project)


@query
def _listened_to(project: Project) -> frozenset[str]:
    """The classes for which some code listens to events."""
    return frozenset(cls for path in project.files() if path.endswith(".py") for cls in _listened_to_in(project, path))


_LISTENING = frozenset({"listens_for", "listen"})


@query
def _listened_to_in(project: Project, path: str) -> frozenset[str]:
    found = set()
    calls: list[tuple[str, Expr]] = []
    if not _LISTENING.isdisjoint(words_in_heads(project, path)):
        functions = project.of_file(Function, path)
        calls += [(f"{path}:{f.parent}", d) for f in functions for d in f.decorators if ir.is_a(d, "call")]
    if has_words(project, path, _LISTENING):
        listening = bodies(project, path, lambda said: not _LISTENING.isdisjoint(said.words))
        calls += [(body.key, raw[0]) for body in listening for raw in body.raw_calls]
    for key, call in calls:
        if ir.last_name(call[1]) in _LISTENING and call[2]:
            name = dotted(call[2][0])
            symbol = resolve(project, key, name.removesuffix(".password")) if name else None
            if symbol is not None:
                found.add(symbol)
    return frozenset(found)


# ------------------------------------------------------------------------------------------------------ values in clear


def in_clear(project: Project, key: str, e: Expr, at: int, depth: int = 0) -> bool:
    """Whether a value in the function `key` surely is a password as the client sent it."""
    if depth > _DEPTH:
        return False
    if ir.is_a(e, "call"):
        return _unwrapped(project, key, e, at, depth)
    if ir.is_a(e, "item"):
        text = ir.text_of(e[2])
        return text is not None and is_password_name(text) and _is_dumped(project, key, e[1], at)
    name = dotted(e)
    if name is None or _assigned(project, key, name):
        bound = _only_value(project, key, name) if name is not None else None
        return bound is not None and in_clear(project, key, bound, at, depth + 1)
    owner, _, last = name.rpartition(".")
    if not is_password_name(last) and not (
        secret_kind(last) == PASSWORD and {"new", "password1", "password2"} & {*words(last), last}
    ):
        return False
    if not owner:
        return _parameter_in_clear(project, key, name, depth)
    if not _HASHED.isdisjoint(words(last)):
        return False  # a field that says that it is hashed holds what somebody has hashed
    kind = Typing(project, key).name(owner, at)
    return kind is not None and kind[0] == "inst" and ":" in kind[1] and _sent(project, kind[1], last)


def _unwrapped(project: Project, key: str, call: Expr, at: int, depth: int) -> bool:
    """`payload.password.get_secret_value()`, `str(password)`."""
    func, args = call[1], call[2]
    if ir.last_name(func) not in _HARMLESS_CALLS:
        return False
    if func == "str":
        return len(args) == 1 and in_clear(project, key, args[0], at, depth + 1)
    if func.__class__ is str:
        return in_clear(
            project,
            key,
            ("ref", func.rpartition(".")[0], at) if func.count(".") > 1 else func.rpartition(".")[0],
            at,
            depth + 1,
        )
    return ir.is_a(func, "attr") and in_clear(project, key, func[1], at, depth + 1)


def _sent(project: Project, cls: str, attribute: str) -> bool:
    """Whether an attribute of a class is a field of a schema (or form) that no validator changes."""
    if cls.endswith(":") or is_table(project, cls):
        return False
    return is_schema(project, cls) and not changed_by_schema(project, cls, attribute)


@query
def changed_by_schema(project: Project, cls: str, attribute: str) -> bool:
    """Whether a validator of a schema may replace the value of a field."""
    for base in mro(project, cls):
        row = project.get(Class, base)
        for _, qualname in row.methods if row is not None else ():
            function = project.get(Function, f"{row.path}:{qualname}") if row is not None else None
            for decorator in function.decorators if function is not None else ():
                if ir.is_a(decorator, "call") and ir.last_name(decorator[1]) in ("field_validator", "validator"):
                    if any(ir.text_of(a) in (attribute, "*") for a in decorator[2]) and _hashes(
                        project, function.key if function else ""
                    ):
                        return True
                elif ir.last_name(decorator[1] if ir.is_a(decorator, "call") else decorator) in (
                    "model_validator",
                    "root_validator",
                ):
                    if _hashes(project, function.key if function else ""):
                        return True
    return False


def _hashes(project: Project, key: str) -> bool:
    body = project.get(Body, key)
    return body is not None and any(says_hash(call[1]) for call, *_ in body.raw_calls)


def says_hash(func: Expr) -> bool:
    """Whether a callee's name says that it hashes, encrypts or checks."""
    said = (dotted(func) or ir.last_name(func)).lower()
    return any(
        word in said
        for word in ("hash", "crypt", "digest", "pwd_context", "encode", "argon", "verify", "derive", "pbkdf")
    )


def _assigned(project: Project, key: str, name: str) -> bool:
    """Whether a name or attribute, or what it hangs on, gets a value in the function itself."""
    body = project.get(Body, key)
    prefixes = {name}
    first = name.partition(".")[0]
    if _rebound(project, key, first):
        prefixes.add(first)
    return body is not None and any(raw[0] in prefixes for raw in body.raw_binds)


def _rebound(project: Project, key: str, name: str) -> bool:
    body = project.get(Body, key)
    return body is not None and len([raw for raw in body.raw_binds if raw[0] == name]) > 1


def _only_value(project: Project, key: str, name: str) -> Expr | None:
    """The value of a local name that is bound exactly once and is no parameter."""
    body = project.get(Body, key)
    function = project.get(Function, key)
    if body is None or "." in name or (function is not None and any(p[0] == name for p in function.raw_params)):
        return None
    bound = [raw for raw in body.raw_binds if raw[0] == name]
    return bound[0][2] if len(bound) == 1 and bound[0][1] == "=" else None


def _parameter_in_clear(project: Project, key: str, name: str, depth: int) -> bool:
    """A parameter of a handler, or one for which some caller hands over a password in clear."""
    function = project.get(Function, key)
    if function is None or not any(p[0] == name for p in function.raw_params):
        return False
    if is_handler(project, key):
        return True
    given = []
    for caller in callers(project, key):
        if is_test(project, caller.key.partition(":")[0]):
            continue
        site = _site(project, caller.key, caller.at)
        value = bound_arguments(project, key, site).get(name) if site is not None else None
        if value is None:
            return False
        given.append((caller, value))
    return any(in_clear(project, caller.key, value, caller.at, depth + 1) for caller, value in given)


def _site(project: Project, key: str, at: int) -> Site | None:
    return next((s for s in sites(project, key) if s.at == at), None)


def _is_dumped(project: Project, key: str, e: Expr, at: int) -> bool:
    """`data["password"]` where `data = payload.model_dump()` and nothing is put into it."""
    name = dotted(e)
    value = _only_value(project, key, name) if name is not None else None
    return (
        value is not None
        and dumped_schema(project, key, value, at) is not None
        and not touched(project, key, name or "")
    )


def dumped_schema(project: Project, key: str, e: Expr, at: int) -> str | None:
    """The schema behind `payload.model_dump()` or `payload.dict()`, or behind a name that holds it; None when unknown or filtered."""
    name = dotted(e)
    if name is not None:
        value = _only_value(project, key, name)
        return dumped_schema(project, key, value, at) if value is not None and not touched(project, key, name) else None
    if (
        not ir.is_a(e, "call")
        or e[1].__class__ is not str
        or (e[3] and any(k in ("exclude", "include", None) for k, _ in e[3]))
    ):
        return None
    owner, _, method = e[1].rpartition(".")
    if method not in ("model_dump", "dict") or not owner:
        return None
    kind = Typing(project, key).name(owner, at)
    if (
        kind is None
        or kind[0] != "inst"
        or ":" not in kind[1]
        or not is_schema(project, kind[1])
        or is_table(project, kind[1])
    ):
        return None
    body = project.get(Body, key)
    changed = body is not None and any(raw[0].startswith(f"{owner}.") for raw in body.raw_binds)
    own = class_attribute(project, kind[1], method)
    return None if changed or (own is not None and ":" in own) else kind[1]


def touched(project: Project, key: str, name: str) -> bool:
    """Whether a dictionary is changed in the function: an item set or deleted, pop, update."""
    body = project.get(Body, key)
    for statement in ir.statements(body.statements) if body is not None else ():
        targets = (
            statement[1] if statement[0] in ("assign", "del") else (statement[1],) if statement[0] == "aug" else ()
        )
        if any(ir.is_a(t, "item") and dotted(t[1]) == name for t in targets):
            return True
        for e in ir.own_expressions(statement):
            for call in ir.calls(e):
                if call[1] in (f"{name}.pop", f"{name}.update", f"{name}.setdefault", f"{name}.popitem"):
                    return True
    return False
