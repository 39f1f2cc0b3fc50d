"""Take the secret out of the code.

A credential in a source file is in every clone, every build and every backup, for ever: rotating it means a release. Whoever can
read the repository can use it.

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
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, Stmt
from layercheck.model import Fault, Level, Place, Profile, Rule
from layercheck.project import Project
from layercheck.queries.environment import reads_environment
from layercheck.queries.models import is_settings
from layercheck.queries.secrets import dsn_credentials, mask, plausible_secret, provider_secret, secret_name

RULE = Rule(
    code="LC205",
    name="hardcoded-secret",
    message="a hard-coded {what} ({shown}): read it from the settings, and rotate this one",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("CONF-2", "DATA-12"),
    since="0.1",
)
_EXAMPLES = frozenset(
    {
        "example",
        "examples",
        "json_schema_extra",
        "openapi_examples",
        "schema_extra",
        "description",
        "title",
        "summary",
        "salt",
    }
)
_NAMING = frozenset(
    {
        "get",
        "getenv",
        "pop",
        "setdefault",
        "Header",
        "Cookie",
        "Query",
        "Form",
        "Field",
        "APIKeyHeader",
        "APIKeyCookie",
        "APIKeyQuery",
    }
)


def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each literal of a body that is a credential; those that LC206 reports are left to it."""
    if not _may_hold_one(body):
        return
    settings = project.get(Class, body.key) is not None and is_settings(project, body.key)
    seen: set[int] = set()
    for statement in ir.statements(body.statements):
        if statement[0] == "expr" and ir.is_a(statement[1], "const"):
            continue  # a docstring
        for at, what, value in _secrets(project, body.key, statement, settings):
            if at not in seen:
                seen.add(at)
                yield Fault(body.place(at), {"what": what, "shown": mask(value)})


def _may_hold_one(body: Body) -> bool:
    """Whether a body has anything that is named like a credential, or a text that is one by its own form."""
    if any(map(secret_name, body.words)) or "encode" in body.words or "decode" in body.words:
        return True
    return any(
        (len(text) < 80 and secret_name(text)) or provider_secret(text) is not None or dsn_credentials(text)
        for text in body.texts
    )


def check_defaults(function: Function, project: Project) -> Iterator[Fault]:
    """Parameter defaults: `def connect(password="...")`."""
    for param in function.params:
        value = ir.text_of(param.default)
        if value is not None and secret_name(param.name) and plausible_secret(value, param.name):
            yield Fault(
                Place("Function", function.key, param.at), {"what": f"value of {param.name}", "shown": mask(value)}
            )


def _secrets(project: Project, key: str, statement: Stmt, settings: bool) -> Iterator[tuple[int, str, str]]:
    """(ordinal, what it is, the value) of the credentials in one statement."""
    at = statement[-1]
    match statement:
        case ("assign", targets, value, _):
            if any(ir.last_name(t) in ("model_config", "Config") or ir.last_name(t) in _EXAMPLES for t in targets):
                return
            for target in targets:
                yield from _named(_target_name(target), value, at, settings)
        case ("ann", target, _, value, _) if value is not None:
            yield from _named(_target_name(target), value, at, settings)
    for e in ir.own_expressions(statement):
        yield from _inside(project, key, e, at, settings)


def _target_name(target: Expr) -> str:
    if ir.is_a(target, "item"):
        if (ir.dotted(target[1]) or "").endswith("environ"):
            return ""  # a variable that is set for a program started from here
        return ir.text_of(target[2]) or ""
    return ir.last_name(target)


def _named(name: str, value: Expr, at: int, settings: bool) -> Iterator[tuple[int, str, str]]:
    """A literal given to a secret-named target, directly or as one side of `or` / a conditional."""
    text = ir.text_of(value)
    if text is not None:
        if name and secret_name(name) and plausible_secret(text, name) and not settings:
            yield at, f"value of {name}", text
    elif ir.is_a(value, "bool") and value[1] == "or":
        for operand in value[2]:
            yield from _named(name, operand, at, settings)
    elif ir.is_a(value, "ifexp"):
        yield from _named(name, value[2], at, settings)
        yield from _named(name, value[3], at, settings)


def _inside(project: Project, key: str, e: Expr, at: int, settings: bool) -> Iterator[tuple[int, str, str]]:
    """Credentials anywhere in an expression: keyword arguments, dictionary values, comparisons, provider formats, DSNs."""
    match e:
        case ("const", str() as text):
            provider = provider_secret(text)
            if provider is not None:
                yield at, provider, text
            elif not settings and dsn_credentials(text):
                yield at, "password in a URL", text
            return
        case ("call", func, args, keywords, call_at):
            if reads_environment(project, key, e):
                return
            name = ir.last_name(func)
            if name in ("encode", "decode") and _is_jwt(func):
                signing = ir.text_of(ir.argument(e, 1, "key"))
                if signing is not None and plausible_secret(signing, "signing_key"):
                    yield call_at, "signing key", signing
            for keyword, value in keywords:
                if keyword in _EXAMPLES:
                    continue
                if keyword is not None and (
                    name not in _NAMING or keyword not in ("name", "alias", "default", "title")
                ):
                    for _, what, text in _named(keyword, value, call_at, False):
                        yield call_at, what, text
                yield from _inside(project, key, value, call_at, settings)
            for argument in args:
                yield from _inside(project, key, argument, call_at, settings)
            if func.__class__ is tuple:
                yield from _inside(project, key, func, call_at, settings)
            return
        case ("dict", pairs):
            for name_expression, value in pairs:
                key_text = ir.text_of(name_expression) if name_expression is not None else None
                if key_text is not None and key_text in _EXAMPLES:
                    continue
                if key_text is not None:
                    yield from _named(key_text, value, at, False)
                yield from _inside(project, key, value, at, settings)
            return
        case ("cmp", left, ((operator, right),), cmp_at) if operator in ("==", "!="):
            for one, other in ((left, right), (right, left)):
                literal = ir.text_of(other)
                name = ir.last_name(one)
                if literal is not None and name and secret_name(name) and plausible_secret(literal, name):
                    yield cmp_at, f"value compared with {name}", literal
    for child in ir.children(e):
        yield from _inside(project, key, child, at, settings)


def _is_jwt(func: Expr) -> bool:
    text = ir.dotted(func) or ""
    return text.partition(".")[0].lower() in ("jwt", "jose", "pyjwt") or "jwt." in text
