"""Keep secrets out of response schemas.

A password hash in an answer is a password hash in browser caches, in proxies, in the logs of every client and in the hands of everybody
who may call the route. Nothing takes it back, and nobody sees it: the page that shows the user does not show the field.

How to fix: a schema for the answer that does not have the field; `Field(exclude=True)` when the model needs it inside.

Every model that a route sends counts, by `response_model=` or return annotation, with inherited fields, nested models, type arguments
(`Page[UserOut]`), aliases and computed fields. Spared are fields that are excluded, SecretStr (shown masked), fields with a serializer
of their own or a validator that masks, and numbers and flags about a secret. Access and refresh tokens are what token endpoints are
for, and a payment's `client_secret` is made for the browser. A key, client secret or temporary password that only POST routes send is
taken for one that is shown once, when it is made; `shown-once` names other schemas that may do so. Passwords and card data are
reported there too.

```python bad app/routes.py
from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class UserOut(BaseModel):
    id: int
    email: str
    hashed_password: str


@router.get("/users/{user_id}", response_model=UserOut)
def read_user(user_id: int): ...
```
```python good app/routes.py
from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class UserOut(BaseModel):
    id: int
    email: str


@router.get("/users/{user_id}", response_model=UserOut)
def read_user(user_id: int): ...
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Option, Profile, Rule, Step
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.responses import SentField, sent_by
from layercheck.queries.routes import Route
from layercheck.queries.symbols import binding, mro, resolve

RULE = Rule(
    code="LC417",
    name="sensitive-field-in-response",
    message="{field} of {schema} is sent by {method} {path}: leave it out of the response schema",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ERR-5", "API-6"),
    since="0.1",
    options=(Option("shown-once", (), "names of schemas that may show a key once, when it is made"),),
)
_ALWAYS = pattern(
    r"(?:^|_)(?:password|passwd|passphrase|hashed_password|encrypted_password|password_hash|password_digest|password_salt|pw_hash|passwd_hash"
    r"|hashed_pw|pwd|ssn|social_security_number|cvv|cvc|card_number|credit_card|credit_card_number|otp_secret|totp_secret|mfa_secret)$"
)
_KEYS = pattern(
    r"(?:^|_)(?:secret|secret_key|client_secret|api_secret|api_key|apikey|private_key|signing_secret|webhook_secret|encryption_key"
    r"|access_key_secret|secret_access_key)$"
)
_PASSING = pattern(r"^(?:temp|temporary|initial|generated|one_time|new)_")
"""A password that is made for somebody is shown once, like a key."""
_PAYMENT = pattern(r"(?i)checkout|payment|intent|ephemeral")
"""A payment's client_secret is made for the browser that pays (Stripe's naming)."""
_ABOUT = pattern(
    r"^(?:is|has|had|needs?|requires?|must|should|can|use|uses|enable|enabled|allow|show|hide|reset|change|forgot|masked|redacted|public"
    r"|hint|last|min|max|next|no|num|count|total)_|_(?:masked|redacted|hint|prefix)$"
)
_PLAIN = frozenset({
    "builtins.bool", "datetime.datetime", "datetime.date", "uuid.UUID", "pydantic.UUID4",
})  # fmt: skip
_HIDDEN = frozenset(
    {
        "pydantic.SecretStr",
        "pydantic.SecretBytes",
        "pydantic.Secret",
        "pydantic.types.SecretStr",
        "pydantic.v1.SecretStr",
    }
)
_SERIALIZERS = frozenset(
    {"pydantic.field_serializer", "pydantic.model_serializer", "pydantic.functional_serializers.field_serializer"}
)
_VALIDATORS = frozenset(
    {"pydantic.field_validator", "pydantic.validator", "pydantic.model_validator", "pydantic.root_validator"}
)
_MASK = pattern(r"(?i)mask|redact|obfuscat|hide|censor|\*{2,}|•")


def check(cls: Class, project: Project) -> Iterator[Fault]:
    """The secret fields that a schema declares and some route sends."""
    for field, routes in sent_by(project, cls.key):
        kind = _kind(field, cls.name)
        if kind is None or _is_plain(project, field) or _is_masked(project, field):
            continue
        if kind == "key" and _is_shown_once(project, cls, routes):
            continue
        route = routes[0]
        steps = (Step(route.place, f"{route.method} {route.path} sends it"),)
        yield Fault(
            field.place, {"field": field.name, "schema": cls.name, "method": route.method, "path": route.path}, steps
        )


def _kind(field: SentField, cls: str) -> str | None:
    """What kind of secret a field is by its name or alias: "always" secret, a "key", or None."""
    for name in (field.name, re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", field.alias)):
        lowered = name.lower()
        if not _ABOUT.search(lowered):
            if _ALWAYS.search(lowered):
                return "key" if _PASSING.search(lowered) else "always"
            if _KEYS.search(lowered) and not (lowered == "client_secret" and _PAYMENT.search(cls)):
                return "key"
    return None


def _is_plain(project: Project, field: SentField) -> bool:
    """Whether the type says that this is no readable secret: flags, times, SecretStr, a literal; or the default is a mask."""
    default = ir.argument(field.value, 0, "default") if ir.is_a(field.value, "call") else field.value
    text = ir.text_of(default)
    if text is not None and _MASK.search(text):
        return True
    symbols = _symbols(project, field.owner, field.annotation)
    if field.annotation == ("const", None) or any(s in _HIDDEN or s.endswith(".Literal") for s in symbols):
        return True
    if any(project.get(Class, symbol) is not None for symbol in symbols):
        return True
    return bool(symbols & _PLAIN) and not symbols & {"builtins.str", "builtins.int", "builtins.bytes"}


def _symbols(project: Project, key: str, annotation: Expr | None, depth: int = 0) -> set[str]:
    """What the names of an annotation mean, aliases of the project followed: `Annotated[str, Field(...)]` under any name."""
    found: set[str] = set()
    for node in ir.walk(annotation) if annotation is not None else ():
        name = dotted(node) if node.__class__ is str or ir.is_a(node, "ref") else None
        symbol = resolve(project, key, name) if name is not None else None
        if symbol is None:
            continue
        found.add(symbol)
        if ":" in symbol and not symbol.endswith(":") and project.get(Class, symbol) is None and depth < 4:
            bind = binding(project, symbol)
            if bind is not None and bind.value is not None:
                found |= _symbols(project, f"{symbol.partition(':')[0]}:", bind.value, depth + 1)
            else:
                found.add("pydantic.SecretStr")  # nobody knows what it is
    return found


def _is_masked(project: Project, field: SentField) -> bool:
    """Whether the model serializes the field itself, or a validator masks what it is given."""
    for base in mro(project, field.owner):
        row = project.get(Class, base)
        for _, qualname in row.methods if row is not None else ():
            function = project.get(Function, f"{base.partition(':')[0]}:{qualname}")
            for decorator in function.decorators if function is not None else ():
                head = decorator[1] if ir.is_a(decorator, "call") else decorator
                symbol = resolve(project, f"{base.partition(':')[0]}:", dotted(head) or "?")
                named = ir.is_a(decorator, "call") and any(ir.text_of(a) in (field.name, "*") for a in decorator[2])
                if symbol in _SERIALIZERS and (named or symbol.endswith("model_serializer")):
                    return True
                if symbol in _VALIDATORS and function is not None and _masks(project, function):
                    return True
    return False


def _masks(project: Project, function: Function) -> bool:
    body = project.get(Body, function.key)
    texts = [
        function.name,
        *(ir.text_of(e) or ir.last_name(e) for e in (ir.expressions(body.statements) if body is not None else ())),
    ]
    return any(_MASK.search(text) for text in texts if text)


def _is_shown_once(project: Project, cls: Class, routes: tuple[Route, ...]) -> bool:
    """Whether a key is sent only where it is made."""
    named = project.settings.option(RULE, "shown-once")
    return all(route.method == "POST" for route in routes) or (isinstance(named, tuple) and cls.name in named)
