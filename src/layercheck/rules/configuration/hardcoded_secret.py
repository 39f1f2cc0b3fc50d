"""Take the secret out of the code.

A credential in a source file is in every clone, every build and every backup, for ever: rotating it means a release. Whoever can
read the repository can use it.

Found by three roads: tokens in the formats of providers and URLs or connection strings with a password, wherever they stand; a literal that
is given to (or compared with) something named as a secret, when it looks like one; the password in `auth=("user", "...")` and in
`hash_password("...")`. Plain words ("blerg") are taken for labels. What is the default of a setting is reported by
LC206 alone.

How to fix: read it from the environment or a vault through the settings class, and rotate the one that was committed.

```python bad app/mail.py
import smtplib


def send(message):
    server = smtplib.SMTP("smtp.example.org")
    server.login("shop", password="tR7!kq-Zp0_w93")
    server.send_message(message)
```
```python good app/mail.py
import smtplib

from app.settings import settings


def send(message):
    server = smtplib.SMTP(settings.smtp_host)
    server.login(settings.smtp_user, password=settings.smtp_password.get_secret_value())
    server.send_message(message)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function, Sealed
from layercheck.ir import Expr, Stmt
from layercheck.knowledge.credentials import BASIC_AUTH, CONVERSIONS, DEFAULT_TAKERS, SEALED, WRAPPERS
from layercheck.model import Fault, Level, Place, Profile, Rule
from layercheck.project import Project
from layercheck.queries.environment import default_behind, reads_environment
from layercheck.queries.models import is_settings
from layercheck.queries.secret_formats import provider_secret
from layercheck.queries.secrets import (
    dsn_credentials,
    insecure_default,
    mask,
    plausible_secret,
    secret_name,
    takes_password,
)
from layercheck.queries.words import only_in

RULE = Rule(
    code="LC205",
    name="hardcoded-secret",
    message="a hard-coded {what} ({shown}): read it from the settings, and rotate this one",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("CONF-2", "DATA-12"),
    since="0.1",
)
_EXAMPLES = frozenset({
    "example", "examples", "json_schema_extra", "openapi_examples", "schema_extra", "description", "title", "summary", "salt",
})  # fmt: skip
_NAMING = frozenset({
    "get", "getenv", "pop", "setdefault", "Header", "Cookie", "Query", "Form", "Field", "APIKeyHeader", "APIKeyCookie", "APIKeyQuery",
})  # fmt: skip

Found = tuple[int, str, str]
"""(ordinal, what it is, the value)"""


def _holds_secrets(project: Project, path: str) -> bool:
    return bool(project.of_file(Sealed, path))


@only_in(_holds_secrets)
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each literal of a body that is a credential; those that LC206 reports are left to it."""
    settings = project.get(Class, body.key) is not None and is_settings(project, body.key)
    seen: set[int] = set()
    for statement in ir.statements(body.statements):
        if statement[0] == "expr" and ir.is_a(statement[1], "const"):
            continue  # a docstring
        if settings and _is_default(project, body.key, statement):
            continue  # LC206 reports it
        for at, what, value in _secrets(project, body.key, statement):
            if at not in seen:
                seen.add(at)
                yield Fault(body.place(at), {"what": what, "shown": mask(value)})


@only_in(_holds_secrets)
def check_defaults(function: Function, project: Project) -> Iterator[Fault]:
    """Parameter defaults: `def connect(password="...")`."""
    for param in function.params:
        for _, what, value in _named(param.name, param.default, 0):
            yield Fault(Place("Function", function.key, param.at), {"what": what, "shown": mask(value)})


def _is_default(project: Project, key: str, statement: Stmt) -> bool:
    """Whether a statement of a settings class declares a field whose default is LC206's."""
    if statement[0] == "ann":
        text = ir.text_of(default_behind(project, key, statement[3]))
        return text is not None and insecure_default(ir.last_name(statement[1]), text)
    return False


def _secrets(project: Project, key: str, statement: Stmt) -> Iterator[Found]:
    """The credentials in one statement."""
    at = statement[-1]
    match statement:
        case ("assign", targets, value, _):
            if any(ir.last_name(t) in ("model_config", "Config") or ir.last_name(t) in _EXAMPLES for t in targets):
                return
            for target in targets:
                yield from _assigned(target, value, at)
        case ("ann", target, _, value, _) if value is not None:
            yield from _named(_target_name(target), value, at)
    for e in ir.own_expressions(statement):
        yield from _inside(project, key, e, at)


def _assigned(target: Expr, value: Expr, at: int) -> Iterator[Found]:
    """One target of an assignment; `user, password = "app", "..."` is taken apart."""
    if ir.is_a(target, "tuple") and ir.is_a(value, "tuple") and len(target[1]) == len(value[1]):
        for one, given in zip(target[1], value[1], strict=True):
            yield from _assigned(one, given, at)
        return
    yield from _named(_target_name(target), value, at)


def _target_name(target: Expr) -> str:
    if ir.is_a(target, "item"):
        if (ir.dotted(target[1]) or "").endswith("environ"):
            return ""  # a variable that is set for a program started from here
        return ir.text_of(target[2]) or ""
    return ir.last_name(target)


def _literal(e: Expr) -> str | None:
    """The text of a literal, bytes and `SecretStr("...")`, `"...".encode()` included."""
    match e:
        case ("const", str() as text):
            return text
        case ("const", bytes() as data):
            return data.decode("ascii", "replace")
        case ("call", ("attr", inner, method, _), _, _, _) if method in CONVERSIONS:
            return _literal(inner)
        case ("call", func, (first, *_), _, _) if ir.last_name(func) in WRAPPERS:
            return _literal(first)
    return None


def _named(name: str, value: Expr | None, at: int) -> Iterator[Found]:
    """A literal given to a secret-named target, directly or as one side of `or` / a conditional."""
    if value is None or not name or not secret_name(name):
        return
    text = _literal(value)
    if text is not None:
        if SEALED in text and plausible_secret(text, name):
            yield at, f"value of {name}", text
    elif ir.is_a(value, "bool") and value[1] == "or":
        for operand in value[2]:
            yield from _named(name, operand, at)
    elif ir.is_a(value, "ifexp"):
        yield from _named(name, value[2], at)
        yield from _named(name, value[3], at)


def _inside(project: Project, key: str, e: Expr, at: int) -> Iterator[Found]:
    """Credentials anywhere in an expression: keyword arguments, dictionary values, comparisons, provider formats, DSNs."""
    match e:
        case ("const", value):
            if value.__class__ is str and SEALED in value:
                if (provider := provider_secret(value)) is not None:
                    yield at, provider, value
                elif dsn_credentials(value):
                    yield at, "password in a URL" if "://" in value else "password in a connection string", value
            return
        case ("call", func, args, keywords, call_at):
            if reads_environment(project, key, e):
                return
            yield from _given(e, call_at)
            for keyword, value in keywords:
                if keyword not in _EXAMPLES:
                    yield from _inside(project, key, value, call_at)
            for argument in args:
                yield from _inside(project, key, argument, call_at)
            if func.__class__ is tuple:
                yield from _inside(project, key, func, call_at)
            return
        case ("dict", pairs):
            for name_expression, value in pairs:
                name = ir.text_of(name_expression) if name_expression is not None else None
                if name is not None and name in _EXAMPLES:
                    continue
                yield from _named(name or "", value, at)
                yield from _inside(project, key, value, at)
            return
        case ("cmp", left, rest, cmp_at):
            yield from _compared(left, rest, cmp_at)
    for child in ir.children(e):
        yield from _inside(project, key, child, at)


def _given(call: Expr, at: int) -> Iterator[Found]:
    """Credentials that a call is given under a name, or in a place where one belongs."""
    _, func, args, keywords, _ = call
    name = ir.last_name(func)
    for keyword, value in keywords:
        if keyword is None or keyword in _EXAMPLES:
            continue
        if name not in _NAMING or keyword not in ("name", "alias", "default", "title"):
            yield from _named(keyword, value, at)
        if keyword in ("auth", "basic_auth") and ir.is_a(value, "tuple") and len(value[1]) == 2:
            yield from _pair(value[1], at)
    if name in BASIC_AUTH and len(args) == 2:
        yield from _pair(args, at)
    elif name in DEFAULT_TAKERS and len(args) > 1 and (asked := ir.text_of(args[-2])) is not None:
        yield from _named(asked, args[-1], at)
    elif name in ("encode", "decode") and _is_jwt(func):
        for _, _, text in _named("signing_key", ir.argument(call, 1, "key"), at):
            yield at, "signing key", text
    elif args and takes_password(name, len(args)):
        yield from _named("password", args[0], at)


def _pair(pair: tuple[Expr, ...], at: int) -> Iterator[Found]:
    """A user and a password; those of documentation ("user", "password") are none."""
    user, password = _literal(pair[0]), _literal(pair[1])
    if user != "user" or password != "password":
        yield from _named("password", pair[1], at)


def _compared(left: Expr, rest: tuple[tuple[str, Expr], ...], at: int) -> Iterator[Found]:
    """A secret compared with a literal, in a chain too: `given == password == "..."`."""
    if any(operator not in ("==", "!=") for operator, _ in rest):
        return
    sides = (left, *(right for _, right in rest))
    names = [name for side in sides if (name := _target_name(side)) and secret_name(name)]
    for side in sides:
        for name in names[:1]:
            for _, _, text in _named(name, side, at):
                yield at, f"value compared with {name}", text


def _is_jwt(func: Expr) -> bool:
    text = ir.dotted(func) or ""
    return text.partition(".")[0].lower() in ("jwt", "jose", "pyjwt") or "jwt." in text
